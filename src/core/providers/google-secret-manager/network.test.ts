/** Ways to Google that are not simply there, and servers that do not answer as they should. */
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { htmlAnswer, type Effect } from '@test/servers/faults';
import { startForwardProxy } from '@test/servers/forward-proxy';
import { googleRates } from '@test/servers/google-secret-manager/rates';
import {
  startGoogleSecretManager,
  type GoogleSecretManager,
} from '@test/servers/google-secret-manager/server';
import { certificateFiles } from '@test/support/certificate-files';
import {
  accountParts,
  collect,
  failure,
  makeProvider,
  quickRuntime,
  signal,
  variables,
  type ProviderParts,
} from '@test/support/google-secret-manager';
import { asRevision } from '@core/secrets/revision';
import type { SecretsProvider } from '../provider';
import type { GoogleOptions } from './connection';

const { certificates, at } = certificateFiles();

let server: GoogleSecretManager;
let parts: ProviderParts;

beforeEach(async () => {
  server = await startGoogleSecretManager();
  server.secrets().put('app', '{"A":"1"}');
  parts = accountParts(server);
});

afterEach(() => server.close());

function connect(more: ProviderParts = {}, options: GoogleOptions = {}): SecretsProvider {
  const provider = makeProvider({ ...parts, ...more }, options);
  onTestFinished(() => {
    provider.dispose();
  });
  return provider;
}

const read = (provider: SecretsProvider) => provider.read('app', { signal });

it('trusts a private authority whose file is named, and no other', async () => {
  const secured = await startGoogleSecretManager({ tls: certificates.valid });
  onTestFinished(() => secured.close());
  secured.secrets().put('app', '{}');
  const secure = accountParts(secured);
  expect((await read(connect({ ...secure, caFile: at('ca.pem') }))).revision).toBe('1');
  expect((await failure(read(connect(secure)))).code).toBe('TLS_UNTRUSTED');
  const missing = await failure(read(connect({ ...secure, caFile: at('missing.pem') })));
  expect(missing).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { field: 'caFile' } });
});

it('goes through a proxy with a login', async () => {
  const proxy = await startForwardProxy({ login: { user: 'anna', password: 'right' } });
  onTestFinished(() => proxy.stop());
  const way = { proxy: 'typed', proxyUrl: proxy.url, proxyUser: 'anna' } as const;
  const provider = connect({ ...way, proxyPassword: 'right' });
  expect((await read(provider)).revision).toBe('1');
  const steps = await collect(provider.check({ signal }));
  expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
  const wrong = connect({ ...way, proxyPassword: 'wrong' });
  expect((await failure(read(wrong))).code).toBe('PROXY_AUTHENTICATION');
  const gone = connect({ ...way, proxyUrl: 'http://127.0.0.1:1' });
  expect((await failure(read(gone))).code).toBe('PROXY_UNREACHABLE');
});

it('says that there is no server, and whether there is a way to one', async () => {
  const provider = connect({ endpoint: 'http://127.0.0.1:1' });
  expect((await failure(read(provider))).code).toBe('CONNECTION_REFUSED');
  expect((await failure(provider.reach?.({ signal }) ?? Promise.resolve())).code).toBe(
    'CONNECTION_REFUSED',
  );
  await connect().reach?.({ signal });
});

it.each<[string, Effect, string]>([
  ['a page of a portal', htmlAnswer(200), 'UNEXPECTED_ANSWER'],
  ['half an answer', { kind: 'truncate' }, 'UNEXPECTED_ANSWER'],
  ['a redirect', { kind: 'redirect', to: 'https://evil.example/' }, 'REDIRECTED'],
  ['an answer without end', { kind: 'pad', bytes: 40_000_000 }, 'RESPONSE_TOO_LARGE'],
])('takes %s for no answer', async (_, effect, code) => {
  server.faults.add({ match: ({ service }) => service === 'secretmanager', effect });
  expect((await failure(read(connect()))).code).toBe(code);
});

it('ends with its deadline, and when the caller or the app asks for it', async () => {
  const hang = server.faults.add({
    match: ({ service }) => service === 'secretmanager',
    effect: { kind: 'hang', applied: false },
  });
  expect((await failure(read(connect({}, { deadlineMs: 400 })))).code).toBe('TIMED_OUT');
  const cancel = new AbortController();
  const provider = connect();
  const reading = failure(provider.read('app', { signal: cancel.signal }));
  const listing = failure(provider.list({ signal }));
  await hang.reached;
  cancel.abort();
  expect((await reading).code).toBe('CANCELLED');
  provider.dispose();
  expect((await listing).code).toBe('CANCELLED');
});

it('waits as long as a throttled call asks for', async () => {
  server.faults.add({
    match: ({ service }) => service === 'secretmanager',
    times: 1,
    effect: {
      kind: 'answer',
      status: 429,
      headers: { 'Retry-After': '7' },
      body: { error: { status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' } },
    },
  });
  const runtime = quickRuntime();
  expect((await read(connect({}, { runtime }))).revision).toBe('1');
  expect(runtime.waits).toHaveLength(1);
  expect(runtime.waits[0]).toBeGreaterThanOrEqual(7000);
});

it('throttles itself when Google does, and reads all the same', async () => {
  const paths = Array.from({ length: 120 }, (_, index) => `e${String(index)}`);
  for (const path of paths) server.secrets().put(path, '{}');
  server.rates = [
    {
      metric: 'Access requests',
      name: 'Access requests per minute',
      operations: ['AccessSecretVersion'],
      limit: 60,
      seconds: 6,
      per: 'project',
    },
  ];
  const runtime = quickRuntime();
  const wait = runtime.wait.bind(runtime);
  runtime.wait = async (milliseconds, waiting) => {
    server.clock.advance(milliseconds);
    await wait(milliseconds, waiting);
  };
  const outcomes = await collect(connect({}, { runtime }).readMany(paths, { signal }));
  expect(outcomes).toHaveLength(120);
  const failed = outcomes.filter((one) => 'error' in one);
  expect(failed).toEqual([]);
  expect(server.requests.some(({ status }) => status === 429)).toBe(true);
});

it('writes one secret again and again within the rate of Google', async () => {
  server.rates = googleRates;
  const runtime = quickRuntime();
  const wait = runtime.wait.bind(runtime);
  runtime.wait = async (milliseconds, waiting) => {
    server.clock.advance(milliseconds);
    await wait(milliseconds, waiting);
  };
  const provider = connect({}, { runtime });
  let revision = asRevision('1');
  for (const text of ['2', '3', '4', '5', '6']) {
    ({ revision } = await provider.write('app', variables({ A: text }), revision, { signal }));
  }
  expect(revision).toBe('6');
  // A write that was throttled was not taken, so none was sent twice.
  expect(server.secrets().versions('app')).toHaveLength(6);
});

it('gives up when the quota stays used up, and says so', async () => {
  server.rates = [
    {
      metric: 'Write requests',
      name: 'Write requests per minute',
      operations: ['CreateSecret'],
      limit: 0,
      seconds: 60,
      per: 'project',
    },
  ];
  const write = connect().write('new', variables({ A: '1' }), null, { signal });
  expect((await failure(write)).code).toBe('RATE_LIMITED');
  expect(server.secrets().ids()).toEqual(['app']);
});
