import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type BatchGetSecretValueCommandOutput,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { days, hours, minutes } from '../clock';
import { awsRates } from './server';
import { connect, failure, get, put, server, startServerForEachTest } from './testing';

startServerForEachTest();

describe('listings', () => {
  const names = async (client: SecretsManagerClient): Promise<string[][]> => {
    const pages: string[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await listPage(client, NextToken);
      pages.push(page.names);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return pages;
  };
  const listPage = async (
    client: SecretsManagerClient,
    NextToken?: string,
  ): Promise<{ names: string[]; NextToken: string | undefined }> => {
    const answer = await client.send(new ListSecretsCommand({ NextToken }));
    return {
      names: (answer.SecretList ?? []).map(({ Name = '' }) => Name),
      NextToken: answer.NextToken,
    };
  };

  test('have short and empty pages with more to come', async () => {
    for (const name of ['a', 'b', 'c', 'd']) server.put(name, 'x');
    server.pageSizes = [1, 0, 2];
    expect(await names(connect())).toEqual([['a'], [], ['b', 'c'], ['d']]);
    expect(() => {
      server.pageSizes = [0];
    }).toThrow('would never end');
  });

  test('go on where they were when secrets come and go in between', async () => {
    for (const name of ['a', 'b', 'c', 'd']) server.put(name, 'x');
    server.pageSizes = [2];
    const client = connect();
    const first = await listPage(client);
    server.remove('a');
    server.put('e', 'x');
    const second = await listPage(client, first.NextToken);
    const third = await listPage(client, second.NextToken);
    expect([first.names, second.names, third.names]).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('refuse a token of another question', async () => {
    for (const name of ['a', 'b']) server.put(name, 'x');
    server.pageSizes = [1];
    const client = connect();
    const { NextToken } = await listPage(client);
    expect(
      await failure(client.send(new ListSecretsCommand({ NextToken, SortOrder: 'desc' }))),
    ).toMatchObject({ name: 'InvalidNextTokenException' });
  });

  test('of a batch have pages too', async () => {
    for (const name of ['a', 'b', 'c']) server.put(name, name);
    server.pageSizes = [0, 2];
    const client = connect();
    const SecretIdList = ['a', 'none', 'b', 'c'];
    const pages: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page: BatchGetSecretValueCommandOutput = await client.send(
        new BatchGetSecretValueCommand({ SecretIdList, NextToken }),
      );
      pages.push([
        page.SecretValues?.map(({ SecretString }) => SecretString),
        page.Errors?.map(({ SecretId }) => SecretId),
      ]);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual([
      [[], []],
      [['a'], ['none']],
      [[], []],
      [['b', 'c'], []],
    ]);
  });

  test('lag behind if set to', async () => {
    server.settings.listingLag = minutes(5);
    server.put('gone', 'x');
    server.put('planned', 'x');
    server.clock.advance(minutes(10));
    server.remove('gone');
    server.scheduleDeletion('planned');
    server.put('new', 'x');
    const key = server.accessKey();
    const at = async (offset: number): Promise<string[]> =>
      (await names(connect(key, { systemClockOffset: offset }))).flat();
    expect(await at(minutes(10))).toEqual(['gone', 'planned']);
    server.clock.advance(minutes(5));
    expect(await at(minutes(15))).toEqual(['new']);
  });

  test('hold ten thousand secrets', async () => {
    for (let index = 0; index < 10_000; index += 1) server.put(`s/${index}`, 'x');
    const pages = await names(connect());
    expect([pages.length, new Set(pages.flat()).size]).toEqual([100, 10_000]);
  });
});

describe('time', () => {
  test('ends a recovery window', async () => {
    server.put('app', 'value');
    server.scheduleDeletion('app', 7);
    expect(server.secret('app')?.deletionDate?.getTime()).toBeCloseTo(Date.now() + days(7), -4);
    server.clock.advance(days(7) - minutes(1));
    expect(server.names()).toEqual(['app']);
    server.clock.advance(minutes(1));
    expect(server.names()).toEqual([]);
  });

  test('stands still when stopped', () => {
    const noon = new Date('2030-01-01T12:00:00Z');
    server.clock.stop(noon);
    expect(server.clock.date()).toEqual(noon);
    server.clock.advance(hours(1));
    expect(server.clock.date()).toEqual(new Date('2030-01-01T13:00:00Z'));
  });

  test('passes before a forced deletion is through', async () => {
    server.settings.forcedDeletionTakes = minutes(1);
    server.put('app', 'value');
    const client = connect();
    const create = new CreateSecretCommand({ Name: 'app', SecretString: 'new' });
    await client.send(
      new DeleteSecretCommand({ SecretId: 'app', ForceDeleteWithoutRecovery: true }),
    );
    for (const call of [
      client.send(get('app')),
      client.send(create),
      client.send(new RestoreSecretCommand({ SecretId: 'app' })),
    ]) {
      expect(await failure(call)).toMatchObject({ name: 'InvalidRequestException' });
    }
    server.clock.advance(minutes(1));
    await client.send(create);
    expect(server.secret('app')?.current?.value).toBe('new');
  });

  test('makes room for versions after a day, and not before', async () => {
    server.settings.versionQuota = 3;
    for (const value of ['1', '2', '3']) server.put('app', value);
    const key = server.accessKey();
    expect(await failure(connect(key).send(put('app', '4')))).toMatchObject({
      name: 'LimitExceededException',
    });
    server.clock.advance(days(1) + 1);
    await connect(key, { systemClockOffset: days(1) }).send(put('app', '4'));
    expect(server.secret('app')?.versions.map(({ value, labels }) => [value, labels])).toEqual([
      ['2', []],
      ['3', ['AWSPREVIOUS']],
      ['4', ['AWSCURRENT']],
    ]);
  });
});

describe('limits', () => {
  test('of staging labels on one secret', async () => {
    server.put('app', '0');
    const client = connect();
    const VersionStages = Array.from({ length: 19 }, (_, index) => `LABEL-${index}`);
    const labelled = new PutSecretValueCommand({
      SecretId: 'app',
      SecretString: '1',
      VersionStages,
    });
    await client.send(labelled);
    expect(
      await failure(
        client.send(
          new PutSecretValueCommand({
            SecretId: 'app',
            SecretString: '2',
            VersionStages: ['LABEL-19'],
          }),
        ),
      ),
    ).toMatchObject({ name: 'LimitExceededException' });
  });

  test('of requests per second, by the server’s clock', async () => {
    server.put('app', '0');
    server.rates = awsRates;
    const key = server.accessKey();
    const now = new Date();
    server.clock.stop(now);
    const client = connect(key);
    for (let index = 0; index < 50; index += 1) await client.send(put('app', String(index)));
    expect(await failure(client.send(put('app', 'too much')))).toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400 },
    });
    server.clock.advance(1000);
    await client.send(put('app', 'again'));
    expect(server.secret('app')?.current?.value).toBe('again');
  });
});

