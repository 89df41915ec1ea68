import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { commandWith, TestCommand } from '@test/support/command';
import { startTestAws, startTestVault } from '@test/support/core';
import { startParameterStoreServer } from '@test/servers/parameter-store/server';

interface Configured {
  readonly command: TestCommand;
  readonly declare: (vaults: object) => void;
}

function configured(command: TestCommand): Configured {
  return {
    command,
    declare: (vaults) => {
      writeFileSync(
        join(command.cwd, 'strongroom.config.json'),
        JSON.stringify({ name: 'my-app', secrets: vaults }),
      );
    },
  };
}

describe('strongroom plan and apply', () => {
  let command: TestCommand;
  let declare: Configured['declare'];

  beforeEach(() => {
    ({ command, declare } = configured(new TestCommand()));
  });

  it('print the plan, apply it, and then find no changes', async () => {
    declare({ 'api-keys': { stripe: 'sk-1', sendgrid: 'sg-1' } });
    const planned = await command.run(['plan']);
    expect(planned).toEqual({
      code: 2,
      out: 'api-keys (at api-keys): create\n  + sendgrid\n  + stripe\n',
      err: '2 to create, in 1 vault.\n',
    });
    const applied = await command.run(['apply', '--yes']);
    expect(applied.code).toBe(0);
    expect(applied.err).toContain('Applied api-keys.');
    expect(await command.ok(['secret', 'get', '-e', 'api-keys', 'stripe'])).toBe('sk-1');
    expect(await command.run(['plan'])).toEqual({
      code: 0,
      out: 'api-keys (at api-keys): unchanged\n',
      err: 'No changes: the vaults are what the configuration says.\n',
    });
    expect((await command.run(['apply'])).code).toBe(0);
  });

  it('print JSON with names, and no values', async () => {
    declare({ api: { A: 'sk-secret' } });
    const { code, out } = await command.run(['plan', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      name: 'my-app',
      changes: true,
      counts: { create: 1, update: 0, delete: 0, unchanged: 0, missing: 0 },
      vaults: [
        {
          vault: 'api',
          action: 'create',
          path: 'api',
          empties: false,
          secrets: [{ name: 'A', action: 'create' }],
        },
      ],
    });
    const applied = await command.run(['apply', '--yes', '--json']);
    expect(JSON.parse(applied.out)).toEqual({
      name: 'my-app',
      vaults: [{ vault: 'api', outcome: 'applied' }],
    });
    expect(JSON.stringify([out, applied])).not.toContain('sk-secret');
  });

  it('ask before anything is changed, and count what is deleted', async () => {
    declare({ api: { A: '1', B: '2' } });
    await command.ok(['apply', '--yes']);
    declare({ api: { A: '1' } });
    const refused = await command.run(['apply']);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('--yes');
    const no = await command.run(['apply'], { answers: [['1 to delete, in 1 vault', 'n']] });
    expect(no.code).toBe(130);
    expect(no.err).toContain('Nothing was changed.');
    expect(await command.ok(['secret', 'get', '-e', 'api', 'B'])).toBe('2');
    const yes = await command.run(['apply'], { answers: [['1 to delete, in 1 vault', 'y']] });
    expect(yes.code).toBe(0);
    expect((await command.run(['secret', 'get', '-e', 'api', 'B'])).code).toBe(4);
  });

  it('delete everything of a vault only with an option or an answer of its own', async () => {
    declare({ api: { A: '1' } });
    await command.ok(['apply', '--yes']);
    declare({ api: { B: '2' } });
    const refused = await command.run(['apply', '--yes']);
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('Everything that api holds would be deleted.');
    expect(refused.err).toMatch(/Try: strongroom --data-dir \S+ apply --yes --delete-all\n/);
    expect(await command.ok(['secret', 'get', '-e', 'api', 'A'])).toBe('1');
    await command.ok(['apply', '--yes', '--delete-all']);
    declare({ api: { C: '3' } });
    const answers = [
      ['Delete everything', 'y'],
      ['Apply:', 'y'],
    ] as const;
    expect((await command.run(['apply'], { answers })).code).toBe(0);
    expect(await command.ok(['secret', 'list', '-e', 'api'])).toBe('C  secret\n');
  });

  it('warn of a change by hand, release on yes, and ask before adopting again', async () => {
    declare({ api: { A: '1' } });
    await command.ok(['apply', '--yes']);
    const byHand = ['secret', 'update', '-e', 'api', 'A', '--value', '-'];
    const refused = await command.run(byHand, { stdin: 'mine' });
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('The configuration “my-app” owns the environment “api”.');
    expect(refused.err).toMatch(/Try: strongroom --data-dir \S+ secret update -e api A --yes\n/);
    expect(await command.ok(['secret', 'get', '-e', 'api', 'A'])).toBe('1');
    const no = await command.run(['secret', 'create', '-e', 'api', 'B', '--value', 'x'], {
      answers: [['Release it', 'n']],
    });
    expect(no.code).toBe(130);
    expect(await command.ok(['secret', 'list', '-e', 'api'])).toBe('A  secret\n');
    const yes = await command.run(['secret', 'create', '-e', 'api', 'B', '--value', 'x'], {
      answers: [['Release it', 'y']],
    });
    expect(yes.code).toBe(0);
    expect(yes.err).toContain('Released it from “my-app”.');
    // Nobody owns it now: no question.
    await command.ok(byHand, { stdin: 'mine' });
    const unmanaged = await command.run(['apply', '--yes']);
    expect(unmanaged.code).toBe(4);
    expect(unmanaged.err).toContain('api exists, and the configuration does not own it.');
    expect(unmanaged.err).toMatch(/Try: strongroom --data-dir \S+ apply --yes --adopt\n/);
    expect(await command.ok(['secret', 'get', '-e', 'api', 'A'])).toBe('mine');
    const answers = [
      ['Adopt “api”?', 'y'],
      ['Apply:', 'y'],
    ] as const;
    expect((await command.run(['apply'], { answers })).code).toBe(0);
    expect(await command.ok(['secret', 'get', '-e', 'api', 'A'])).toBe('1');
  });

  it('release for each other change by hand too, with --yes', async () => {
    const changes: readonly (readonly string[])[] = [
      ['secret', 'delete', '-e', 'api', 'A'],
      ['import', '-e', 'api', '-', '--overwrite'],
      ['env', 'delete', 'api', '--force', '--on-server'],
    ];
    for (const change of changes) {
      declare({ api: { A: '1' } });
      await command.ok(['apply', '--yes', '--adopt']);
      expect((await command.run(change, { stdin: 'A=2\n' })).err).toMatch(
        /configuration “my-app” owns|needs a confirmation/,
      );
      const { code, err } = await command.run([...change, '--yes'], { stdin: 'A=2\n' });
      expect({ code, err }).toMatchObject({ code: 0 });
      expect(err).toContain('Released it from “my-app”.');
    }
  });

  it('tell what is wrong with the configuration, and change nothing', async () => {
    expect(await command.run(['plan'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('There is no configuration') as string,
    });
    writeFileSync(join(command.cwd, 'strongroom.config.json'), '{\n  "name": }');
    expect((await command.run(['apply', '--yes'])).err).toContain('strongroom.config.json:2:11: ');
    vi.stubEnv('UNSET_KEY', undefined);
    writeFileSync(
      join(command.cwd, 'strongroom.config.ts'),
      `import { defineConfig, defineSecretManager } from 'strongroom/sdk';
export const secrets = defineSecretManager({ api: { key: process.env.UNSET_KEY! } });
export default defineConfig({ name: 'my-app', secrets });`,
    );
    const unset = await command.run(['apply', '--yes']);
    expect(unset.code).toBe(3);
    expect(unset.err).toContain(
      'The secret key of the vault api has no value: the variable UNSET_KEY is not set.',
    );
    expect(await command.ok(['env', 'list'])).toBe('');
  });

  it('take the file and the workspace that are named', async () => {
    await command.ok(['workspace', 'create', 'Shop']);
    const file = join(command.cwd, 'other.mjs');
    writeFileSync(
      file,
      `import { defineConfig, defineSecretManager } from 'strongroom/sdk';
const secrets = defineSecretManager({ api: { A: '1' } });
export default defineConfig({ name: 'my-app', secrets, workspace: 'Shop' });`,
    );
    await command.ok(['apply', '--yes', '--config', 'other.mjs']);
    expect(await command.ok(['secret', 'get', '--workspace', 'Shop', '-e', 'api', 'A'])).toBe('1');
  });

  it('keep what succeeded, say what is left, and finish the next time', async () => {
    const vault = await startTestVault();
    await command.ok(
      ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-', '--yes'],
      { stdin: vault.rootToken },
    );
    declare({ a: { K: '1' }, b: { K: '2' }, c: { K: '3' } });
    vault.faults.add({
      match: ({ method, path }) => method === 'POST' && path.endsWith('/data/b'),
      effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
    });
    const failed = await command.run(['apply', '--yes']);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('Applied a.');
    expect(failed.err).toContain('Failed: b.');
    expect(failed.err).toContain('Applied c.');
    expect(failed.err).toContain('Left to do: b.');
    vault.faults.clear();
    await command.ok(['apply', '--yes']);
    expect(vault.kv('secret').read('b')).toEqual({ K: '2' });
  });

  it('tell what is done when they are interrupted', async () => {
    const vault = await startTestVault();
    await command.ok(
      ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-', '--yes'],
      { stdin: vault.rootToken },
    );
    declare({ a: { K: '1' }, b: { K: '2' }, c: { K: '3' } });
    const end = new AbortController();
    vault.faults.add({
      match: ({ method, path }) => {
        const isWrite = method === 'POST' && path.endsWith('/data/b');
        if (isWrite) end.abort('SIGINT');
        return isWrite;
      },
      effect: { kind: 'drop', applied: false },
      times: 1,
    });
    const interrupted = await command.run(['apply', '--yes'], { signal: end.signal });
    expect(interrupted.code).toBe(130);
    expect(interrupted.err).toContain('Applied a.');
    expect(interrupted.err).toContain('Left to do: b, c.');
    await command.ok(['apply', '--yes']);
    for (const [name, K] of [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ] as const) {
      expect(vault.kv('secret').read(name)).toEqual({ K });
    }
  });
});

describe('the mark of a configuration', () => {
  it.each(['aws-secrets-manager', 'aws-parameter-store'] as const)(
    'is a tag in %s',
    async (provider) => {
      const { command, declare } = configured(new TestCommand());
      const isParameters = provider === 'aws-parameter-store';
      const server = isParameters ? await startParameterStoreServer() : await startTestAws();
      if (isParameters) onTestFinished(() => server.stop());
      const { accessKeyId, secretAccessKey } = server.accessKey();
      writeFileSync(join(command.cwd, 'secret'), secretAccessKey);
      const where = ['--region', 'us-east-1', '--endpoint', server.endpoint];
      const keys = ['--access-key-id', '-', '--secret-access-key-file', 'secret'];
      const authentication = ['--authentication', 'access-keys', ...keys];
      const connect = ['connection', 'set', provider, ...where, ...authentication];
      await command.ok(connect, { stdin: accessKeyId });
      declare({ 'app-secrets': { A: '1', B: '2' } });
      await command.ok(['apply', '--yes']);
      expect((await command.run(['plan'])).code).toBe(0);
      // Another computer, which has only the store.
      const other = configured(new TestCommand({ cwd: command.cwd }));
      await other.command.ok(connect, { stdin: accessKeyId });
      expect((await other.command.run(['plan'])).code).toBe(0);
      await other.command.ok(['pull']);
      expect((await other.command.run(['plan'])).code).toBe(0);
      const name = isParameters ? '/app-secrets' : 'app-secrets';
      const change = ['secret', 'update', '-e', name, 'A', '--value', '-'];
      expect((await other.command.run(change, { stdin: 'x' })).err).toContain('“my-app” owns');
      await other.command.ok([...change, '--yes'], { stdin: 'x' });
      expect((await command.run(['apply', '--yes'])).err).toContain('does not own it');
    },
  );

  it('is on this computer for an environment that is not linked', async () => {
    const { command, declare } = configured(await commandWith('api'));
    declare({ api: { A: '1' } });
    await command.ok(['apply', '--yes']);
    expect((await command.run(['secret', 'delete', 'A', '--no-input'])).code).not.toBe(0);
    expect((await command.run(['plan'])).code).toBe(0);
  });
});
