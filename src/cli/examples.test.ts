/** What people know from other tools, at every kind of store, in the order in which they would type it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startTestAws, startTestVault } from '@test/support/core';
import { TestCommand } from '@test/support/command';

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
});
