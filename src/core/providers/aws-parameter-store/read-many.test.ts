/** Reading many environments that are one parameter each: ten a call. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AccessKey } from '@test/servers/aws/principals';
import {
  startParameterStoreServer,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import { collect, makeProvider, signal, summaryOf } from '@test/support/aws-parameter-store';
import type { SecretsProvider } from '../provider';

let server: ParameterStoreServer;

beforeEach(async () => {
  server = await startParameterStoreServer();
  onTestFinished(() => server.stop());
});

function connect(key: AccessKey = server.guideAccessKey('/app')): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider({ endpoint, region, prefix: '/app', ...key }, { maxAttempts: 1 });
  onTestFinished(() => {
    provider.dispose();
  });
  return provider;
}

/** Puts this many environments, one parameter each, and returns what reading them should give. */
function fill(count: number): Record<string, string> {
  const texts: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) {
    const path = `env-${String(index)}`;
    texts[path] = `{"INDEX":${String(index)}}`;
    server.put(`/app/${path}`, texts[path]);
  }
  return texts;
}

const readAll = async (provider: SecretsProvider, paths: readonly string[]) =>
  summaryOf(await collect(provider.readMany(paths, { signal })));

const calls = () => ({
  many: server.count('GetParameters'),
  one: server.count('GetParameter'),
});

describe('environments in one parameter each', () => {
  it('are read ten a call', async () => {
    const texts = fill(95);
    expect(await readAll(connect(), Object.keys(texts))).toEqual(texts);
    expect(calls()).toEqual({ many: 10, one: 0 });
  });

  it('are read like one by one: revision, version and time', async () => {
    const provider = connect();
    fill(2);
    server.put('/app/env-1', '{"INDEX":2}');
    const outcomes = await collect(provider.readMany(['env-0', 'env-1'], { signal }));
    for (const { path, ...outcome } of outcomes) {
      expect(outcome).toEqual({ snapshot: await provider.read(path, { signal }) });
    }
    expect(outcomes).toHaveLength(2);
  });

  it('are read by a call each if there is only one of them', async () => {
    const texts = fill(1);
    expect(await readAll(connect(), ['env-0'])).toEqual(texts);
    expect(calls()).toEqual({ many: 0, one: 1 });
  });

  it('are missing without an extra call, with the error of a single read', async () => {
    const provider = connect();
    const texts = fill(3);
    const outcomes = await collect(provider.readMany([...Object.keys(texts), 'none'], { signal }));
    expect(summaryOf(outcomes)).toEqual({ ...texts, none: 'NOT_FOUND' });
    expect(calls()).toEqual({ many: 1, one: 0 });
    const single = await provider.read('none', { signal }).catch((error: unknown) => error);
    const { error } = outcomes.find(({ path }) => path === 'none') as { error: Error };
    expect(error.message).toBe((single as Error).message);
  });

  it('are found beside folders', async () => {
    const texts = fill(2);
    server.put('/app/shop/KEY', 'value');
    expect(await readAll(connect(), ['shop/', ...Object.keys(texts), 'none/'])).toEqual({
      ...texts,
      'shop/': '{"KEY":"value"}',
      'none/': 'NOT_FOUND',
    });
  });
});

describe('one bad parameter of a batch', () => {
  const others = (texts: Record<string, string>, bad: string): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).filter(([path]) => path !== bad));

  it('is refused by a policy, and the nine others are read', async () => {
    const texts = fill(10);
    const key = server.guideAccessKey('/app', {
      statements: [
        {
          effect: 'Deny',
          actions: ['ssm:GetParameter', 'ssm:GetParameters'],
          resources: [server.parameter('/app/env-4')?.arn ?? ''],
        },
      ],
    });
    expect(await readAll(connect(key), Object.keys(texts))).toEqual({
      ...others(texts, 'env-4'),
      'env-4': 'PERMISSION_DENIED',
    });
  });

  it('has a KMS key that may not be used, and the nine others are read', async () => {
    const texts = fill(10);
    const key = server.guideAccessKey('/app');
    server.kmsKey('alias/secret');
    server.put('/app/env-4', 'x', { type: 'SecureString', keyId: 'alias/secret' });
    expect(await readAll(connect(key), Object.keys(texts))).toEqual({
      ...others(texts, 'env-4'),
      'env-4': 'ENCRYPTION_FAILED',
    });
  });

  it.each([
    ['a space in its name', 'a b'],
    ['a slash in front of it', '/env'],
  ])('has %s, and the others are read', async (_, bad) => {
    const texts = fill(3);
    expect(await readAll(connect(), [...Object.keys(texts), bad])).toEqual({
      ...texts,
      [bad]: 'NAME_NOT_ALLOWED',
    });
  });
});

describe('a call for ten', () => {
  it('that the policy lacks is replaced by a call each', async () => {
    const texts = fill(12);
    const key = server.guideAccessKey('/app');
    key.policy = key.policy.map((statement) => ({
      ...statement,
      actions: statement.actions.filter((action) => action !== 'ssm:GetParameters'),
    }));
    expect(await readAll(connect(key), Object.keys(texts))).toEqual(texts);
    expect(calls()).toEqual({ many: 2, one: 12 });
  });

  it('that is throttled in the end is replaced by a call each', async () => {
    const texts = fill(5);
    server.faults.add({
      operation: 'GetParameters',
      answer: { kind: 'error', code: 'ThrottlingException' },
    });
    expect(await readAll(connect(), Object.keys(texts))).toEqual(texts);
  });

  it('whose credentials are refused ends all, without a call each', async () => {
    const texts = fill(5);
    const provider = connect({ ...server.guideAccessKey('/app'), secretAccessKey: 'wrong' });
    expect(new Set(Object.values(await readAll(provider, Object.keys(texts))))).toEqual(
      new Set(['SIGNATURE_REFUSED']),
    );
    expect(calls()).toEqual({ many: 1, one: 0 });
  });
});
