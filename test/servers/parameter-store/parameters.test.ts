/** What only the stand-in can show: its clock, its settings, keys in every state, and what tests ask it. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  type GetParametersByPathCommandOutput,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { seconds } from '../clock';
import { awsRates } from './server';
import { connect, failure, get, put, server, startServerForEachTest } from './testing';

startServerForEachTest();

const remove = (name: string): DeleteParameterCommand => new DeleteParameterCommand({ Name: name });

describe('time', () => {
  test('frees the name of a deleted parameter after thirty seconds', async () => {
    server.clock.stop();
    server.put('/app/KEY', 'old');
    const client = connect();
    await client.send(remove('/app/KEY'));
    server.clock.advance(seconds(30) - 1);
    expect(await failure(client.send(put('/app/KEY', 'new')))).toMatchObject({
      name: 'TooManyUpdates',
      message: expect.stringContaining('stale tags'),
    });
    expect(server.parameter('/app/KEY')).toBeUndefined();
    server.clock.advance(1);
    expect((await client.send(put('/app/KEY', 'new'))).Version).toBe(1);
  });

  test('keeps two writes to one name apart', async () => {
    server.clock.stop();
    server.settings.writeTakes = 500;
    const client = connect();
    await client.send(put('/app/KEY', '1'));
    await client.send(put('/app/OTHER', '1'));
    for (const command of [
      put('/app/KEY', '2'),
      new LabelParameterVersionCommand({ Name: '/app/KEY', Labels: ['live'] }),
      new AddTagsToResourceCommand({
        ResourceType: 'Parameter',
        ResourceId: '/app/KEY',
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    ]) {
      expect(await failure(client.send(command as ReturnType<typeof put>))).toMatchObject({
        name: 'TooManyUpdates',
      });
    }
    expect(server.parameter('/app/KEY')).toMatchObject({ value: '1', version: 1, tags: {} });
    server.clock.advance(500);
    await client.send(put('/app/KEY', '2'));
    expect(server.parameter('/app/KEY')?.version).toBe(2);
  });

  test('is the time of each version', async () => {
    server.clock.stop(new Date('2026-01-02T03:04:05Z'));
    server.put('/app/KEY', '1');
    server.clock.advance(seconds(1));
    server.put('/app/KEY', '2');
    const { Parameters = [] } = await connect(server.accessKey(), {
      systemClockOffset: server.clock.now() - Date.now(),
    }).send(new GetParameterHistoryCommand({ Name: '/app/KEY' }));
    expect(Parameters.map(({ LastModifiedDate }) => LastModifiedDate?.toISOString())).toEqual([
      '2026-01-02T03:04:05.000Z',
      '2026-01-02T03:04:06.000Z',
    ]);
  });
});

describe('rates', () => {
  test('of AWS permit three writes and forty reads a second', async () => {
    server.clock.stop();
    server.rates = awsRates;
    const client = connect();
    for (const name of ['a', 'b', 'c']) await client.send(put(name, 'x'));
    const throttled = { name: 'ThrottlingException', message: 'Rate exceeded' };
    expect(await failure(client.send(put('d', 'x')))).toMatchObject(throttled);
    for (let index = 0; index < 38; index += 1) await client.send(get('a'));
    await client.send(new GetParametersByPathCommand({ Path: '/' }));
    await client.send(new GetParametersCommand({ Names: ['a'] }));
    expect(await failure(client.send(get('a')))).toMatchObject(throttled);
    server.clock.advance(seconds(1));
    await client.send(put('d', 'x'));
    await client.send(get('d'));
  });
});

describe('keys', () => {
  test('encrypt what names them, and only that', async () => {
    const key = server.kmsKey('alias/app');
    const client = connect();
    for (const KeyId of ['alias/app', key.id, key.arn]) {
      await client.send(put('/app/KEY', 'x', { KeyId }));
      const { Parameters = [] } = await client.send(new DescribeParametersCommand({}));
      expect(Parameters.map((found) => found.KeyId)).toEqual([KeyId]);
    }
    // Without a key, an overwrite takes the key of the account, as AWS documents.
    await client.send(put('/app/KEY', 'y'));
    expect(server.parameter('/app/KEY')?.keyId).toBe('alias/aws/ssm');
  });

  test.each([
    ['Disabled', 'InvalidKeyId', 'is disabled. (Service: AWSKMS'],
    ['PendingDeletion', 'InvalidKeyId', 'is pending deletion. (Service: AWSKMS'],
  ] as const)('that are %s neither read nor write', async (state, name, words) => {
    const key = server.kmsKey('alias/app');
    server.put('/app/KEY', 'x', { keyId: 'alias/app' });
    key.state = state;
    const client = connect();
    for (const call of [
      client.send(get('/app/KEY')),
      client.send(put('/app/KEY', 'y', { KeyId: 'alias/app' })),
    ]) {
      expect(await failure(call)).toMatchObject({ name, message: expect.stringContaining(words) });
    }
    expect(server.parameter('/app/KEY')?.version).toBe(1);
    key.state = 'Enabled';
    await client.send(get('/app/KEY'));
  });

  test('that there are not are named as KMS does', async () => {
    const client = connect();
    for (const [KeyId, words] of [
      ['alias/none', 'Alias arn:aws:kms:us-east-1:123456789012:alias/none is not found.'],
      [
        '8a5e9b5c-0000-4000-8000-000000000000',
        "Key 'arn:aws:kms:us-east-1:123456789012:key/8a5e9b5c-0000-4000-8000-000000000000' does not exist",
      ],
      ['nonsense', "Invalid keyId 'nonsense'"],
    ] as const) {
      expect(await failure(client.send(put('/app/KEY', 'x', { KeyId })))).toMatchObject({
        name: 'InvalidKeyId',
        message: expect.stringContaining(words),
      });
    }
    expect(server.names()).toEqual([]);
  });

  test('that permit nobody fail reads with decryption only', async () => {
    const key = server.kmsKey('alias/app');
    server.put('/app/KEY', 'x', { keyId: 'alias/app' });
    key.locked = true;
    const client = connect();
    for (const call of [
      client.send(get('/app/KEY')),
      client.send(new GetParametersByPathCommand({ Path: '/app', WithDecryption: true })),
    ]) {
      expect(await failure(call)).toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining('The ciphertext refers to a customer master key'),
      });
    }
    const { Parameters } = await client.send(new GetParametersByPathCommand({ Path: '/app' }));
    expect(Parameters?.[0]?.Value).toMatch(/^AQICAH/);
  });
});

describe('limits', () => {
  test('of Standard parameters leave room for Advanced ones', async () => {
    server.settings.standardQuota = 2;
    const client = connect();
    await client.send(put('a', 'x'));
    await client.send(put('b', 'x'));
    await client.send(put('b', 'y'));
    expect(await failure(client.send(put('c', 'x')))).toMatchObject({
      name: 'ParameterLimitExceeded',
    });
    await client.send(put('c', 'x', { Tier: 'Advanced' }));
    await client.send(put('b', 'x', { Tier: 'Advanced' }));
    await client.send(put('d', 'x'));
    await client.send(remove('a'));
    await client.send(put('e', 'x'));
    expect(await failure(client.send(put('f', 'x')))).toMatchObject({
      name: 'ParameterLimitExceeded',
    });
  });

  test('of tags count those that are there', async () => {
    server.settings.tagQuota = 2;
    server.put('a', 'x', { tags: { one: '1', two: '2' } });
    const tag = (Key: string): AddTagsToResourceCommand =>
      new AddTagsToResourceCommand({
        ResourceType: 'Parameter',
        ResourceId: 'a',
        Tags: [{ Key, Value: 'new' }],
      });
    const client = connect();
    await client.send(tag('two'));
    expect(await failure(client.send(tag('three')))).toMatchObject({ name: 'TooManyTagsError' });
    expect(server.parameter('a')?.tags).toEqual({ one: '1', two: 'new' });
  });

  test('of sizes count bytes', async () => {
    const client = connect();
    await client.send(put('a', 'ü'.repeat(2048)));
    expect(await failure(client.send(put('a', 'ü'.repeat(2049))))).toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('listings', () => {
  test('have short and empty pages with more to come', async () => {
    for (const name of ['a', 'b', 'c', 'd']) server.put(`/app/${name}`, name);
    server.pageSizes = [0, 3, 0];
    const client = connect();
    const pages: number[] = [];
    let NextToken: string | undefined;
    do {
      const page: GetParametersByPathCommandOutput = await client.send(
        new GetParametersByPathCommand({ Path: '/app', NextToken }),
      );
      pages.push(page.Parameters?.length ?? 0);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual([0, 3, 0, 0, 1]);
  });

  test('skip nothing when others write between two pages', async () => {
    for (const name of ['b', 'c', 'd']) server.put(`/app/${name}`, name);
    const client = connect();
    const page = { Path: '/app', MaxResults: 2 };
    const first = await client.send(new GetParametersByPathCommand(page));
    server.put('/app/a', 'early');
    server.remove('/app/b');
    const rest = await client.send(
      new GetParametersByPathCommand({ ...page, NextToken: first.NextToken }),
    );
    expect(rest.Parameters?.map(({ Name }) => Name)).toEqual(['/app/d']);
  });

  test('of the root have names without a slash, too', async () => {
    for (const name of ['flat', '/one', '/deep/two']) server.put(name, 'x');
    const { Parameters = [] } = await connect().send(new GetParametersByPathCommand({ Path: '/' }));
    expect(Parameters.map(({ Name }) => Name)).toEqual(['/one', 'flat']);
  });

  test('are filtered by tag, key, tier and type', async () => {
    server.kmsKey('alias/app');
    server.put('/a', 'x', { tags: { owner: 'strongroom' } });
    server.put('/b', 'x', { keyId: 'alias/app' });
    server.put('/c', 'x', { tier: 'Advanced', type: 'StringList', tags: { owner: 'them' } });
    const client = connect();
    for (const [Key, Values, names] of [
      ['tag:owner', ['strongroom'], ['/a']],
      ['tag:owner', undefined, ['/a', '/c']],
      ['KeyId', ['alias/app'], ['/b']],
      ['Tier', ['Advanced'], ['/c']],
      ['Type', ['SecureString'], ['/a', '/b']],
    ] as const) {
      const ParameterFilters = [{ Key, ...(Values === undefined ? {} : { Values: [...Values] }) }];
      const { Parameters = [] } = await client.send(
        new DescribeParametersCommand({ ParameterFilters }),
      );
      expect(Parameters.map(({ Name }) => Name)).toEqual(names);
    }
  });
});

describe('set-up and inspection', () => {
  test('need no request', () => {
    server.kmsKey('alias/app');
    expect(server.put('/app/KEY', 'one', { description: 'd', keyId: 'alias/app' })).toBe(1);
    expect(server.put('/app/KEY', 'x'.repeat(5000), { tags: { a: 'b' } })).toBe(2);
    server.label('/app/KEY', 'live', 1);
    server.put('LIST', 'a,b', { type: 'StringList' });
    expect(server.names()).toEqual(['/app/KEY', 'LIST']);
    expect(server.parameter('/app/KEY')).toMatchObject({
      name: '/app/KEY',
      arn: 'arn:aws:ssm:us-east-1:123456789012:parameter/app/KEY',
      type: 'SecureString',
      keyId: 'alias/app',
      tier: 'Advanced',
      description: 'd',
      tags: { a: 'b' },
      version: 2,
      versions: [
        { version: 1, value: 'one', tier: 'Standard', labels: new Set(['live']) },
        { version: 2, labels: new Set() },
      ],
    });
    expect(server.parameter('LIST')).toMatchObject({ type: 'StringList', keyId: undefined });
    server.remove('LIST');
    expect(server.parameter('LIST')).toBeUndefined();
    expect(server.count()).toBe(0);
  });

  test('obey the rules for names and values', () => {
    expect(() => server.put('a/b', 'x')).toThrow('fully qualified');
    expect(() => server.put('/aws/app/KEY', 'x')).toThrow('reserved');
    expect(() => server.put('a', 'x'.repeat(8193))).toThrow('8192');
    expect(server.names()).toEqual([]);
  });
});
