/** What the provider does with environments that are one secret each. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startGoogleSecretManager,
  type GoogleSecretManager,
} from '@test/servers/google-secret-manager/server';
import { errorEffect } from '@test/servers/google-secret-manager/errors';
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
import { documentFromBytes, documentFromText } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { SecretsProvider } from '../provider';

let server: GoogleSecretManager;
let admin: ProviderParts;
let provider: SecretsProvider;
const providers: SecretsProvider[] = [];

const connect = (parts: ProviderParts): SecretsProvider => {
  const made = makeProvider(parts);
  providers.push(made);
  return made;
};

beforeEach(async () => {
  server = await startGoogleSecretManager({ locations: ['europe-west3'] });
  admin = accountParts(server);
  provider = connect(admin);
});

afterEach(async () => {
  for (const each of providers.splice(0)) each.dispose();
  await server.close();
});

const newest = (id: string): string | undefined => server.secrets().versions(id).at(-1)?.value;
const operations = (): string[] => server.requests.map(({ operation }) => operation);

/** Somebody else adds a version just before ours arrives. */
function othersWriteFirst(id: string, ...values: readonly string[]): void {
  const left = [...values];
  server.faults.add({
    match: ({ operation, path }) => {
      if (operation !== 'AddSecretVersion' || !path.includes(`/${id}:`)) return false;
      const value = left.shift();
      if (value !== undefined) server.secrets().put(id, value);
      return false;
    },
  });
}

describe('list', () => {
  it('finds the secrets of every page, and tells how many so far', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => `env-${String(index).padStart(3, '0')}`);
    for (const id of ids) server.secrets().put(id, '{}');
    server.pageSizes = [100];
    const counts: number[] = [];
    const { secrets, unlisted } = await provider.list({
      signal,
      onFound: (count) => counts.push(count),
    });
    expect(secrets).toEqual(ids.map((path) => ({ path })));
    expect(unlisted).toEqual([]);
    expect(counts).toEqual([100, 200, 230]);
  });

  it('shows the secrets of a folder as one environment', async () => {
    await provider.write('shop-prod/', variables({ A: '1', B: '2' }), null, { signal });
    server.secrets().put('other', '{}');
    const { secrets } = await provider.list({ signal });
    expect(secrets).toEqual([{ path: 'other' }, { path: 'shop-prod/' }]);
  });

  it('ends if the server repeats a page for ever', async () => {
    server.faults.add({
      match: ({ operation }) => operation === 'ListSecrets',
      effect: { kind: 'answer', status: 200, body: { secrets: [], nextPageToken: 'same' } },
    });
    expect((await failure(provider.list({ signal }))).code).toBe('UNEXPECTED_ANSWER');
  });

  it('says that ids can be typed if listing is not permitted', async () => {
    const accessor = connect(
      accountParts(server, { roles: ['roles/secretmanager.secretAccessor'] }),
    );
    server.secrets().put('app', '{"A":"1"}');
    const error = await failure(accessor.list({ signal }));
    expect(error).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(error.hint).toContain('ids that you type');
    expect(textOf((await accessor.read('app', { signal })).document)).toBe('{"A":"1"}');
  });
});

