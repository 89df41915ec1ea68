/** What bad input and bad servers get: a clear sentence with what to do, and nothing stored. */
import type { AppPage } from '../pages/app';
import type { TokenForm } from '../pages/settings';
import { createSelfSigned } from '@test/servers/certificates';
import { htmlAnswer } from '@test/servers/faults';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { freePort } from '@test/support/free-port';
import { expect, filesHolding, test } from './support';

const tokenForm = (vault: VaultServer): TokenForm => ({
  url: vault.url,
  token: vault.rootToken,
  enginePath: 'secret',
});

/** An address of this computer where nothing listens. */
const closedPort = async (): Promise<string> => `http://127.0.0.1:${String(await freePort())}`;

/** Nothing that only a programmer could read, anywhere in the window. */
async function expectPlainWords(ui: AppPage): Promise<void> {
  const text = await ui.page.getByRole('main').innerText();
  expect(text).not.toMatch(/\bat .+:\d+:\d+|node:|\.[jt]s\b|\w+Error\b|undefined|\[object /);
}

test('an invalid address is refused where it is typed @whole', async ({ ui, vault }) => {
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken(tokenForm(vault));
  const url = tab.field('Vault URL');
  const addresses = [
    [`${vault.url}/ui/vault`, 'Remove the path “/ui/vault”. The engine goes into Engine Path.'],
    [`${vault.url}/`, 'Remove the trailing slash.'],
    [`${vault.url}?a=b`, 'Remove everything after the host and port.'],
    ['vault.example.com', 'Start with https:// (or http://).'],
    ['https://', 'This is not a valid address. It looks like https://vault.example.com:8200.'],
    ['http://me:secret@vault.example.com', 'Leave user and password out of the address.'],
    ['', 'Enter the address of your Vault server.'],
  ] as const;
  for (const [address, says] of addresses) {
    await url.fill(address);
    await tab.testButton.click();
    await expect(url).toHaveAccessibleDescription(says);
    await expect(url).toBeFocused();
    await tab.saveButton.click();
    await expect(tab.unsavedMark).toBeVisible();
  }
  await url.fill(vault.url);
  await tab.field('Engine Path').fill('/secret/');
  await tab.testButton.click();
  await expect(tab.field('Engine Path')).toHaveAccessibleDescription(
    'Remove the slash at the beginning or end.',
  );
  expect(vault.requests).toEqual([]);
  await tab.field('Engine Path').fill('secret');
  await tab.test();
  await expect(tab.testOutcome).toContainText('passed');
});

test('servers and settings that are wrong each get their own sentence', async ({
  dataDirectory,
  ui,
  vault,
}) => {
  vault.mount('transit', { type: 'transit' });
  const right = tokenForm(vault);
  const { connection: tab } = await ui.openSettings('Vault');

  interface Mistake {
    readonly name: string;
    readonly form?: Partial<TokenForm>;
    readonly step: string;
    readonly says: string;
    readonly prepare?: () => void;
  }
  const mistakes: readonly Mistake[] = [
    {
      name: 'nothing listens there',
      form: { url: await closedPort() },
      step: 'Port',
      says: 'or it listens at another port. Check the port, and that the server is running.',
    },
    {
      name: 'a name that does not exist',
      form: { url: 'https://vault.invalid' },
      step: 'Name lookup',
      says: 'The server name could not be found. Likely cause: The address is misspelt',
    },
    {
      name: 'https to a server that speaks http',
      form: { url: vault.url.replace('http:', 'https:') },
      step: 'TLS',
      says: 'This server speaks http, but the address starts with https://. Likely cause: It is',
    },
    {
      name: 'a sealed server',
      prepare: () => vault.seal(),
      step: 'Health',
      says: 'or somebody sealed it. Its administrator has to unseal it.',
    },
    {
      name: 'a login page in place of Vault',
      prepare: () => void vault.faults.add({ effect: htmlAnswer(200, 'Sign in') }),
      step: 'Health',
      says: 'Something answered, but not the service that was expected. Likely cause: A proxy, a login page',
    },
    {
      name: 'a proxy that cannot reach Vault',
      prepare: () => void vault.faults.add({ effect: htmlAnswer(502) }),
      step: 'Health',
      says: 'A proxy answered with 502 in place of Vault.',
    },
    {
      name: 'a wrong token',
      form: { token: 'hvs.mistyped' },
      step: 'Authentication',
      says: 'or to other network addresses. Enter a fresh token',
    },
    {
      name: 'a mount that does not exist',
      form: { enginePath: 'sceret' },
      step: 'Engine',
      says: 'There is no secrets engine at “sceret”. Did you mean “secret”?',
    },
    {
      name: 'an engine that keeps no keys and values',
      form: { enginePath: 'transit' },
      step: 'Engine',
      says: 'At “transit” there is a secrets engine of the kind “transit”, not a KV engine.',
    },
  ];
  for (const { name, form, step, says, prepare } of mistakes) {
    await test.step(name, async () => {
      prepare?.();
      await tab.fillToken({ ...right, ...form });
      await tab.test();
      await expect(tab.testOutcome).toContainText(`failed at ${step}`);
      await expect(tab.testStep(step)).toContainText(says, { useInnerText: true });
      await expectPlainWords(ui);
      vault.faults.clear();
      vault.unseal();
    });
  }
  await expect(tab.unsavedMark).toBeVisible();
  await expect(ui.providerStatus).toContainText('Local vault');
  for (const typed of [vault.url, vault.rootToken, 'hvs.mistyped']) {
    expect(await filesHolding(dataDirectory, Buffer.from(typed))).toEqual([]);
  }
});

test('an AppRole that is refused @whole', async ({ ui, vault }) => {
  const role = vault.appRole({ policies: [] });
  const { connection: tab } = await ui.openSettings('Vault');
  const right = { url: vault.url, enginePath: 'secret', ...role };
  const refused =
    'The AppRole login was refused. Likely cause: The Role ID or the Secret ID is mistyped,';
  const slips = [
    { form: { roleId: 'mistyped' }, says: refused },
    { form: { secretId: 'mistyped' }, says: refused },
    {
      form: { namespace: 'nowhere' },
      says: 'is mounted at another path. Check Namespace and AppRole mount.',
    },
  ];
  for (const { form, says } of slips) {
    await tab.fillAppRole({ ...right, ...form });
    await tab.test();
    await expect(tab.testStep('Authentication')).toContainText(says, { useInnerText: true });
    await expectPlainWords(ui);
  }
  await tab.fillAppRole(right);
  await tab.test();
  await expect(tab.testStep('Engine')).toContainText('see no secrets engine at “secret”.');
  await expect(tab.testStep('Authentication')).toContainText('AppRole');
});

test('a certificate that nobody vouches for', async ({ ui }) => {
  const vault = await startVaultServer({ tls: createSelfSigned() });
  try {
    vault.kv('secret').put('production', { API_KEY: 'sk-live' });
    const { connection: tab } = await ui.openSettings('Vault');
    await tab.fillToken(tokenForm(vault));
    await tab.test();
    for (const said of [
      'The certificate of this server is self-signed: no authority vouches for it.',
      'Enter the certificate of the authority that issued it as CA certificate file',
    ]) {
      await expect(tab.testStep('TLS')).toContainText(said, { useInnerText: true });
    }
    await tab.saveForThisSession();
    await tab.pullAllButton.click();
    await expect(tab.pullFailure).toContainText('The certificate of this server is not trusted.');
    // No request, and so no token, went to a server that could be anybody's.
    expect(vault.requests).toEqual([]);

    await tab.switch('Verify SSL').uncheck();
    // The stored token is for a server whose certificate is checked.
    await tab.field('Token').fill(vault.rootToken);
    await tab.test();
    await expect(tab.testOutcome).toContainText('passed with a warning');
    await expect(tab.testStep('TLS')).toContainText('Not verified: Verify SSL is off');
    await tab.save();
    await tab.pullAllButton.click();
    await expect(tab.pullOutcome).toContainText('1 secret pulled');
    await ui.openEnvironment('production');
    await ui.environment.revealButton('API_KEY').click();
    await expect(ui.environment.value('API_KEY')).toContainText('sk-live');
  } finally {
    await vault.close();
  }
});

test('a server that takes its time can be left @whole', async ({ ui, vault }) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken(tokenForm(vault));

  const health = vault.faults.gate({ path: 'sys/health' });
  await tab.testButton.click();
  await health.reached;
  await expect(tab.testStep('Health')).toContainText('running');
  await tab.cancelTestButton.click();
  await expect(tab.testOutcome).toHaveText('cancelled');
  await expect(tab.testButton).toBeVisible();
  health.open();

  await tab.saveForThisSession();
  const listing = vault.faults.gate({ method: 'LIST' });
  await tab.pullAllButton.click();
  await listing.reached;
  await expect(tab.pullProgress).toBeVisible();
  await tab.cancelPullButton.click();
  await expect(tab.pullOutcome).toContainText('Cancelled');
  await expect(ui.environments).toContainText('None yet.');
  listing.open();

  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
});

