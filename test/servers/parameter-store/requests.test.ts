/** Policies, signatures, the log, faults: what the stand-in adds to the parts that AWS stand-ins share. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListDocumentsCommand,
} from '@aws-sdk/client-ssm';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { describe, expect, test } from 'vitest';
import { connect, failure, get, put, server, startServerForEachTest } from './testing';

startServerForEachTest();

const prefix = 'arn:aws:ssm:us-east-1:123456789012:parameter';

const path = (Path: string, Recursive = true): GetParametersByPathCommand =>
  new GetParametersByPathCommand({ Path, Recursive });

describe('policies', () => {
  test('of the guide permit the work below one path, and no other', async () => {
    server.put('/app/KEY', 'x');
    server.put('/other/KEY', 'x');
    const client = connect(server.guideAccessKey('/app'));
    await client.send(put('/app/NEW', 'x', { Overwrite: false, Tags: [{ Key: 'a', Value: 'b' }] }));
    await client.send(put('/app/NEW', 'y'));
    await client.send(get('/app/NEW:1'));
    await client.send(new GetParametersCommand({ Names: ['/app/KEY', '/app/none'] }));
    await client.send(path('/app'));
    await client.send(new GetParameterHistoryCommand({ Name: '/app/KEY' }));
    await client.send(new DeleteParametersCommand({ Names: ['/app/NEW'] }));
    const { Parameters = [] } = await client.send(new DescribeParametersCommand({}));
    expect(Parameters.map(({ Name }) => Name)).toEqual(['/app/KEY', '/other/KEY']);
    for (const [ask, action, resource] of [
      [async () => client.send(get('/other/KEY')), 'GetParameter', '/other/KEY'],
      [async () => client.send(get('/none')), 'GetParameter', '/none'],
      [async () => client.send(put('/other/KEY', 'y')), 'PutParameter', '/other/KEY'],
      [async () => client.send(put('KEY', 'y')), 'PutParameter', '/KEY'],
      [async () => client.send(path('/')), 'GetParametersByPath', '/'],
      [
        async () =>
          client.send(new LabelParameterVersionCommand({ Name: '/app/KEY', Labels: ['live'] })),
        'LabelParameterVersion',
        '/app/KEY',
      ],
    ] as const) {
      expect(await failure(ask())).toMatchObject({
        name: 'AccessDeniedException',
        message: `User: arn:aws:iam::123456789012:user/guide is not authorized to perform: ssm:${action} on resource: ${prefix}${resource} because no identity-based policy allows the ssm:${action} action`,
      });
    }
    expect(server.parameter('/other/KEY')?.version).toBe(1);
  });

  test('on a path open the levels below to a listing, even those denied', async () => {
    server.put('/app/open', 'x');
    server.put('/app/closed/KEY', 'x');
    const client = connect(
      server.accessKey({
        resources: [`${prefix}/app`, `${prefix}/app/*`],
        statements: [{ effect: 'Deny', actions: ['*'], resources: [`${prefix}/app/closed/*`] }],
      }),
    );
    const { Parameters = [] } = await client.send(path('/app'));
    expect(Parameters.map(({ Name }) => Name)).toEqual(['/app/closed/KEY', '/app/open']);
    expect(await failure(client.send(get('/app/closed/KEY')))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('explicit deny'),
    });
  });

  test('on what is below a path do not permit to list the path itself', async () => {
    const client = connect(server.accessKey({ resources: [`${prefix}/app/*`] }));
    expect(await failure(client.send(path('/app')))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`on resource: ${prefix}/app because`),
    });
    await client.send(path('/app/'));
  });

  test('permit descriptions for the whole account only', async () => {
    const describe = new DescribeParametersCommand({});
    const client = connect(server.accessKey({ resources: [`${prefix}/*`] }));
    expect(await failure(client.send(describe))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'ssm:DescribeParameters on resource: arn:aws:ssm:us-east-1:123456789012:* because',
      ),
    });
    await connect(server.accessKey({ resources: ['arn:aws:ssm:us-east-1:123456789012:*'] })).send(
      describe,
    );
  });

  test('refuse a whole batch for one name', async () => {
    server.put('/app/KEY', 'x');
    const client = connect(server.guideAccessKey('/app'));
    const Names = ['/app/KEY', '/other/KEY'];
    for (const ask of [
      async () => client.send(new GetParametersCommand({ Names })),
      async () => client.send(new DeleteParametersCommand({ Names })),
    ]) {
      expect(await failure(ask())).toMatchObject({ name: 'AccessDeniedException' });
    }
    expect(server.names()).toEqual(['/app/KEY']);
  });

  test('decide about tags, also those of a new parameter', async () => {
    server.put('/app/KEY', 'x');
    const client = connect(server.accessKey({ deny: ['AddTagsToResource'] }));
    const Tags = [{ Key: 'a', Value: 'b' }];
    for (const ask of [
      async () => client.send(put('/app/NEW', 'x', { Overwrite: false, Tags })),
      async () =>
        client.send(
          new AddTagsToResourceCommand({
            ResourceType: 'Parameter',
            ResourceId: '/app/KEY',
            Tags,
          }),
        ),
    ]) {
      expect(await failure(ask())).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining('ssm:AddTagsToResource'),
      });
    }
    expect(server.names()).toEqual(['/app/KEY']);
  });

  test('must include the key: Encrypt for Standard, GenerateDataKey for Advanced', async () => {
    const key = server.kmsKey('alias/app');
    server.put('/app/KEY', 'x', { keyId: 'alias/app' });
    const allowed = (...actions: string[]) =>
      connect(
        server.accessKey({
          allow: ['PutParameter', 'GetParameter'],
          statements: [{ effect: 'Allow', actions, resources: [key.arn] }],
        }),
      );
    const standard = put('/app/S', 'x', { KeyId: key.id });
    const advanced = put('/app/A', 'x', { KeyId: key.id, Tier: 'Advanced' });
    const [reader, encrypter, generator] = [
      allowed('kms:Decrypt'),
      allowed('kms:Encrypt'),
      allowed('kms:GenerateDataKey'),
    ];
    await reader.send(get('/app/KEY'));
    await encrypter.send(standard);
    await generator.send(advanced);
    for (const [ask, action] of [
      [async () => reader.send(standard), 'Encrypt'],
      [async () => encrypter.send(advanced), 'GenerateDataKey'],
      [async () => generator.send(standard), 'Encrypt'],
      [async () => encrypter.send(get('/app/KEY')), 'Decrypt'],
    ] as const) {
      expect(await failure(ask())).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining(`perform: kms:${action} on resource: ${key.arn}`),
      });
    }
    // The key of the account needs no permission.
    await reader.send(put('/app/KEY2', 'x'));
    await reader.send(get('/app/KEY2'));
  });

  test('of a role take the place of those of the key', async () => {
    server.put('/app/KEY', 'x');
    const role = server.role({ name: 'reader', allow: ['GetParameter'] });
    const credentials = await fromTemporaryCredentials({
      masterCredentials: server.accessKey({ allow: ['sts:AssumeRole'] }),
      params: { RoleArn: role.arn, RoleSessionName: 'me' },
      clientConfig: { endpoint: server.endpoint, region: server.region, maxAttempts: 1 },
    })();
    const client = connect(credentials);
    await client.send(get('/app/KEY'));
    expect(await failure(client.send(put('/app/KEY', 'y')))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('assumed-role/reader/me is not authorized'),
    });
  });
});

describe('requests', () => {
  test('signed for another service are refused', async () => {
    const client = connect(server.accessKey(), { signingName: 'secretsmanager' } as object);
    expect(await failure(client.send(get('/app/KEY')))).toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining("correct service: 'ssm'"),
    });
  });

  test('to other services or operations are refused', async () => {
    for (const target of ['secretsmanager.ListSecrets', '']) {
      const answer = await fetch(server.endpoint, {
        method: 'POST',
        headers: { 'X-Amz-Target': target },
        body: '{}',
      });
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({ __type: 'UnknownOperationException' });
    }
    expect(await failure(connect().send(new ListDocumentsCommand({})))).toMatchObject({
      name: 'UnknownOperationException',
    });
  });

  test('are logged with their names and without values', async () => {
    const key = server.accessKey();
    const client = connect(key);
    await client.send(put('/app/KEY', 'hidden-value'));
    await client.send(new GetParametersCommand({ Names: ['/app/KEY', '/app/none'] }));
    await client.send(path('/app'));
    await failure(client.send(get('/app/none')));
    expect(server.requests).toMatchObject([
      { service: 'ssm', operation: 'PutParameter', names: ['/app/KEY'], status: 200 },
      { operation: 'GetParameters', names: ['/app/KEY', '/app/none'], status: 200 },
      { operation: 'GetParametersByPath', names: ['/app'], status: 200 },
      { operation: 'GetParameter', names: ['/app/none'], errorCode: 'ParameterNotFound' },
    ]);
    expect(server.requests.every(({ accessKeyId }) => accessKeyId === key.accessKeyId)).toBe(true);
    expect(JSON.stringify(server.requests)).not.toContain('hidden');
    expect([server.count(), server.count('GetParameter')]).toEqual([4, 1]);
  });

  test('for what there is not are answered without a text, as AWS does', async () => {
    const client = connect();
    let body = '';
    client.middlewareStack.add(
      (next) => async (args) => {
        const output = await next(args);
        const response = output.response as { body: AsyncIterable<Buffer> };
        const chunks: Buffer[] = [];
        for await (const chunk of response.body) chunks.push(chunk);
        body = Buffer.concat(chunks).toString();
        return output;
      },
      { step: 'deserialize', priority: 'low' },
    );
    await client.send(get('/app/none')).catch(() => undefined);
    expect(body).toBe('{"__type":"ParameterNotFound"}');
  });
});

describe('faults', () => {
  test('hit what they are meant for', async () => {
    for (const name of ['/app/A', '/app/B']) server.put(name, 'x');
    const client = connect();
    const fault = server.faults.add({
      parameter: '/app/B',
      answer: { kind: 'error', code: 'InternalServerError', status: 500 },
    });
    await client.send(get('/app/A'));
    expect(
      await failure(client.send(new GetParametersCommand({ Names: ['/app/A', '/app/B'] }))),
    ).toMatchObject({ name: 'InternalServerError' });
    await client.send(get('/app/B'));
    expect(fault.hits).toBe(1);
  });

  test('lose the answer to a write that took effect', async () => {
    const client = connect();
    server.faults.add({
      operation: 'PutParameter',
      applied: true,
      answer: { kind: 'drop' },
    });
    expect(await failure(client.send(put('/app/KEY', 'x')))).toMatchObject({ code: 'ECONNRESET' });
    // There is no token that makes a repeated write harmless.
    expect((await client.send(put('/app/KEY', 'x'))).Version).toBe(2);
  });

  test('hold a write while others write', async () => {
    server.put('/app/KEY', 'base');
    const client = connect();
    const hold = server.faults.hold({ operation: 'PutParameter', parameter: '/app/KEY' });
    const mine = client.send(put('/app/KEY', 'mine'));
    await hold.reached;
    server.put('/app/KEY', 'theirs');
    hold.release();
    expect((await mine).Version).toBe(3);
    expect(server.parameter('/app/KEY')?.versions.map(({ value }) => value)).toEqual([
      'base',
      'theirs',
      'mine',
    ]);
  });

  test('hold a deletion', async () => {
    server.put('/app/KEY', 'x');
    const hold = server.faults.hold({ operation: 'DeleteParameter', applied: true });
    const deletion = connect().send(new DeleteParameterCommand({ Name: '/app/KEY' }));
    await hold.reached;
    expect(server.names()).toEqual([]);
    hold.release();
    await deletion;
  });
});
