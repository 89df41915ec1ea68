/** What is sent again, and what is not; and how a server that throttles is left alone. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import type { Effect } from '@test/servers/faults';
import { systemRuntime, type Runtime } from '@core/runtime';
import { FakeRuntime, standingTime } from '@test/support/fake-runtime';
import type { SecretsProvider } from '../provider';
import { createHashicorpVaultFactory, type HashicorpVaultOptions } from './factory';
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
const providers: SecretsProvider[] = [];
beforeEach(async () => {
  server = await startVaultServer();
  server.kv('secret').put('app', { A: '1' });
});
afterEach(async () => {
  for (const provider of providers.splice(0)) provider.dispose();
  await server.close();
});

function root(more: HashicorpVaultOptions = {}): SecretsProvider {
  const provider = connect(
    server.url,
    { token: 'root' },
    {},
    createHashicorpVaultFactory({ runtime: new FakeRuntime(), ...more }),
  );
  providers.push(provider);
  return provider;
}

const answer = (status: number, headers: Record<string, string> = {}): Effect => ({
  kind: 'answer',
  status,
  headers,
  body: { errors: ['something'] },
});
const saying = (status: number, text: string): Effect => ({
  kind: 'answer',
  status,
  body: { errors: [text] },
});
const read = { method: 'GET', path: 'secret/data/app' };
const post = { method: 'POST', path: 'secret/data/app' };
const drop: Effect = { kind: 'drop', applied: true };

describe('a read', () => {
  it.each<[string, Effect]>([
    ['412', answer(412)],
    ['429', answer(429)],
    ['500', answer(500)],
    ['502', answer(502)],
    ['503', answer(503)],
    ['504', answer(504)],
    ['a gateway’s page', { kind: 'answer', status: 502, body: '<html>Bad Gateway</html>' }],
    ['a reset in the middle', { kind: 'reset' }],
  ])('comes through two times %s, and a listing too', async (_name, effect) => {
    const provider = root();
    for (const match of [read, { method: 'LIST', path: /^secret\/metadata/ }]) {
      breaks(server, match, effect, { times: 2 });
    }
    expect((await provider.read('app', options())).version).toBe('v1');
    expect((await provider.list(options())).secrets).toEqual([{ path: 'app' }]);
  });

  it('is given up after three attempts', async () => {
    const fault = breaks(server, read, answer(500));
    expect((await errorOf(root().read('app', options()))).code).toBe('SERVER_ERROR');
    expect(fault.hits).toBe(3);
  });

  it.each<[string, Effect, string]>([
    ['a seal', saying(503, 'Vault is sealed'), 'SERVER_SEALED'],
    ['no initialisation', answer(501), 'SERVER_NOT_INITIALIZED'],
    ['a standby', answer(473), 'SERVER_STANDBY'],
    ['a lost active node', saying(500, 'local node not active but active'), 'SERVER_STANDBY'],
    ['a refusal', answer(400), 'REQUEST_REFUSED'],
    ['half an answer', { kind: 'truncate' }, 'UNEXPECTED_ANSWER'],
  ])('is not sent again after %s', async (_name, effect, code) => {
    const fault = breaks(server, read, effect);
    expect((await errorOf(root().read('app', options()))).code).toBe(code);
    expect(fault.hits).toBe(1);
  });

  it('waits as long as the server asks for, in seconds or as a date', async () => {
    const runtime = new FakeRuntime(standingTime(Date.UTC(2026, 10, 22, 12)));
    breaks(server, read, answer(429, { 'Retry-After': '2' }), { times: 1 });
    const date = 'Sun, 22 Nov 2026 12:00:05 GMT';
    breaks(server, read, answer(503, { 'Retry-After': date }), { times: 1 });
    expect((await root({ runtime }).read('app', options())).version).toBe('v1');
    // The second time is a date, 5 s from the beginning: 2.5 s are over by then.
    expect(runtime.waits).toEqual([2500, 2700]);
  });

  it('does not wait where it is asked for longer than its deadline', async () => {
    const fault = breaks(server, read, answer(429, { 'Retry-After': '3600' }));
    const provider = root({ runtime: systemRuntime, deadlineMs: 5000 });
    expect((await errorOf(provider.read('app', options()))).code).toBe('RATE_LIMITED');
    expect(fault.hits).toBe(1);
  });
});

describe('waiting for another attempt', () => {
  /** Tells when it has begun to wait. */
  function waitingRuntime() {
    const begun = vi.fn<() => void>();
    const runtime: Runtime = {
      ...systemRuntime,
      random: () => 0.99,
      wait: (milliseconds, signal) => {
        const waiting = systemRuntime.wait(milliseconds, signal);
        begun();
        return waiting;
      },
    };
    return { runtime, begun: () => vi.waitFor(() => expect(begun).toHaveBeenCalled()) };
  }

  it('ends at once when it is cancelled, or the provider disposed of', async () => {
    breaks(server, read, answer(429, { 'Retry-After': '300' }));
    for (const end of ['cancel', 'dispose'] as const) {
      const { runtime, begun } = waitingRuntime();
      const provider = root({ runtime, deadlineMs: 600_000 });
      const controller = new AbortController();
      const reading = errorOf(provider.read('app', { signal: controller.signal }));
      await begun();
      if (end === 'cancel') controller.abort();
      else provider.dispose();
      expect((await reading).code).toBe('CANCELLED');
    }
  });

  it('leaves less time for the next attempt, which the deadline ends', async () => {
    breaks(server, read, answer(503), { times: 1 });
    breaks(server, read, { kind: 'hang', applied: false });
    const provider = root({ deadlineMs: 400 });
    expect((await errorOf(provider.read('app', options()))).code).toBe('TIMED_OUT');
  });
});

