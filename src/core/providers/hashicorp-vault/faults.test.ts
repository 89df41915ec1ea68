/** What can go wrong between here and a server: each ends in time, with its own code. */
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestCertificates } from '@test/servers/certificates';
import { htmlAnswer, type Effect } from '@test/servers/faults';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { createHashicorpVaultFactory } from './factory';
import {
  breaks,
  connect,
  doc,
  endOfCheck,
  errorOf,
  options,
  readAll,
} from '@test/support/hashicorp-vault';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
  server.kv('secret').put('app', { A: '1' });
});
afterEach(() => server.close());

const root = (deadlineMs = 5000) =>
  connect(server.url, { token: 'root' }, {}, createHashicorpVaultFactory({ deadlineMs }));
const page = (status: number): Effect => htmlAnswer(status);
const json = (status: number, ...errors: readonly string[]): Effect => ({
  kind: 'answer',
  status,
  body: { errors },
});

const UPGRADING =
  'Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly.';
const LOCKED = 'API access to this namespace has been locked by an administrator';

describe('an answer', () => {
  it.each([
    ['a page of a proxy', page(200), 'UNEXPECTED_ANSWER'],
    ['an error page', page(404), 'UNEXPECTED_ANSWER'],
    ['a gateway’s page', page(502), 'UNEXPECTED_ANSWER'],
    ['a page that asks to slow down', page(429), 'RATE_LIMITED'],
    ['a page that refuses the size', page(413), 'VALUE_TOO_LARGE'],
    [
      'an error of some other service',
      { kind: 'answer', status: 404, body: { message: 'no' } },
      'UNEXPECTED_ANSWER',
    ],
    ['an empty error', { kind: 'answer', status: 404, body: '' }, 'UNEXPECTED_ANSWER'],
    ['another success', { kind: 'answer', status: 200, body: { ok: true } }, 'UNEXPECTED_ANSWER'],
    ['an empty success', { kind: 'answer', status: 200, body: '' }, 'UNEXPECTED_ANSWER'],
    ['a list', { kind: 'answer', status: 200, body: '[]' }, 'UNEXPECTED_ANSWER'],
    ['half an answer', { kind: 'truncate' }, 'UNEXPECTED_ANSWER'],
    ['a redirect', { kind: 'redirect', to: 'https://other.example:8200/ui' }, 'REDIRECTED'],
    ['a redirect to itself', { kind: 'redirect' }, 'REDIRECTED'],
    ['more than 32 MiB', { kind: 'pad', bytes: 32 * 1024 * 1024 }, 'RESPONSE_TOO_LARGE'],
    ['a dropped connection', { kind: 'drop', applied: false }, 'CONNECTION_RESET'],
    ['a reset in the middle', { kind: 'reset' }, 'CONNECTION_RESET'],
    ['a bad request', json(400, 'something'), 'REQUEST_REFUSED'],
    ['a wrong method', json(405, 'unsupported operation'), 'ENGINE_NOT_KV'],
    ['a node that lags behind', json(412, 'required index state not present'), 'SERVER_ERROR'],
    ['too much', json(413, 'http: request body too large'), 'VALUE_TOO_LARGE'],
    ['too many', json(429, 'rate limit quota exceeded'), 'RATE_LIMITED'],
    ['a fault of its own', json(500, 'internal error'), 'SERVER_ERROR'],
    ['an engine that is being upgraded', json(400, UPGRADING), 'SERVER_ERROR'],
    ['a locked namespace', json(403, LOCKED), 'PERMISSION_DENIED'],
    ['a lost active node', json(500, 'local node not active but active'), 'SERVER_STANDBY'],
    ['a secondary', json(472), 'SERVER_STANDBY'],
    ['a standby', json(473), 'SERVER_STANDBY'],
    ['no initialisation', json(501), 'SERVER_NOT_INITIALIZED'],
    ['a seal', json(503, 'Vault is sealed'), 'SERVER_SEALED'],
  ] as const)('that is %s', async (_name, effect, code) => {
    const provider = root();
    await provider.list(options());
    breaks(server, { path: 'secret/metadata/' }, effect);
    breaks(server, { path: 'secret/metadata' }, effect);
    breaks(server, { path: 'secret/data/app' }, effect);
    expect((await errorOf(provider.list(options()))).code).toBe(code);
    expect((await errorOf(provider.read('app', options()))).code).toBe(code);
    const document = doc('{"A":"2"}');
    expect((await errorOf(provider.write('app', document, null, options()))).code).toBe(code);
    expect(server.kv('secret').currentVersion('app')).toBe(1);
  });

  it('of 32 MiB is read', async () => {
    const provider = root();
    const { byteLength } = Buffer.from(JSON.stringify(await rawRead()));
    breaks(
      server,
      { path: 'secret/data/app' },
      {
        kind: 'pad',
        bytes: 32 * 1024 * 1024 - byteLength - 64,
      },
    );
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it('names where it redirects to, and is not followed', async () => {
    const other = await startVaultServer();
    const to = `${other.url}/v1/secret/data/app`;
    breaks(server, { path: 'secret/data/app' }, { kind: 'redirect', to });
    const { message } = await errorOf(root().read('app', options()));
    expect(message).toBe(`The server redirects to ${other.url}.`);
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it('of a standby that redirects names the active node', async () => {
    server.standby({ redirectTo: 'https://active.example:8200' });
    const { code, message } = await errorOf(root().list(options()));
    expect(code).toBe('REDIRECTED');
    expect(message).toContain('https://active.example:8200');
  });

  it('of a sealed server says so', async () => {
    server.seal();
    expect((await errorOf(root().list(options()))).code).toBe('SERVER_SEALED');
  });

  it('that is an empty list only where Vault says so', async () => {
    breaks(server, { path: 'secret/metadata/' }, json(404));
    breaks(server, { path: 'secret/metadata' }, json(404));
    expect((await root().list(options())).secrets).toEqual([]);
  });

  const rawRead = async (): Promise<unknown> => {
    const response = await fetch(`${server.url}/v1/secret/data/app`, {
      headers: { 'X-Vault-Token': 'root' },
    });
    return response.json();
  };
});

describe('time', () => {
  it.each([
    ['no answer', { kind: 'hang', applied: false }],
    ['an answer that drips', { kind: 'drip', bytes: 1, everyMs: 20 }],
  ] as const)('runs out for %s', async (_name, effect) => {
    const provider = root(250);
    await provider.list(options());
    breaks(server, { path: 'secret/data/app' }, effect);
    const { code } = await errorOf(provider.read('app', options()));
    expect(code).toBe('TIMED_OUT');
    const [outcome] = await readAll(provider, ['app']);
    expect(outcome).toHaveProperty('error.code', 'TIMED_OUT');
  });

  it('runs out where the very first call is never answered', async () => {
    const effect = { kind: 'hang', applied: false } as const;
    breaks(server, () => true, effect);
    expect((await errorOf(root(250).list(options()))).code).toBe('TIMED_OUT');
    const role = server.appRole();
    const factory = createHashicorpVaultFactory({ deadlineMs: 250 });
    const login = connect(server.url, role, {}, factory).list(options());
    expect((await errorOf(login)).code).toBe('TIMED_OUT');
  });
});

describe('cancelling', () => {
  it('ends each call while the server holds it', async () => {
    const provider = root();
    const { revision } = await provider.read('app', options());
    const calls = [
      (signal: AbortSignal) => provider.list({ signal }),
      (signal: AbortSignal) => provider.read('app', { signal }),
      (signal: AbortSignal) => provider.write('app', doc('{"A":"2"}'), revision, { signal }),
      (signal: AbortSignal) => provider.remove('app', revision, { signal }),
      async (signal: AbortSignal) => {
        for await (const _ of provider.readMany(['app'], { signal }));
      },
      async (signal: AbortSignal) => {
        for await (const _ of provider.check({ signal }));
      },
    ];
    for (const call of calls) {
      const gate = server.faults.gate();
      const controller = new AbortController();
      const error = errorOf(call(controller.signal));
      await gate.reached;
      controller.abort();
      expect((await error).code).toBe('CANCELLED');
      gate.remove();
      const aborted = AbortSignal.abort();
      expect((await errorOf(call(aborted))).code).toBe('CANCELLED');
    }
    expect(server.kv('secret').currentVersion('app')).toBe(1);
  });

  it('ends what is under way when the provider is disposed of, and all that comes after', async () => {
    const provider = root();
    await provider.read('app', options());
    const gate = server.faults.gate({ path: 'secret/data/app' });
    const reading = errorOf(provider.read('app', options()));
    await gate.reached;
    provider.dispose();
    expect((await reading).code).toBe('CANCELLED');
    expect((await errorOf(provider.read('app', options()))).code).toBe('CANCELLED');
  });

  it('reaches requests that still wait for a connection when the provider is disposed of', async () => {
    const factory = createHashicorpVaultFactory({ concurrency: 1 });
    const provider = connect(server.url, { token: 'root' }, {}, factory);
    await provider.read('app', options());
    const gate = server.faults.gate({ path: 'secret/data/app' });
    const reading = [1, 2, 3].map(() => errorOf(provider.read('app', options())));
    await gate.reached;
    provider.dispose();
    const errors = await Promise.all(reading);
    expect(errors.map(({ code }) => code)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
    expect(gate.hits).toBe(1);
  });

  it('reaches what else is under way when the consumer leaves', async () => {
    server.kv('secret').put('held', { A: '1' });
    const provider = root();
    const gate = server.faults.gate({ path: 'secret/data/held' });
    for await (const _ of provider.readMany(['held', 'app'], options())) break;
    await gate.reached;
    await vi.waitFor(() => expect(server.stats.inFlight).toBe(0));
    gate.remove();
  });

  it('reaches the other folders when a listing fails', async () => {
    server.kv('secret').put('held/a', { A: '1' });
    server.kv('secret').put('sealed/a', { A: '1' });
    const provider = root();
    const gate = server.faults.gate({ path: 'secret/metadata/held' });
    breaks(server, { path: 'secret/metadata/sealed' }, json(503, 'Vault is sealed'));
    expect((await errorOf(provider.list(options()))).code).toBe('SERVER_SEALED');
    await gate.reached;
    await vi.waitFor(() => expect(server.stats.inFlight).toBe(0));
    gate.remove();
  });

  it('starts no further reads when the consumer leaves', async () => {
    const paths = Array.from({ length: 200 }, (_, index) => `s${String(index)}`);
    for (const path of paths) server.kv('secret').put(path, { A: '1' });
    const provider = root();
    for await (const _ of provider.readMany(paths, options())) break;
    expect(server.requests.length).toBeLessThan(60);
  });
});

describe('a connection', () => {
  it('is kept alive, and there are no more of them than allowed', async () => {
    const paths = Array.from({ length: 300 }, (_, index) => `s${String(index)}`);
    for (const path of paths) server.kv('secret').put(path, { A: '1' });
    const factory = createHashicorpVaultFactory({ concurrency: 4 });
    const provider = connect(server.url, { token: 'root' }, {}, factory);
    await provider.list(options());
    await readAll(provider, paths);
    expect(server.stats.connections).toBeLessThanOrEqual(4);
    expect(server.stats.peakInFlight).toBeLessThanOrEqual(4);
  });

  it('that the server closed while it was idle is no failure of the next read', async () => {
    const provider = root();
    await provider.read('app', options());
    // The server drops the kept-alive connection at the moment of its next use.
    breaks(server, { path: 'secret/data/app' }, { kind: 'drop', applied: false }, { times: 1 });
    expect((await provider.read('app', options())).version).toBe('v1');
  });

  it('that was closed under a write is not written over again', async () => {
    const provider = root();
    const { revision } = await provider.read('app', options());
    const post = { method: 'POST', path: 'secret/data/app' };
    const drop = breaks(server, post, { kind: 'drop', applied: true });
    const written = await provider.write('app', doc('{"A":"2"}'), revision, options());
    expect(written.version).toBe('v2');
    expect(drop.hits).toBe(1);
    expect(server.kv('secret').currentVersion('app')).toBe(2);
  });

  it('to a closed port is refused', async () => {
    const { url } = server;
    await server.close();
    const { code } = await errorOf(connect(url, { token: 'root' }).list(options()));
    expect(code).toBe('CONNECTION_REFUSED');
  });

  it('to a name that does not exist is not found', async () => {
    const { code } = await errorOf(
      connect('http://no-such-host.invalid:8200', { token: 'root' }).list(options()),
    );
    expect(code).toBe('NAME_NOT_FOUND');
  });

  it('to something that does not speak HTTP is reported', async () => {
    const chatter = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => {
      chatter.listen(0, '127.0.0.1', resolve);
    });
    const { port } = chatter.address() as { port: number };
    const { code } = await errorOf(
      connect(`http://127.0.0.1:${String(port)}`, { token: 'root' }).list(options()),
    );
    expect(code).toBe('UNEXPECTED_ANSWER');
    chatter.close();
  });
});

describe('TLS', () => {
  const certificates = createTestCertificates();
  const servers = new Map<string, VaultServer>();
  const kinds = ['selfSigned', 'expired', 'wrongName', 'valid'] as const;
  beforeAll(async () => {
    for (const kind of kinds) {
      servers.set(kind, await startVaultServer({ tls: certificates[kind] }));
    }
  });
  afterAll(async () => {
    for (const one of servers.values()) await one.close();
  });
  const at = (kind: (typeof kinds)[number], verifySsl: boolean) =>
    connect(servers.get(kind)?.url ?? '', { token: 'root' }, { verifySsl });

  it.each(kinds)('refuses a certificate that is %s while Verify SSL is on', async (kind) => {
    const { code } = await errorOf(at(kind, true).list(options()));
    expect(code).toMatch(/^TLS_/);
    expect(servers.get(kind)?.requests).toEqual([]);
    const steps = await endOfCheck(at(kind, true));
    expect(steps.get('tls')).toMatchObject({ status: 'failed', error: { code } });
    expect(steps.get('health')?.status).toBe('not-reached');
    expect(servers.get(kind)?.requests).toEqual([]);
  });

  it.each(kinds)('takes a certificate that is %s while Verify SSL is off', async (kind) => {
    const provider = at(kind, false);
    expect((await provider.list(options())).secrets).toEqual([]);
    const steps = await endOfCheck(provider);
    expect(steps.get('tls')).toMatchObject({ status: 'warned' });
    expect(steps.get('tls')?.detail).toMatch(
      /^Issued by Strongroom test .*, valid until \d+ \w+ \d{4}/,
    );
    expect(steps.get('permissions')?.status).toBe('passed');
  });

  it('is judged the same for an AppRole login', async () => {
    const tls = servers.get('selfSigned');
    const role = tls?.appRole() ?? { roleId: '', secretId: '' };
    const lenient = connect(tls?.url ?? '', role, { verifySsl: false });
    expect((await errorOf(lenient.list(options()))).code).toBe('PERMISSION_DENIED');
    const strict = connect(tls?.url ?? '', role, { verifySsl: true });
    expect((await errorOf(strict.list(options()))).code).toBe('TLS_UNTRUSTED');
  });

  it('is not switched off by the environment', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { code } = await errorOf(at('selfSigned', true).list(options()));
    expect(code).toBe('TLS_UNTRUSTED');
  });

  it('is expected where the address says https', async () => {
    const url = server.url.replace('http:', 'https:');
    const provider = connect(url, { token: 'root' });
    expect((await errorOf(provider.list(options()))).code).toBe('TLS_FAILED');
  });

  it('is noticed where the address says http, when the server tells', async () => {
    breaks(server, () => true, {
      kind: 'answer',
      status: 400,
      headers: { 'Content-Type': 'text/plain' },
      body: 'Client sent an HTTP request to an HTTPS server.\n',
    });
    expect((await errorOf(root().list(options()))).code).toBe('HTTPS_EXPECTED');
  });
});
