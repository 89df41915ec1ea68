import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  RestoreSecretCommand,
  UpdateSecretVersionStageCommand,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { describe, expect, test } from 'vitest';
import { hours, minutes } from '../clock';
import { type AccessKey } from './server';
import { connect, failure, get, put, server, startServerForEachTest } from './testing';

startServerForEachTest();

describe('policies', () => {
  const prefix = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:';

  test('of the guide permit five operations and no other', async () => {
    const client = connect(server.guideAccessKey());
    await client.send(new CreateSecretCommand({ Name: 'app', SecretString: '1' }));
    await client.send(put('app', '2'));
    await client.send(get('app'));
    await client.send(new ListSecretsCommand({}));
    const arn = server.secret('app')?.arn ?? '';
    const id = server.secret('app')?.current?.id ?? '';
    for (const [operation, call] of [
      ['DescribeSecret', client.send(new DescribeSecretCommand({ SecretId: 'app' }))],
      ['RestoreSecret', client.send(new RestoreSecretCommand({ SecretId: 'app' }))],
      [
        'UpdateSecretVersionStage',
        client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: 'app',
            VersionStage: 'X',
            MoveToVersionId: id,
          }),
        ),
      ],
    ] as const) {
      expect(await failure(call)).toMatchObject({
        name: 'AccessDeniedException',
        message: `User: arn:aws:iam::123456789012:user/guide is not authorized to perform: secretsmanager:${operation} on resource: ${arn} because no identity-based policy allows the secretsmanager:${operation} action`,
      });
    }
    expect(
      await failure(client.send(new BatchGetSecretValueCommand({ SecretIdList: ['app'] }))),
    ).toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:iam::123456789012:user/guide is not authorized to perform: secretsmanager:BatchGetSecretValue because no identity-based policy allows the secretsmanager:BatchGetSecretValue action',
    });
    await client.send(new DeleteSecretCommand({ SecretId: 'app' }));
  });

  test('on some secrets leave out the rest, and listing', async () => {
    server.put('myapp/one', '1');
    server.put('other/one', '1');
    const key = server.accessKey({ resources: [`${prefix}myapp/*`] });
    const client = connect(key);
    await client.send(get('myapp/one'));
    await client.send(new CreateSecretCommand({ Name: 'myapp/two', SecretString: '2' }));
    const denied = [
      client.send(get('other/one')),
      client.send(new CreateSecretCommand({ Name: 'other/two', SecretString: '2' })),
      client.send(new ListSecretsCommand({})),
      client.send(new BatchGetSecretValueCommand({ SecretIdList: ['myapp/one'] })),
      // A missing secret is matched by its bare name, as AWS does.
      client.send(get('myapp/none')),
    ];
    for (const call of denied) {
      expect(await failure(call)).toMatchObject({ name: 'AccessDeniedException' });
    }
    server.changePolicy(key.accessKeyId, {
      resources: [`${prefix}myapp/*`],
      statements: [{ effect: 'Allow', actions: ['ListSecrets'], resources: ['*'] }],
    });
    const { SecretList = [] } = await client.send(new ListSecretsCommand({}));
    expect(SecretList.map(({ Name }) => Name)).toEqual(['myapp/one', 'other/one', 'myapp/two']);
  });

  test('deny whatever else allows', async () => {
    server.put('app', 'value');
    const client = connect(server.accessKey({ deny: ['Get*'] }));
    await client.send(put('app', '2'));
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('with an explicit deny in an identity-based policy'),
    });
  });

  test('apply to each secret of a batch', async () => {
    server.put('mine', '1');
    server.put('theirs', '2');
    const client = connect(
      server.accessKey({
        allow: ['BatchGetSecretValue'],
        statements: [
          { effect: 'Allow', actions: ['GetSecretValue'], resources: [`${prefix}mine-??????`] },
        ],
      }),
    );
    const answer = await client.send(
      new BatchGetSecretValueCommand({ SecretIdList: ['mine', 'theirs'] }),
    );
    expect(answer.SecretValues?.map(({ Name }) => Name)).toEqual(['mine']);
    expect(answer.Errors).toMatchObject([
      { SecretId: 'theirs', ErrorCode: 'AccessDeniedException' },
    ]);
  });
});