describe('read', () => {
  it('reads a JSON object key by key, with numbers as they were written', async () => {
    const text = '{"b":"x","n":12345678901234567890,"a":1.10}';
    server.secrets().put('app', text);
    const snapshot = await provider.read('app', { signal });
    expect(snapshot).toMatchObject({ path: 'app', revision: '1', version: 'v1' });
    expect(snapshot.document.shape).toBe('map');
    expect(textOf(snapshot.document)).toBe(text);
  });

  it('keeps text as text and bytes as bytes', async () => {
    server.secrets().put('text', 'not\nJSON');
    server.secrets().put('bytes', Uint8Array.of(0, 255, 128));
    expect((await provider.read('text', { signal })).document.shape).toBe('text');
    expect((await provider.read('bytes', { signal })).document).toMatchObject({
      shape: 'binary',
      bytes: 3,
    });
  });

  it('says what is not there, has no version, is disabled or destroyed', async () => {
    server.secrets().create('empty');
    server.secrets().put('disabled-one', '{}');
    server.secrets().disable('disabled-one', 1);
    // Its name must not be taken for what is wrong with it.
    server.secrets().put('is-DISABLED-not', '{}');
    server.secrets().destroy('is-DISABLED-not', 1);
    const codes = async (path: string): Promise<string> =>
      (await failure(provider.read(path, { signal }))).code;
    expect(await codes('missing')).toBe('NOT_FOUND');
    expect(await codes('empty')).toBe('NOT_FOUND');
    expect(await codes('disabled-one')).toBe('SECRET_DELETED');
    expect(await codes('is-DISABLED-not')).toBe('NOT_FOUND');
    expect(await provider.glance('missing', { signal })).toEqual({ state: 'absent' });
    expect(await provider.glance('disabled-one', { signal })).toEqual({
      state: 'deleted',
      recoverable: true,
    });
    expect(await provider.glance('is-DISABLED-not', { signal })).toEqual({
      state: 'deleted',
      recoverable: false,
    });
  });

  it('refuses a value whose checksum is wrong', async () => {
    server.secrets().put('app', '{}');
    const name = `projects/1/secrets/app/versions/1`;
    const payload = { data: Buffer.from('{"A":"1"}').toString('base64'), dataCrc32c: '1' };
    server.faults.add({
      effect: { kind: 'answer', status: 200, body: { name, payload } },
      match: ({ operation }) => operation === 'AccessSecretVersion',
    });
    expect(await failure(provider.read('app', { signal }))).toMatchObject({
      code: 'UNEXPECTED_ANSWER',
      message: 'The value was damaged on its way from Google.',
    });
  });

  it('gives one outcome for each of many paths', async () => {
    for (let index = 0; index < 60; index += 1) server.secrets().put(`e${String(index)}`, '{}');
    server.secrets().put('off', '{}');
    server.secrets().disable('off', 1);
    const paths = Array.from({ length: 60 }, (_, index) => `e${String(index)}`);
    const outcomes = await collect(provider.readMany([...paths, 'off', 'no', 'e0'], { signal }));
    expect(outcomes).toHaveLength(62);
    const failed = outcomes.flatMap((one) => ('error' in one ? [[one.path, one.error.code]] : []));
    expect(Object.fromEntries(failed)).toEqual({ off: 'SECRET_DELETED', no: 'NOT_FOUND' });
    // All the calls share one token.
    expect(server.requests.filter(({ service }) => service === 'oauth2')).toHaveLength(1);
  });
});

