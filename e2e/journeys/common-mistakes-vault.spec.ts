/**
 * The commonest mistakes with HashiCorp Vault, each made as a person would: the panel names the fault, its
 * remedy is applied as it says, and the report is green.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTestCertificates } from '@test/servers/certificates';
import { startDoor } from '@test/servers/door';
import { startForwardProxy } from '@test/servers/forward-proxy';
import type { PolicyRules } from '@test/servers/vault/policy';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { expectFault, expectGreen } from './common-mistakes';
import { expect, test } from './support';

const everything = ['create', 'read', 'update', 'delete', 'list'] as const;

/** What an administrator gives somebody who is to use the engine `secret`. */
function tokenOf(vault: VaultServer): string {
  vault.policy('app', { 'secret/*': everything });
  return vault.token({ policies: ['app'] });
}

/** The rules of a policy as the panel writes them. */
const rulesIn = (text: string): PolicyRules =>
  Object.fromEntries(
    [...text.matchAll(/path "([^"]+)" \{ capabilities = (\[[^\]]+\]) \}/g)].map(
      ([, path = '', capabilities = '']) => [path, JSON.parse(capabilities) as typeof everything],
    ),
  );

test('an address with https for a server that speaks http @whole', async ({ ui, vault }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  const url = vault.url.replace('http:', 'https:');
  await tab.fillToken({ url, token: tokenOf(vault), enginePath: 'secret' });
  await expectFault(tab, {
    step: 'TLS',
    says: 'This server speaks http, but the address starts with https://.',
    cause: 'It is a plain development server, or its https is at another port.',
    remedy: 'Enter the port that speaks https.',
    field: 'Vault URL',
  });
  await tab.useSuggestion(vault.url);
  await expectGreen(tab);
});

test('an address with http for a server with a certificate of a private CA @whole', async ({
  dataDirectory,
  ui,
}) => {
  const { valid, authority } = createTestCertificates();
  const caFile = join(dataDirectory, 'ca.pem');
  await writeFile(caFile, authority.cert);
  const vault = await startVaultServer({ tls: valid });
  try {
    const { connection: tab } = await ui.openSettings('Vault');
    const url = vault.url.replace('https:', 'http:');
    await tab.fillToken({ url, token: tokenOf(vault), enginePath: 'secret' });
    await expectFault(tab, {
      step: 'Health',
      says: 'This server uses HTTPS, but the address starts with http://.',
      remedy: 'Change http:// to https:// in the address.',
      field: 'Vault URL',
    });
    await tab.useSuggestion(vault.url);
    await expect(tab.field('Vault URL')).toHaveValue(vault.url);
    await expectFault(tab, {
      step: 'TLS',
      says: 'issued by Strongroom test CA, which is not trusted here.',
      cause: 'It was issued by an authority that this computer does not know',
      remedy: 'CA certificate file',
      field: 'CA certificate file',
    });
    // No request, and so no token, went to a server that could be anybody's.
    expect(vault.requests).toEqual([]);
    await tab.field('CA certificate file').fill(caFile);
    await expectGreen(tab);
    await expect(tab.switch('Verify SSL')).toBeChecked();
  } finally {
    await vault.close();
  }
});

test('a port where nothing listens @whole', async ({ ui, vault }) => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  await once(nobody, 'close');
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({
    url: `http://127.0.0.1:${String(port)}`,
    token: tokenOf(vault),
    enginePath: 'secret',
  });
  await expectFault(tab, {
    step: 'Port',
    says: 'Nothing is listening at this address.',
    cause: 'The server has stopped, or it listens at another port.',
    remedy: 'Check the port, and that the server is running.',
    field: 'Vault URL',
  });
  await tab.field('Vault URL').fill(vault.url);
  await expectGreen(tab);
});

test('a token that was mistyped, and one that has expired', async ({ ui, vault }) => {
  const token = tokenOf(vault);
  const { connection: tab } = await ui.openSettings('Vault');
  const fault = {
    step: 'Authentication',
    says: /The token is not valid, or has expired\.|The token has expired/,
    cause: 'It was not copied whole, has run out or was revoked',
    remedy: /fresh token/,
    field: 'Token',
  };
  await tab.fillToken({ url: vault.url, token: token.slice(0, -2), enginePath: 'secret' });
  await expectFault(tab, fault);

  await tab.field('Token').fill(vault.token({ policies: ['app'], ttl: 60 }));
  vault.clock.advance(61_000);
  await expectFault(tab, fault);

  await tab.field('Token').fill(token);
  await expectGreen(tab);
});

test('an AppRole without its namespace, and with the Secret ID of another @whole', async ({
  ui,
  vault,
}) => {
  vault.namespace('admin');
  vault.mount('admin/kv');
  vault.policy('app', { 'kv/*': everything }, 'admin');
  const role = vault.appRole({ namespace: 'admin', policies: ['app'] });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillAppRole({ url: vault.url, ...role, enginePath: 'admin/kv' });
  await expectFault(tab, {
    step: 'Authentication',
    says: 'The AppRole login was refused.',
    cause: 'One of Role ID, Secret ID, Namespace and AppRole mount is wrong',
    remedy:
      'If “admin” in Engine Path is a namespace and the AppRole is in it, enter it as Namespace.',
    // The login says the same whatever is wrong.
    field: 'Secret ID',
  });
  await tab.field('Namespace').fill('admin');
  await expectGreen(tab);

  await tab.field('Secret ID').fill(vault.appRole({ name: 'another' }).secretId);
  await expectFault(tab, {
    step: 'Authentication',
    says: 'The AppRole login was refused.',
    cause: 'The Role ID or the Secret ID is mistyped, the Secret ID is used up or has expired',
    remedy: 'Check Role ID and Secret ID.',
    field: 'Secret ID',
  });
  await tab.field('Secret ID').fill(role.newSecretId());
  await expectGreen(tab);
});

