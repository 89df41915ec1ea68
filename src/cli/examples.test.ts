/** What people know from other tools, at every kind of store, in the order in which they would type it. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildForChild } from '@test/support/child-process';
import { TestCommand } from '@test/support/command';
import { startTestAws, startTestVault } from '@test/support/core';
import { MemoryKeychain } from '@test/support/memory-keychain';

const removals: (() => Promise<void>)[] = [];
let program = '';
beforeAll(async () => {
  const file = new URL('../../test/support/children/command.ts', import.meta.url);
  ({ href: program } = await buildForChild(file, { atEnd: (remove) => removals.push(remove) }));
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

/** Runs a command line in its own process. Returns its standard output; rejects unless it ends with 0. */
async function inProcess(
  { dataDirectory, cwd }: TestCommand,
  keychain: MemoryKeychain,
  args: readonly string[],
): Promise<string> {
  const start = `import(${JSON.stringify(program)}).then(({ main }) => main(process.argv.slice(1)))`;
  const entries = JSON.stringify([...keychain.entries]);
  const words = ['--input-type=module', '-e', start, entries, '--data-dir', dataDirectory, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd });
  return stdout;
}

const places = ['this computer', 'the local vault', 'Vault', 'AWS'] as const;
type Place = (typeof places)[number];

/** Sets up the provider of the place. Returns a function that links an environment to it. */
async function prepare(
  command: TestCommand,
  place: Place,
): Promise<(name: string) => Promise<void>> {
  if (place === 'this computer') return async () => undefined;
  if (place === 'Vault') {
    const vault = await startTestVault();
    const set = ['connection', 'set', 'hashicorp-vault', '--url', vault.url, '--token', '-'];
    await command.ok(set, { stdin: vault.rootToken });
  } else if (place === 'AWS') {
    const aws = await startTestAws();
    const { accessKeyId, secretAccessKey } = aws.accessKey();
    writeFileSync(join(command.cwd, 'id'), accessKeyId);
    const set = `connection set aws-secrets-manager --region us-east-1 --endpoint ${aws.endpoint}`;
    const keys = '--authentication access-keys --access-key-id-file id --secret-access-key -';
    await command.ok([...set.split(' '), ...keys.split(' ')], { stdin: secretAccessKey });
  }
  return async (name) => {
    await command.ok(['env', 'link', name]);
  };
}