describe('write', () => {
  it('creates a secret with automatic replication, and only where there is none', async () => {
    const { revision, version } = await provider.write('app', variables({ A: '1' }), null, {
      signal,
    });
    expect([revision, version]).toEqual(['1', 'v1']);
    expect(newest('app')).toBe('{"A":"1"}');
    const create = server.requests.find(({ operation }) => operation === 'CreateSecret');
    expect(create?.body).toEqual({ replication: { automatic: {} }, annotations: {} });
    const add = server.requests.find(({ operation }) => operation === 'AddSecretVersion');
    expect(add?.body).toMatchObject({ payload: { dataCrc32c: expect.any(String) as string } });
    const again = provider.write('app', variables({ A: '2' }), null, { signal });
    expect((await failure(again)).code).toBe('ALREADY_EXISTS');
    expect(newest('app')).toBe('{"A":"1"}');
  });

  it('replaces what was read, again and again', async () => {
    let revision: Revision | null = null;
    for (const text of ['1', '2', '3']) {
      ({ revision } = await provider.write('app', variables({ A: text }), revision, { signal }));
      expect(newest('app')).toBe(`{"A":"${text}"}`);
      expect((await provider.read('app', { signal })).revision).toBe(revision);
    }
  });

  it('names replicas if they are entered, which a policy may demand', async () => {
    server.setProject(server.project, { allowedLocations: ['europe-west1', 'europe-west3'] });
    const refused = await failure(provider.write('app', variables({ A: '1' }), null, { signal }));
    expect(refused).toMatchObject({ code: 'REQUEST_REFUSED', details: { field: 'replicas' } });
    const placed = connect({ ...admin, replicas: 'europe-west1, europe-west3' });
    await placed.write('app', variables({ A: '1' }), null, { signal });
    expect(newest('app')).toBe('{"A":"1"}');
    const wrong = connect({ ...admin, replicas: 'mars-west1' });
    expect(await failure(wrong.write('b', variables({ A: '1' }), null, { signal }))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'replicas' },
    });
  });

  it('stores text as text and bytes as bytes', async () => {
    await provider.write('text', documentFromText('just\ntext'), null, { signal });
    expect(newest('text')).toBe('just\ntext');
    const bytes = Uint8Array.of(0, 255, 128, 10);
    await provider.write('bytes', documentFromBytes(bytes), null, { signal });
    const { document } = await provider.read('bytes', { signal });
    expect(document.shape === 'binary' && document.base64.reveal()).toBe(
      Buffer.from(bytes).toString('base64'),
    );
  });

  it('gives a secret that was created empty its first value', async () => {
    server.secrets().create('app');
    const { revision } = await provider.write('app', variables({ A: '1' }), null, { signal });
    expect((await provider.read('app', { signal })).revision).toBe(revision);
  });

  it('writes over a version that is disabled or destroyed when asked to create', async () => {
    for (const change of ['disable', 'destroy'] as const) {
      const id = `app-${change}`;
      server.secrets().put(id, '{"OLD":"1"}');
      server.secrets()[change](id, 1);
      const { revision } = await provider.write(id, variables({ A: '1' }), null, { signal });
      expect([revision, newest(id)]).toEqual(['2', '{"A":"1"}']);
    }
  });

  it('tells of a secret that is gone, or was changed since', async () => {
    const gone = provider.write('gone', variables({ A: '1' }), asRevision('1'), { signal });
    expect((await failure(gone)).code).toBe('NOT_FOUND');
    server.secrets().put('app', '{"A":"1"}');
    server.secrets().put('app', '{"A":"theirs"}');
    const stale = provider.write('app', variables({ A: 'x' }), asRevision('1'), { signal });
    expect((await failure(stale)).code).toBe('CONFLICT');
    expect(newest('app')).toBe('{"A":"theirs"}');
    expect(operations()).not.toContain('AddSecretVersion');
  });
});

