/** Throttling, faults, deadlines, and the ways to a vault: a private authority, a client certificate, a proxy. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { documentFromText } from '@core/secrets/document';
import { keyVaultRates } from '@test/servers/azure-key-vault/server';
import { htmlAnswer } from '@test/servers/faults';
import { startForwardProxy } from '@test/servers/forward-proxy';
import { certificateFiles } from '@test/support/certificate-files';
import {
  collect,
  connect,
  failure,
  makeProvider,
  partsOf,
  signal,
  startVault,
} from '@test/support/azure-key-vault';

const { certificates, at } = certificateFiles();
const isGet = ({ operation }: { readonly operation: unknown }): boolean =>
  operation === 'GetSecret';

it('waits if it has made all the calls that a vault takes in ten seconds', async () => {
  const { server, provider, runtime } = await connect({ calls: 40 });
  const names = Array.from({ length: 90 }, (_, index) => `n${String(index)}`);
  for (const name of names) server.put(name, '{}');
  const startedAt = runtime.monotonic();
  const outcomes = await collect(provider.readMany(names, { signal }));
  expect(outcomes.filter((outcome) => 'error' in outcome)).toEqual([]);
  // Of 90 calls, 40 go in each of the first two periods.
  expect(runtime.monotonic() - startedAt).toBeGreaterThanOrEqual(20_000);
});

describe('a vault that throttles', () => {
  it('is asked again after the time that it names', async () => {
    const { server, provider, runtime } = await connect();
    server.put('app', '{}');
    server.faults.add({
      match: isGet,
      times: 2,
      effect: {
        kind: 'answer',
        status: 429,
        headers: { 'Retry-After': '7' },
        body: { error: { code: 'Throttled', message: 'x' } },
      },
    });
    await provider.read('app', { signal });
    expect(runtime.waits).toHaveLength(2);
    expect(runtime.waits.every((wait) => wait >= 7000)).toBe(true);
  });

  it('is reported after all attempts', async () => {
    const { server, provider } = await connect();
    server.faults.add({ match: isGet, effect: { kind: 'answer', status: 429 } });
    expect((await failure(provider.read('app', { signal }))).code).toBe('RATE_LIMITED');
  });

  it('gives everything in the end, with all its limits', async () => {
    const { server, provider } = await connect();
    server.rates = keyVaultRates.map((limit) => ({ ...limit, requests: limit.requests / 100 }));
    server.retryAfter = 1;
    const names = Array.from({ length: 120 }, (_, index) => `e${String(index)}`);
    for (const name of names) server.put(name, '{"A":"1"}');
    const outcomes = await collect(provider.readMany(names, { signal }));
    expect(outcomes).toHaveLength(120);
    expect(outcomes.filter((one) => 'error' in one)).toEqual([]);
  });

  it('may refuse a write, which is sent again: nothing was stored', async () => {
    const { server, provider } = await connect();
    server.faults.add({
      match: ({ operation }) => operation === 'SetSecret',
      times: 1,
      effect: { kind: 'answer', status: 429 },
    });
    await provider.write('app', documentFromText('{"A":"1"}'), null, { signal });
    expect(server.secret('app')?.versions).toHaveLength(1);
  });
});

describe('a fault', () => {
  it.each([
    [
      'a server error',
      { kind: 'answer', status: 500, body: { error: { code: 'InternalServerError' } } },
    ],
    ['a page of a gateway', htmlAnswer(502)],
    ['a lost connection', { kind: 'drop', applied: false }],
    ['a reset', { kind: 'reset' }],
  ] as const)('such as %s is tried again for a read', async (_, effect) => {
    const { server, provider } = await connect();
    server.put('app', '{}');
    server.faults.add({ match: isGet, times: 2, effect });
    await provider.read('app', { signal });
    expect(server.count('GetSecret')).toBeGreaterThanOrEqual(3);
  });

  it('is never tried again for a write, whose outcome is unknown', async () => {
    const { server, provider } = await connect();
    server.faults.add({
      match: ({ operation }) => operation === 'SetSecret',
      effect: { kind: 'answer', status: 500, applied: true },
    });
    const write = provider.write('app', documentFromText('{"A":"1"}'), null, { signal });
    expect((await failure(write)).code).toBe('SERVER_ERROR');
    expect(server.secret('app')?.versions).toHaveLength(1);
  });

  it.each([
    ['half an answer', { kind: 'truncate' }],
    ['an answer of another kind', { kind: 'answer', status: 200, body: { id: 'x' } }],
    ['an array', { kind: 'answer', status: 200, body: [] }],
  ] as const)('such as %s is not taken for a secret', async (_, effect) => {
    const { server, provider } = await connect();
    server.put('app', '{"A":"hidden"}');
    server.faults.add({ match: isGet, effect });
    const error = await failure(provider.read('app', { signal }));
    expect(error.code).toBe('UNEXPECTED_ANSWER');
    expect(JSON.stringify(error.report())).not.toContain('hidden');
  });

  it('such as an endless answer is bounded', async () => {
    const { server, provider } = await connect();
    server.put('app', '{}');
    server.faults.add({ match: isGet, effect: { kind: 'pad', bytes: 200 * 1024 * 1024 } });
    expect((await failure(provider.read('app', { signal }))).code).toBe('RESPONSE_TOO_LARGE');
  });

  it('such as a redirect is not followed', async () => {
    const { server, provider } = await connect();
    server.put('app', '{}');
    const elsewhere = await startVault();
    server.faults.add({ match: isGet, effect: { kind: 'redirect', to: `${elsewhere.url}/x` } });
    expect((await failure(provider.read('app', { signal }))).code).toBe('REDIRECTED');
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('a call', () => {
  it('ends at its deadline', async () => {
    const { server, provider } = await connect({ deadlineMs: 300 });
    server.put('app', '{}');
    server.faults.add({ match: isGet, effect: { kind: 'hang', applied: false } });
    expect((await failure(provider.read('app', { signal }))).code).toBe('TIMED_OUT');
  });

  it('ends at its deadline if the authority does not answer', async () => {
    const { server, provider } = await connect({ deadlineMs: 300 });
    server.faults.add({
      match: ({ api }) => api === 'entra',
      effect: { kind: 'hang', applied: false },
    });
    expect((await failure(provider.read('app', { signal }))).code).toBe('TIMED_OUT');
  });

  it.each(['GetSecret', 'SetSecret', 'ListSecretVersions'])(
    'is cancelled while %s is under way',
    async (operation) => {
      const { server, provider } = await connect();
      server.put('other', '{}');
      const { revision } = await provider.read('other', { signal });
      const gate = server.faults.gate((request) => request.operation === operation);
      const controller = new AbortController();
      const write = provider.write('other', documentFromText('{"A":"1"}'), revision, {
        signal: controller.signal,
      });
      const error = failure(write);
      await gate.reached;
      controller.abort();
      expect((await error).code).toBe('CANCELLED');
      gate.open();
    },
  );

  it('is cancelled when the provider is not used any more', async () => {
    const { server, provider } = await connect();
    const gate = server.faults.gate();
    const error = failure(provider.list({ signal }));
    await gate.reached;
    provider.dispose();
    expect((await error).code).toBe('CANCELLED');
    gate.open();
  });

  it('is not made at all if it was cancelled before', async () => {
    const { server, provider } = await connect();
    const aborted = AbortSignal.abort();
    expect((await failure(provider.read('app', { signal: aborted }))).code).toBe('CANCELLED');
    const all = collect(provider.readMany(['a', 'b'], { signal: aborted }));
    expect((await failure(all)).code).toBe('CANCELLED');
    expect(server.requests).toEqual([]);
  });
});

describe('the way to the vault', () => {
  const start = async (tls: Parameters<typeof startVault>[0] = { tls: certificates.valid }) => {
    const server = await startVault(tls);
    server.put('app', '{"A":"1"}');
    return server;
  };

  it('trusts a private authority whose file is named, and no other', async () => {
    const server = await start();
    const parts = partsOf(server);
    await makeProvider({ ...parts, caFile: at('ca.pem') }).read('app', { signal });
    const untrusted = makeProvider(parts).read('app', { signal });
    expect((await failure(untrusted)).code).toBe('TLS_UNTRUSTED');
    const missing = makeProvider({ ...parts, caFile: at('missing.pem') }).read('app', { signal });
    expect(await failure(missing)).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'caFile' },
    });
  });

  it('shows a client certificate', async () => {
    const server = await start({
      tls: {
        ...certificates.valid,
        ca: certificates.authority.cert,
        requestCert: true,
        rejectUnauthorized: true,
      },
    });
    const parts = { ...partsOf(server), caFile: at('ca.pem') };
    const shown = makeProvider({ ...parts, clientCertFile: at('client.pem') });
    await shown.read('app', { signal });
    expect((await failure(makeProvider(parts).read('app', { signal }))).code).toBe(
      'TLS_CLIENT_CERTIFICATE',
    );
  });

  it('goes through a proxy with a login, to the authority and in the test too', async () => {
    const server = await start();
    const proxy = await startForwardProxy({ login: { user: 'anna', password: 'right' } });
    onTestFinished(() => proxy.stop());
    const parts = {
      ...partsOf(server),
      caFile: at('ca.pem'),
      proxy: 'typed',
      proxyUrl: proxy.url,
      proxyUser: 'anna',
    } as const;
    const provider = makeProvider({ ...parts, proxyPassword: 'right' });
    await provider.read('app', { signal });
    await provider.reach?.({ signal });
    const steps = await collect(provider.check({ signal }));
    expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(steps.find(({ id, status }) => id === 'proxy' && status === 'passed')?.detail).toContain(
      proxy.url,
    );
    expect([...new Set(proxy.requests.map(({ method }) => method))]).toEqual(['CONNECT']);
    const wrong = makeProvider({ ...parts, proxyPassword: 'wrong' }).read('app', { signal });
    expect((await failure(wrong)).code).toBe('PROXY_AUTHENTICATION');
    const gone = makeProvider({ ...parts, proxyUrl: 'http://127.0.0.1:1' });
    expect((await failure(gone.read('app', { signal }))).code).toBe('PROXY_UNREACHABLE');
  });

  it('is found to be reachable or not, without a request', async () => {
    const { server, provider } = await connect();
    await provider.reach?.({ signal });
    expect(server.requests).toEqual([]);
    const gone = makeProvider({ vault: 'http://127.0.0.1:1', authentication: 'cli' });
    expect((await failure(gone.reach?.({ signal }) ?? Promise.resolve())).code).toBe(
      'CONNECTION_REFUSED',
    );
  });
});
