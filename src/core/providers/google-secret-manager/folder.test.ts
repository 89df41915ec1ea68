/** Environments with one secret for each variable. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorEffect } from '@test/servers/google-secret-manager/errors';
import {
  startGoogleSecretManager,
  type GoogleSecretManager,
} from '@test/servers/google-secret-manager/server';
import {
  accountParts,
  collect,
  failure,
  makeProvider,
  signal,
  textOf,
  variables,
  type ProviderParts,
} from '@test/support/google-secret-manager';
import { summaryOf } from '@test/support/aws-secrets-manager';
import { documentFromText } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import type { GoogleOptions } from './connection';
import type { SecretsProvider } from '../provider';

let server: GoogleSecretManager;
let admin: ProviderParts;
let provider: SecretsProvider;
const providers: SecretsProvider[] = [];

const connect = (parts: ProviderParts, options?: GoogleOptions): SecretsProvider => {
  const made = makeProvider(parts, options);
  providers.push(made);
  return made;
};

beforeEach(async () => {
  server = await startGoogleSecretManager();
  admin = accountParts(server);
  provider = connect(admin);
});

afterEach(async () => {
  for (const each of providers.splice(0)) each.dispose();
  await server.close();
});

const folder = 'shop-prod/';

/** The newest value of every secret, by id. */
const stored = (): Record<string, string | undefined> =>
  Object.fromEntries(
    server
      .secrets()
      .ids()
      .map((id) => [id, server.secrets().versions(id).at(-1)?.value]),
  );

const write = (
  entries: Readonly<Record<string, string>>,
  expected: Revision | null,
  path = folder,
) => provider.write(path, variables(entries), expected, { signal });

const plain = async (path = folder): Promise<unknown> =>
  JSON.parse(textOf((await provider.read(path, { signal })).document));

/** The ids that got a new version since the log was cleared. */
const added = (): string[] =>
  server.requests
    .filter(({ operation }) => operation === 'AddSecretVersion')
    .map(({ path }) => /secrets\/(.*):addVersion/.exec(path)?.[1] ?? '');