describe('a version that came in between', () => {
  beforeEach(() => {
    server.secrets().put('app', '{"A":"1","B":"1"}');
  });

  it('is merged by key', async () => {
    othersWriteFirst('app', '{"A":"1","B":"theirs","C":"theirs"}');
    const mine = variables({ A: 'mine', B: '1' });
    const written = await provider.write('app', mine, asRevision('1'), { signal });
    expect(JSON.parse(newest('app') ?? '')).toEqual({ A: 'mine', B: 'theirs', C: 'theirs' });
    expect(written.document && JSON.parse(textOf(written.document))).toEqual({
      A: 'mine',
      B: 'theirs',
      C: 'theirs',
    });
    expect(written.revision).toBe('4');
  });

  it('is restored for a key that both changed, with a conflict', async () => {
    othersWriteFirst('app', '{"A":"theirs","B":"1"}');
    const mine = variables({ A: 'mine', B: 'mine' });
    const error = await failure(provider.write('app', mine, asRevision('1'), { signal }));
    expect(error.code).toBe('CONFLICT');
    expect(JSON.parse(newest('app') ?? '')).toEqual({ A: 'theirs', B: 'mine' });
    // What was replaced is still in the history.
    expect(
      server
        .secrets()
        .versions('app')
        .map(({ value }) => value),
    ).toContain('{"A":"mine","B":"mine"}');
  });

  it('is not lost if somebody came before the merge too, whose answer is lost', async () => {
    othersWriteFirst('app', '{"A":"1","B":"theirs"}');
    let adds = 0;
    server.faults.add({
      match: ({ operation }) => {
        if (operation !== 'AddSecretVersion') return false;
        adds += 1;
        // Made from the first version, by somebody who has not seen the second.
        if (adds === 2) server.secrets().put('app', '{"A":"1","B":"1","C":"c"}');
        return adds === 2;
      },
      effect: { kind: 'drop', applied: true },
    });
    const mine = variables({ A: 'mine', B: '1' });
    const lost = await failure(provider.write('app', mine, asRevision('1'), { signal }));
    expect(lost.code).toBe('CONNECTION_RESET');
    const again = await failure(provider.write('app', mine, asRevision('1'), { signal }));
    expect(again.code).toBe('CONFLICT');
    expect(JSON.parse(newest('app') ?? '')).toEqual({ A: 'mine', B: 'theirs', C: 'c' });
  });

  it('is not merged if it was disabled at once', async () => {
    othersWriteFirst('app', '{"A":"theirs","B":"1"}');
    server.faults.add({
      match: ({ operation, path }) => {
        if (operation === 'AccessSecretVersion' && path.includes('versions/2')) {
          server.secrets().disable('app', 2);
        }
        return false;
      },
    });
    await provider.write('app', variables({ A: 'mine' }), asRevision('1'), { signal });
    expect(newest('app')).toBe('{"A":"mine"}');
  });

  it('is not lost when the connection fails before the merge: saving again goes on with it', async () => {
    othersWriteFirst('app', '{"A":"1","B":"theirs"}');
    const outage = server.faults.add({
      match: ({ operation, path }) =>
        operation === 'AccessSecretVersion' && path.includes('versions/2'),
      effect: { kind: 'answer', status: 500, body: {} },
    });
    const mine = variables({ A: 'mine', B: '1' });
    const write = () => provider.write('app', mine, asRevision('1'), { signal });
    expect((await failure(write())).message).toContain('Someone else saved at the same moment');
    outage.remove();
    const { revision } = await write();
    expect(JSON.parse(newest('app') ?? '')).toEqual({ A: 'mine', B: 'theirs' });
    expect(revision).toBe('4');
  });

  it('leaves all that many writers did, with one winner for each key', async () => {
    const writers = Array.from({ length: 4 }, () => connect(admin));
    const outcomes = await Promise.allSettled(
      writers.map((writer, index) =>
        writer.write(
          'app',
          variables({ A: '1', B: '1', [`K${String(index)}`]: 'new' }),
          asRevision('1'),
          { signal },
        ),
      ),
    );
    const done = outcomes.flatMap(({ status }, index) =>
      status === 'fulfilled' ? [`K${String(index)}`] : [],
    );
    expect(done).not.toEqual([]);
    for (const outcome of outcomes.filter(({ status }) => status === 'rejected')) {
      expect(outcome).toMatchObject({ reason: { code: 'CONFLICT' } });
    }
    const kept = Object.keys(JSON.parse(newest('app') ?? '') as object);
    expect(kept).toEqual(expect.arrayContaining(done));
  });
});

describe('a secret that somebody deleted and created again', () => {
  /** Its versions have the same numbers as before, and other content. */
  function recreate(id: string, ...values: readonly string[]): void {
    server.secrets().remove(id);
    for (const value of values) server.secrets().put(id, value);
  }

  it('is not written over as if it were the one that was read', async () => {
    const { revision } = await provider.write('app', variables({ A: '1' }), null, { signal });
    recreate('app', '{"A":"theirs"}');
    const mine = provider.write('app', variables({ A: 'mine' }), revision, { signal });
    expect((await failure(mine)).code).toBe('CONFLICT');
    expect(newest('app')).toBe('{"A":"theirs"}');

    const read = await provider.read('app', { signal });
    expect(read.revision).not.toBe(revision);
    expect((await failure(provider.remove('app', revision, { signal }))).code).toBe('CONFLICT');
    expect((await failure(provider.readVersion('app', revision, { signal }))).code).toBe(
      'NOT_FOUND',
    );
    await provider.write('app', variables({ A: 'mine' }), read.revision, { signal });
    expect(newest('app')).toBe('{"A":"mine"}');
  });

  it('is not written over in a folder either', async () => {
    const before = variables({ A: '1', B: '1' });
    const { revision } = await provider.write('shop/', before, null, { signal });
    const annotations = server.secrets().annotations('shop-A');
    server.secrets().remove('shop-A');
    server.secrets().put('shop-A', 'theirs', { annotations });
    const mine = provider.write('shop/', variables({ A: 'mine', B: '1' }), revision, { signal });
    expect((await failure(mine)).code).toBe('CONFLICT');
    expect(newest('shop-A')).toBe('theirs');
  });
});

