/** Listing, reading, history and glances, as a person with one vault sees them. */
import { describe, expect, it } from 'vitest';
import { asRevision } from '@core/secrets/revision';
import { htmlAnswer } from '@test/servers/faults';
import { collect, connect, failure, signal, textOf } from '@test/support/azure-key-vault';

describe('list', () => {
  it('finds the environments of all pages, folders among them, and no certificates', async () => {
    const { server, provider } = await connect();
    const names = Array.from({ length: 60 }, (_, index) => `env-${String(index).padStart(2, '0')}`);
    for (const name of names) server.put(name, '{}');
    const tags = { 'strongroom-folder': 'shop/' };
    server.put('shop-DB-HOST', 'a', { tags: { ...tags, 'strongroom-key': 'DB_HOST' } });
    server.put('shop-API-KEY', 'b', { tags: { ...tags, 'strongroom-key': 'API_KEY' } });
    server.certificate('tls');
    server.put('gone', '{}');
    server.delete('gone');
    const counts: number[] = [];
    const { secrets, unlisted } = await provider.list({ signal, onFound: (n) => counts.push(n) });
    expect(secrets).toEqual([...names, 'shop/'].map((path) => ({ path })));
    expect(unlisted).toEqual([]);
    expect(counts).toEqual([25, 50, 61]);
    expect(server.count('ListSecrets')).toBe(4); // One of them asked for the challenge.
  });

  it('goes on after short and empty pages', async () => {
    const { server, provider } = await connect();
    for (const name of ['a', 'b', 'c', 'd']) server.put(name, '{}');
    server.pageSizes = [1, 0, 2];
    const { secrets } = await provider.list({ signal });
    expect(secrets.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('follows no link to another host', async () => {
    const { server, provider } = await connect();
    server.put('a', '{}');
    server.faults.add({
      match: ({ operation, headers }) =>
        operation === 'ListSecrets' && headers['authorization'] !== undefined,
      effect: {
        kind: 'answer',
        status: 200,
        body: { value: [], nextLink: 'https://evil.example/secrets?$skiptoken=x' },
      },
    });
    expect((await failure(provider.list({ signal }))).code).toBe('UNEXPECTED_ANSWER');
  });

  it('does not follow a page that leads to itself', async () => {
    const { server, provider } = await connect();
    await provider.list({ signal });
    server.faults.add({
      effect: {
        kind: 'answer',
        status: 200,
        body: { value: [], nextLink: `${server.url}/secrets?$skiptoken=x&maxresults=25` },
      },
    });
    expect((await failure(provider.list({ signal }))).code).toBe('UNEXPECTED_ANSWER');
  });
});

describe('read', () => {
  it('reads a JSON object key by key, in order, with numbers as they were written', async () => {
    const { server, provider } = await connect();
    const text = '{"b":"x","10":12345678901234567890,"a":1.10,"n":null,"t":true,"l":[1,{"k":2}]}';
    server.clock.stop();
    const version = server.put('app', text);
    const snapshot = await provider.read('app', { signal });
    expect(textOf(snapshot.document)).toBe(text);
    expect(snapshot).toMatchObject({
      path: 'app',
      revision: version,
      version: version.slice(0, 8),
      modifiedAt: new Date(Math.floor(server.clock.now() / 1000) * 1000),
    });
  });

  it.each(['not JSON at all\nwith a second line', '[1, 2,  3]', '{"a":1', ''])(
    'keeps %j as the one text that it is',
    async (text) => {
      const { server, provider } = await connect();
      server.put('app', text);
      const { document } = await provider.read('app', { signal });
      expect(document.shape).toBe('text');
      expect(textOf(document)).toBe(text);
    },
  );

  it('tells what is not there from what was deleted', async () => {
    const { server, provider } = await connect();
    server.put('old', '{}');
    server.delete('old');
    const days = server.settings.retentionDays * 86_400_000;
    expect((await failure(provider.read('missing', { signal }))).code).toBe('NOT_FOUND');
    const error = await failure(provider.read('old', { signal }));
    expect(error.code).toBe('SCHEDULED_FOR_DELETION');
    expect(Math.abs((error.details?.until ?? 0) - server.clock.now() - days)).toBeLessThan(60_000);
  });

  it('says how to enable a secret that is disabled', async () => {
    const { server, provider } = await connect();
    server.put('app', '{"A":"hidden"}', { attributes: { enabled: false } });
    const error = await failure(provider.read('app', { signal }));
    expect(error).toMatchObject({ code: 'REQUEST_REFUSED', message: 'This secret is disabled.' });
    expect(error.hint).toContain('az keyvault secret set-attributes --vault-name');
    expect(error.remedy).toMatchObject({
      run: expect.stringContaining('--name app --enabled true'),
    });
  });

  it.each(['a_b', '..', 'a/b', '', 'ä', 'x'.repeat(128)])(
    'makes no call for the name %j',
    async (path) => {
      const { server, provider } = await connect();
      expect((await failure(provider.read(path, { signal }))).code).toBe('NAME_NOT_ALLOWED');
      expect(await provider.glance(path, { signal })).toEqual({ state: 'absent' });
      expect(server.requests).toEqual([]);
    },
  );

  it('reads many, each with its outcome', async () => {
    const { server, provider } = await connect();
    const names = Array.from({ length: 40 }, (_, index) => `e${String(index)}`);
    for (const name of names) server.put(name, `{"N":"${name}"}`);
    server.put('off', '{}', { attributes: { enabled: false } });
    const outcomes = await collect(provider.readMany([...names, 'off', 'none'], { signal }));
    const found = Object.fromEntries(
      outcomes.map((one) => [
        one.path,
        'snapshot' in one ? textOf(one.snapshot.document) : one.error.code,
      ]),
    );
    expect(found).toEqual({
      ...Object.fromEntries(names.map((name) => [name, `{"N":"${name}"}`])),
      off: 'REQUEST_REFUSED',
      none: 'NOT_FOUND',
    });
    expect(server.requests.filter(({ api }) => api === 'entra')).toHaveLength(1);
  });

  it('stops asking when the credentials are refused', async () => {
    const { server, app, provider } = await connect({ concurrency: 1 });
    app.removeSecret(app.clientSecret);
    const outcomes = await collect(provider.readMany(['a', 'b', 'c'], { signal }));
    expect(outcomes.map((one) => ('error' in one ? one.error.code : ''))).toEqual(
      Array<string>(3).fill('KEY_ID_UNKNOWN'),
    );
    expect(server.requests.filter(({ api }) => api === 'entra')).toHaveLength(1);
  });

  it('takes no page of something else for an answer', async () => {
    const { server, provider } = await connect();
    server.faults.add({
      match: ({ operation }) => operation === 'GetSecret',
      effect: htmlAnswer(200, 'Sign in to the network'),
    });
    const error = await failure(provider.read('app', { signal }));
    expect(error.code).toBe('UNEXPECTED_ANSWER');
    expect(JSON.stringify(error.report())).not.toContain('Sign in');
  });
});

describe('history', () => {
  it('lists the versions, the newest first, and reads each', async () => {
    const { server, provider } = await connect();
    const versions = ['1', '2', '3'].map((value) => {
      server.clock.advance(1000);
      return server.put('app', `{"A":"${value}"}`);
    });
    const history = await provider.versions('app', { signal });
    expect(history).toMatchObject({
      isKept: true,
      isComplete: true,
      versions: versions.toReversed().map((revision, index) => ({
        revision,
        version: revision.slice(0, 8),
        state: index === 0 ? 'current' : 'past',
        labels: [],
      })),
    });
    const first = await provider.readVersion('app', asRevision(versions[0] ?? ''), { signal });
    expect(textOf(first.document)).toBe('{"A":"1"}');
    const unknown = provider.readVersion('app', asRevision('0'.repeat(32)), { signal });
    expect((await failure(unknown)).code).toBe('NOT_FOUND');
  });

  it('tells the newest of versions of one second', async () => {
    const { server, provider } = await connect();
    server.clock.stop();
    for (let index = 0; index < 5; index += 1) server.put('app', `{"A":"${String(index)}"}`);
    const newest = server.put('app', '{"A":"newest"}');
    const history = await provider.versions('app', { signal });
    expect(history.isKept && history.versions[0]).toMatchObject({
      revision: newest,
      state: 'current',
    });
  });

  it('is shown for a disabled secret too', async () => {
    const { server, provider } = await connect();
    server.put('app', '{}');
    server.clock.advance(2000);
    const off = server.put('app', '{}', { attributes: { enabled: false } });
    const history = await provider.versions('app', { signal });
    expect(history.isKept && history.versions[0]).toMatchObject({
      revision: off,
      state: 'current',
      labels: ['disabled'],
    });
  });

  it('does not exist for what does not exist', async () => {
    const { provider } = await connect();
    expect((await failure(provider.versions('app', { signal }))).code).toBe('NOT_FOUND');
  });
});

describe('glance', () => {
  it('tells the version without reading the value', async () => {
    const { server, provider } = await connect();
    server.put('app', '{}');
    server.clock.advance(1000);
    const version = server.put('app', '{"A":"2"}');
    expect(await provider.glance('app', { signal })).toMatchObject({
      state: 'present',
      revision: version,
      version: version.slice(0, 8),
    });
    expect(server.count('GetSecret')).toBe(0);
  });

  it('tells what was deleted from what is not there', async () => {
    const { server, provider } = await connect();
    server.put('app', '{}');
    server.delete('app');
    expect(await provider.glance('app', { signal })).toMatchObject({
      state: 'scheduled-for-deletion',
      until: expect.any(Date) as Date,
    });
    expect(await provider.glance('other', { signal })).toEqual({ state: 'absent' });
  });

  it('claims nothing about two versions of one second, a folder, or without permission', async () => {
    const { server, app, provider } = await connect();
    server.clock.stop();
    server.put('app', '{}');
    server.put('app', '{"A":"2"}');
    const unknown = { state: 'unknown', why: 'not-supported' };
    expect(await provider.glance('app', { signal })).toEqual(unknown);
    expect(await provider.glance('app/', { signal })).toEqual(unknown);
    server.grant(app, { roles: [] });
    expect(await provider.glance('app', { signal })).toEqual({
      state: 'unknown',
      why: 'not-permitted',
    });
  });
});