describe('a folder', () => {
  it('has a secret for each variable, which tells its folder and its true key', async () => {
    const { revision } = await write({ DB_HOST: 'db', 'app.name': 'Shop' }, null);
    expect(stored()).toEqual({ 'shop-prod-DB_HOST': 'db', 'shop-prod-app-name': 'Shop' });
    expect(server.secrets().annotations('shop-prod-app-name')).toEqual({
      'strongroom-folder': folder,
      'strongroom-key': 'app.name',
    });
    expect(await plain()).toEqual({ DB_HOST: 'db', 'app.name': 'Shop' });
    expect((await provider.read(folder, { signal })).revision).toBe(revision);
  });

  it('is written only where something changed', async () => {
    const { revision } = await write({ A: '1', B: '2', C: '3' }, null);
    server.clearRequests();
    await write({ A: '1', B: 'new', D: '4' }, revision);
    expect(added().toSorted()).toEqual(['shop-prod-B', 'shop-prod-D']);
    expect(await plain()).toEqual({ A: '1', B: 'new', D: '4' });
    expect(Object.keys(stored())).not.toContain('shop-prod-C');
  });

  it('is not written if somebody changed a variable since', async () => {
    const { revision } = await write({ A: '1', B: '2' }, null);
    server.secrets().put('shop-prod-B', 'theirs');
    server.clearRequests();
    expect((await failure(write({ A: 'mine', B: '2' }, revision))).code).toBe('CONFLICT');
    expect((await failure(write({ A: 'mine' }, null))).code).toBe('ALREADY_EXISTS');
    expect(added()).toEqual([]);
  });

  it('gets theirs back if both changed a variable at the same moment', async () => {
    const { revision } = await write({ A: '1' }, null);
    let hasCome = false;
    server.faults.add({
      match: ({ operation }) => {
        if (operation === 'AddSecretVersion' && !hasCome) {
          hasCome = true;
          server.secrets().put('shop-prod-A', 'theirs');
        }
        return false;
      },
    });
    expect((await failure(write({ A: 'mine' }, revision))).code).toBe('CONFLICT');
    expect(stored()).toEqual({ 'shop-prod-A': 'theirs' });
    expect(
      server
        .secrets()
        .versions('shop-prod-A')
        .map(({ value }) => value),
    ).toContain('mine');
  });

  it('refuses variables that would be one secret, before anything is written', async () => {
    const error = await failure(write({ 'A.B': '1', 'A-B': '2' }, null));
    expect(error).toMatchObject({ code: 'NAME_NOT_ALLOWED' });
    expect(error.message).toBe('A.B and A-B would be the same secret, shop-prod-A-B.');
    expect(stored()).toEqual({});
  });

  it('is found in one listing of all, and in the one that the caller has', async () => {
    for (const name of ['a', 'b', 'c']) {
      const annotations = { 'strongroom-folder': `${name}/`, 'strongroom-key': 'KEY' };
      server.secrets().put(`${name}-KEY`, name, { annotations });
    }
    server.secrets().put('others-KEY', 'unmarked');
    const texts = {
      'a/': '{"KEY":"a"}',
      'b/': '{"KEY":"b"}',
      'c/': '{"KEY":"c"}',
      'others/': '{"KEY":"unmarked"}',
      'none/': 'NOT_FOUND',
    };
    const folders = Object.keys(texts);
    const listings = (): number =>
      server.requests.filter(({ operation }) => operation === 'ListSecrets').length;
    expect(summaryOf(await collect(provider.readMany(folders, { signal })))).toEqual(texts);
    expect(listings()).toBe(1);
    const listing = await provider.list({ signal });
    expect(listings()).toBe(2);
    expect(summaryOf(await collect(provider.readMany(folders, { signal, listing })))).toEqual(
      texts,
    );
    expect(listings()).toBe(2);
  });

  it('is listed again if the first listing was throttled in the end', async () => {
    server.secrets().put('a-KEY', 'a', { annotations: { 'strongroom-folder': 'a/' } });
    const fault = server.faults.add({
      match: ({ operation }) => operation === 'ListSecrets',
      times: 3,
      effect: { kind: 'answer', status: 429 },
    });
    const outcomes = await collect(provider.readMany(['a/', 'b/'], { signal }));
    expect(fault.hits).toBe(3);
    expect(summaryOf(outcomes)).toMatchObject({ 'b/': 'NOT_FOUND' });
    expect(Object.values(summaryOf(outcomes))).not.toContain('RATE_LIMITED');
  });

  it('says which variable is empty or too large', () => {
    const problem = (entries: Readonly<Record<string, string>>) =>
      provider.validate(folder, variables(entries));
    expect(problem({ A: '1', EMPTY: '' })).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'Google cannot keep an empty value, and EMPTY is empty.',
      details: { field: 'EMPTY' },
    });
    expect(problem({ BIG: 'x'.repeat(65_537) })).toMatchObject({
      code: 'VALUE_TOO_LARGE',
      details: { field: 'BIG' },
    });
    expect(problem({ ['K'.repeat(250)]: '1' })).toMatchObject({ code: 'NAME_NOT_ALLOWED' });
    expect(problem({})).toMatchObject({ code: 'INVALID_INPUT' });
    expect(provider.validate(folder, documentFromText('text'))?.code).toBe('INVALID_INPUT');
  });

  it('does not take the variables of a folder that begins alike', async () => {
    await write({ A: '1' }, null, 'shop/');
    await write({ A: '2' }, null, 'shop-prod/');
    expect(await plain('shop/')).toEqual({ A: '1' });
    expect(await plain('shop-prod/')).toEqual({ A: '2' });
    const { revision } = await provider.read('shop/', { signal });
    const error = await failure(write({ A: '1', 'prod-A': 'x' }, revision, 'shop/'));
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', details: { field: 'prod-A' } });
    expect(error.likelyCause).toBe('It belongs to the folder shop-prod/.');
    expect(stored()).toEqual({ 'shop-A': '1', 'shop-prod-A': '2' });
    await provider.remove('shop/', revision, { signal });
    expect(stored()).toEqual({ 'shop-prod-A': '2' });
  });

  it('does not take an environment that begins alike for a variable', async () => {
    await write({ A: '1' }, null, 'shop/');
    server.secrets().put('shop-test', '{"X":"1"}');
    expect(await plain('shop/')).toEqual({ A: '1' });
    const { revision } = await provider.read('shop/', { signal });
    const error = await failure(write({ A: '1', test: 'x' }, revision, 'shop/'));
    expect(error.likelyCause).toContain('a separate environment');
    await provider.remove('shop/', revision, { signal });
    expect(stored()).toEqual({ 'shop-test': '{"X":"1"}' });
  });

  it('can be one that another program made, and stays one', async () => {
    server.secrets().put('legacy-A', '1');
    server.secrets().put('legacy-B', '2');
    const { revision } = await provider.read('legacy/', { signal });
    await write({ A: 'new', B: '2', 'C.D': '3' }, revision, 'legacy/');
    expect(await plain('legacy/')).toEqual({ A: 'new', B: '2', 'C.D': '3' });
    const other = connect(admin);
    expect(JSON.parse(textOf((await other.read('legacy/', { signal })).document))).toEqual({
      A: 'new',
      B: '2',
      'C.D': '3',
    });
  });
});