describe('a write whose answer was lost', () => {
  const lose = (operation: string, applied = true) =>
    server.faults.add({
      match: (request) => request.operation === operation,
      times: 1,
      effect: { kind: 'drop', applied },
    });

  it.each(['AddSecretVersion', 'CreateSecret'])(
    '%s is recognised when it is asked for again',
    async (operation) => {
      lose(operation);
      const write = () => provider.write('app', variables({ A: '1' }), null, { signal });
      expect((await failure(write())).code).toBe('CONNECTION_RESET');
      expect((await write()).revision).toBe('1');
      expect(server.secrets().versions('app')).toHaveLength(1);
    },
  );

  it('is recognised on an edit too, and with other content is written over', async () => {
    server.secrets().put('app', '{"A":"1"}');
    lose('AddSecretVersion');
    await failure(provider.write('app', variables({ A: '2' }), asRevision('1'), { signal }));
    const { revision } = await provider.write('app', variables({ A: '3' }), asRevision('1'), {
      signal,
    });
    expect([revision, newest('app')]).toEqual(['3', '{"A":"3"}']);
  });

  it('is recognised even if `latest` does not name it yet', async () => {
    server.secrets().put('app', '{"A":"1"}');
    server.clock.advance(600_000);
    server.lag = 60_000;
    lose('AddSecretVersion');
    await failure(provider.write('app', variables({ A: '2' }), asRevision('1'), { signal }));
    const { revision } = await provider.write('app', variables({ A: '3' }), asRevision('1'), {
      signal,
    });
    expect([revision, newest('app')]).toEqual(['3', '{"A":"3"}']);
  });

  it('is a conflict if somebody else wrote the newest version', async () => {
    server.secrets().put('app', '{"A":"1"}');
    lose('AddSecretVersion', false);
    const write = () => provider.write('app', variables({ A: '2' }), asRevision('1'), { signal });
    await failure(write());
    server.secrets().put('app', '{"A":"theirs"}');
    expect((await failure(write())).code).toBe('CONFLICT');
  });
});

describe('while Google lags behind', () => {
  beforeEach(() => {
    server.lag = 120_000;
  });

  it('reads and writes what was just written', async () => {
    let { revision } = await provider.write('app', variables({ A: '1' }), null, { signal });
    for (const text of ['2', '3']) {
      expect((await provider.read('app', { signal })).revision).toBe(revision);
      expect(await provider.glance('app', { signal })).toMatchObject({
        state: 'present',
        revision,
      });
      ({ revision } = await provider.write('app', variables({ A: text }), revision, { signal }));
    }
    expect(newest('app')).toBe('{"A":"3"}');
  });

  it('writes over a version that only another process has seen', async () => {
    server.secrets().put('app', '{"A":"1"}');
    server.clock.advance(600_000);
    server.secrets().put('app', '{"A":"2"}');
    const { revision } = await provider.write('app', variables({ A: '3' }), asRevision('2'), {
      signal,
    });
    expect([revision, newest('app')]).toEqual(['3', '{"A":"3"}']);
  });

  it('does not hold on to a secret that was deleted and created again', async () => {
    server.lag = 0;
    server.secrets().put('app', '{"A":"1"}');
    server.secrets().put('app', '{"A":"2"}');
    await provider.read('app', { signal });
    server.secrets().remove('app');
    server.secrets().put('app', '{"A":"new"}');
    expect(await provider.read('app', { signal })).toMatchObject({ revision: '1' });
    expect(await provider.glance('app', { signal })).toMatchObject({ revision: '1' });
  });
});

describe('remove', () => {
  it('deletes for good, and nothing that somebody else changed', async () => {
    server.secrets().put('app', '{}');
    server.secrets().put('app', '{"A":"theirs"}');
    const stale = provider.remove('app', asRevision('1'), { signal });
    expect((await failure(stale)).code).toBe('CONFLICT');
    expect(await provider.remove('app', asRevision('2'), { signal })).toEqual({
      recoverable: false,
    });
    expect(server.secrets().ids()).toEqual([]);
    expect((await failure(provider.remove('app', asRevision('2'), { signal }))).code).toBe(
      'NOT_FOUND',
    );
    const error = await failure(provider.undelete('app', { signal }));
    expect(error).toMatchObject({ code: 'NOT_FOUND' });
    expect(error.message).toContain('keeps nothing of a secret that was deleted');
  });
});

