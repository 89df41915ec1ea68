/** Reading many, and very many. */
import { MOST_AT_ONCE } from '@core/network/request-limit';
import { systemRuntime } from '@core/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  awsRates,
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import type { ReadOutcome, SecretsProvider } from '../provider';
import type { AwsOptions } from '../aws/options';
import { collect, makeProvider, signal, summaryOf } from '@test/support/aws-secrets-manager';
import { AppError, concernsConnection, errorCodes, type ErrorCode } from '@shared/errors';
import type { SecretsManagerConnection } from './connection';
import { BatchReader } from './read-many';

let server: SecretsManagerServer;
const providers: SecretsProvider[] = [];

beforeEach(async () => {
  server = await startSecretsManagerServer();
});

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.dispose();
  await server.stop();
});

function providerWith(key: AccessKey, options?: AwsOptions): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider({ endpoint, region, ...key }, options);
  providers.push(provider);
  return provider;
}

/** Puts this many secrets and returns what reading them should give. */
function fill(count: number): Record<string, string> {
  const texts = Array.from(
    { length: count },
    (_, index) => [`many/${String(index)}`, `{"INDEX":${String(index)}}`] as const,
  );
  for (const [name, text] of texts) server.put(name, text);
  return Object.fromEntries(texts);
}

const readAll = async (provider: SecretsProvider, paths: string[]): Promise<ReadOutcome[]> =>
  await collect(provider.readMany(paths, { signal }));

describe('very many secrets', () => {
  it('are listed and read twenty at a time, over few connections', async () => {
    const texts = fill(10_000);
    const provider = providerWith(server.accessKey());
    const { secrets } = await provider.list({ signal });
    expect(secrets).toHaveLength(10_000);
    server.clearLog();

    const outcomes = await readAll(
      provider,
      secrets.map(({ path }) => path),
    );

    expect(outcomes).toHaveLength(10_000);
    expect(summaryOf(outcomes)).toEqual(texts);
    expect(server.count('BatchGetSecretValue')).toBe(500);
    expect(server.count()).toBe(500);
    expect(server.concurrency.peak).toBeLessThanOrEqual(4);
    expect(server.connections.total).toBeLessThanOrEqual(5);
  }, 60_000);

  it('are read one by one with the five permissions of the guide', async () => {
    const texts = fill(1_000);
    const provider = providerWith(server.guideAccessKey());

    const outcomes = await readAll(provider, Object.keys(texts));

    expect(outcomes).toHaveLength(1_000);
    expect(summaryOf(outcomes)).toEqual(texts);
    expect(server.count('BatchGetSecretValue')).toBe(1);
    expect(server.count('GetSecretValue')).toBe(1_000);
    expect(server.concurrency.peak).toBeLessThanOrEqual(MOST_AT_ONCE);
    expect(server.connections.total).toBeLessThanOrEqual(MOST_AT_ONCE);

    await readAll(provider, Object.keys(texts).slice(0, 50));
    expect(server.count('BatchGetSecretValue')).toBe(1);
  }, 60_000);
});

describe('what a batch does not settle', () => {
  it('is read by itself', async () => {
    const texts = fill(45);
    server.put('leaving', '{}');
    server.scheduleDeletion('leaving');
    server.put('locked', '{}');
    server.breakKms('locked', 'decrypt');
    server.put('forbidden', '{}');
    const key = server.accessKey({
      statements: [
        {
          effect: 'Deny',
          actions: ['secretsmanager:GetSecretValue'],
          resources: ['*:secret:forbidden-*'],
        },
      ],
    });
    server.pageSizes = [7];
    const paths = ['missing', 'leaving', ...Object.keys(texts), 'locked', 'forbidden'];

    const outcomes = await readAll(providerWith(key), paths);

    expect(outcomes).toHaveLength(paths.length);
    expect(summaryOf(outcomes)).toEqual({
      ...texts,
      missing: 'NOT_FOUND',
      leaving: 'SCHEDULED_FOR_DELETION',
      locked: 'ENCRYPTION_FAILED',
      forbidden: 'PERMISSION_DENIED',
    });
  });

  it('is read by itself where the whole batch is refused', async () => {
    const texts = fill(45);
    server.faults.add({
      operation: 'BatchGetSecretValue',
      skip: 1,
      answer: { kind: 'error', code: 'InvalidParameterException' },
    });
    const outcomes = await readAll(providerWith(server.accessKey()), Object.keys(texts));
    expect(summaryOf(outcomes)).toEqual(texts);
    expect(server.count('BatchGetSecretValue')).toBe(3);
  });

  it.each([
    ['does not know', { kind: 'error', code: 'UnknownOperationException' }],
    ['has not built', { kind: 'error', code: 'InternalFailure', status: 501 }],
  ] as const)('is everything, where a compatible server %s batches', async (_, answer) => {
    const texts = fill(45);
    server.faults.add({ operation: 'BatchGetSecretValue', times: Infinity, answer });
    const provider = providerWith(server.accessKey());
    expect(summaryOf(await readAll(provider, Object.keys(texts)))).toEqual(texts);
    expect(summaryOf(await readAll(provider, Object.keys(texts)))).toEqual(texts);
    expect(server.count('BatchGetSecretValue')).toBe(1);
  });
});

