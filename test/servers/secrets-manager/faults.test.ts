import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { connect, failure, get, put, server, startServerForEachTest } from './testing';

startServerForEachTest();

describe('faults', () => {
  let client: SecretsManagerClient;

  beforeEach(() => {
    server.put('app', 'value');
    server.put('other', 'value');
    client = connect();
  });

  test('hit what they are meant for, the given number of times', async () => {
    const fault = server.faults.add({
      operation: 'GetSecretValue',
      secret: 'app',
      skip: 1,
      times: 2,
      answer: { kind: 'error', code: 'ThrottlingException', message: 'Rate exceeded' },
    });
    await client.send(get('app'));
    await client.send(get('other'));
    for (const _ of [1, 2]) {
      expect(await failure(client.send(get('app')))).toMatchObject({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $metadata: { httpStatusCode: 400 },
      });
    }
    await client.send(get('app'));
    expect(fault.hits).toBe(2);
    const code = server.requests.map(({ errorCode }) => errorCode);
    expect(code).toEqual([
      undefined,
      undefined,
      'ThrottlingException',
      'ThrottlingException',
      undefined,
    ]);
  });

  test('are over when removed or cleared', async () => {
    const hang = { kind: 'hang' } as const;
    server.faults.add({ times: Infinity, answer: hang }).remove();
    await client.send(get('app'));
    server.faults.add({ times: Infinity, answer: hang });
    server.faults.clear();
    await client.send(get('app'));
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200]);
  });

  test.each([
    { code: 'InternalServiceError', status: 500 },
    { code: 'ServiceUnavailable', status: 503 },
  ])('answer with $status', async ({ code, status }) => {
    server.faults.add({ answer: { kind: 'error', code, status } });
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: code,
      $metadata: { httpStatusCode: status },
    });
  });

  test('are retried by the SDK when they should be', async () => {
    server.faults.add({
      times: 2,
      answer: { kind: 'error', code: 'InternalServiceError', status: 500 },
    });
    await connect(server.accessKey(), { maxAttempts: 3 }).send(get('app'));
    expect(server.requests.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  test('drop the connection before the write', async () => {
    server.faults.add({ answer: { kind: 'drop' } });
    expect(await failure(client.send(put('app', 'new')))).toMatchObject({ code: 'ECONNRESET' });
    expect(server.secret('app')?.current?.value).toBe('value');
    expect(server.requests[0]?.status).toBeUndefined();
  });

  test('drop the connection after the write, which a retry finds done', async () => {
    const write = new PutSecretValueCommand({
      SecretId: 'app',
      SecretString: 'new',
      ClientRequestToken: randomUUID(),
    });
    server.faults.add({ applied: true, answer: { kind: 'drop' } });
    expect(await failure(client.send(write))).toMatchObject({ code: 'ECONNRESET' });
    const written = server.secret('app')?.versions;
    expect(written?.map(({ value }) => value)).toEqual(['value', 'new']);
    await client.send(write);
    expect(server.secret('app')?.versions).toEqual(written);
  });

  test('reset the connection in the middle of the answer', async () => {
    server.faults.add({ answer: { kind: 'reset' } });
    const answered = await failure(client.send(put('app', 'new')));
    expect(answered).toMatchObject({ code: 'ECONNRESET' });
    expect(server.secret('app')?.current?.value).toBe('new');
  });

  test('cut the JSON short', async () => {
    server.faults.add({ answer: { kind: 'truncate' } });
    expect(await failure(client.send(get('app')))).toBeInstanceOf(SyntaxError);
  });

  test('answer a few bytes at a time', async () => {
    server.faults.add({ answer: { kind: 'drip', bytes: 40, everyMs: 1 } });
    expect((await client.send(get('app'))).SecretString).toBe('value');
    server.faults.add({ answer: { kind: 'drip', bytes: 1, everyMs: 60_000 } });
    expect(
      await failure(client.send(get('app'), { abortSignal: AbortSignal.timeout(50) })),
    ).toMatchObject({ name: 'AbortError' });
  });

  test('answer with what is no answer', async () => {
    const raw = async (): Promise<Response> =>
      fetch(server.endpoint, { method: 'POST', redirect: 'manual', body: '{}' });

    server.faults.add({ answer: { kind: 'html' } });
    const html = await raw();
    expect([html.status, html.headers.get('content-type')]).toEqual([
      502,
      'text/html; charset=utf-8',
    ]);
    expect(await html.text()).toContain('<h1>Bad Gateway</h1>');

    server.faults.add({ answer: { kind: 'redirect' } });
    const redirect = await raw();
    expect([redirect.status, redirect.headers.get('location')]).toEqual([307, server.endpoint]);

    server.faults.add({
      answer: { kind: 'http', status: 503, headers: { 'Retry-After': '7' }, body: 'Busy' },
    });
    const busy = await raw();
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await busy.text()).toBe('Busy');

    server.faults.add({ answer: { kind: 'oversize', bytes: 1_000_000 } });
    const large = (await (await raw()).json()) as { Padding: string };
    expect(large.Padding.length).toBeGreaterThanOrEqual(1_000_000);

    server.faults.add({ answer: { kind: 'deep', levels: 500 } });
    expect((await (await raw()).text()).startsWith('{"a":{"a":')).toBe(true);
  });

  test('keep silent until the client gives up or the server stops', async () => {
    server.faults.add({ times: 2, answer: { kind: 'hang' } });
    expect(
      await failure(client.send(get('app'), { abortSignal: AbortSignal.timeout(50) })),
    ).toMatchObject({ name: 'AbortError' });
    const waiting = failure(connect().send(get('app')));
    await expect.poll(() => server.count()).toBe(2);
    await server.stop();
    expect(await waiting).toMatchObject({ code: 'ECONNRESET' });
  });

  test('delay the real answer', async () => {
    server.faults.add({ delayMs: 60 });
    const begun = performance.now();
    await client.send(get('app'));
    expect(performance.now() - begun).toBeGreaterThanOrEqual(55);
  });

  test('hold a request while others write', async () => {
    const before = server.faults.hold({ operation: 'PutSecretValue' });
    const mine = client.send(put('app', 'mine'));
    await before.reached;
    server.put('app', 'theirs');
    before.release();
    await mine;
    expect(server.secret('app')?.versions.map(({ value }) => value)).toEqual([
      'value',
      'theirs',
      'mine',
    ]);

    const after = server.faults.hold({ operation: 'PutSecretValue', applied: true });
    const next = client.send(put('app', 'applied'));
    await after.reached;
    expect(server.secret('app')?.current?.value).toBe('applied');
    after.release();
    await next;
  });

  test('end every connection, and take new ones', async () => {
    await client.send(get('app'));
    server.dropConnections();
    await expect.poll(() => server.connections.open).toBe(0);
    await client.send(get('app'));
    expect(server.connections).toEqual({ open: 1, total: 2 });
  });
});
