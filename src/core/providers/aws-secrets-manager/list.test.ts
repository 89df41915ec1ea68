/** Listing, page by page. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import type { SecretsProvider } from '../provider';
import { failure, makeProvider, signal } from '@test/support/aws-secrets-manager';

let server: SecretsManagerServer;
let provider: SecretsProvider;

beforeEach(async () => {
  server = await startSecretsManagerServer();
  const { endpoint, region } = server;
  provider = makeProvider({ endpoint, region, ...server.guideAccessKey() });
});

afterEach(async () => {
  provider.dispose();
  await server.stop();
});

const fill = (count: number): string[] => {
  const names = Array.from({ length: count }, (_, index) => `listed/${String(index)}`);
  for (const name of names) server.put(name, '{}');
  return names;
};

const paths = async (): Promise<string[]> =>
  (await provider.list({ signal })).secrets.map(({ path }) => path);

it('takes neither a short page nor an empty one for the last', async () => {
  const names = fill(250);
  server.pageSizes = [100, 1, 0, 0, 37];
  expect(await paths()).toEqual(names);
});

it('lists each secret once, also when others are created and deleted meanwhile', async () => {
  const names = fill(250);
  const hold = server.faults.hold({ operation: 'ListSecrets', skip: 1 });
  const listing = paths();
  await hold.reached;
  server.put('new', '{}');
  server.remove('listed/0');
  server.remove('listed/249');
  hold.release();
  const found = await listing;
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(names.slice(1, 249)));
});

it('throws where a later page fails, and gives no part for the whole', async () => {
  fill(250);
  server.faults.add({
    operation: 'ListSecrets',
    skip: 2,
    times: Infinity,
    answer: { kind: 'error', code: 'AccessDeniedException' },
  });
  expect((await failure(provider.list({ signal }))).code).toBe('PERMISSION_DENIED');
});

it('says in one sentence which permission is missing', async () => {
  const { endpoint, region } = server;
  const key = server.accessKey({ allow: ['secretsmanager:GetSecretValue'] });
  const denied = makeProvider({ endpoint, region, ...key });
  expect((await failure(denied.list({ signal }))).message).toBe(
    'The credentials are valid but do not permit secretsmanager:ListSecrets.',
  );
  denied.dispose();
});
