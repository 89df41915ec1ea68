/** Test Connection: what it shows, and that its remedies, done literally, end green. */
import type { CheckStep } from '@shared/model/connection';
import { describe, expect, it } from 'vitest';
import {
  collect,
  connect,
  failure,
  makeProvider,
  partsOf,
  signal,
  startVault,
  type ProviderParts,
} from '@test/support/azure-key-vault';
import { FakeRuntime } from '@test/support/fake-runtime';

const check = (parts: ProviderParts): Promise<CheckStep[]> =>
  collect(makeProvider(parts, { runtime: new FakeRuntime() }).check({ signal }));

const endings = (steps: readonly CheckStep[]): Record<string, string> =>
  Object.fromEntries(steps.map(({ id, status }) => [id, status]));

const ending = (steps: readonly CheckStep[], id: string): CheckStep | undefined =>
  steps.findLast((step) => step.id === id);

const allPassed = {
  name: 'skipped',
  port: 'passed',
  tls: 'skipped',
  vault: 'passed',
  credentials: 'passed',
  list: 'passed',
  read: 'passed',
};

describe('a connection that works', () => {
  it('tells of each step, without a value and without a write', async () => {
    const server = await startVault();
    server.put('a', '{"A":"hidden"}');
    server.put('off', '{}', { attributes: { enabled: false } });
    server.certificate('tls');
    const app = server.application({ roles: ['Key Vault Secrets User'] });
    const steps = await check(partsOf(server, app));
    expect(steps.map(({ id, status }) => `${id} ${status}`)).toEqual(
      Object.entries(allPassed).flatMap(([id, status]) => [`${id} running`, `${id} ${status}`]),
    );
    expect(steps.filter(({ status }) => status !== 'running')).toMatchObject([
      { label: 'Name lookup', detail: 'Not needed: the address is an IP address' },
      { label: 'Port', detail: `127.0.0.1, port ${String(server.port)}` },
      { label: 'TLS', detail: 'Not used: http, and the server is on this computer' },
      { label: 'Key vault', detail: `Tenant ${server.tenantId}, sign-in at 127.0.0.1` },
      { label: 'Credentials', detail: `Client Secret, client ${app.clientId}` },
      { label: 'List secrets', detail: '3 found, in 2 environments' },
      { label: 'Read secrets', detail: 'Permitted. Writing was not tried' },
    ]);
    expect(JSON.stringify(steps)).not.toMatch(/hidden|eyJ/);
    expect(server.requests.every(({ method, api }) => method === 'GET' || api === 'entra')).toBe(
      true,
    );
  });

  it('is fine with a vault that is empty, and says so', async () => {
    const server = await startVault();
    const steps = await check(partsOf(server));
    expect(endings(steps)).toEqual({ ...allPassed, list: 'warned' });
    expect(ending(steps, 'list')?.error).toMatchObject({
      hint: 'If yours are in another vault, change Key vault.',
      remedy: { open: 'connection', field: 'vault' },
    });
  });

  it('says when there is more than one page', async () => {
    const server = await startVault();
    for (let index = 0; index < 30; index += 1) server.put(`e${String(index)}`, '{}');
    const steps = await check(partsOf(server));
    expect(ending(steps, 'list')?.detail).toBe('25 and more found, in 25 environments');
    expect(ending(steps, 'read')?.detail).toBe('5 of 5 tried. Writing was not tried');
  });
});

