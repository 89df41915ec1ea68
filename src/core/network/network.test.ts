/** Agents and tunnels against real sockets: certificates of a private authority, and a proxy in between. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NetworkValues } from '@shared/providers/network';
import { createAuthority, createTestCertificates } from '@test/servers/certificates';
import { startForwardProxy, type ForwardProxyOptions } from '@test/servers/forward-proxy';
import { httpCall } from '@test/servers/http-client';
import { listen, type Listener } from '@test/servers/http-listener';
import { networkError } from './network-error';
import type { Network } from './network';
import { networkOf } from '@test/support/network';

const { authority, client, valid } = createTestCertificates();
const pool = { keepAlive: true, maxSockets: 4 };

let directory = '';
const at = (name: string): string => join(directory, name);
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'strongroom-network-'));
  writeFileSync(at('ca.pem'), authority.cert);
  writeFileSync(at('other-ca.pem'), createAuthority('Another CA').cert);
  writeFileSync(at('client.pem'), client.cert + client.key);
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0).toReversed()) await end();
});

async function server(tls?: TlsOptions): Promise<Listener> {
  const started = await listen({
    ...(tls && { tls }),
    handle: ({ target }) => ({
      fault: undefined,
      apply: () => ({ status: 200, headers: {}, body: target }),
    }),
  });
  ends.push(() => started.close());
  return started;
}

async function proxy(options?: ForwardProxyOptions) {
  const started = await startForwardProxy(options);
  ends.push(() => started.stop());
  return started;
}

/** What the server answered, or the code of what went wrong. */
async function outcome(network: Network, url: string): Promise<string> {
  const agent = network.agent(url.startsWith('https:'), pool);
  ends.push(() => {
    agent.destroy();
  });
  try {
    return (await httpCall(url, '/x', { agent })).text;
  } catch (error) {
    return (networkError(error) ?? (error as { code?: string })).code ?? String(error);
  }
}

