/** The ways to a server that is not simply there, each to a green report and a pull. */
import { createPrivateKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestCertificates } from '@test/servers/certificates';
import { startForwardProxy } from '@test/servers/forward-proxy';
import { startSecretsManagerServer } from '@test/servers/secrets-manager/server';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { expect, test } from './support';

/** One that may do what the app does, and no more. */
function tokenOf(vault: VaultServer): string {
  const capabilities = ['create', 'read', 'update', 'delete', 'list'] as const;
  vault.policy('app', { 'secret/*': [...capabilities] });
  return vault.token({ policies: ['app'] });
}

/** Files beside the data of the app, as somebody's own would be. */
async function filesIn(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<(name: string) => string> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return (name) => join(folder, name);
}

test('a private authority: its file, with Verify SSL on @whole', async ({ ui }, info) => {
  const { authority, valid } = createTestCertificates();
  const at = await filesIn(info.outputPath('certificates'), {
    'notes.txt': 'no certificate',
    'ca.pem': authority.cert,
  });
  const vault = await startVaultServer({ tls: valid });
  try {
    vault.kv('secret').put('production', { API_KEY: 'sk-live' });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: tokenOf(vault), enginePath: 'secret' });
    await tab.test();
    await expect(tab.testOutcome).toContainText('failed at TLS');
    await expect(tab.testStep('TLS')).toContainText('CA certificate file');

    await tab.openMore();
    await tab.field('CA certificate file').fill(at('notes.txt'));
    await tab.test();
    await expect(tab.testOutcome).toContainText('failed at Certificate files');
    await expect(tab.field('CA certificate file')).toHaveAccessibleDescription(
      /holds no certificate in PEM form/,
    );

    await tab.field('CA certificate file').fill(at('ca.pem'));
    await tab.test();
    await expect(tab.testOutcome).toContainText('passed,');
    await expect(tab.testStep('TLS')).toContainText('Issued by Strongroom test CA');
    await expect(tab.switch('Verify SSL')).toBeChecked();
    await tab.saveForThisSession();
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');
  } finally {
    await vault.close();
  }
});

test('a client certificate, with an encrypted key @whole', async ({ ui }, info) => {
  const { authority, valid, client } = createTestCertificates();
  const key = createPrivateKey(client.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'correct horse',
  });
  const at = await filesIn(info.outputPath('certificates'), {
    'ca.pem': authority.cert,
    'me.pem': client.cert,
    'me.key': key.toString(),
  });
  const aws = await startSecretsManagerServer({
    tls: { ...valid, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
  });
  try {
    aws.put('production', '{"API_KEY": "sk-live"}');
    const { accessKeyId, secretAccessKey } = aws.guideAccessKey();
    const { endpoint, region } = aws;
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillAccessKeys({ endpoint, region, accessKeyId, secretAccessKey });
    await tab.openMore();
    await tab.field('CA certificate file').fill(at('ca.pem'));
    await tab.test();
    await expect(tab.testStep('TLS')).toContainText('demands a client certificate');

    await tab.field('Client certificate file').fill(at('me.pem'));
    await tab.field('Client key file').fill(at('me.key'));
    await tab.field('Key passphrase').fill('wrong horse');
    await tab.test();
    await expect(tab.field('Key passphrase')).toHaveAccessibleDescription(
      /cannot be decrypted with this passphrase/,
    );
    await tab.field('Key passphrase').fill('correct horse');
    await tab.test();
    await expect(tab.testOutcome).toContainText('passed');
    await expect(tab.testStep('Certificate files')).toContainText('Strongroom test client');
    await tab.saveForThisSession();
    await expect(tab.saved('Key passphrase')).toContainText('Saved for this session');
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');
  } finally {
    await aws.stop();
  }
});

test('a proxy with a password, and an exception @whole', async ({ ui }, info) => {
  const { authority } = createTestCertificates();
  const at = await filesIn(info.outputPath('certificates'), { 'ca.pem': authority.cert });
  const names = ['vault.corp.invalid', '127.0.0.1'];
  const vault = await startVaultServer({ tls: authority.issue({ names }) });
  const proxy = await startForwardProxy({
    login: { user: 'anna', password: 'p@ss word' },
    names: { 'vault.corp.invalid': '127.0.0.1' },
  });
  try {
    vault.kv('secret').put('production', { API_KEY: 'sk-live' });
    const { connection: tab } = await ui.openSettings('Vault');
    const url = vault.url.replace('127.0.0.1', 'vault.corp.invalid');
    await tab.fillToken({ url, token: tokenOf(vault), enginePath: 'secret' });
    await tab.openMore();
    await tab.field('CA certificate file').fill(at('ca.pem'));
    await tab.choice('Proxy').getByRole('radio', { name: 'This one' }).check();
    await tab.field('Proxy address').fill(proxy.url);
    await tab.test();
    await expect(tab.testStep('Proxy')).toContainText('wants a user and a password');

    await tab.field('Proxy user').fill('anna');
    await tab.field('Proxy password').fill('p@ss word');
    await tab.test();
    await expect(tab.testOutcome).toContainText('passed,');
    await expect(tab.testStep('Proxy')).toContainText(
      `${proxy.url}, chosen by the settings of the connection`,
    );
    await expect(tab.testStep('Name lookup')).toContainText('Left to the proxy');
    await tab.saveForThisSession();
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');

    const asked = proxy.requests.length;
    await tab.field('Vault URL').fill(vault.url);
    // The stored token is for the other address.
    await tab.field('Token').fill(tokenOf(vault));
    await tab.field('Proxy exceptions').fill('127.0.0.0/8');
    await tab.test();
    await expect(tab.testOutcome).toContainText('passed,');
    await expect(tab.testStep('Proxy')).toHaveCount(0);
    expect(proxy.requests).toHaveLength(asked);
  } finally {
    await proxy.stop();
    await vault.close();
  }
});