/** Each mistake, what the test says, and what happens when that is done. */
describe('a common mistake', () => {
  it('is a misspelt name of the vault', async () => {
    const server = await startVault();
    server.put('a', '{}');
    const parts = { ...partsOf(server), proxy: 'none' } as const;
    const steps = await check({ ...parts, vault: 'https://misspelt.invalid' });
    const step = ending(steps, 'name');
    expect(step).toMatchObject({
      status: 'failed',
      error: {
        code: 'NAME_NOT_FOUND',
        message: 'misspelt.invalid could not be found.',
        cause: 'The name of the vault is misspelt, or the vault was deleted.',
        remedy: { open: 'connection', field: 'vault' },
      },
    });
    expect(ending(steps, 'vault')?.status).toBe('not-reached');
    expect(endings(await check(parts))).toEqual(allPassed);
  });

  it('is the address of something else', async () => {
    const server = await startVault();
    server.faults.add({ effect: { kind: 'answer', status: 200, body: 'hello' } });
    expect(ending(await check(partsOf(server)), 'vault')).toMatchObject({
      status: 'failed',
      error: { code: 'UNEXPECTED_ANSWER', remedy: { open: 'connection', field: 'vault' } },
    });
  });

  it('is the tenant of somebody else', async () => {
    const server = await startVault();
    server.put('a', '{}');
    const parts = partsOf(server);
    const { id: tenant } = server.tenant();
    const step = ending(await check({ ...parts, tenant }), 'credentials');
    expect(step).toMatchObject({
      status: 'failed',
      error: { code: 'KEY_ID_UNKNOWN', remedy: { open: 'connection', field: 'tenant' } },
    });
    expect(step?.error?.hint).toMatch(/^Empty Tenant/);
    expect(endings(await check({ ...parts, tenant: '' }))).toEqual(allPassed);
  });

  it('is an application of another tenant', async () => {
    const server = await startVault();
    server.put('a', '{}');
    const other = server.tenant();
    const foreign = server.application({ tenantId: other.id });
    const parts = { ...partsOf(server, foreign), tenant: other.id };
    expect(ending(await check(parts), 'list')).toMatchObject({
      status: 'failed',
      error: { code: 'TOKEN_INVALID', cause: 'It is of another tenant than the vault.' },
    });
  });

  it('is an expired client secret', async () => {
    const server = await startVault();
    server.put('a', '{}');
    const app = server.application();
    const clientSecret = app.newSecret({ expires: new Date(server.clock.now() - 1000) });
    const parts = partsOf(server, app);
    const step = ending(await check({ ...parts, clientSecret }), 'credentials');
    expect(step).toMatchObject({
      status: 'failed',
      error: {
        code: 'CREDENTIALS_EXPIRED',
        message: 'The client secret has expired.',
        remedy: { open: 'connection', field: 'clientSecret' },
      },
    });
    expect(endings(await check({ ...parts, clientSecret: app.newSecret() }))).toEqual(allPassed);
  });

  it('is an access policy where the vault uses roles', async () => {
    const server = await startVault();
    server.put('a', '{}');
    const app = server.application({ permissions: ['get', 'list', 'set', 'delete'] });
    const parts = partsOf(server, app);
    const step = ending(await check(parts), 'list');
    expect(step?.status).toBe('warned');
    expect(step?.error?.cause).toContain('Access policies do not count there');
    expect(step?.error?.remedy).toEqual({
      run: `az role assignment create --role "Key Vault Secrets User" --assignee ${app.clientId} --scope "$(az keyvault show --name 127 --query id -o tsv)"`,
    });
    server.grant(app, { roles: ['Key Vault Secrets User'] });
    expect(endings(await check(parts))).toEqual(allPassed);
  });

  it('is a role where the vault uses access policies', async () => {
    const server = await startVault();
    server.accessModel = 'policy';
    server.put('a', '{}');
    const app = server.application({ roles: ['Key Vault Secrets Officer'] });
    const parts = partsOf(server, app);
    const step = ending(await check(parts), 'list');
    expect(step?.error?.cause).toContain('Roles do not count there');
    expect(step?.error?.remedy).toEqual({
      run: `az keyvault set-policy --name 127 --spn ${app.clientId} --secret-permissions get list set delete recover`,
    });
    server.grant(app, { permissions: ['get', 'list', 'set', 'delete', 'recover'] });
    expect(endings(await check(parts))).toEqual(allPassed);
  });

  it('is the firewall of the vault', async () => {
    const server = await startVault();
    server.put('a', '{}');
    server.network = { kind: 'firewall', allow: ['203.0.113.7'] };
    const parts = partsOf(server);
    const steps = await check(parts);
    expect(ending(steps, 'list')).toMatchObject({
      status: 'failed',
      error: {
        code: 'PERMISSION_DENIED',
        message: 'The vault’s firewall does not let this computer in (127.0.0.1).',
        remedy: { run: 'az keyvault network-rule add --name 127 --ip-address 127.0.0.1' },
      },
    });
    expect(ending(steps, 'read')?.status).toBe('not-reached');
    server.network = { kind: 'firewall', allow: ['127.0.0.1'] };
    expect(endings(await check(parts))).toEqual(allPassed);
  });

  it('is a vault that is private', async () => {
    const server = await startVault();
    server.network = { kind: 'private' };
    expect(ending(await check(partsOf(server)), 'list')).toMatchObject({
      status: 'failed',
      error: { message: 'The vault can be reached only from its private network.' },
    });
  });

  it('is a role that covers one secret only: the test warns, and names can be typed', async () => {
    const { server, app, provider } = await connect();
    server.put('production', '{"A":"1"}');
    server.grant(app, { roles: [{ role: 'Key Vault Secrets User', secret: 'production' }] });
    const steps = await collect(provider.check({ signal }));
    expect(endings(steps)).toEqual({ ...allPassed, list: 'warned' });
    expect(ending(steps, 'list')?.error?.hint).toContain(
      'link environments to names that you type',
    );
    expect(ending(steps, 'read')?.detail).toBe('Not tried: no secret is known to read');
    await provider.read('production', { signal });
  });

  it('is a permission to list without one to read', async () => {
    const server = await startVault();
    server.accessModel = 'policy';
    server.put('a', '{}');
    const app = server.application({ permissions: ['list'] });
    expect(ending(await check(partsOf(server, app)), 'read')).toMatchObject({
      status: 'failed',
      error: { code: 'PERMISSION_DENIED' },
    });
  });
});

it('stops when it is cancelled', async () => {
  const { server, provider } = await connect();
  const gate = server.faults.gate(({ operation }) => operation === 'ListSecrets');
  const controller = new AbortController();
  const steps = failure(collect(provider.check({ signal: controller.signal })));
  await gate.reached;
  controller.abort();
  expect((await steps).code).toBe('CANCELLED');
  gate.open();
});