test('an Engine Path that is misspelt, that goes too far, or that lacks its namespace @whole', async ({
  ui,
  vault,
}) => {
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: tokenOf(vault), enginePath: 'sercet' });
  await expectFault(tab, {
    step: 'Engine',
    says: 'no secrets engine at “sercet”.',
    remedy: 'Did you mean “secret”?',
    field: 'Engine Path',
  });
  await tab.useSuggestion('secret');
  await expectGreen(tab);
  await tab.field('Engine Path').fill('secret/data');
  await expectFault(tab, {
    step: 'Engine',
    says: '“/data” at the end belongs to addresses of the API, not to Engine Path.',
    remedy: 'Enter secret as Engine Path.',
    field: 'Engine Path',
  });
  await tab.useSuggestion('secret');
  await expectGreen(tab);

  vault.namespace('admin');
  vault.mount('admin/kv');
  vault.policy('app', { 'kv/*': everything }, 'admin');
  const role = vault.appRole({ namespace: 'admin', policies: ['app'] });
  await tab.fillAppRole({ url: vault.url, ...role, namespace: 'admin', enginePath: 'kv' });
  await expectFault(tab, {
    step: 'Engine',
    says: 'This login was made in namespace admin, and Engine Path is counted from the root.',
    remedy: 'enter that as Engine Path',
    field: 'Engine Path',
  });
  await tab.useSuggestion('admin/kv');
  await expectGreen(tab);
});

test('a policy that does not let it list @whole', async ({ ui, vault }) => {
  const granted: PolicyRules = { 'secret/data/*': ['create', 'read', 'update', 'delete'] };
  vault.policy('reader', granted);
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({
    url: vault.url,
    token: vault.token({ policies: ['reader'] }),
    enginePath: 'secret',
  });
  const says = await expectFault(tab, {
    step: 'Permissions',
    says: 'The credentials are valid, but may not list the secrets in “secret”.',
    remedy: /ask your Vault administrator for a policy with:/i,
  });
  const missing = rulesIn(says);
  expect(Object.keys(missing)).toContain('secret/metadata/*');
  vault.policy('reader', { ...granted, ...missing });
  await expectGreen(tab);
});

test('a proxy that wants a password @whole', async ({ app, ui, vault }) => {
  const login = { user: 'dev', password: 'proxy-password' };
  const proxy = await startForwardProxy({ login });
  try {
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken({ url: vault.url, token: tokenOf(vault), enginePath: 'secret' });
    await tab.openMore();
    await tab.choice('Proxy').getByRole('radio', { name: 'This one' }).check();
    await tab.field('Proxy address').fill(proxy.url);
    await expectFault(tab, {
      step: 'Health',
      says: /The proxy .* wants a user and a password/,
      remedy: 'Enter Proxy user and Proxy password.',
      field: 'Proxy user',
    });
    await tab.field('Proxy user').fill(login.user);
    await tab.field('Proxy password').fill(login.password);
    await expectGreen(tab);
    await tab.copyReport();
    expect(await app.readClipboard()).not.toContain(login.password);
  } finally {
    await proxy.stop();
  }
});

test('a sealed Vault, which somebody unseals @whole', async ({ ui, vault }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: tokenOf(vault), enginePath: 'secret' });
  vault.seal();
  await expectFault(tab, {
    step: 'Health',
    says: 'Vault is sealed.',
    cause: 'It was restarted and not unsealed since',
    remedy: 'Its administrator has to unseal it.',
  });
  vault.unseal();
  await expectGreen(tab);
});

test('a report to hand on names the fault and no credential @whole', async ({ app, ui, vault }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  vault.namespace('admin');
  const role = vault.appRole({
    namespace: 'admin',
    policies: [],
    roleId: 'role-id-to-look-for',
    secretId: 'secret-id-to-look-for',
  });
  const door = await startDoor(vault.url);
  const reports: string[] = [];
  const takeReport = async (): Promise<void> => {
    await tab.test();
    await tab.copyReport();
    reports.push(await app.readClipboard());
  };
  await tab.fillToken({ url: door.url, token: 'hvs.token-to-look-for', enginePath: 'secret' });
  await takeReport();
  await tab.fillAppRole({ url: door.url, ...role, enginePath: 'admin/kv' });
  await takeReport();
  await tab.field('Namespace').fill('admin');
  await takeReport();
  await door.close();
  await takeReport();
  expect(reports.map((report) => report.split('\n')[0]?.replace(/, [^,]+$/, ''))).toEqual([
    'Test Connection, HashiCorp Vault: failed at Authentication',
    'Test Connection, HashiCorp Vault: failed at Authentication',
    'Test Connection, HashiCorp Vault: failed at Engine',
    'Test Connection, HashiCorp Vault: failed at Port',
  ]);
  for (const report of reports) expect(report).not.toContain('to-look-for');
});