describe('a write that stops half-way', () => {
  /** One call at a time, so that it is known which were made. */
  beforeEach(() => {
    provider = connect(admin, { concurrency: 1 });
  });

  it('says what was written, and the next one sends the rest', async () => {
    const { revision } = await write({ A: '1', OLD: 'x' }, null);
    const outage = server.faults.add({
      match: ({ operation }) => operation === 'AddSecretVersion',
      skip: 2,
      effect: errorEffect('UNAVAILABLE'),
    });
    const wanted = { A: '2', B: '3', C: '4', D: '5' };
    const error = await failure(write(wanted, revision));
    expect(error.code).toBe('PARTLY_WRITTEN');
    expect(error.message).toBe('2 of 5 changes were written: A, B. Not written: C, D, OLD.');
    outage.remove();
    server.clearRequests();
    await write(wanted, revision);
    expect(added()).toEqual(['shop-prod-C', 'shop-prod-D']);
    expect(await plain()).toEqual(wanted);
  });

  it.each([
    ['AddSecretVersion', { A: '2', B: 'new' }],
    ['CreateSecret', { A: '1', B: 'new' }],
    ['DeleteSecret', {}],
  ] as const)('recognises a %s whose answer was lost', async (operation, changes) => {
    const { revision } = await write({ A: '1', OLD: 'x', KEEP: 'x' }, null);
    const wanted = { KEEP: 'x', ...changes };
    server.faults.add({
      match: (request) => request.operation === operation,
      times: 1,
      effect: { kind: 'drop', applied: true },
    });
    await failure(write(wanted, revision));
    await write(wanted, revision);
    expect(await plain()).toEqual(wanted);
    for (const id of server.secrets().ids()) {
      expect(server.secrets().versions(id).length).toBeLessThanOrEqual(2);
    }
  });

  it('finds what somebody else wrote between its base and its own write', async () => {
    const { revision } = await write({ A: '1' }, null);
    server.faults.add({
      match: (request) => {
        if (request.operation !== 'AddSecretVersion') return false;
        server.secrets().put('shop-prod-A', 'theirs');
        return true;
      },
      times: 1,
      effect: { kind: 'drop', applied: true },
    });
    await failure(write({ A: 'mine' }, revision));
    server.faults.clear();
    expect((await failure(write({ A: 'mine' }, revision))).code).toBe('CONFLICT');
    expect(stored()).toEqual({ 'shop-prod-A': 'theirs' });
  });

  it('does not take for its own what somebody else wrote meanwhile', async () => {
    const { revision } = await write({ A: '1', B: '1' }, null);
    server.faults.add({
      match: ({ operation }) => operation === 'AddSecretVersion',
      skip: 1,
      times: 1,
      effect: errorEffect('UNAVAILABLE'),
    });
    expect((await failure(write({ A: '2', B: '2' }, revision))).code).toBe('PARTLY_WRITTEN');
    server.secrets().put('shop-prod-A', 'theirs');
    expect((await failure(write({ A: '2', B: '2' }, revision))).code).toBe('CONFLICT');
    expect(stored()['shop-prod-A']).toBe('theirs');
  });

  it('says which variables were deleted when a removal stops', async () => {
    const { revision } = await write({ A: '1', B: '2', C: '3' }, null);
    server.faults.add({
      match: ({ operation }) => operation === 'DeleteSecret',
      skip: 1,
      effect: errorEffect('UNAVAILABLE'),
    });
    const error = await failure(provider.remove(folder, revision, { signal }));
    expect(error.code).toBe('PARTLY_WRITTEN');
    expect(error.message).toMatch(/^1 of 3 variables were deleted: .\. Still there: ., .\.$/);
    server.faults.clear();
    const { revision: rest } = await provider.read(folder, { signal });
    await provider.remove(folder, rest, { signal });
    expect(stored()).toEqual({});
  });
});

it('is read and written while listings lag behind', async () => {
  server.lag = 120_000;
  let { revision } = await write({ A: '1', B: '2' }, null);
  expect(await plain()).toEqual({ A: '1', B: '2' });
  ({ revision } = await write({ A: '2', C: '3' }, revision));
  expect(await plain()).toEqual({ A: '2', C: '3' });
  // Another process, which has the revision and sees the old list.
  const other = connect(admin);
  await other.write(folder, variables({ A: '3', C: '3' }), revision, { signal });
  expect(stored()).toEqual({ 'shop-prod-A': '3', 'shop-prod-C': '3' });
});

it('keeps a history that is put together, with the values of then', async () => {
  const first = await write({ A: '1', B: '1' }, null);
  server.clock.advance(60_000);
  const second = await write({ A: '2', B: '1' }, first.revision);
  const history = await provider.versions(folder, { signal });
  expect(history).toMatchObject({
    isKept: true,
    isComplete: false,
    versions: [
      { revision: second.revision, state: 'current' },
      { revision: first.revision, state: 'past' },
    ],
  });
  const then = await provider.readVersion(folder, first.revision, { signal });
  expect(JSON.parse(textOf(then.document))).toEqual({ A: '1', B: '1' });
  expect((await failure(provider.versions('nothing/', { signal }))).code).toBe('NOT_FOUND');
});

it('names a variable that was disabled, and enables it again', async () => {
  await write({ A: '1', B: '2' }, null);
  server.secrets().disable('shop-prod-B', 1);
  const error = await failure(provider.read(folder, { signal }));
  expect(error).toMatchObject({ code: 'SECRET_DELETED', details: { field: 'B' } });
  await provider.undelete(folder, { signal });
  expect(await plain()).toEqual({ A: '1', B: '2' });
  expect((await failure(provider.undelete('nothing/', { signal }))).code).toBe('NOT_FOUND');
});
