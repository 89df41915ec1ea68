/** Pull, push, export, diff, check, history and restore, against a Vault. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestVault } from '@test/support/core';
import { commandWith, type TestCommand } from '@test/support/command';
import type { VaultServer } from '@test/servers/vault/server';
import { deferred } from '@test/support/deferred';

interface Scene {
  readonly command: TestCommand;
  readonly vault: VaultServer;
}

/** An environment `production` here, and a Vault that is set up. */
async function scene(values: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const vault = await startTestVault();
  const command = await commandWith('production');
  const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-'];
  await command.ok(set, { stdin: vault.rootToken });
  for (const [key, value] of Object.entries(values)) {
    await command.ok(['secret', 'create', key, '--value', '-'], { stdin: value });
  }
  return { command, vault };
}

describe('strongroom pull and push', () => {
  it('creates environments for what is at the provider', async () => {
    const { command, vault } = await scene();
    vault.kv('secret').put('staging', { KEY: 'there' });
    expect(await command.run(['pull'])).toEqual({
      code: 0,
      out: 'staging  new\n',
      err: '1 new, 0 read, 0 skipped.\n',
    });
    expect(await command.json(['pull'])).toEqual({
      provider: 'hashicorp-vault',
      created: [],
      existing: ['staging'],
      skipped: [],
      deleted: [],
      missing: [],
    });
    expect(await command.ok(['pull', 'staging'])).toBe('staging  read v1\n');
    expect(await command.run(['pull', 'production'])).toMatchObject({ code: 3 });
    expect(await command.ok(['secret', 'get', 'KEY', '-e', 'staging'])).toBe('there');
  });

  it('shows progress on a terminal only', async () => {
    const { command, vault } = await scene();
    vault.kv('secret').put('staging', { KEY: 'there' });
    expect((await command.run(['pull'], { answers: [] })).err).toContain('Reading');
    expect((await command.run(['pull'])).err).not.toContain('Reading');
  });

  it('pushes what is only here after a confirmation, and fails for what it cannot push', async () => {
    const { command, vault } = await scene({ KEY: 'mine' });
    expect(await command.ok(['push', '--dry-run'])).toBe(
      'production  production  would be written\n',
    );
    expect((await command.run(['push'])).err).toContain('Add --yes to confirm it.');
    expect(vault.kv('secret').read('production')).toBeUndefined();
    expect(await command.ok(['push', '--yes'])).toBe('production  pushed to production\n');
    expect(vault.kv('secret').read('production')).toEqual({ KEY: 'mine' });
    await command.ok(['env', 'create', 'taken']);
    await command.ok(['secret', 'create', 'A', '--value', '-', '-e', 'taken'], { stdin: '1' });
    vault.kv('secret').put('taken', { OTHER: 'theirs' });
    const refused = await command.run(['push', 'taken', '--yes']);
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^taken {2}failed: /);
    expect(vault.kv('secret').read('taken')).toEqual({ OTHER: 'theirs' });
  });
});

it('says that an interrupted push may have written something', async () => {
  const { command, vault } = await scene({ KEY: 'one' });
  const { promise, resolve } = deferred();
  onTestFinished(resolve);
  const match = { method: 'POST', path: /data\/production$/ };
  const write = vault.faults.add({ match, times: 1, until: promise });
  const stop = new AbortController();
  const pushing = command.run(['push', '--yes'], { signal: stop.signal });
  await write.reached;
  stop.abort('SIGINT');
  expect(await pushing).toMatchObject({
    code: 130,
    err: expect.stringMatching(
      /The change may have been saved\.[\s\S]*Try: strongroom .* push --dry-run\n/,
    ) as string,
  });
});