describe('secrets that refuse', () => {
  test('because another service owns them', async () => {
    server.put('rds!db-1', '{}', { owningService: 'rds' });
    const client = connect();
    await client.send(get('rds!db-1'));
    const { SecretList } = await client.send(new ListSecretsCommand({}));
    expect(SecretList?.[0]?.OwningService).toBe('rds');
    for (const call of [
      client.send(put('rds!db-1', '{}')),
      client.send(new DeleteSecretCommand({ SecretId: 'rds!db-1' })),
    ]) {
      expect(await failure(call)).toMatchObject({
        name: 'InvalidRequestException',
        message: expect.stringContaining('managed by rds'),
      });
    }
  });

  test('because of their key', async () => {
    server.put('app', 'value');
    const client = connect();
    server.breakKms('app', 'decrypt');
    expect(await failure(client.send(get('app')))).toMatchObject({ name: 'DecryptionFailure' });
    const batch = await client.send(new BatchGetSecretValueCommand({ SecretIdList: ['app'] }));
    expect(batch.Errors).toMatchObject([{ SecretId: 'app', ErrorCode: 'DecryptionFailure' }]);
    server.breakKms('app', 'encrypt');
    expect(await failure(client.send(put('app', '2')))).toMatchObject({
      name: 'EncryptionFailure',
    });
    server.breakKms('app', 'denied');
    expect(await failure(client.send(get('app')))).toMatchObject({
      name: 'AccessDeniedException',
      message: 'Access to KMS is not allowed',
    });
    server.breakKms('app', undefined);
    await client.send(get('app'));
  });
});
