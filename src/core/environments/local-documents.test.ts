/** Values of environments that are not synced, through the router: what lies on the disk, and for whom. */
import { beforeEach, describe, expect, it } from 'vitest';
import { adding, startCore, startTestVault, type TestCore } from '@test/support/core';
import { filesHolding } from '@test/support/files-holding';

const VALUE = 'sk-local-that-nobody-else-reads';

let core: TestCore;

beforeEach(async () => {
  core = await startCore();
});

const holding = (): Promise<string[]> => filesHolding(core.dataDirectory, Buffer.from(VALUE));

describe('with a keychain', () => {
  it('come back after a restart, with kinds, order and marks, and lie on the disk only sealed', async () => {
    const id = await core.create('local');
    await core.save(id, {
      edits: [],
      additions: [
        { key: '2', value: 'second' },
        { key: 'API_KEY', value: VALUE },
        { key: '1', value: 'x', disabled: true, secret: false },
      ],
    });
    const before = await core.client.environments.open({ id });
    expect(before.variables.map(({ key }) => key)).toEqual(['2', 'API_KEY', '1']);
    await core.restart();
    expect(await core.client.environments.open({ id })).toEqual(before);
    expect(await core.values(id)).toEqual({ '2': 'second', API_KEY: VALUE, '1': 'x' });
    expect(await holding()).toEqual([]);
  });

  it('go with the environment, and no old copy stays behind', async () => {
    const id = await core.create('local', { API_KEY: VALUE });
    await core.client.environments.remove({ id, onServer: false });
    await core.restart();
    expect(await core.environments()).toEqual([]);
    await expect(core.client.environments.open({ id })).rejects.toMatchObject({
      code: 'NO_SUCH_ENVIRONMENT',
    });
    expect(await holding()).toEqual([]);
  });

  it('cannot be kept for a session only, as the choice would lose them', async () => {
    const id = await core.create('local', { API_KEY: VALUE });
    await expect(
      core.client.security.choose({ choice: { mode: 'session' } }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'There are environments on this computer whose values would be lost on quitting.',
    });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
    await core.client.environments.remove({ id, onServer: false });
    expect((await core.client.security.choose({ choice: { mode: 'session' } })).mode).toBe(
      'session',
    );
  });

  it('are out of reach when the key is gone, and said to be', async () => {
    const id = await core.create('local', { API_KEY: VALUE });
    await core.close();
    core.keychain.entries.clear();
    await core.start();
    await expect(core.client.environments.open({ id })).rejects.toMatchObject({
      code: 'KEY_MISSING',
    });
  });
});

describe('behind a passphrase', () => {
  it('are locked until it is entered, and again when it is locked', async () => {
    await core.client.security.choose({
      choice: { mode: 'passphrase', passphrase: 'correct horse' },
    });
    const id = await core.create('local', { API_KEY: VALUE });
    await core.restart();
    await expect(core.client.environments.open({ id })).rejects.toMatchObject({
      code: 'KEY_LOCKED',
    });
    await core.client.security.unlock({ passphrase: 'correct horse' });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
    await core.client.security.lock();
    const base = 'whatever';
    await expect(
      core.client.environments.save({ id, base, changes: adding({ B: '2' }) }),
    ).rejects.toMatchObject({ code: 'LOCKED' });
    expect(await holding()).toEqual([]);
  });

  it('stay when the passphrase takes the place of the keychain, and back', async () => {
    const id = await core.create('local', { API_KEY: VALUE });
    await core.client.security.choose({
      choice: { mode: 'passphrase', passphrase: 'correct horse' },
    });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
    await core.client.security.choose({
      choice: { mode: 'keychain' },
      current: 'correct horse',
    });
    await core.restart();
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
  });
});

describe('only for this session', () => {
  beforeEach(async () => {
    await core.client.security.choose({ choice: { mode: 'session' } });
  });

  it('are in memory alone, and forgotten on quitting; their environment stays, empty', async () => {
    const id = await core.create('local', { API_KEY: VALUE });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
    expect(await holding()).toEqual([]);
    await core.restart();
    expect(await core.environment('local')).toMatchObject({ id, state: 'local' });
    expect(await core.values(id)).toEqual({});
  });

  it('are written, sealed, when a passphrase is chosen after all', async () => {
    const id = await core.create('local', { API_KEY: VALUE });
    await core.client.security.choose({
      choice: { mode: 'passphrase', passphrase: 'correct horse' },
    });
    await core.restart();
    await core.client.security.unlock({ passphrase: 'correct horse' });
    expect(await core.values(id)).toEqual({ API_KEY: VALUE });
    expect(await holding()).toEqual([]);
  });

  it('leave the memory when the environment is synced', async () => {
    const vault = await startTestVault();
    await core.useVault(vault);
    const id = await core.createSynced('local', { API_KEY: VALUE });
    expect(vault.kv('secret').read('local')).toEqual({ API_KEY: VALUE });
    await core.client.security.choose({ choice: { mode: 'keychain' } });
    await core.client.environments.disableSync({ id });
    expect(await core.values(id)).toEqual({});
  });
});