describe('a path that is no id', () => {
  it.each(['back/production', '..', 'a:b', ''])(
    '“%s” is refused before a call is made',
    async (path) => {
      const { code } = await failure(provider.read(path, { signal }));
      expect(code).toBe('NAME_NOT_ALLOWED');
      expect(await provider.glance(path, { signal })).toEqual({ state: 'absent' });
      expect(server.requests).toEqual([]);
    },
  );
});

describe('history', () => {
  it('shows all versions, newest first, with their states', async () => {
    for (const value of ['1', '2', '3', '4']) server.secrets().put('app', `{"A":"${value}"}`);
    server.secrets().disable('app', 2);
    server.secrets().destroy('app', 1);
    server.pageSizes = [2];
    const history = await provider.versions('app', { signal });
    expect(history).toMatchObject({
      isKept: true,
      isComplete: true,
      versions: [
        { revision: '4', version: 'v4', state: 'current' },
        { revision: '3', state: 'past' },
        { revision: '2', state: 'deleted', labels: ['disabled'] },
        { revision: '1', state: 'destroyed' },
      ],
    });
    const past = await provider.readVersion('app', asRevision('3'), { signal });
    expect(textOf(past.document)).toBe('{"A":"3"}');
    const codeOf = async (revision: string): Promise<string> =>
      (await failure(provider.readVersion('app', asRevision(revision), { signal }))).code;
    expect(await codeOf('2')).toBe('SECRET_DELETED');
    expect(await codeOf('1')).toBe('NOT_FOUND');
    expect(await codeOf('9')).toBe('NOT_FOUND');
  });

  it('enables a disabled version again, the newest or another', async () => {
    for (const value of ['1', '2']) server.secrets().put('app', `{"A":"${value}"}`);
    for (const version of [1, 2]) server.secrets().disable('app', version);
    await provider.undelete('app', { signal });
    expect(textOf((await provider.read('app', { signal })).document)).toBe('{"A":"2"}');
    await provider.undelete('app', { signal, revision: asRevision('1') });
    expect(
      server
        .secrets()
        .versions('app')
        .map(({ state }) => state),
    ).toEqual(['ENABLED', 'ENABLED']);
    await provider.undelete('app', { signal });
    server.secrets().destroy('app', 2);
    expect((await failure(provider.undelete('app', { signal }))).code).toBe('NOT_FOUND');
  });

  it('may be withheld, and a glance then says so', async () => {
    server.secrets().put('app', '{}');
    const accessor = connect(
      accountParts(server, { roles: ['roles/secretmanager.secretAccessor'] }),
    );
    expect(await accessor.glance('app', { signal })).toEqual({
      state: 'unknown',
      why: 'not-permitted',
    });
    const error = await failure(accessor.versions('app', { signal }));
    expect(error.code).toBe('PERMISSION_DENIED');
    expect(error.message).toContain('secretmanager.versions.list');
    expect(error.hint).toContain('Secret Manager Viewer');
  });
});

describe('regional secrets', () => {
  it('are at the endpoint of their location, without replication', async () => {
    const regional = connect({
      ...admin,
      endpoint: server.regionalUrl('europe-west3'),
      location: 'europe-west3',
    });
    const { revision } = await regional.write('app', variables({ A: '1' }), null, { signal });
    await regional.write('app', variables({ A: '2' }), revision, { signal });
    const at = server.secrets(server.project, 'europe-west3');
    expect(at.versions('app').at(-1)?.value).toBe('{"A":"2"}');
    expect((await regional.list({ signal })).secrets).toEqual([{ path: 'app' }]);
    expect(server.secrets().ids()).toEqual([]);
    const create = server.requests.find(({ operation }) => operation === 'CreateSecret');
    expect(create?.body).toEqual({ annotations: {} });
  });

  it('are refused by the endpoint of another location', async () => {
    const regional = connect({ ...admin, location: 'europe-west3' });
    expect(await failure(regional.list({ signal }))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'location' },
    });
  });
});