test('a listing that fails is an error, and environments stay @whole', async ({ ui, vault }) => {
  vault.kv('secret').put('production', { API_KEY: 'sk-live' });
  vault.kv('secret').put('staging', { API_KEY: 'sk-staging' });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken(tokenForm(vault));
  await tab.saveForThisSession();
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('2 secrets pulled');

  const failures = [
    { prepare: () => vault.seal(), says: 'Vault is sealed.' },
    {
      prepare: () => void vault.faults.add({ match: { method: 'LIST' }, effect: htmlAnswer(200) }),
      says: 'Something answered, but not the service that was expected.',
    },
    {
      prepare: () =>
        void vault.faults.add({ match: { method: 'LIST' }, effect: { kind: 'truncate' } }),
      says: 'Something answered, but not the service that was expected.',
    },
    {
      prepare: () =>
        void vault.faults.add({
          match: { method: 'LIST' },
          effect: { kind: 'drop', applied: false },
        }),
      says: 'The connection was closed before the answer was complete.',
    },
    { prepare: () => vault.revokeToken(vault.rootToken), says: 'The token is not valid' },
  ];
  for (const { prepare, says } of failures) {
    prepare();
    await tab.pullAllButton.click();
    await expect(tab.pullFailure).toContainText(says);
    await expect(tab.pullOutcome).toHaveCount(0);
    await expect(ui.row('production')).toBeVisible();
    await expect(ui.row('staging')).toBeVisible();
    await expectPlainWords(ui);
    vault.faults.clear();
    vault.unseal();
  }
  // What had been pulled before is still there to be read.
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText('sk-live');
  await ui.environment.pullButton.click();
  await expect(ui.environment.failure).toContainText('The token is not valid');
  await expect(ui.environment.failure).toContainText('Enter a fresh token.');
  await expect(ui.environment.row('API_KEY')).toBeVisible();
  // A stored token is never shown: its button replaces it.
  await ui.environment.failure.getByRole('link', { name: 'Open Settings → Vault' }).click();
  await expect(tab.replaceButton('Token')).toBeFocused();
});