describe('STS', () => {
  const call = async (
    key: AccessKey,
    parameters: Record<string, string>,
  ): Promise<{ status: number; text: string }> => {
    // The Secrets Manager client signs the request; the content is a call of STS.
    const client = connect(key, { signingName: 'sts' } as SecretsManagerClientConfig);
    let result = { status: 0, text: '' };
    client.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { headers: Record<string, string>; body: string };
        delete request.headers['x-amz-target'];
        request.headers['content-type'] = 'application/x-www-form-urlencoded';
        request.body = new URLSearchParams({ Version: '2011-06-15', ...parameters }).toString();
        request.headers['content-length'] = String(request.body.length);
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    client.middlewareStack.add(
      (next) => async (args) => {
        const output = await next(args);
        const response = output.response as {
          statusCode: number;
          body: AsyncIterable<Buffer>;
        };
        const chunks: Buffer[] = [];
        for await (const chunk of response.body) chunks.push(chunk);
        result = { status: response.statusCode, text: Buffer.concat(chunks).toString() };
        return output;
      },
      { step: 'deserialize', priority: 'low' },
    );
    await client.send(new ListSecretsCommand({})).catch(() => undefined);
    return result;
  };

  const field = (text: string, name: string): string =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';

  test('tells who is calling', async () => {
    const key = server.accessKey({ name: 'somebody', allow: [] });
    const { status, text } = await call(key, { Action: 'GetCallerIdentity' });
    expect(status).toBe(200);
    expect(field(text, 'Arn')).toBe('arn:aws:iam::123456789012:user/somebody');
    expect([field(text, 'Account'), field(text, 'UserId')]).toEqual([server.account, key.userId]);
  });

  test('names failures its own way', async () => {
    const key = { ...server.accessKey(), secretAccessKey: 'wrong' };
    const { status, text } = await call(key, { Action: 'GetCallerIdentity' });
    expect([status, field(text, 'Code')]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('gives a role to whom may have it, for an hour', async () => {
    server.put('app', 'value');
    server.put('other', 'value');
    const role = server.role({
      name: 'deployer',
      externalId: 'shared-word',
      allow: ['GetSecretValue'],
      resources: [`arn:aws:secretsmanager:us-east-1:*:secret:app-*`],
    });
    const key = server.accessKey({ allow: ['sts:AssumeRole'] });
    const assume = (
      RoleArn: string,
      ExternalId?: string,
    ): ReturnType<typeof fromTemporaryCredentials> =>
      fromTemporaryCredentials({
        masterCredentials: key,
        params: {
          RoleArn,
          RoleSessionName: 'me',
          ...(ExternalId === undefined ? {} : { ExternalId }),
        },
        clientConfig: { endpoint: server.endpoint, region: server.region, maxAttempts: 1 },
      });
    for (const provider of [
      assume(role.arn),
      assume(role.arn, 'guess'),
      assume(`${role.arn}-not`, 'shared-word'),
    ]) {
      expect(await failure(provider())).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining('not authorized to perform: sts:AssumeRole on resource'),
        $metadata: { httpStatusCode: 403 },
      });
    }
    const credentials = await assume(role.arn, 'shared-word')();
    expect(credentials.expiration?.getTime()).toBeGreaterThan(Date.now() + minutes(59));
    await connect(credentials).send(get('app'));
    expect(await failure(connect(credentials).send(get('other')))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'User: arn:aws:sts::123456789012:assumed-role/deployer/me is not authorized',
      ),
    });
    server.clock.advance(hours(1));
    const later = connect(credentials, { systemClockOffset: hours(1) });
    expect(await failure(later.send(get('app')))).toMatchObject({ name: 'ExpiredTokenException' });
  });

  test('tells apart who may not ask, and what is written wrongly', async () => {
    const role = server.role({ name: 'deployer', trusts: ['arn:aws:iam::*:user/alice'] });
    const ask = async (
      key: AccessKey,
      parameters: Record<string, string> = {},
    ): Promise<readonly [number, string, string]> => {
      const { status, text } = await call(key, {
        Action: 'AssumeRole',
        RoleArn: role.arn,
        RoleSessionName: 'me',
        ...parameters,
      });
      return [status, field(text, 'Code'), field(text, 'Message')];
    };
    const alice = server.accessKey({ name: 'alice' });
    expect(await ask(alice)).toEqual([200, '', '']);
    expect(await ask(server.accessKey({ name: 'bob' }))).toEqual([
      403,
      'AccessDenied',
      `User: arn:aws:iam::123456789012:user/bob is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`,
    ]);
    expect(await ask(server.guideAccessKey())).toEqual([
      403,
      'AccessDenied',
      expect.stringContaining('because no identity-based policy allows the sts:AssumeRole action'),
    ]);
    for (const wrong of [{ RoleArn: 'deployer' }, { ExternalId: 'a b' }]) {
      expect(await ask(alice, wrong)).toMatchObject([400, 'ValidationError', expect.anything()]);
    }
  });
});