it('comes through the rates of AWS', async () => {
  // More batches than the rate allows in a second, as fast as loopback is.
  const texts = fill(2_400);
  server.rates = awsRates;
  const outcomes = await readAll(providerWith(server.accessKey()), Object.keys(texts));
  expect(summaryOf(outcomes)).toEqual(texts);
}, 60_000);

it('leaves a server alone that throttles, and reads everything in the end', async () => {
  const texts = fill(150);
  server.rates = [{ operations: ['GetSecretValue'], perSecond: 30 }];
  const outcomes = await readAll(providerWith(server.guideAccessKey()), Object.keys(texts));
  expect(summaryOf(outcomes)).toEqual(texts);
  const refused = server.count('GetSecretValue') - 150;
  expect(refused).toBeGreaterThan(0);
  // Most of them in the first moment, before the rate is known.
  expect(refused).toBeLessThan(110);
}, 60_000);

it('asks for many at a time again, once that is over', async () => {
  const texts = fill(400);
  let later = 0;
  const runtime = { ...systemRuntime, monotonic: () => systemRuntime.monotonic() + later };
  const provider = providerWith(server.guideAccessKey(), { runtime });
  const code = 'ThrottlingException';
  server.faults.add({ operation: 'GetSecretValue', times: 2, answer: { kind: 'error', code } });
  // Slow enough for requests to meet.
  server.faults.add({ operation: 'GetSecretValue', times: Infinity, delayMs: 20 });
  await readAll(provider, Object.keys(texts).slice(0, 40));
  server.clearLog();
  later = 60_000;
  await readAll(provider, Object.keys(texts));
  expect(server.concurrency.peak).toBeGreaterThan(4);
}, 60_000);

it('gives up on the rest when nothing is answered any more, and keeps what it has', async () => {
  const texts = fill(2_000);
  const guided = server.guideAccessKey();
  server.faults.add({
    operation: 'GetSecretValue',
    skip: 100,
    times: Infinity,
    answer: { kind: 'drop' },
  });
  const outcomes = await readAll(providerWith(guided, { maxAttempts: 1 }), Object.keys(texts));
  const codes = Object.values(summaryOf(outcomes));
  expect(outcomes).toHaveLength(2_000);
  expect(codes.filter((code) => code === 'CONNECTION_RESET')).toHaveLength(1_900);
  // Not those that were under way already.
  expect(server.count('GetSecretValue')).toBeLessThan(101 + MOST_AT_ONCE);
});

it('gives up on the rest after failures of the whole connection, and of nothing else', async () => {
  const callsFor = async (code: ErrorCode): Promise<number> => {
    let calls = 0;
    const limit = { current: 4 };
    const connection = {
      limits: { BatchGetSecretValue: limit, GetSecretValue: limit },
      call: () => {
        calls += 1;
        return Promise.reject(new AppError(code));
      },
    } as unknown as SecretsManagerConnection;
    const paths = Array.from({ length: 100 }, (_, index) => String(index));
    const outcomes = await collect(new BatchReader(connection).read(paths, signal));
    expect(Object.values(summaryOf(outcomes))).toEqual(paths.map(() => code));
    return calls;
  };
  const givenUp: ErrorCode[] = [];
  for (const code of errorCodes) {
    if (code !== 'CANCELLED' && (await callsFor(code)) < 10) givenUp.push(code);
  }
  expect(givenUp).toEqual(errorCodes.filter(concernsConnection));
  expect(givenUp).toEqual(
    expect.arrayContaining([
      'TLS_OLD_VERSION',
      'TLS_CLIENT_CERTIFICATE',
      'PROXY_UNREACHABLE',
      'PROXY_AUTHENTICATION',
      'PROXY_REFUSED',
      'ROLE_REFUSED',
    ]),
  );
});

it('goes on when only some calls fail', async () => {
  const texts = fill(200);
  for (const skip of [20, 60, 100]) {
    server.faults.add({ operation: 'GetSecretValue', skip, answer: { kind: 'drop' } });
  }
  const provider = providerWith(server.guideAccessKey(), { maxAttempts: 1 });
  const outcomes = await readAll(provider, Object.keys(texts));
  const failed = outcomes.filter((outcome) => 'error' in outcome);
  expect(failed).toHaveLength(3);
});

it('stops when its reader leaves', async () => {
  const texts = fill(1_000);
  const provider = providerWith(server.guideAccessKey());
  for await (const _ of provider.readMany(Object.keys(texts), { signal })) break;
  expect(server.count('GetSecretValue')).toBeLessThan(100);
});
