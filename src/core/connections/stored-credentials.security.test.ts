/** A stored credential is sent only where it was stored for, whoever changed the settings. */
import { createServer, type AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { CheckStep, ConnectionForm } from '@shared/model/connection';
import type { FormValues } from '@shared/model/form-values';
import { openDatabase } from '@core/storage/open';
import { all, startCore, startTestVault, type TestCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { vaultForm } from '@test/support/forms';

const TOKEN = 'hvs.stored-for-one-server';
const REFUSED = 'STORED_FOR_ANOTHER_ADDRESS';

let core: TestCore;
let url: string;
let other: { readonly url: string; readonly heard: () => string };

beforeEach(async () => {
  const vault = await startTestVault();
  vault.token({ id: TOKEN, policies: ['root'] });
  vault.kv('secret').put('production', { KEY: 'value' });
  url = vault.url;
  other = await startOther();
  core = await startCore();
  await core.client.connections.save(vaultForm(core.workspaceId, { url }, TOKEN));
});

/** A server that keeps every byte that it gets, and closes the connection. */
async function startOther(): Promise<typeof other> {
  let heard = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, heard: () => heard };
}

/** A form that keeps the stored token. */
const keeping = (values: FormValues): ConnectionForm => ({
  ...vaultForm(core.workspaceId, { url }, '', { values }),
  credentials: { token: { action: 'keep' } },
});

/** Writes settings into the database, as a program could that can write into the data directory. */
async function changeSettings(change: (settings: FormValues) => FormValues): Promise<void> {
  await core.close();
  const { database } = openDatabase(core.dataDirectory);
  const row = database.get(
    'SELECT settings_json FROM vault_configurations WHERE provider = ?',
    'hashicorp-vault',
  );
  const settings = JSON.parse(String(row?.['settings_json'])) as FormValues;
  database.run(
    'UPDATE vault_configurations SET settings_json = ? WHERE provider = ?',
    JSON.stringify(change(settings)),
    'hashicorp-vault',
  );
  database.close();
  await core.start();
}

const testing = (form: ConnectionForm): Promise<CheckStep[]> =>
  all(core.client.connections.test(form));
const pulling = () => all(core.client.transfer.pullAll({ workspaceId: core.workspaceId }));

describe('a stored token', () => {
  it('is not sent to another address by Test Connection', async () => {
    const failure = await failureOf(testing(keeping({ url: other.url })));
    expect(failure).toMatchObject({
      code: REFUSED,
      message: expect.stringContaining(`Vault URL was “${url}”`) as unknown,
      data: { details: { field: 'token' } },
    });
    expect(other.heard()).toBe('');
  });

  it('is not saved for another address', async () => {
    const failure = await failureOf(core.client.connections.save(keeping({ url: other.url })));
    expect(failure).toMatchObject({ code: REFUSED });
    await pulling();
    expect(other.heard()).toBe('');
  });

  it('is not sent to an address that was changed in the database', async () => {
    await changeSettings((settings) => ({ ...settings, url: other.url }));
    const failure = await failureOf(pulling());
    expect(failure).toMatchObject({ code: REFUSED });
    expect(other.heard()).toBe('');
    const { providers } = await core.client.connections.settings({ workspaceId: core.workspaceId });
    expect(providers['hashicorp-vault'].savedCredentials).toEqual([]);
  });

  it.each([
    ['a proxy', () => ({ proxy: 'typed', proxyUrl: other.url })],
    ['no proxy where the system has one', () => ({ proxy: 'none' })],
    ['another authority', () => ({ caFile: '/tmp/other-authority.pem' })],
    ['no check of the certificate', () => ({ verifySsl: false })],
  ])('is not sent with %s in the settings', async (_, change) => {
    const failure = await failureOf(testing(keeping(change())));
    expect(failure).toMatchObject({ code: REFUSED });
    await changeSettings((settings) => ({ ...settings, ...change() }));
    await expect(failureOf(pulling())).resolves.toMatchObject({
      code: REFUSED,
    });
    expect(other.heard()).toBe('');
  });

  it('is still sent when other settings change', async () => {
    const form = keeping({ enginePath: 'secret', autoSync: true, kvVersion: '2', url });
    const steps = await testing(form);
    expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
    await core.client.connections.save(form);
    await pulling();
  });

  it('is sent again when the old address is back, and entered again for the new one', async () => {
    await changeSettings((settings) => ({ ...settings, url: other.url }));
    await changeSettings((settings) => ({ ...settings, url }));
    await pulling();
    await core.client.connections.save(
      vaultForm(core.workspaceId, { url: other.url }, 'hvs.for-the-other'),
    );
    await failureOf(pulling());
    expect(other.heard()).toContain('hvs.for-the-other');
    expect(other.heard()).not.toContain(TOKEN);
  });
});
