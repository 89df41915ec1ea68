/** Requests with a grant over the socket of a running Strongroom. */
import { describe, expect, it } from 'vitest';
import { createAgentRouter } from '@server/agent/router';
import { systemRuntime } from '@core/runtime';
import { startHost } from '@test/support/agent';
import { deferred } from '@test/support/deferred';
import { failureOf } from '@test/support/failure-of';
import { answeredBy, answering, grantFor, service, startRequests } from '@test/support/requests';
import { requestWithGrant } from './grant-request';
import type { GrantRequest } from './types';

const TOKEN = 'sk-live-4242424242';

async function scene() {
  const { core } = await startRequests();
  const router = createAgentRouter(core.core);
  const host = await startHost({ router, dataDirectory: core.dataDirectory });
  const request = (grant: string, options: GrantRequest): Promise<Response> =>
    requestWithGrant({ runtime: systemRuntime, directory: '/' }, grant, {
      settings: { dataDir: core.dataDirectory },
      ...options,
    });
  return { core, host, request };
}

/** There are no sockets in folders. */
describe.skipIf(process.platform === 'win32')('request', () => {
  it('resolves with the answer, as fetch does', async () => {
    const { core, request } = await scene();
    const server = await service((_, response) => {
      response.writeHead(201, { 'X-Kind': 'order' }).end('{"id":7}');
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await request(grant.id, {
      url: new URL('/orders', server.url),
      method: 'post',
      headers: { 'Content-Type': 'application/json' },
      body: '{"a":1}',
      reason: 'to order',
    });
    expect(answer.status).toBe(201);
    expect(answer.url).toBe(`${server.url}/orders`);
    expect(answer.headers.get('x-kind')).toBe('order');
    expect(await answer.json()).toEqual({ id: 7 });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        body: '{"a":1}',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      },
    ]);
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      {
        reason: 'to order',
        caller: { kind: 'sdk', claimed: true, process: { pid: process.pid } },
        status: 201,
      },
    ]);
  });

  it('gives bodies the type that they have by their kind', async () => {
    const { core, request } = await scene();
    const server = await service((message, response) => {
      message.on('end', () => response.writeHead(204).end());
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    for (const body of ['text', new URLSearchParams({ a: '1' }), new Uint8Array([65])]) {
      const answer = await request('service', { url: server.url, method: 'PUT', body });
      expect(answer.status).toBe(204);
    }
    expect(server.requests.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['text/plain;charset=UTF-8', 'text'],
      ['application/x-www-form-urlencoded;charset=UTF-8', 'a=1'],
      [undefined, 'A'],
    ]);
    expect(grant.name).toBe('service');
  });

  it('streams both ways at once', async () => {
    const { core, request } = await scene();
    const server = await service(async (message, response) => {
      response.writeHead(200);
      for await (const chunk of message) response.write(chunk);
      response.end();
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    let push: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        push = controller;
        controller.enqueue(Buffer.from('first '));
      },
    });
    const answer = await request(grant.id, { url: server.url, method: 'POST', body });
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('first ');
    push?.enqueue(Buffer.alloc(3_000_000, 'x'));
    push?.close();
    let size = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
    }
    expect(size).toBe(3_000_000);
  });

  it('throws with the rule that refused', async () => {
    const { core, request } = await scene();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(core, server, { token: TOKEN });
    const error = await failureOf(request(grant.id, { url: 'https://example.org/' }));
    expect(error).toMatchObject({
      name: 'StrongroomError',
      code: 'HOST_NOT_GRANTED',
      details: { rule: 'host' },
    });
    expect(await failureOf(request('none', { url: server.url }))).toMatchObject({
      code: 'NO_SUCH_GRANT',
    });
  });

  it('says that a person is asked', async () => {
    const { core, request } = await scene();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(core, server, { token: TOKEN });
    await core.core.grants.update(grant.id, {
      settings: { policy: { ...grant.policy, ask: true } },
    });
    const asked = await answering(core, 'once');
    let waited = 0;
    const answer = await request(grant.id, { url: server.url, onWaiting: () => (waited += 1) });
    expect(await answer.text()).toBe('ok');
    expect(waited).toBe(1);
    expect(asked).toMatchObject([{ caller: { kind: 'sdk', pid: process.pid, claimed: true } }]);
  });

  it('ends the request when the program does not want its answer any more', async () => {
    const { core, request } = await scene();
    const ended = deferred();
    const server = await service((_, response) => {
      response.write('begin');
      response.on('close', () => {
        ended.resolve();
      });
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await request(grant.id, { url: server.url });
    await answer.body?.cancel();
    await ended.promise;
    const stop = new AbortController();
    const second = request(grant.id, { url: server.url, signal: stop.signal });
    stop.abort();
    expect(await failureOf(second)).toMatchObject({ code: 'CANCELLED' });
  });

  it('says that no Strongroom is running', async () => {
    const { host, request } = await scene();
    await host.close();
    expect(await failureOf(request('any', { url: 'https://example.org' }))).toMatchObject({
      code: 'CONNECTION_REFUSED',
    });
  });
});