describe('a private authority', () => {
  it('is trusted when its file is named, and not before', async () => {
    const { url } = await server(valid);
    expect(await outcome(networkOf(), url)).toBe('TLS_UNTRUSTED');
    expect(await outcome(networkOf({ caFile: at('other-ca.pem') }), url)).toBe('TLS_UNTRUSTED');
    expect(await outcome(networkOf({ caFile: at('ca.pem') }), url)).toBe('/x');
    expect(await outcome(networkOf({}, { verifySsl: false }), url)).toBe('/x');
  });

  it('comes beside those of NODE_EXTRA_CA_CERTS, and does not take their place', async () => {
    const { url } = await server(valid);
    vi.stubEnv('NODE_EXTRA_CA_CERTS', at('ca.pem'));
    expect(await outcome(networkOf(), url)).toBe('/x');
    expect(await outcome(networkOf({ caFile: at('other-ca.pem') }), url)).toBe('/x');
  });

  it('does not make another name, or a time that has passed, right', async () => {
    const { expired, wrongName, authority: own } = createTestCertificates();
    writeFileSync(at('own-ca.pem'), own.cert);
    const network = networkOf({ caFile: at('own-ca.pem') });
    expect(await outcome(network, (await server(expired)).url)).toBe('TLS_EXPIRED');
    expect(await outcome(network, (await server(wrongName)).url)).toBe('TLS_WRONG_NAME');
  });

  it('is looked for again after a refusal, since its file may have been replaced', async () => {
    const { url } = await server(valid);
    writeFileSync(at('changing.pem'), createAuthority('Another CA').cert);
    const network = networkOf({ caFile: at('changing.pem') });
    expect(await outcome(network, url)).toBe('TLS_UNTRUSTED');
    writeFileSync(at('changing.pem'), authority.cert);
    expect(await outcome(network, url)).toBe('/x');
  });

  it('that cannot be read is reported before any connection', async () => {
    const { url, stats } = await server(valid);
    const network = networkOf({ caFile: at('missing.pem') });
    expect(await outcome(network, url)).toBe('INVALID_CONFIGURATION');
    expect(stats.connections).toBe(0);
    writeFileSync(at('missing.pem'), authority.cert);
    expect(await outcome(network, url)).toBe('/x');
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server that demands a client certificate, by %s',
  (version) => {
    const demanding = { ...valid, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    const versions = { minVersion: version, maxVersion: version };

    it('gets the one that is named', async () => {
      const { url } = await server({ ...demanding, ...versions });
      const caFile = at('ca.pem');
      expect(await outcome(networkOf({ caFile, clientCertFile: at('client.pem') }), url)).toBe(
        '/x',
      );
      expect(await outcome(networkOf({ caFile }), url)).toMatch(
        /^TLS_(CLIENT_CERTIFICATE|FAILED)$/,
      );
    });
  },
);

describe('a proxy', () => {
  const through = (url: string, more: Partial<NetworkValues> = {}): Partial<NetworkValues> => ({
    caFile: at('ca.pem'),
    proxy: 'typed',
    proxyUrl: url,
    ...more,
  });

  it('is asked for a tunnel, by https and by http', async () => {
    const secure = await server(valid);
    const plain = await server();
    const { url, requests } = await proxy();
    const network = networkOf(through(url));
    expect(await outcome(network, secure.url)).toBe('/x');
    expect(await outcome(network, plain.url)).toBe('/x');
    expect(requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `CONNECT 127.0.0.1:${String(secure.port)}`,
      `CONNECT 127.0.0.1:${String(plain.port)}`,
    ]);
  });

  it('finds names that this computer does not', async () => {
    const named = authority.issue({ names: ['vault.corp.invalid'] });
    const { port } = await server(named);
    const { url } = await proxy({ names: { 'vault.corp.invalid': '127.0.0.1' } });
    const target = `https://vault.corp.invalid:${String(port)}`;
    expect(await outcome(networkOf(through(url)), target)).toBe('/x');
    expect(await outcome(networkOf({ caFile: at('ca.pem') }), target)).toBe('NAME_NOT_FOUND');
  });

  it('may speak TLS itself, and is verified whatever Verify SSL says of the server', async () => {
    const { url: target } = await server(valid);
    const { url } = await proxy({ tls: valid });
    expect(await outcome(networkOf(through(url)), target)).toBe('/x');
    const lenient = networkOf(through(url, { caFile: '' }), { verifySsl: false });
    expect(await outcome(lenient, target)).toBe('PROXY_UNREACHABLE');
  });

  it('gets user and password, and neither of them goes on to the server', async () => {
    const { url: target } = await server(valid);
    const { url, requests } = await proxy({ login: { user: 'anna', password: 'p@ss:wörd' } });
    const network = (password?: string) =>
      networkOf(through(url, { proxyUser: 'anna' }), {
        credentials: password === undefined ? {} : { proxyPassword: password },
      });
    expect(await outcome(networkOf(through(url)), target)).toBe('PROXY_AUTHENTICATION');
    expect(await outcome(network('wrong'), target)).toBe('PROXY_AUTHENTICATION');
    expect(await outcome(network('p@ss:wörd'), target)).toBe('/x');
    expect(requests.map(({ hasLogin }) => hasLogin)).toEqual([false, true, true]);
  });

  it('is passed by for an exception', async () => {
    const { url: target } = await server(valid);
    const { url, requests } = await proxy();
    const network = networkOf(through(url, { proxyExceptions: '10.0.0.0/8 127.0.0.0/8' }));
    expect(await outcome(network, target)).toBe('/x');
    expect(requests).toEqual([]);
  });

  it.each([
    [403, 'PROXY_REFUSED'],
    [407, 'PROXY_AUTHENTICATION'],
    [502, 'PROXY_REFUSED'],
    [503, 'PROXY_REFUSED'],
  ])('that answers %i is not taken for the server', async (status, code) => {
    const { url: target, stats } = await server(valid);
    const standing = await proxy();
    standing.answerWith({ status, body: '<html>hunter2</html>' });
    expect(await outcome(networkOf(through(standing.url)), target)).toBe(code);
    expect(stats.connections).toBe(0);
  });

  it('that is not there is not taken for the server', async () => {
    const { url: target } = await server(valid);
    expect(await outcome(networkOf(through('http://127.0.0.1:1')), target)).toBe(
      'PROXY_UNREACHABLE',
    );
    expect(await outcome(networkOf(through('http://no-proxy.invalid:1')), target)).toBe(
      'PROXY_UNREACHABLE',
    );
    // A web server, or any other service, at the address of the proxy.
    const { url: chatter } = await server(valid);
    expect(await outcome(networkOf(through(chatter.replace('https:', 'http:'))), target)).toBe(
      'PROXY_UNREACHABLE',
    );
  });

  it('of the system is used, and not for None', async () => {
    const { url: target } = await server(valid);
    const { url, requests } = await proxy();
    const systemProxy = async () => ({ url: new URL(url), chosenBy: 'HTTPS_PROXY' });
    const caFile = at('ca.pem');
    expect(await outcome(networkOf({ caFile, proxy: 'none' }, { systemProxy }), target)).toBe('/x');
    expect(requests).toHaveLength(0);
    expect(await outcome(networkOf({ caFile, proxy: 'system' }, { systemProxy }), target)).toBe(
      '/x',
    );
    expect(requests).toHaveLength(1);
  });
});

describe('a burst of requests', () => {
  const BURST = 40;

  const answersOf = async (network: Network, url: string): Promise<string[]> => {
    const agent = network.agent(url.startsWith('https:'), pool);
    ends.push(() => {
      agent.destroy();
    });
    return Promise.all(
      Array.from({ length: BURST }, async (_, index) => {
        try {
          return (await httpCall(url, `/${String(index)}`, { agent })).text;
        } catch (error) {
          return (networkError(error) ?? (error as { code?: string })).code ?? String(error);
        }
      }),
    );
  };
  const all = Array.from({ length: BURST }, (_, index) => `/${String(index)}`);

  it('opens no more connections than are allowed, with TLS, without it, and through a proxy', async () => {
    const plain = await server();
    const secure = await server(valid);
    const between = await proxy();
    const trusting = networkOf({ caFile: at('ca.pem') });
    expect(await answersOf(networkOf(), plain.url)).toEqual(all);
    expect(plain.stats.connections).toBe(pool.maxSockets);
    expect(await answersOf(trusting, secure.url)).toEqual(all);
    expect(secure.stats.connections).toBe(pool.maxSockets);
    const tunnelled = networkOf({ caFile: at('ca.pem'), proxy: 'typed', proxyUrl: between.url });
    expect(await answersOf(tunnelled, secure.url)).toEqual(all);
    expect(between.requests).toHaveLength(pool.maxSockets);
  });

  it('fails as a whole if no connection can be begun', async () => {
    const { url } = await server(valid);
    const answers = await answersOf(networkOf({ caFile: at('nothing.pem') }), url);
    expect(new Set(answers)).toEqual(new Set(['INVALID_CONFIGURATION']));
  });
});
