import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTestAws, startTestVault } from '@test/support/core';
import { commandWith, TestCommand } from '@test/support/command';

describe('strongroom connection', () => {
  it('sets Vault up without a window, tests it, and links an environment', async () => {
    const vault = await startTestVault();
    const command = await commandWith('production');
    writeFileSync(join(command.cwd, 'token'), `${vault.rootToken}\n`);
    const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url];
    const done = await command.run([...set, '--engine-path', 'secret', '--token-file', 'token']);
    expect(done).toEqual({
      code: 0,
      out: '',
      err: 'HashiCorp Vault is set up for all workspaces without their own settings. Test it: strongroom test\n',
    });
    const shown = await command.ok(['connection', 'show']);
    expect(shown).toContain(`url             ${vault.url}`);
    expect(shown).toContain('token           (saved)');
    expect(shown).not.toContain(vault.rootToken);
    expect(await command.json(['connection', 'show'])).toMatchObject({
      provider: 'hashicorp-vault',
      source: 'global',
      saved: true,
      settings: { url: vault.url, 'engine-path': 'secret', authentication: 'token' },
      credentials: ['token'],
    });
    const tested = await command.run(['test']);
    expect(tested.code).toBe(0);
    expect(tested.out).toMatch(/^✓ /);
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
    expect(await command.run(['env', 'link', 'production', '--path', 'team/production'])).toEqual({
      code: 0,
      out: '',
      err: 'Linked “production”: its values are at team/production from now on.\n',
    });
    expect(vault.kv('secret').read('team/production')).toEqual({ KEY: 'x' });
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('x');
    await command.ok(['env', 'unlink', 'production', '--yes']);
    expect(await command.json(['env', 'list'])).toEqual([
      expect.objectContaining({ name: 'production', synced: false }),
    ]);
    expect(vault.kv('secret').read('team/production')).toEqual({ KEY: 'x' });

    await command.ok([
      'env',
      'link',
      'production',
      '--path',
      'team/production',
      '--take',
      'server',
    ]);
    vault.kv('secret').put('team/production', { KEY: 'newest' });
    expect(await command.run(['env', 'unlink', 'production', '--keep-copy', '--yes'])).toEqual({
      code: 0,
      out: '',
      err: 'Unlinked “production”. Its values are on this computer, encrypted, and stay at team/production.\n',
    });
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('newest');
  });

  it('asks for the name before it deletes at the provider, and says if nothing was there', async () => {
    const vault = await startTestVault();
    const command = await commandWith('production');
    writeFileSync(join(command.cwd, 'token'), `${vault.rootToken}\n`);
    const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url];
    await command.ok([...set, '--engine-path', 'secret', '--token-file', 'token']);
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
    await command.ok(['env', 'link', 'production']);
    const remove = ['env', 'delete', 'production', '--force', '--on-server'];
    expect(await command.run(remove)).toMatchObject({
      code: 3,
      err: expect.stringContaining('--yes') as string,
    });
    const answers = [['for everyone who uses it', 'prod\r'] as const];
    const mistyped = [...answers, ['The name is production.', '\u0003'] as const];
    expect((await command.run(remove, { answers: mistyped })).code).toBe(130);
    expect(vault.kv('secret').read('production')).toEqual({ KEY: 'x' });
    const typed = await command.run(remove, {
      answers: [['for everyone who uses it', 'production\r']],
    });
    expect(typed.code).toBe(0);
    expect(vault.kv('secret').read('production')).toBeUndefined();

    await command.ok(['env', 'create', 'unwritten']);
    await command.ok(['env', 'link', 'unwritten']);
    expect(
      await command.json(['env', 'delete', 'unwritten', '--force', '--on-server', '--yes']),
    ).toMatchObject({ onServer: true, absent: true });
    expect(await command.json(['env', 'list'])).toEqual([]);
  });

  it('starts from what the Vault CLI uses in this terminal', async () => {
    const vault = await startTestVault();
    const command = await commandWith('production');
    const env = { VAULT_ADDR: `${vault.url}/`, VAULT_TOKEN: vault.rootToken };
    const set = ['connection', 'set', 'hashicorp-vault', '--from-environment'];
    const done = await command.run(set, { env });
    expect(done.err).toContain('Found VAULT_ADDR, VAULT_TOKEN.');
    expect(done.err).not.toContain(vault.rootToken);
    expect(await command.json(['connection', 'show'])).toMatchObject({
      settings: { url: vault.url },
      credentials: ['token'],
    });
    expect((await command.run(['test'])).code).toBe(0);
  });

  it('takes the credentials of AWS from a file and from standard input', async () => {
    const aws = await startTestAws();
    const command = await commandWith('production');
    const key = aws.accessKey();
    writeFileSync(join(command.cwd, 'id'), key.accessKeyId);
    const set = ['connection', 'set', 'aws-secrets-manager', '--region', 'us-east-1'];
    await command.ok(
      [
        ...set,
        '--endpoint',
        aws.endpoint,
        '--authentication',
        'access-keys',
        '--access-key-id-file',
        'id',
        '--secret-access-key',
        '-',
      ],
      { stdin: `${key.secretAccessKey}\n` },
    );
    expect((await command.run(['connection', 'test'])).code).toBe(0);
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
    await command.ok(['env', 'link', 'production']);
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('x');
  });

  it('asks for a credential that is missing, masked, and keeps one that is saved', async () => {
    const vault = await startTestVault();
    const command = await commandWith('production');
    const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url];
    const asked = await command.run(set, { answers: [['Token', `${vault.rootToken}\r`]] });
    expect(asked.code).toBe(0);
    expect(asked.err).not.toContain(vault.rootToken);
    expect((await command.run([...set, '--no-auto-sync'], { answers: [] })).code).toBe(0);
    expect((await command.run(['test'])).code).toBe(0);
  });

  it('never reads a credential from the command line', async () => {
    const command = await commandWith('production');
    const set = ['connection', 'set', 'hashicorp-vault', '--url', 'https://vault.example.com'];
    const refused = await command.run([...set, '--token', 'hvs.123']);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('--token was not read');
    expect(refused.err).not.toContain('hvs.123');
    expect(await command.json(['connection', 'show'])).toMatchObject({ provider: 'local-vault' });
  });

  it('ends with the area of the step that failed, and names the steps', async () => {
    const vault = await startTestVault();
    const command = await commandWith('production');
    const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-'];
    await command.ok(set, { stdin: 'hvs.wrong' });
    const failed = await command.run(['test']);
    expect(failed.code).toBe(10);
    expect(failed.out).toMatch(/^✗ /m);
    const asJson = await command.run(['test', '--json']);
    expect(asJson.code).toBe(10);
    expect(JSON.parse(asJson.out)).toMatchObject({
      passed: false,
      steps: expect.arrayContaining([expect.objectContaining({ status: 'failed' })]) as unknown,
    });
    await vault.close();
    expect((await command.run(['test'])).code).toBe(9);
  });

  it('refuses a provider, a setting and a value that it does not know', async () => {
    const command = new TestCommand();
    expect(await command.run(['connection', 'set', 'hashicorp-valt'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('Did you mean hashicorp-vault?') as string,
    });
    expect(await command.run(['connection', 'set', 'hashicorp-vault', '--ulr', 'x'])).toMatchObject(
      {
        code: 3,
        err: expect.stringContaining("Unknown option '--ulr'") as string,
      },
    );
    const kv = ['connection', 'set', 'hashicorp-vault', '--kv-version', '3'];
    expect(await command.run(kv)).toMatchObject({ code: 3 });
    const url = ['connection', 'set', 'hashicorp-vault', '--url', 'vault.example.com'];
    const invalid = await command.run([...url, '--token', '-'], { stdin: 't' });
    expect(invalid.err).toContain('Start with https:// (or http://).');
    expect(await command.ok(['connection', 'set', 'hashicorp-vault', '--help'])).toContain(
      '--engine-path <text>',
    );
    expect(await command.ok(['connection', 'set', '--help'])).toContain('aws-parameter-store');
  });

  it('has settings of one workspace, and forgets them', async () => {
    const vault = await startTestVault();
    const command = new TestCommand();
    await command.ok(['workspace', 'create', 'Team']);
    const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-'];
    await command.ok([...set, '--scope', 'workspace', '--workspace', 'Team'], {
      stdin: vault.rootToken,
    });
    const team = ['connection', 'show', '--workspace', 'Team'];
    expect(await command.json(team)).toMatchObject({ source: 'workspace' });
    expect(await command.json(['connection', 'show'])).toMatchObject({ provider: 'local-vault' });
    await command.ok(['connection', 'remove', '--workspace', 'Team', '--yes']);
    expect(await command.json(team)).toMatchObject({ source: 'global', provider: 'local-vault' });
  });
});

describe('strongroom env link', () => {
  it('needs to know whose values to take if there is a secret', async () => {
    const vault = await startTestVault();
    vault.kv('secret').put('production', { KEY: 'theirs', THEIRS: '1' });
    const command = await commandWith('production');
    const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-'];
    await command.ok(set, { stdin: vault.rootToken });
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'mine' });
    expect(await command.run(['env', 'link', 'production'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('--take server, --take here or --take merge') as string,
    });
    expect(await command.ok(['secret', 'get', 'KEY'])).toBe('mine');
    await command.ok(['env', 'link', 'production', '--take', 'merge']);
    expect(vault.kv('secret').read('production')).toEqual({ KEY: 'mine', THEIRS: '1' });
    await command.ok(['env', 'create', 'second']);
    expect(await command.run(['env', 'link', 'second', '--path', 'production'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('already uses the path production') as string,
    });
    const layout = await command.run(['env', 'link', 'second', '--layout', 'entries']);
    expect(layout).toMatchObject({
      code: 3,
      err: expect.stringContaining(
        'HashiCorp Vault cannot store an environment as entries.',
      ) as string,
    });
  });
});