describe('a write', () => {
  it.each([412, 429])(
    'is sent again after %i, which says that it was not taken',
    async (status) => {
      const provider = root();
      const { revision } = await provider.read('app', options());
      const fault = breaks(server, post, answer(status), { times: 2 });
      expect((await provider.write('app', doc('{"A":"2"}'), revision, options())).version).toBe(
        'v2',
      );
      expect(fault.hits).toBe(2);
      expect(server.kv('secret').currentVersion('app')).toBe(2);
    },
  );

  it.each<[string, Effect, string]>([
    ['a 500', answer(500), 'SERVER_ERROR'],
    ['a 503', answer(503), 'SERVER_ERROR'],
    ['a gateway’s page', { kind: 'answer', status: 504, body: '<html/>' }, 'UNEXPECTED_ANSWER'],
  ])('is not sent again after %s', async (_name, effect, code) => {
    const provider = root();
    const { revision } = await provider.read('app', options());
    const fault = breaks(server, post, effect);
    const writing = provider.write('app', doc('{"A":"2"}'), revision, options());
    expect((await errorOf(writing)).code).toBe(code);
    expect(fault.hits).toBe(1);
  });

  it('whose answer was lost is looked for, and not sent again', async () => {
    const provider = root();
    const { revision } = await provider.read('app', options());
    const fault = breaks(server, post, drop);
    expect((await provider.write('app', doc('{"A":"2"}'), revision, options())).version).toBe('v2');
    const removal = breaks(server, { path: 'secret/delete/app' }, drop);
    const after = await provider.read('app', options());
    await provider.remove('app', after.revision, options());
    expect([fault.hits, removal.hits]).toEqual([1, 1]);
  });
});

it('the health of a standby is asked for once', async () => {
  const health = { path: 'sys/health' };
  for (const status of [429, 473, 503]) {
    const fault = breaks(server, health, {
      kind: 'answer',
      status,
      body: { initialized: true, sealed: status === 503, standby: true },
    });
    const step = (await endOfCheck(root())).get('health');
    // The active node, which this is, names no other.
    expect(step?.status).toBe(status === 503 ? 'failed' : 'warned');
    expect(fault.hits).toBe(1);
    fault.remove();
  }
  breaks(server, health, answer(502), { times: 2 });
  expect((await endOfCheck(root())).get('health')?.status).toBe('passed');
});

describe('a server that throttles', () => {
  const count = 120;
  const paths = Array.from({ length: count }, (_, index) => `many/${String(index)}`);
  beforeEach(() => {
    for (const path of paths) server.kv('secret').put(path, { A: '1' });
  });

  it('gets fewer requests at a time, and in the end all are read', async () => {
    const provider = root({ runtime: systemRuntime });
    await provider.read('app', options());
    // Refuses whatever comes while it is busy with three.
    let refused = 0;
    breaks(
      server,
      ({ path }) => {
        const isBusy = path.startsWith('secret/data/many/') && server.stats.inFlight > 3;
        if (isBusy) refused += 1;
        return isBusy;
      },
      answer(429),
    );
    server.faults.add({ match: { path: 'secret/data/many/*' }, delayMs: 5 });
    const outcomes = await readAll(provider, paths);
    expect(outcomes.filter((outcome) => 'snapshot' in outcome)).toHaveLength(count);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(count / 2);
  });

  it('is left alone for good where nothing comes through', async () => {
    const provider = root({ concurrency: 4 });
    await provider.read('app', options());
    const fault = breaks(server, { path: 'secret/data/many/*' }, answer(429));
    const outcomes = await readAll(provider, paths);
    expect(outcomes).toHaveLength(count);
    for (const outcome of outcomes) expect(outcome).toHaveProperty('error.code', 'RATE_LIMITED');
    // Beside the four that are sent, four may wait to be sent again.
    expect(fault.hits).toBeLessThanOrEqual(3 * (16 + 4 + 4));
  });

  it('gets many at a time again when that is over', async () => {
    const runtime = new FakeRuntime();
    const provider = root({ runtime, concurrency: 8 });
    await provider.read('app', options());
    breaks(server, { path: 'secret/data/many/*' }, answer(429), { times: 8 });
    await readAll(provider, paths.slice(0, 40));
    await runtime.advance(60_000);
    const gate = server.faults.gate({ path: 'secret/data/many/*' });
    const reading = readAll(provider, paths);
    await vi.waitFor(() => expect(gate.hits).toBeGreaterThan(3));
    gate.open();
    await reading;
  });
});
