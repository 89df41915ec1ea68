import { BatchGetSecretValueCommand, CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { request as httpsRequest } from 'node:https';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createSelfSigned } from '../certificates';
import { hours, minutes } from '../clock';
import { startSecretsManagerServer } from './server';
import { connect, failure, get, put, server, startServerForEachTest } from './testing';

startServerForEachTest();

describe('signatures', () => {
  beforeEach(() => {
    server.put('app', 'value');
  });

  test('of the SDK are accepted, with odd headers, unicode and a session token', async () => {
    const client = connect(server.accessKey({ sessionToken: true }));
    client.middlewareStack.add(
      (next) => async (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers['X-Amz-Odd'] = '  two   words\tand  a tab ';
        headers['X-Empty'] = '';
        headers['x-list'] = 'b,a';
        return next(args);
      },
      { step: 'build' },
    );
    await client.send(put('app', 'ünïcødé 🔑'));
    expect(server.secret('app')?.current?.value).toBe('ünïcødé 🔑');
  });

  test('with another secret key are refused', async () => {
    const { accessKeyId } = server.accessKey();
    const client = connect({ accessKeyId, secretAccessKey: 'wrong' });
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('Check your AWS Secret Access Key'),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('of an unknown or revoked key are refused', async () => {
    const key = server.accessKey();
    const client = connect(key);
    await client.send(get('app'));
    server.revoke(key.accessKeyId);
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
  });

  test('need the session token that belongs to the key', async () => {
    const { sessionToken = '', ...key } = server.accessKey({ sessionToken: true });
    const other = server.accessKey({ sessionToken: true }).sessionToken ?? '';
    await connect({ ...key, sessionToken }).send(get('app'));
    for (const credentials of [key, { ...key, sessionToken: other }]) {
      expect(await failure(connect(credentials).send(get('app')))).toMatchObject({
        name: 'UnrecognizedClientException',
      });
    }
  });

  test('of expired credentials are refused', async () => {
    const key = server.accessKey({
      sessionToken: true,
      expires: new Date(Date.now() + hours(1)),
    });
    // The client's clock must move too, or its signature would be refused.
    const client = connect(key, { systemClockOffset: hours(1) });
    server.clock.advance(hours(1));
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
  });

  test('for another region are refused', async () => {
    const client = connect(server.accessKey(), { region: 'eu-west-1' });
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining("valid region, not 'eu-west-1'"),
    });
  });

  test.each([minutes(6), -minutes(6)])('made %i ms off are refused', async (off) => {
    const client = connect();
    server.clock.advance(off);
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(/^Signature (expired|not yet current): /),
    });
  });

  test('made off by a clock the SDK can correct succeed at the second attempt', async () => {
    const client = connect(server.accessKey(), { maxAttempts: 2 });
    server.clock.advance(hours(3));
    await client.send(get('app'));
    expect(server.requests.map(({ status }) => status)).toEqual([400, 200]);
  });

  test('are needed at all', async () => {
    const answer = await fetch(server.endpoint, {
      method: 'POST',
      headers: { 'X-Amz-Target': 'secretsmanager.ListSecrets' },
      body: '{}',
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(await answer.json()).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });
});

describe('requests', () => {
  test('to an operation that there is not are refused', async () => {
    for (const target of ['dynamodb.ListTables', '']) {
      const answer = await fetch(server.endpoint, {
        method: 'POST',
        headers: { 'X-Amz-Target': target },
      });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({ __type: 'UnknownOperationException' });
    }
    expect((await fetch(`${server.endpoint}/v1/sys/health`)).status).toBe(404);
  });

  test('carry an id that the log knows', async () => {
    server.put('app', 'value');
    const { $metadata } = await connect().send(get('app'));
    expect($metadata.requestId).toBe(server.requests[0]?.requestId);
  });

  test('are logged without values, and counted', async () => {
    const key = server.accessKey();
    const client = connect(key);
    await client.send(new CreateSecretCommand({ Name: 'app', SecretString: 'hidden-value' }));
    await client.send(put('app', 'hidden-value-2'));
    await client.send(new BatchGetSecretValueCommand({ SecretIdList: ['app', 'none'] }));
    await failure(client.send(get('none')));
    expect(server.requests).toMatchObject([
      { operation: 'CreateSecret', secretId: 'app', status: 200 },
      { operation: 'PutSecretValue', secretId: 'app', status: 200 },
      { operation: 'BatchGetSecretValue', secretIds: ['app', 'none'], status: 200 },
      { operation: 'GetSecretValue', secretId: 'none', errorCode: 'ResourceNotFoundException' },
    ]);
    expect(new Set(server.requests.map(({ accessKeyId }) => accessKeyId))).toEqual(
      new Set([key.accessKeyId]),
    );
    expect(JSON.stringify(server.requests)).not.toContain('hidden');
    expect([server.count(), server.count('GetSecretValue')]).toEqual([4, 1]);
    server.clearLog();
    expect(server.count()).toBe(0);
  });

  test('on a kept-alive connection share it', async () => {
    server.put('app', 'value');
    const client = connect();
    for (let index = 0; index < 5; index += 1) await client.send(get('app'));
    expect(server.connections).toEqual({ open: 1, total: 1 });
    expect(new Set(server.requests.map(({ connection }) => connection))).toEqual(new Set([1]));
  });

  test('at the same time are seen in the peak of concurrency', async () => {
    server.put('app', 'value');
    const client = connect();
    const hold = server.faults.hold({ operation: 'GetSecretValue' });
    const first = client.send(get('app'));
    await hold.reached;
    await client.send(get('app'));
    expect(server.concurrency).toEqual({ now: 1, peak: 2 });
    hold.release();
    await first;
  });
});

test('speaks TLS with the certificate it is given', async () => {
  const { cert, key } = createSelfSigned();
  const secure = await startSecretsManagerServer({ tls: { key, cert } });
  onTestFinished(async () => secure.stop());
  const status = await new Promise((resolve, reject) => {
    httpsRequest(secure.endpoint, { method: 'POST', ca: cert }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(404);
  expect(secure.connections.total).toBe(1);
});
