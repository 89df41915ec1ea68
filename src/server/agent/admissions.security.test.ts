/** Who may use an app that a passphrase has unlocked. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCore } from '@core/core';
import { connectAs, startHost } from '@test/support/agent';
import { appErrorOf } from '@test/support/failure-of';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { createAgentRouter } from './router';

/** There are no sockets in folders. */
const isWindows = process.platform === 'win32';

const passphrase = 'correct horse battery';

async function app(protectedBy: 'passphrase' | 'keychain' = 'passphrase') {
  const dataDirectory = temporaryDirectory();
  const keychain = new MemoryKeychain();
  const core = await openCore({ host: 'desktop', version: '1.2.3', dataDirectory, keychain });
  onTestFinished(() => core.close());
  await core.security.choose(
    protectedBy === 'passphrase' ? { mode: 'passphrase', passphrase } : { mode: 'keychain' },
  );
  await startHost({ dataDirectory, router: createAgentRouter(core) });
  const program = async () => {
    const connection = await connectAs(dataDirectory);
    if (connection === undefined) throw new Error('Not let in');
    return connection.client;
  };
  return { core, program };
}

describe.skipIf(isWindows)('an app that a passphrase has unlocked', () => {
  it('does not let programs use that, unless a person has said so', async () => {
    const { core, program } = await app();
    const client = await program();
    const calls = [
      () => client.workspaces.list(),
      () => client.environments.list({}),
      () => client.variables.get({ environment: 'production', key: 'KEY' }),
      () => client.run.variables({ environments: [], assigned: [], expand: false }),
      () => client.connections.settings({}),
    ];
    for (const call of calls) {
      expect(await appErrorOf(call())).toMatchObject({ code: 'PASSPHRASE_NEEDED' });
    }
    expect(await client.status()).toMatchObject({ locked: false, shared: false, admitted: false });
    core.security.share(true);
    for (const call of [calls[0]!, calls[1]!]) await call();
    expect(await client.status()).toMatchObject({ shared: true, admitted: true });
  });

  it('lets a program in that knows the passphrase, on that connection alone', async () => {
    const { program } = await app();
    const [one, other] = [await program(), await program()];
    const wrong = one.security.admit({ passphrase: 'something else' });
    expect(await appErrorOf(wrong)).toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await appErrorOf(one.workspaces.list())).toMatchObject({ code: 'PASSPHRASE_NEEDED' });
    await one.security.admit({ passphrase });
    expect(await one.workspaces.list()).toHaveLength(1);
    for (const client of [other, await program()]) {
      expect(await appErrorOf(client.workspaces.list())).toMatchObject({
        code: 'PASSPHRASE_NEEDED',
      });
    }
  });

  it('does not let a program without the passphrase change that', async () => {
    const { core, program } = await app();
    const client = await program();
    expect(await appErrorOf(client.security.share({ on: true }))).toMatchObject({
      code: 'PASSPHRASE_NEEDED',
    });
    expect(core.security.sharesUnlock()).toBe(false);
    await client.security.admit({ passphrase });
    await client.security.share({ on: true });
    // To stop sharing needs nothing.
    await (await program()).security.share({ on: false });
    expect(core.security.sharesUnlock()).toBe(false);
  });

  it('is not unlocked by a program that is let in', async () => {
    const { core, program } = await app();
    core.security.lock();
    const client = await program();
    const admitted = client.security.admit({ passphrase });
    expect(await appErrorOf(admitted)).toMatchObject({ code: 'LOCKED' });
    expect(core.security.isLocked()).toBe(true);
  });

  it('shares nothing after its passphrase was changed', async () => {
    const { core, program } = await app();
    core.security.share(true);
    await core.security.choose({ mode: 'passphrase', passphrase: 'another one now' }, passphrase);
    expect(await appErrorOf((await program()).workspaces.list())).toMatchObject({
      code: 'PASSPHRASE_NEEDED',
    });
  });
});

describe.skipIf(isWindows)('an app that the keychain unlocks', () => {
  it('is open to the programs of its user, and has nothing to share', async () => {
    const { program } = await app('keychain');
    const client = await program();
    expect(await client.workspaces.list()).toHaveLength(1);
    expect(await appErrorOf(client.security.share({ on: true }))).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
