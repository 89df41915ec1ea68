/** What people know from other libraries, with the Strongroom of this computer and each kind of store behind it. */
import { describe, expect, it } from 'vitest';
import { entriesOf } from '@core/secrets/document';
import { createAgentRouter } from '@server/agent/router';
import { startHost } from '@test/support/agent';
import { answeringServer } from '@test/support/answering-http';
import { startCore, startTestAws, startTestVault, type TestCore } from '@test/support/core';
import { TestLibrary } from '@test/support/sdk';

interface Stored {
  readonly library: TestLibrary;
  /** What the store has at a path, without Strongroom. */
  readonly read: (path: string) => Promise<unknown>;
}

const stores = {
  'the local vault': async (core: TestCore) => {
    await core.useLocal();
    return async (path: string) => {
      const document = (await core.readLocalVault(path))?.document;
      const entries = document === undefined ? [] : [...entriesOf(document)];
      return Object.fromEntries(entries.map(([key, { value }]) => [key, value.reveal()]));
    };
  },
  Vault: async (core: TestCore) => {
    const server = await startTestVault();
    await core.useVault(server);
    return async (path: string) => server.kv('secret').read(path);
  },
  AWS: async (core: TestCore) => {
    const server = await startTestAws();
    await core.useAws(server);
    return async (path: string) =>
      JSON.parse(String(server.secret(path)?.current?.value)) as unknown;
  },
} as const;

const names = Object.keys(stores) as (keyof typeof stores)[];

/** There are no sockets in folders. */
describe.skipIf(process.platform === 'win32').each(names)('a program with values in %s', (name) => {
  async function scene(vaults: Readonly<Record<string, Record<string, string>>>): Promise<Stored> {
    const core = await startCore();
    const read = await stores[name](core);
    for (const [vault, values] of Object.entries(vaults)) await core.createSynced(vault, values);
    const { dataDirectory } = core;
    await startHost({ router: createAgentRouter(core.core), dataDirectory });
    return { read, library: new TestLibrary({ STRONGROOM_DATA_DIR: dataDirectory }) };
  }

  it('gets and sets secrets by name', async () => {
    const { library, read } = await scene({ 'app-secrets': { STRIPE_API_KEY: 'sk_live_1' } });
    const secrets = await library.vault('app-secrets');
    expect(secrets.describe().provider).toBe('strongroom');
    expect(await secrets.get('STRIPE_API_KEY')).toBe('sk_live_1');
    await secrets.set('API_KEY', 'sk_live_abc123');
    expect(await secrets.get('API_KEY')).toBe('sk_live_abc123');
    const both = { STRIPE_API_KEY: 'sk_live_1', API_KEY: 'sk_live_abc123' };
    expect(await read('app-secrets')).toEqual(both);
    expect(await secrets.getAll()).toEqual(both);
    await secrets.set('STRIPE_API_KEY', 'sk_live_rotated');
    expect(await read('app-secrets')).toEqual({ ...both, STRIPE_API_KEY: 'sk_live_rotated' });
  });

  it('gets the secrets of declared vaults', async () => {
    const { library } = await scene({
      'api-keys': { 'stripe-secret-key': 'sk_live_xxxxx', 'sendgrid-api-key': 'SG.1' },
      database: { 'analytics-connection-string': 'postgres://analytics' },
    });
    const secrets = library.secretManager({
      'api-keys': {
        'stripe-secret-key': process.env['STRIPE_SECRET_KEY']!,
        'sendgrid-api-key': process.env['SENDGRID_API_KEY']!,
      },
      database: { 'analytics-connection-string': process.env['ANALYTICS_DB_URL']! },
    });
    expect(await secrets.get('api-keys', 'stripe-secret-key')).toBe('sk_live_xxxxx');
    const [apiKey, webhookSecret] = await secrets.getAll('api-keys', [
      'sendgrid-api-key',
      'stripe-secret-key',
    ]);
    expect([apiKey, webhookSecret]).toEqual(['SG.1', 'sk_live_xxxxx']);
    expect(await secrets.get('database', 'analytics-connection-string')).toBe(
      'postgres://analytics',
    );
  });

  it('refers to secrets in the headers of a webhook', async () => {
    const { library } = await scene({
      'api-keys': { 'external-api-token': 'Bearer token-1', 'api-secret': 'secret-1' },
    });
    const server = await answeringServer(() => ({ status: 204 }));
    interface Order {
      readonly newRecord: { readonly id: string; readonly total: number };
    }
    const secrets = await library.vault('api-keys');
    const notify = secrets.webhook({
      url: `${server.url}/orders`,
      headers: {
        'Content-Type': 'application/json',
        Authorization: { vault: 'api-keys', key: 'external-api-token' },
        'X-API-Key': { vault: 'api-keys', key: 'api-secret' },
      },
      requestBody: ({ newRecord }: Order) => ({ orderId: newRecord.id, amount: newRecord.total }),
    });
    await notify({ newRecord: { id: 'order-1', total: 3 } });
    // At run time: the next call has the new value.
    await secrets.set('api-secret', 'secret-2');
    await notify({ newRecord: { id: 'order-2', total: 4 } });
    expect(server.requests.map(({ body, headers }) => [body, headers['x-api-key']])).toEqual([
      ['{"orderId":"order-1","amount":3}', 'secret-1'],
      ['{"orderId":"order-2","amount":4}', 'secret-2'],
    ]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'content-type': 'application/json',
    });
  });
});
