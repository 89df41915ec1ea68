/** Versions, of one parameter and of a folder of them. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  startParameterStoreServer,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import {
  failure,
  makeProvider,
  plainOf,
  signal,
  variables,
  type ProviderParts,
} from '@test/support/aws-parameter-store';
import { asRevision } from '@core/secrets/revision';
import type { SecretsProvider, SecretVersion } from '../provider';

let server: ParameterStoreServer;
const providers: SecretsProvider[] = [];

beforeAll(async () => {
  server = await startParameterStoreServer();
});

afterEach(() => {
  server.clock.set(new Date());
  server.settings.versionQuota = 100;
  for (const provider of providers.splice(0)) provider.dispose();
});

afterAll(() => server.stop());

function providerWith(parts: ProviderParts = server.accessKey({ name: 'anna' })): SecretsProvider {
  const { endpoint, region } = server;
  const { accessKeyId, secretAccessKey } = parts;
  const provider = makeProvider({ endpoint, region, accessKeyId, secretAccessKey });
  providers.push(provider);
  return provider;
}

let names = 0;
const fresh = (): string => `/history/${String((names += 1))}`;

const versionsOf = async (provider: SecretsProvider, path: string) => {
  const history = await provider.versions(path, { signal });
  return history.isKept ? history.versions : [];
};

const contents = async (
  provider: SecretsProvider,
  path: string,
  versions: readonly SecretVersion[],
) => {
  const all = [];
  for (const { revision } of versions) {
    all.push(plainOf((await provider.readVersion(path, revision, { signal })).document));
  }
  return all;
};

it('of a parameter say who wrote them, when, and their labels', async () => {
  const name = fresh();
  const provider = providerWith();
  server.put(name, '{"A":"1"}');
  server.label(name, 'live');
  server.clock.advance(60_000);
  const { revision } = await provider.read(name, { signal });
  await provider.write(name, variables({ A: '2' }), revision, { signal });
  const versions = await versionsOf(provider, name);
  expect(versions).toMatchObject([
    { version: 'v2', state: 'current', labels: [], createdBy: 'user/anna' },
    { version: 'v1', state: 'past', labels: ['live'], createdBy: 'root' },
  ]);
  expect(versions[0]?.createdAt).toEqual(new Date(server.parameter(name)?.modifiedAt ?? 0));
  expect(await contents(provider, name, versions)).toEqual([{ A: '2' }, { A: '1' }]);
});

it('come from all pages, and end where AWS drops the oldest', async () => {
  const name = fresh();
  for (let index = 1; index <= 103; index += 1) server.put(name, `{"A":"${String(index)}"}`);
  const provider = providerWith();
  const versions = await versionsOf(provider, name);
  expect(versions).toHaveLength(100);
  expect([versions[0]?.version, versions.at(-1)?.version]).toEqual(['v103', 'v4']);
  const oldest = asRevision(versions.at(-1)?.revision.replace('4@', '3@') ?? '');
  const dropped = await failure(provider.readVersion(name, oldest, { signal }));
  expect(dropped).toMatchObject({
    code: 'NOT_FOUND',
    message: 'AWS does not keep this version any more.',
  });
});

it('of a parameter that was deleted are not those of its namesake', async () => {
  const name = fresh();
  const provider = providerWith();
  server.put(name, '{"A":"1"}');
  const { revision } = await provider.read(name, { signal });
  server.remove(name);
  server.clock.advance(60_000);
  server.put(name, '{"A":"other"}');
  expect((await failure(provider.readVersion(name, revision, { signal }))).message).toContain(
    'a parameter of the same name that was deleted',
  );
});

it('of a folder put together what one person wrote at once', async () => {
  const folder = fresh();
  const provider = providerWith();
  const anna = (plain: Record<string, string>) => async () => {
    const base = await provider.read(`${folder}/`, { signal }).catch(() => undefined);
    await provider.write(`${folder}/`, variables(plain), base?.revision ?? null, { signal });
  };
  const steps = [
    anna({ A: '1', B: '1', C: '1' }),
    anna({ A: '2', B: '2', C: '1' }),
    async () => server.put(`${folder}/C`, 'console'),
    anna({ A: '3', B: '2', C: 'console' }),
  ];
  for (const step of steps) {
    await step();
    server.clock.advance(60_000);
  }
  const history = await provider.versions(`${folder}/`, { signal });
  const versions = history.isKept ? history.versions : [];
  expect(versions.map(({ version, createdBy }) => [version, createdBy])).toEqual([
    ['v4', 'user/anna'],
    ['v3', 'root'],
    ['v2', 'user/anna'],
    ['v1', 'user/anna'],
  ]);
  expect(await contents(provider, `${folder}/`, versions)).toEqual([
    { A: '3', B: '2', C: 'console' },
    { A: '2', B: '2', C: 'console' },
    { A: '2', B: '2', C: '1' },
    { A: '1', B: '1', C: '1' },
  ]);
  expect(versions[0]?.revision).toBe((await provider.read(`${folder}/`, { signal })).revision);
});

it('of a folder lack what was deleted, and say so', async () => {
  const folder = fresh();
  const provider = providerWith();
  const first = await provider.write(`${folder}/`, variables({ A: '1', B: '1' }), null, { signal });
  server.clock.advance(60_000);
  await provider.write(`${folder}/`, variables({ A: '2' }), first.revision, { signal });
  const history = await provider.versions(`${folder}/`, { signal });
  expect(history).toMatchObject({ isKept: true, isComplete: false });
  expect(await contents(provider, `${folder}/`, history.isKept ? history.versions : [])).toEqual([
    { A: '2' },
    { A: '1' },
  ]);
  expect((await failure(provider.readVersion(`${folder}/`, first.revision, { signal }))).code).toBe(
    'NOT_FOUND',
  );
});

it('need the permission', async () => {
  const name = fresh();
  server.put(name, '{}');
  const provider = providerWith(server.accessKey({ deny: ['GetParameterHistory'] }));
  expect(await failure(provider.versions(name, { signal }))).toMatchObject({
    code: 'PERMISSION_DENIED',
    message: 'The credentials are valid but do not permit ssm:GetParameterHistory.',
  });
});