describe('names and sizes', () => {
  it.each([
    ['a space', 'shop prod', 'a space', 'shop-prod'],
    ['a slash', 'shop/prod', '“/”', 'shop-prod'],
    ['a letter of another alphabet', 'größe', '“ö”', 'gr-e'],
  ])('refuses %s in an id, and suggests one', (_, path, what, suggestion) => {
    const error = provider.validate(path, variables({ A: '1' }));
    expect(error).toMatchObject({ code: 'NAME_NOT_ALLOWED', details: { suggestion } });
    expect(error?.message).toContain(what);
  });

  it('takes the longest id and the largest value, and nothing beyond', async () => {
    const longest = 'n'.repeat(64);
    const value = 'x'.repeat(25_600);
    const largest = variables({ A: value, B: value, C: 'x'.repeat(14_314) });
    await provider.write(longest, largest, null, { signal });
    expect(newest(longest)).toHaveLength(65_536);
    const codeOf = (path: string, text: string) =>
      provider.validate(path, documentFromText(text))?.code;
    expect(codeOf('n'.repeat(65), 'x')).toBe('NAME_NOT_ALLOWED');
    expect(codeOf('n'.repeat(256), 'x')).toBe('NAME_NOT_ALLOWED');
    expect(codeOf('app', 'x'.repeat(25_601))).toBe('VALUE_OVER_LIMIT');
    expect(codeOf('app', 'ö'.repeat(12_801))).toBe('VALUE_OVER_LIMIT');
    expect(codeOf('app', 'x'.repeat(65_537))).toBe('VALUE_TOO_LARGE');
    expect(codeOf('app', 'ö'.repeat(32_769))).toBe('VALUE_TOO_LARGE');
    expect(codeOf('app', '')).toBe('INVALID_INPUT');
    expect(provider.validate('app', variables({}))).toBeUndefined();
    const refused = await failure(provider.write('app', documentFromText(''), null, { signal }));
    expect(refused.message).toContain('cannot keep an empty value');
    expect(server.secrets().ids()).toEqual([longest]);
  });

  it('keeps a value above 25 KB that is stored, and refuses a new one', async () => {
    const stored = { BIG: 'x'.repeat(30_000), A: '1' };
    server.secrets().put('app', JSON.stringify(stored));
    const { revision } = await provider.read('app', { signal });
    const kept = await provider.write('app', variables({ ...stored, A: '2' }), revision, {
      signal,
    });
    expect(JSON.parse(newest('app') ?? '')).toEqual({ ...stored, A: '2' });
    const larger = variables({ BIG: 'y'.repeat(30_000), A: '2' });
    const error = await failure(provider.write('app', larger, kept.revision, { signal }));
    expect(error).toMatchObject({
      code: 'VALUE_OVER_LIMIT',
      message: 'BIG takes 30,000 bytes, 4,400 more than the limit of 25,600 (25 KB) for one value.',
    });
    expect(JSON.parse(newest('app') ?? '')).toEqual({ ...stored, A: '2' });
  });
});

it('says which role is missing for a write', async () => {
  server.secrets().put('app', '{"A":"1"}');
  const reader = connect(
    accountParts(server, {
      roles: ['roles/secretmanager.viewer', 'roles/secretmanager.secretAccessor'],
    }),
  );
  const edit = await failure(
    reader.write('app', variables({ A: '2' }), asRevision('1'), { signal }),
  );
  expect(edit).toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(edit.hint).toContain('Secret Manager Secret Version Adder');
  const create = await failure(reader.write('new', variables({ A: '2' }), null, { signal }));
  expect(create.hint).toContain('Secret Manager Admin');
});

it('tries a call again that the server could not answer, but not a write', async () => {
  server.secrets().put('app', '{"A":"1"}');
  const busy = (operation: string) =>
    server.faults.add({
      match: (request) => request.operation === operation,
      times: 2,
      effect: errorEffect('UNAVAILABLE'),
    });
  const reads = busy('AccessSecretVersion');
  expect((await provider.read('app', { signal })).revision).toBe('1');
  expect(reads.hits).toBe(2);
  const writes = busy('AddSecretVersion');
  const write = provider.write('app', variables({ A: '2' }), asRevision('1'), { signal });
  expect((await failure(write)).code).toBe('SERVER_ERROR');
  expect(writes.hits).toBe(1);
});
