/** Ctrl+C while a command works, with its own core and with that of the app. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '@test/support/app';
import { commandWith, type Ran, type TestCommand } from '@test/support/command';
import { startTestVault } from '@test/support/core';
import { deferred } from '@test/support/deferred';
import type { VaultServer } from '@test/servers/vault/server';

/** An interrupted write, and the command that shows what became of it. */
const unsure = (look: string) => ({
  code: 130,
  out: '',
  err: expect.stringMatching(
    new RegExp(`The change may have been saved\\.[\\s\\S]*Try: strongroom .* ${look}\\n`),
  ) as string,
});

interface Scene {
  readonly command: TestCommand;
  readonly vault: VaultServer;
  /** Runs a command, and interrupts it when this request has reached Vault. */
  readonly interrupted: (
    method: string | readonly string[],
    path: RegExp,
    args: readonly string[],
  ) => Promise<Ran>;
}

/** The environment `production` is linked to Vault, and has KEY. */
async function scene(core: string): Promise<Scene> {
  const vault = await startTestVault();
  const command = await commandWith('production');
  const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-'];
  await command.ok(set, { stdin: vault.rootToken });
  await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'old' });
  await command.ok(['env', 'link', 'production']);
  if (core === 'the core of the app') await openApp(command);
  return {
    command,
    vault,
    interrupted: async (method, path, args) => {
      const { promise, resolve } = deferred();
      onTestFinished(resolve);
      const request = vault.faults.add({ match: { method, path }, times: 1, until: promise });
      const stop = new AbortController();
      const running = command.run(args, { signal: stop.signal });
      await Promise.race([request.reached, running]);
      stop.abort('SIGINT');
      return running;
    },
  };
}

describe.each(['its own core', 'the core of the app'])('Ctrl+C, with %s', (core) => {
  it.each([
    ['secret get', ['secret', 'get', 'KEY']],
    ['export', ['export']],
    ['history', ['history']],
    ['test', ['test']],
  ])('while %s reads ends it', async (_, args) => {
    const { interrupted } = await scene(core);
    const path = args[0] === 'test' ? /lookup-self$/ : /(data|metadata)\/production$/;
    expect(await interrupted('GET', path, args)).toMatchObject({
      code: 130,
      err: expect.stringContaining('Cancelled.') as string,
    });
  });

  it('keeps what a pull has found, and says so', async () => {
    const { command, vault, interrupted } = await scene(core);
    for (const name of ['first', 'second']) vault.kv('secret').put(name, { A: '1' });
    const said = expect.stringContaining(
      'Nothing was changed at the provider.\nEnvironments that were found before that stay in the list.',
    ) as string;
    const ended = { code: 130, out: '', err: said };
    expect(await interrupted('GET', /data\/second$/, ['pull'])).toEqual(ended);
    expect(await interrupted('LIST', /metadata\/?$/, ['pull'])).toEqual(ended);
    expect(await interrupted('GET', /data\/production$/, ['pull', 'production'])).toEqual(ended);
    expect(await command.ok(['pull'])).toMatch(/^second {6}(new|read)$/m);
  });

  it('says that an import may have been saved, and imports all variables or none', async () => {
    const { command, vault, interrupted } = await scene(core);
    writeFileSync(join(command.cwd, '.env'), 'A=1\nB=2\n');
    expect(await interrupted('POST', /data\/production$/, ['import', '.env'])).toMatchObject(
      unsure('secret list'),
    );
    const stored = vault.kv('secret').read('production');
    expect([{ KEY: 'old' }, { KEY: 'old', A: '1', B: '2' }]).toContainEqual(stored);
    await command.ok(['import', '.env']);
    expect(vault.kv('secret').read('production')).toEqual({ KEY: 'old', A: '1', B: '2' });
  });

  it('says that a deletion may have been made', async () => {
    const { command, vault, interrupted } = await scene(core);
    const remove = ['env', 'delete', 'production', '--force', '--on-server', '--yes'];
    const writes = ['DELETE', 'POST', 'PUT'];
    expect(await interrupted(writes, /production$/, remove)).toMatchObject(unsure('env list'));
    // Whatever became of the secret, the environment can still be deleted.
    expect(await command.ok(['env', 'list'])).toContain('production');
    await command.ok(['env', 'delete', 'production', '--force', '--yes']);
    expect([undefined, { KEY: 'old' }]).toContainEqual(vault.kv('secret').read('production'));
  });

  it.each([
    'env delete production --force --yes',
    'env unlink production --yes',
    'env rename production other',
    'env create other',
    'connection set hashicorp-vault --url http://127.0.0.1:9',
    'connection remove --yes',
    'workspace create other',
    'secret delete KEY --yes',
    'pull',
    'push --yes',
    'grant create --name service --host example.com --value secret-12345',
  ])('before “%s” begins its work keeps everything as it was', async (line) => {
    const { command } = await scene(core);
    const state = async () => [
      await command.ok(['env', 'list']),
      await command.json(['secret', 'list']),
      await command.json(['connection', 'show']),
      await command.json(['workspace', 'list']),
      await command.json(['grant', 'list']),
    ];
    const before = await state();
    const ended = await command.run(line.split(' '), { signal: AbortSignal.abort('SIGINT') });
    expect(ended).toMatchObject({ code: 130, out: '' });
    expect(ended.err).not.toBe('');
    expect(await state()).toEqual(before);
  });

  it('ends the wait for a value on standard input, and takes no part of it', async () => {
    const { command } = await scene(core);
    for (const args of [
      ['secret', 'update', 'KEY', '--value', '-'],
      ['import', '-', '--overwrite'],
      ['connection', 'set', 'hashicorp-vault', '--token', '-'],
      ['inject', '-'],
    ]) {
      const stop = new AbortController();
      const endless = Readable.from(
        (async function* () {
          yield 'KEY=part';
          stop.abort('SIGINT');
          await new Promise(() => undefined);
        })(),
      );
      const ended = await command.run(args, { stdin: endless, signal: stop.signal });
      expect(ended).toMatchObject({ code: 130, out: '' });
      expect(ended.err).toContain('Nothing was changed.');
    }
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('old');
  });
});
