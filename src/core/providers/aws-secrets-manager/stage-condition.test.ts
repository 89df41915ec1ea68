/** Policies that permit GetSecretValue only for the staging label AWSCURRENT. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { documentFromText } from '@core/secrets/document';
import { asRevision } from '@core/secrets/revision';
import {
  guidePermissions,
  startSecretsManagerServer,
  type Grant,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import type { SecretsProvider } from '../provider';
import {
  collect,
  failure,
  makeProvider,
  otherClient,
  signal,
  summaryOf,
  textOf,
} from '@test/support/aws-secrets-manager';

let server: SecretsManagerServer;
const providers: SecretsProvider[] = [];

beforeEach(async () => {
  server = await startSecretsManagerServer();
});

afterEach(async () => {
  for (const provider of providers.splice(0)) provider.dispose();
  await server.stop();
});

const others = guidePermissions.filter((action) => !action.endsWith('GetSecretValue'));

/** The guide's permissions, reading limited to a staging label. */
function providerWith(more: Partial<Grant> = {}, resources = ['*']): SecretsProvider {
  const { endpoint, region } = server;
  const key = server.accessKey({
    allow: [...others, 'BatchGetSecretValue'],
    statements: [
      { effect: 'Allow', actions: ['GetSecretValue'], resources, stages: ['AWSCURRENT'] },
    ],
    ...more,
  });
  const provider = makeProvider({ endpoint, region, ...key });
  providers.push(provider);
  return provider;
}

const reads = (): number =>
  server.requests.filter(({ operation }) => operation === 'GetSecretValue').length;

it('the current version is read, asked for once more with its label', async () => {
  server.put('app', '{"A":"1"}');
  const provider = providerWith();
  expect(textOf((await provider.read('app', { signal })).document)).toBe('{"A":"1"}');
  expect(reads()).toBe(2);
  await provider.read('app', { signal });
  expect(reads()).toBe(3);
});

it.each([
  ['a batch refuses each of them', ['BatchGetSecretValue']],
  ['batches are not permitted', []],
])('many are read where %s', async (_why, batch) => {
  const texts = Object.fromEntries(
    Array.from({ length: 45 }, (_, n) => [`many/${String(n)}`, `{"N":"${String(n)}"}`]),
  );
  for (const [name, text] of Object.entries(texts)) server.put(name, text);
  const provider = providerWith({ allow: [...others, ...batch] });
  const outcomes = await collect(provider.readMany(Object.keys(texts), { signal }));
  expect(summaryOf(outcomes)).toEqual(texts);
});

it('what is not permitted by the label either stays refused, and the rest is read', async () => {
  server.put('ours/app', '{"A":"1"}');
  server.put('theirs/app', '{"A":"1"}');
  const provider = providerWith({}, ['arn:aws:secretsmanager:*:*:secret:ours/*']);
  const outcomes = await collect(provider.readMany(['theirs/app', 'ours/app'], { signal }));
  expect(summaryOf(outcomes)).toEqual({
    'theirs/app': 'PERMISSION_DENIED',
    'ours/app': '{"A":"1"}',
  });
  expect((await failure(provider.read('theirs/app', { signal }))).hint).toContain(
    '"Action": "secretsmanager:GetSecretValue"',
  );
});

it('a secret without a value is not reported as one that may not be read', async () => {
  const { endpoint, region } = server;
  const stop = () => Promise.resolve();
  const other = otherClient({ endpoint, region, ...server.accessKey(), stop });
  await other.createSecret({ Name: 'empty' });
  other.destroy();
  expect((await failure(providerWith().read('empty', { signal }))).code).toBe('NOT_FOUND');
});

it('a secret is written, and one that was changed meanwhile is a conflict', async () => {
  server.put('app', '{"A":"1"}');
  const provider = providerWith();
  const { revision } = await provider.read('app', { signal });
  const written = await provider.write('app', documentFromText('{"A":"2"}'), revision, { signal });
  expect(textOf((await provider.read('app', { signal })).document)).toBe('{"A":"2"}');
  server.put('app', '{"A":"theirs"}');
  const late = provider.write('app', documentFromText('{"A":"3"}'), written.revision, { signal });
  expect((await failure(late)).code).toBe('CONFLICT');
});

it('an older version is refused, with the reason', async () => {
  server.put('app', '{"A":"1"}');
  const provider = providerWith();
  const { revision } = await provider.read('app', { signal });
  server.put('app', '{"A":"2"}');
  await provider.read('app', { signal });
  const error = await failure(provider.readVersion('app', asRevision(revision), { signal }));
  expect(error.message).toBe('The credentials may read the current version of a secret only.');
});

it('Test Connection finds reading permitted, and fetches no value for it', async () => {
  server.put('app', '{"A":"1"}');
  const steps = await collect(providerWith().check({ signal }));
  expect(steps.findLast(({ id }) => id === 'read')?.status).toBe('passed');
});