describe.each(places)('at %s', (place) => {
  it('vaults and their secrets', async () => {
    const command = new TestCommand();
    const type = (line: string) => command.ok(line.split(' '));
    const link = await prepare(command, place);
    await type('secret vault create --name api-keys');
    await link('api-keys');
    await type(
      'secret create --vault-name api-keys --name stripe-secret-key --value sk_live_xxxxx',
    );
    await type(
      'secret update --vault-name api-keys --name stripe-secret-key --value sk_live_yyyyy',
    );
    expect(await type('secret vault list')).toContain('api-keys');
    expect(await type('secret list --vault-name api-keys')).toBe('stripe-secret-key  secret\n');
    expect(await type('secret get --vault-name api-keys --name stripe-secret-key')).toBe(
      'sk_live_yyyyy',
    );
    await type('secret create --vault-name api-keys --name old-key --value x');
    await type('secret delete --vault-name api-keys --name old-key --yes');
    expect(await type('secret list --vault-name api-keys')).toBe('stripe-secret-key  secret\n');
    const refused = await command.run(['secret', 'vault', 'delete', '--name', 'api-keys', '--yes']);
    expect(refused.code).toBe(3);
    await type('secret vault create --name old-vault');
    await type('secret vault delete --name old-vault --yes');
    expect(await type('secret vault list')).not.toContain('old-vault');
  });

  it('secrets, plain variables and an import', async () => {
    const command = new TestCommand();
    const type = (line: string) => command.ok(line.split(' '));
    const link = await prepare(command, place);
    await type('env create default');
    await link('default');
    await command.ok(['secrets', 'create', 'ANTHROPIC_API_KEY'], {
      answers: [['Value of ANTHROPIC_API_KEY', 'sk-1\r']],
    });
    await type('secrets create OTHER_API_KEY --value sk-2');
    await type('secrets create REGION --value us-east-1 --plain');
    expect(await type('secrets list')).toBe(
      'ANTHROPIC_API_KEY  secret\nOTHER_API_KEY      secret\nREGION             plain\n',
    );
    expect(await type('secrets list --values')).toContain('REGION             plain   us-east-1\n');
    await command.ok(['secrets', 'update', 'ANTHROPIC_API_KEY'], {
      answers: [['Value of ANTHROPIC_API_KEY', 'sk-3\r']],
    });
    expect(await type('secrets get ANTHROPIC_API_KEY')).toBe('sk-3');
    await command.ok(['secrets', 'delete', 'OTHER_API_KEY'], {
      answers: [['Delete OTHER_API_KEY from “default”?', 'y']],
    });
    writeFileSync(
      join(command.cwd, '.env'),
      'KEY=value\nBLANK=\nREGION=eu-west-1\nHOST=localhost\n',
    );
    await type('secrets import --file .env');
    const listed = await type('secrets list --values');
    // Vault gives keys in the order of the alphabet.
    expect(listed.trim().split('\n').toSorted()).toEqual([
      'ANTHROPIC_API_KEY  secret',
      'HOST               secret',
      'KEY                secret',
      'REGION             plain   us-east-1',
    ]);
    await type('secrets import --file .env --overwrite --plain-keys HOST,REGION');
    expect(await type('secrets list --values')).toContain('REGION             plain   eu-west-1\n');
  });

  it.skipIf(process.platform === 'win32')('programs that get secrets by name', async () => {
    const keychain = new MemoryKeychain();
    const command = new TestCommand({ keychain });
    const link = await prepare(command, place);
    await command.ok(['env', 'create', 'default']);
    await link('default');
    await command.ok(['secrets', 'create', 'ANTHROPIC_API_KEY', '--value', '-'], { stdin: 'sk-1' });
    const run = (names: readonly string[], assignments: readonly string[]): Promise<string> =>
      inProcess(command, keychain, [
        'run',
        '--no-redact',
        ...assignments.flatMap((text) => ['--var', text]),
        '--',
        'sh',
        '-c',
        names.map((name) => `echo "$${name}"`).join(';'),
      ]);
    const name = 'ANTHROPIC_API_KEY';
    const vars = [`${name}=@`, `A=@${name}`, `B=@default/${name}`, String.raw`WEBHOOK_URL=\@`];
    expect(await run([name, 'A', 'B', 'WEBHOOK_URL'], vars)).toBe('sk-1\nsk-1\nsk-1\n@\n');
    expect(await run([name], [`${name}=@${name}`])).toBe('sk-1\n');
  });

  it('vaults that a configuration declares', async () => {
    const command = new TestCommand();
    const type = (line: string, more = {}) => command.run(line.split(' '), more);
    await prepare(command, place);
    writeFileSync(
      join(command.cwd, 'strongroom.config.ts'),
      `import { defineConfig, defineSecretManager } from 'strongroom/sdk';
         export const secrets = defineSecretManager({
           'api-keys': {
             'stripe-secret-key': process.env.STRIPE_SECRET_KEY!,
             'sendgrid-api-key': process.env.SENDGRID_API_KEY!,
           },
           database: { 'analytics-connection-string': process.env.ANALYTICS_DB_URL! },
         });
         export default defineConfig({ name: 'my-app', secrets });`,
    );
    vi.stubEnv('STRIPE_SECRET_KEY', 'sk_live_xxxxx');
    vi.stubEnv('SENDGRID_API_KEY', 'SG.1');
    vi.stubEnv('ANALYTICS_DB_URL', 'postgres://analytics');
    expect(await type('plan')).toMatchObject({ code: 2 });
    expect(await type('apply --yes')).toMatchObject({ code: 0 });
    const get = async (vault: string, name: string): Promise<string> =>
      command.ok(['secret', 'get', '--vault-name', vault, '--name', name]);
    expect(await get('api-keys', 'stripe-secret-key')).toBe('sk_live_xxxxx');
    expect(await get('database', 'analytics-connection-string')).toBe('postgres://analytics');
    // A change by hand warns, asks, and releases the vault.
    const question = 'Release it, and change it by hand?';
    const changed = await type('secret create --vault-name api-keys --name by-hand --value x', {
      answers: [[question, 'y']],
    });
    expect(changed.err).toContain('The configuration “my-app” owns the environment “api-keys”.');
    expect(changed.code).toBe(0);
    // Now nobody owns the vault: the next apply asks first.
    const refused = await type('apply --yes');
    expect(refused.err).toContain('does not own it');
    expect(await get('api-keys', 'by-hand')).toBe('x');
    // A vault that the configuration owns loses what is not in it.
    await type('apply --yes --adopt');
    expect((await type('secret get --vault-name api-keys --name by-hand')).code).toBe(4);
  });
});
