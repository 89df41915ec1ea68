/** `strongroom serve` against whoever writes its requests: every call with inputs of every kind, and bytes that are none. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { serveContract } from '@shared/contract/serve';
import { defaultPolicy } from '@shared/model/policy';
import { grantFor, service, startRequests } from '@test/support/requests';
import { call, startServe } from '@test/support/serve';
import { printFigures, seedOf, sized } from '@test/support/size';
import { inputsOf, textOf, TYPED_SECRET, type Known } from '@test/security/inputs';

vi.setConfig({ testTimeout: 3_600_000 });

const INPUTS = sized(60, 3000);
const FRAMES = sized(60, 2000);

const SECRET = 'sk-canary-of-the-grant-77b1';
/** Of an environment that the client may read, and of one that it may not. */
const ALLOWED = 'canary-that-is-allowed-02aa';
const FOREIGN = 'canary-of-somebody-else-9c4d';

/** A stack, or a place in the source. */
const PLACE = /\\n +at |node_modules|\.ts:\d+|\.js:\d+/;

async function scene() {
  const { core } = await startRequests();
  const target = await service((request, response) => {
    response.end(request.headers.authorization);
  });
  const policy = {
    ...defaultPolicy,
    callers: { ...defaultPolicy.callers, serve: 'allow' },
  } as const;
  await grantFor(core, target, { token: SECRET }, { policy });
  await core.create('production', { KEY: ALLOWED });
  await core.create('foreign', { KEY: FOREIGN });
  const { token } = core.core.clients.create(core.workspaceId, {
    name: 'billing',
    grants: ['service'],
    environments: ['production'],
  });
  const server = await startServe(core, { limits: { rate: 1_000_000 } });
  const known: Known = {
    ids: ['00000000-0000-4000-8000-000000000000'],
    names: {
      grant: ['service', 'other'],
      environment: ['production', 'foreign'],
      url: [target.url, 'http://169.254.169.254/', 'http://127.0.0.1:1/', server.url],
      method: ['GET', 'POST', 'TRACE', 'GET / HTTP/1.1\r\nX: y'],
      reason: ['because'],
    },
  };
  return { server, target, token, known };
}

/** As a caller writes it in the query. */
const environmentIn = (input: unknown): string => {
  const { environment } = (input ?? {}) as { readonly environment?: unknown };
  return typeof environment === 'string' ? environment : textOf(input ?? null).slice(0, 4000);
};

const complaintsOf = (answer: string, mayHave: readonly string[] = []): string[] => [
  ...[SECRET, ALLOWED, FOREIGN]
    .filter((canary) => answer.includes(canary) && !mayHave.includes(canary))
    .map((canary) => `a canary: ${canary}`),
  ...(PLACE.test(answer) ? [`a place in the source: ${answer}`] : []),
  ...(answer.includes('"INTERNAL"') ? [`an error that nobody expected: ${answer}`] : []),
];

it('answers every input of every call, without a value, a stack or a failure of its own', async () => {
  const { server, target, token, known } = await scene();
  const seed = seedOf();
  const complaints: string[] = [];
  const statuses: Record<string, number> = {};
  for (const procedure of Object.values(serveContract)) {
    const { route, ...parts } = procedure['~orpc'];
    const inputSchema = parts.inputSchema as z.ZodType | undefined;
    const path = route.path ?? '/';
    for (const input of fc.sample(inputsOf(inputSchema, known), { seed, numRuns: INPUTS })) {
      const isGet = route.method === 'GET';
      const body = textOf(input ?? null);
      const query = isGet
        ? `?${new URLSearchParams({ environment: environmentIn(input) }).toString()}`
        : '';
      const answer = await call(server.url, `${path}${query}`, {
        token,
        method: route.method ?? 'GET',
        ...(!isGet && { body }),
      });
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const mayHave = path === '/v1/variables' ? [ALLOWED] : [];
      for (const each of complaintsOf(answer.text, mayHave)) {
        complaints.push(`${path} ${body.slice(0, 200)}: ${each}`);
      }
      if (answer.status === 500) complaints.push(`${path} ${body.slice(0, 200)}: 500`);
    }
    expect((await call(server.url, '/v1/grants', { token })).status, `after ${path}`).toBe(200);
  }
  const made = await call(server.url, '/v1/requests', {
    token,
    method: 'POST',
    body: { grant: 'service', method: 'GET', url: target.url },
  });
  expect(made).toMatchObject({ status: 200, json: { credentialHidden: 1 } });
  expect(complaintsOf(made.text)).toEqual([]);
  const right = await call(server.url, '/v1/variables?environment=production', { token });
  expect(right.text).toContain(ALLOWED);
  printFigures(`calls of strongroom serve, seed ${String(seed)}`, statuses);
  expect(complaints).toEqual([]);
  expect(complaintsOf(server.lines.join())).toEqual([]);
  expect(server.lines.join()).not.toContain(TYPED_SECRET);
});

/** Requests that are none, or that two servers could read differently. */
const requests: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  // Right in every way, but that there is nothing.
  fc
    .constantFrom('/', '/v2/grants', `/${TYPED_SECRET}`)
    .map(
      (path) =>
        `GET ${path}?${TYPED_SECRET} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX: ${TYPED_SECRET}\r\n\r\n`,
    ),
  fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'CONNECT', 'OPTIONS', 'PRI', 'G\0T', 'x'.repeat(500)),
      target: fc.constantFrom(
        '/v1/grants',
        '/v1/requests',
        '//v1/grants',
        '/v1/../../etc/passwd',
        '/%00',
        'http://x/v1/grants',
        '*',
        `/${'a'.repeat(20_000)}`,
      ),
      version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''),
      headers: fc.array(
        fc.constantFrom(
          'Content-Length: 5',
          'Content-Length: -1',
          'Content-Length: 99999999999999999999',
          'Transfer-Encoding: chunked',
          'Transfer-Encoding: gzip, chunked',
          'Expect: 100-continue',
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Content-Type: application/json',
          'Content-Type: multipart/form-data; boundary=x',
          ' folded: yes',
          'Host: a',
          `X: ${TYPED_SECRET}`,
          'no colon',
        ),
        { maxLength: 6 },
      ),
      body: fc.oneof(fc.string({ maxLength: 80 }), fc.constant('5\r\nhello\r\n0\r\n\r\n')),
    })
    .map(
      ({ method, target, version, headers, body }) =>
        `${method} ${target} ${version}\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n${body}`,
    ),
);

it('survives every request that is none, without a word of it', async () => {
  const { server, token } = await scene();
  const seed = seedOf();
  const complaints: string[] = [];
  for (const bytes of fc.sample(requests, { seed, numRuns: FRAMES })) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.end(bytes);
    const answer = await text(socket).catch(() => '');
    socket.destroy();
    complaints.push(...complaintsOf(answer));
    if (answer.startsWith('HTTP/1.1 500')) complaints.push(`500: ${bytes.slice(0, 200)}`);
  }
  printFigures(`requests to strongroom serve, seed ${String(seed)}`, { requests: FRAMES });
  expect((await call(server.url, '/v1/grants', { token })).status).toBe(200);
  expect(complaints).toEqual([]);
  expect(server.lines.join()).not.toContain(TYPED_SECRET);
});