describe('strongroom export', () => {
  it('prints a format, or writes a file that only its owner can read', async () => {
    const { command } = await scene({ KEY: 'two words', 'with-dash': 'x' });
    expect(await command.ok(['export'])).toBe("KEY='two words'\nwith-dash=x\n");
    const shell = await command.run(['export', '--format', 'shell']);
    expect(shell.out).toBe("export KEY='two words'\n");
    expect(shell.err).toBe(
      'Warning: with-dash is left out: this key cannot be exported by a shell.\n',
    );
    await command.ok(['export', '--format', 'json', '-o', 'out.json']);
    const file = join(command.cwd, 'out.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ KEY: 'two words', 'with-dash': 'x' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await command.run(['export', '-o', 'none/out.json'])).toMatchObject({ code: 7 });
    expect(await command.run(['export', '--format', 'xml'])).toMatchObject({ code: 3 });
  });
});

describe('strongroom diff and check', () => {
  it('compares two environments without values', async () => {
    const { command, vault } = await scene({ SAME: 'x', OTHER: 'here', HERE: '1' });
    vault.kv('secret').put('staging', { SAME: 'x', OTHER: 'there', THERE: '1' });
    await command.ok(['pull']);
    const different = await command.run(['diff', 'production', 'staging']);
    expect(different).toEqual({
      code: 2,
      out: ['THERE  only in “staging”', 'OTHER  different', 'HERE   only in “production”', ''].join(
        '\n',
      ),
      err: '1 only in “production”, 1 only in “staging”, 1 different, 1 equal.\n',
    });
    const asJson = await command.run(['diff', 'production', 'staging', '--all', '--json']);
    expect(JSON.parse(asJson.out)).toEqual({
      environments: ['production', 'staging'],
      counts: { equal: 1, different: 1, first: 1, second: 1 },
      variables: [
        { key: 'SAME', outcome: 'equal' },
        { key: 'THERE', outcome: 'second' },
        { key: 'OTHER', outcome: 'different' },
        { key: 'HERE', outcome: 'first' },
      ],
    });
    expect(await command.run(['diff', 'production', 'production'])).toMatchObject({ code: 0 });
  });

  it('finds variables that are missing, empty or hard to read', async () => {
    const { command } = await scene({ GOOD: 'x', EMPTY: '', 'with-dash': 'x' });
    expect(await command.run(['check', 'GOOD'])).toMatchObject({ code: 0, out: '' });
    expect(await command.run(['check', 'GOOD', 'GOAD', 'NONE'])).toMatchObject({
      code: 4,
      out: 'GOAD  missing; there is GOOD\nNONE  missing\n',
    });
    const all = await command.run(['check']);
    expect(all.code).toBe(2);
    expect(all.out).toContain('EMPTY      The value is empty.');
    expect(all.out).toContain('with-dash  A shell cannot export this key');
  });
});

describe('strongroom check with expected variables', () => {
  const VALUE = 'CANARY-no-url-4711';
  const SETUP = {
    strongroom: 1,
    workspace: 'Personal',
    connection: { provider: 'local-vault', settings: {} },
    environments: [],
    expected: [
      { key: 'DATABASE_URL', type: 'url' },
      { key: 'PORT', type: 'integer' },
      { key: 'LEVEL', type: 'one-of', choices: ['debug', 'info'], optional: true },
      { key: 'ONLY_THERE', under: 'staging' },
    ],
    grants: [],
  };

  it('finds what is missing or malformed in several environments, and prints no value', async () => {
    const { command, vault } = await scene({ DATABASE_URL: VALUE, LEVEL: VALUE, EXTRA: 'x' });
    vault.kv('secret').put('staging', { DATABASE_URL: '@production/DATABASE_URL', PORT: 5432 });
    vault.kv('secret').put('broken', { DATABASE_URL: '@staging/NONE', PORT: 1 });
    await command.ok(['pull']);
    writeFileSync(join(command.cwd, 'setup.json'), JSON.stringify(SETUP));
    await command.ok(['workspace', 'import', 'setup.json', '--yes']);

    const one = await command.run(['check', '-e', 'production']);
    expect(one).toMatchObject({
      code: 4,
      out: [
        'PORT          missing; it should be a whole number',
        'DATABASE_URL  The value should be a URL.',
        'LEVEL         The value should be one of debug, info.',
        '',
      ].join('\n'),
    });
    // Of the variable that was asked for, programs get the value of another.
    const named = await command.run(['check', 'DATABASE_URL', '-e', 'staging']);
    expect(named).toMatchObject({ code: 2, out: 'DATABASE_URL  The value should be a URL.\n' });
    await command.ok(['secret', 'update', 'PORT', '-e', 'staging', '--value', '-'], { stdin: '1' });

    const all = await command.run(['check', '--all', '--json']);
    expect(all.code).toBe(4);
    expect(JSON.parse(all.out)).toEqual([
      expect.objectContaining({ environment: 'production', missing: ['PORT'] }),
      {
        environment: 'broken',
        missing: [],
        findings: [
          {
            key: 'DATABASE_URL',
            problem: '@broken/DATABASE_URL: staging has no variable NONE.',
          },
        ],
      },
      expect.objectContaining({ environment: 'staging', missing: ['ONLY_THERE'] }),
    ]);
    expect(JSON.stringify([one, named, all])).not.toContain(VALUE);
  });

  it('expects the variables of an example file too', async () => {
    const { command } = await scene({ GOOD: 'x' });
    const write = (text: string): void => writeFileSync(join(command.cwd, '.env.example'), text);
    write('# What it is for\nGOOD=http://example\n');
    expect(await command.run(['check', '--example', '.env.example'])).toEqual({
      code: 0,
      out: '',
      err: '“production” has no problems.\n',
    });
    write('GOOD\nAPI_KEY=\nnot a key\n');
    const { code, out, err } = await command.run(['check', '--example', '.env.example']);
    expect({ code, out }).toEqual({ code: 4, out: 'API_KEY  missing\n' });
    expect(err).toBe('Warning: Line 3 of .env.example: This line is not of the form KEY=value.\n');
    expect(await command.run(['check', '--example', 'none'])).toMatchObject({ code: 3 });
  });
});

describe('strongroom history and restore', () => {
  it('lists versions, says what they changed, and brings one back', async () => {
    const { command, vault } = await scene({ KEY: 'one' });
    await command.ok(['push', '--yes']);
    await command.ok(['secret', 'update', 'KEY', '--value', '-'], { stdin: 'two' });
    await command.ok(['secret', 'create', 'NEW', '--value', '-'], { stdin: 'x' });
    const { versions } = (await command.json(['history'])) as {
      versions: { version: string; state: string }[];
    };
    expect(versions.map(({ version, state }) => [version, state])).toEqual([
      ['v3', 'current'],
      ['v2', 'past'],
      ['v1', 'past'],
    ]);
    expect(await command.ok(['history', 'v3'])).toBe('NEW  added\n');
    expect(await command.ok(['history', 'v3', '--with', 'v1'])).toBe('KEY  changed\nNEW  added\n');
    expect(await command.run(['restore', 'v9', '--yes'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('The provider keeps v3, v2 and v1.') as string,
    });
    await command.ok(['restore', 'v1', '--yes']);
    expect(vault.kv('secret').read('production')).toEqual({ KEY: 'one' });
  });

  it('undeletes a secret', async () => {
    const { command, vault } = await scene({ KEY: 'one' });
    await command.ok(['push', '--yes']);
    vault.kv('secret').delete('production');
    const gone = await command.run(['secret', 'get', 'KEY']);
    expect(gone).toMatchObject({
      code: 5,
      err: expect.stringMatching(/Try: strongroom --data-dir \S+ restore\n/) as string,
    });
    await command.ok(['restore', '--yes']);
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('one');
  });
});
