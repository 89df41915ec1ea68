/** The ways to a Vault that is not simply there: a private authority, a client certificate, a proxy. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { networkDefaults } from '@shared/providers/facts/network';
import type { NetworkValues } from '@shared/providers/network';
import { startForwardProxy, type ForwardProxyOptions } from '@test/servers/forward-proxy';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { Secret } from '@core/secrets/secret';
import { certificateFiles } from '@test/support/certificate-files';
import { createHashicorpVaultFactory } from './factory';
import {
  connect,
  endOfCheck,
  errorOf,
  options,
  textOf,
  valuesFor,
  type Access,
} from '@test/support/hashicorp-vault';

const { certificates, at } = certificateFiles();

async function start(more: Parameters<typeof startVaultServer>[0] = {}): Promise<VaultServer> {
  const server = await startVaultServer(more);
  onTestFinished(() => server.close());
  server.kv('secret').put('app', { A: '1' });
  return server;
}

async function startProxy(more?: ForwardProxyOptions) {
  const proxy = await startForwardProxy(more);
  onTestFinished(() => proxy.stop());
  return proxy;
}

const caFile = at('ca.pem');
const root: Access = { token: 'root' };

const demanding = {
  ...certificates.valid,
  ca: certificates.authority.cert,
  requestCert: true,
  rejectUnauthorized: true,
};

describe('a Vault with a certificate of a private authority', () => {
  it('is read with Verify SSL on, by Token and by AppRole', async () => {
    const server = await start({ tls: certificates.valid });
    server.policy('app', { 'secret/data/*': ['read'], 'secret/metadata/*': ['list'] });
    const role = server.appRole({ policies: ['app'] });
    for (const access of [root, role]) {
      const { document } = await connect(server.url, access, { caFile }).read('app', options());
      expect(textOf(document)).toContain('"A":"1"');
    }
    const { code } = await errorOf(connect(server.url, role).list(options()));
    expect(code).toBe('TLS_UNTRUSTED');
  });

  it('that demands a client certificate gets it, the AppRole login too', async () => {
    const server = await start({ tls: demanding });
    const role = server.appRole({ policies: ['root'] });
    const values = { caFile, clientCertFile: at('client.pem') };
    for (const access of [root, role]) {
      const provider = connect(server.url, access, values);
      expect((await provider.list(options())).secrets).toHaveLength(1);
      expect((await endOfCheck(provider)).get('tls')?.status).toBe('passed');
    }
    const steps = await endOfCheck(connect(server.url, root, { caFile }));
    expect(steps.get('tls')).toMatchObject({
      status: 'failed',
      error: { code: 'TLS_CLIENT_CERTIFICATE' },
    });
    const { code } = await errorOf(connect(server.url, root, { caFile }).list(options()));
    expect(code).toBe('TLS_CLIENT_CERTIFICATE');
  });
});

/** A provider with the password of a proxy beside its token. */
function behind(url: string, values: Partial<NetworkValues>, password = '') {
  const provider = createHashicorpVaultFactory().create({
    values: valuesFor(url, root, { ...networkDefaults, caFile, proxy: 'typed', ...values }),
    credentials: { token: new Secret('root'), proxyPassword: new Secret(password) },
  });
  onTestFinished(() => {
    provider.dispose();
  });
  return provider;
}

describe('a Vault behind a proxy', () => {
  it('is read through a tunnel, by a name that only the proxy knows', async () => {
    const names = ['vault.corp.invalid'];
    const server = await start({ tls: certificates.authority.issue({ names }) });
    const proxy = await startProxy({ names: { 'vault.corp.invalid': '127.0.0.1' } });
    const url = `https://vault.corp.invalid:${String(server.port)}`;
    const provider = behind(url, { proxyUrl: proxy.url });
    expect((await provider.list(options())).secrets).toHaveLength(1);
    expect(textOf((await provider.read('app', options())).document)).toContain('"A":"1"');
    expect(
      [...(await endOfCheck(provider)).values()].map(({ id, status }) => [id, status]),
    ).toContainEqual(['proxy', 'passed']);
  });

  it('is asked by http through the proxy itself, with any method and every path as it is', async () => {
    const server = await start();
    const names = ['.hidden', 'a b', 'per%2e%2ecent', '%2e%2e', 'ümlaut', 'a?b#c'];
    for (const name of names) server.kv('secret').put(name, { A: name });
    const proxy = await startProxy({ login: { user: 'anna', password: 'p:w' } });
    const provider = behind(server.url, { proxyUrl: proxy.url, proxyUser: 'anna' }, 'p:w');
    const listed = (await provider.list(options())).secrets.map(({ path }) => path);
    expect(listed.toSorted()).toEqual([...names, 'app'].toSorted());
    for (const name of names) {
      expect(textOf((await provider.read(name, options())).document)).toContain(name);
    }
    // The proxy saw each request that the server got, with the path as the server got it.
    const asked = server.requests.map(({ method, target }) => [method, `${server.url}${target}`]);
    expect(proxy.requests.map(({ method, target }) => [method, target])).toEqual(asked);
    expect(proxy.requests.filter(({ method }) => method === 'LIST')).toHaveLength(1);
    expect(proxy.requests.filter(({ target }) => /\/data\//.test(target))).toHaveLength(
      names.length,
    );
    expect(server.requests.map(({ headers }) => Object.keys(headers)).flat()).not.toContain(
      'proxy-authorization',
    );
    expect((await endOfCheck(provider)).get('permissions')?.status).toBe('passed');
  });

  it('is not confused with a proxy that wants a login, or is gone, over http too', async () => {
    const server = await start();
    const proxy = await startProxy({ login: { user: 'anna', password: 'right' } });
    const wrong = behind(server.url, { proxyUrl: proxy.url, proxyUser: 'anna' }, 'wrong');
    expect((await errorOf(wrong.list(options()))).code).toBe('PROXY_AUTHENTICATION');
    const gone = behind(server.url, { proxyUrl: 'http://127.0.0.1:1' });
    expect((await errorOf(gone.list(options()))).code).toBe('PROXY_UNREACHABLE');
    await expect(gone.reach?.(options())).rejects.toMatchObject({ code: 'PROXY_UNREACHABLE' });
    expect(server.requests).toEqual([]);
  });
});
