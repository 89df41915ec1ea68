/** A Vault that a reverse proxy serves below a path, and addresses with a path that leads to none. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { behindPaths } from '@test/support/answering';
import { htmlAnswer } from '@test/servers/faults';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import {
  breaks,
  connect,
  doc,
  endOfCheck,
  errorOf,
  options,
  textOf,
} from '@test/support/hashicorp-vault';
import { createHashicorpVaultFactory } from './factory';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
  server.policy('app', {
    'secret/data/*': ['create', 'read', 'update', 'delete'],
    'secret/metadata/*': ['list', 'read'],
  });
});
afterEach(() => server.close());

describe('a Vault below a path', () => {
  it('works as one without: test, login, write, list and read', async () => {
    const url = `${await behindPaths({ '/tools/vault': server.url })}/tools/vault`;
    const provider = connect(url, server.appRole({ policies: ['app'] }));
    const steps = await endOfCheck(provider);
    expect([...steps.values()].filter(({ status }) => status === 'failed')).toEqual([]);
    expect(steps.get('url')?.detail).toContain('the API at /tools/vault/v1');
    await provider.write('team/a b', doc('{"A":"1"}'), null, options());
    expect((await provider.list(options())).secrets).toEqual([{ path: 'team/a b' }]);
    expect(textOf((await provider.read('team/a b', options())).document)).toBe('{"A":"1"}');
  });

  it('shares no login with its neighbour on the same host', async () => {
    const neighbour = await startVaultServer();
    neighbour.policy('app', { 'secret/metadata/*': ['list'] });
    const role = { roleId: 'role', secretId: 'secret', policies: ['app'] };
    server.appRole(role);
    neighbour.appRole(role);
    const host = await behindPaths({ '/a': server.url, '/b': neighbour.url });
    const factory = createHashicorpVaultFactory();
    for (const path of ['/a', '/b']) {
      await connect(`${host}${path}`, role, {}, factory).list(options());
    }
    expect([server.logins, neighbour.logins]).toEqual([1, 1]);
    await neighbour.close();
  });
});

describe('an address with a path that leads to no Vault', () => {
  const remedy = {
    hint: 'Remove the path “/secret”. The engine goes into Engine Path.',
    details: { field: 'url' },
  };

  it.each([
    ['in plain text', undefined],
    // As a real Vault does.
    ['in JSON', { kind: 'answer', status: 404, body: { errors: [] } }],
  ] as const)('gets the remedy to remove it, from a server that says no %s', async (_how, no) => {
    if (no !== undefined) breaks(server, ({ path }) => path.startsWith('/secret/'), no);
    const provider = connect(`${server.url}/secret`, { token: 'root' });
    const suggestion = server.url;
    const { error } = (await endOfCheck(provider)).get('health') ?? {};
    expect(error).toMatchObject({ ...remedy, details: { field: 'url', suggestion } });
    expect(error?.message).toContain('No Vault answers below the path “/secret”.');
    expect(await errorOf(provider.list(options()))).toMatchObject(remedy);
  });

  it('gets it from a Vault that redirects to its own pages', async () => {
    breaks(server, ({ path }) => path.startsWith('/secret/'), { kind: 'redirect', to: '/ui/' });
    const provider = connect(`${server.url}/secret`, { token: 'root' });
    const { error } = (await endOfCheck(provider)).get('health') ?? {};
    expect(error?.code).toBe('REDIRECTED');
    expect(error).toMatchObject(remedy);
  });

  it('keeps it where a gateway fails', async () => {
    const host = await behindPaths({ '/vault': server.url });
    const provider = connect(`${host}/vault`, { token: 'root' });
    breaks(server, {}, htmlAnswer(502));
    expect((await errorOf(provider.read('app', options()))).message).toContain('A proxy answered');
  });
});
