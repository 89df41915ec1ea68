import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { htmlAnswer, type Effect } from '../faults';
import { httpCall, type HttpOptions, type HttpResult } from '../http-client';
import { startVaultServer, type VaultServer } from './server';

let server: VaultServer;

beforeEach(async () => {
  server = await startVaultServer();
  server.kv('secret').put('a', { n: 1 });
});

afterEach(() => server.close());

const call = (method: string, path: string, options: HttpOptions = {}): Promise<HttpResult> =>
  httpCall(server.url, `/v1/${path}`, {
    method,
    headers: { 'X-Vault-Token': 'root' },
    ...options,
  });
const read = (path = 'secret/data/a', options: HttpOptions = {}) => call('GET', path, options);
const write = (n: number) => call('POST', 'secret/data/a', { body: { data: { n } } });

describe('which requests a fault meets', () => {
  const refusing: Effect = { kind: 'answer', status: 503, body: { errors: ['no'] } };

  it('all, and none after it is taken away', async () => {
    const fault = server.faults.add({ effect: refusing });
    const result = await read();
    expect([result.status, result.json]).toEqual([503, { errors: ['no'] }]);
    fault.remove();
    expect((await read()).status).toBe(200);
    expect(fault.hits).toBe(1);
  });

  it('those of a method and a path', async () => {
    server.faults.add({ match: { method: 'GET', path: 'secret/data/a' }, effect: refusing });
    expect((await read()).status).toBe(503);
    expect((await write(2)).status).toBe(200);
    expect((await read('secret/metadata/a')).status).toBe(200);
  });

  it('those of several methods, below a path, or by an expression or a function', async () => {
    server.faults.add({
      match: { method: ['POST', 'LIST'], path: 'secret/meta*' },
      effect: { ...refusing, status: 501 },
    });
    server.faults.add({ match: { path: /\/data\// }, effect: { ...refusing, status: 502 } });
    server.faults.add({
      match: ({ query }) => query['list'] === 'true',
      effect: { ...refusing, status: 504 },
    });
    expect((await call('LIST', 'secret/metadata/a')).status).toBe(501);
    expect((await read()).status).toBe(502);
    expect((await read('secret/metadata?list=true')).status).toBe(504);
    expect((await read('secret/metadata/a')).status).toBe(200);
    server.faults.clear();
    expect((await read()).status).toBe(200);
  });

  it('so many, after so many', async () => {
    server.faults.add({ skip: 1, times: 2, effect: refusing });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await read()).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it('one after the other', async () => {
    server.faults.add({ times: 1, effect: { ...refusing, status: 429 } });
    server.faults.add({ times: 1, effect: { ...refusing, status: 412 } });
    expect([(await read()).status, (await read()).status, (await read()).status]).toEqual([
      429, 412, 200,
    ]);
  });
});

describe('what a fault does', () => {
  it('answers in place of the server, with or without taking effect', async () => {
    server.faults.add({ times: 1, effect: { kind: 'answer', status: 502, body: 'Bad Gateway' } });
    expect((await write(2)).text).toBe('Bad Gateway');
    expect(server.kv('secret').read('a')).toEqual({ n: 1 });
    server.faults.add({ times: 1, effect: { kind: 'answer', status: 504, applied: true } });
    expect((await write(2)).status).toBe(504);
    expect(server.kv('secret').read('a')).toEqual({ n: 2 });
  });

  it('shows the page of a proxy', async () => {
    server.faults.add({ effect: htmlAnswer(407, 'Proxy Authentication Required') });
    const result = await read();
    expect([result.status, result.headers['content-type']]).toEqual([
      407,
      'text/html; charset=utf-8',
    ]);
    expect(result.text).toContain('<h1>Proxy Authentication Required</h1>');
  });

  it('sends headers', async () => {
    const effect: Effect = { kind: 'answer', status: 429, headers: { 'Retry-After': '3' } };
    server.faults.add({ effect });
    expect((await read()).headers['retry-after']).toBe('3');
  });

  it('drops the connection before or after the request took effect', async () => {
    server.faults.add({ times: 1, effect: { kind: 'drop', applied: false } });
    await expect(write(2)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.kv('secret').read('a')).toEqual({ n: 1 });
    server.faults.add({ times: 1, effect: { kind: 'drop', applied: true } });
    await expect(write(2)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.kv('secret').read('a')).toEqual({ n: 2 });
    expect(server.requests.map(({ status }) => status)).toEqual([undefined, undefined]);
  });

  it('resets in the middle of the answer', async () => {
    server.faults.add({ effect: { kind: 'reset' } });
    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('cuts the JSON', async () => {
    server.faults.add({ effect: { kind: 'truncate' } });
    const result = await read();
    expect([result.status, result.json]).toEqual([200, undefined]);
    expect(result.text.length).toBeGreaterThan(10);
  });

  it('pads the answer to any size', async () => {
    server.faults.add({ effect: { kind: 'pad', bytes: 1_000_000 } });
    const result = await read();
    expect(result.text.length).toBeGreaterThan(1_000_000);
    expect(result.json).toMatchObject({ data: { data: { n: 1 } } });
  });

  it('sends the answer in drops', async () => {
    server.faults.add({ effect: { kind: 'drip', bytes: 50, everyMs: 1 } });
    expect((await read()).json).toMatchObject({ data: { data: { n: 1 } } });
  });

  it('redirects, or for ever to itself', async () => {
    server.faults.add({ times: 1, effect: { kind: 'redirect', to: 'http://127.0.0.1:9/login' } });
    const away = await read();
    expect([away.status, away.headers.location]).toEqual([307, 'http://127.0.0.1:9/login']);
    server.faults.add({ effect: { kind: 'redirect', status: 302 } });
    const round = await read();
    expect([round.status, round.headers.location]).toEqual([302, '/v1/secret/data/a']);
  });

  it('hangs until the client gives up', async () => {
    const fault = server.faults.add({ effect: { kind: 'hang', applied: true } });
    const giveUp = new AbortController();
    const hanging = call('POST', 'secret/data/a', {
      body: { data: { n: 2 } },
      signal: giveUp.signal,
    });
    await fault.reached;
    await expect.poll(() => server.kv('secret').read('a')).toEqual({ n: 2 });
    giveUp.abort();
    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => server.stats.inFlight).toBe(0);
  });

  it('waits, and forgets a request whose client has gone meanwhile', async () => {
    const fault = server.faults.add({ delayMs: 3_600_000 });
    const giveUp = new AbortController();
    const waiting = call('POST', 'secret/data/a', {
      body: { data: { n: 2 } },
      signal: giveUp.signal,
    });
    await fault.reached;
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => server.stats.inFlight).toBe(0);
    expect(server.kv('secret').read('a')).toEqual({ n: 1 });
  });

  it('holds requests at a gate, so that tests can order events', async () => {
    const gate = server.faults.gate({ method: 'POST' });
    const held = write(2);
    await gate.reached;
    expect((await read()).json).toMatchObject({ data: { data: { n: 1 } } });
    gate.open();
    expect((await held).status).toBe(200);
    expect((await write(3)).status).toBe(200);
    expect(server.kv('secret').read('a')).toEqual({ n: 3 });
  });
});
