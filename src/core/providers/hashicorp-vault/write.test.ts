/** Writing and removing while others do, and with answers that are lost. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { type SecretsProvider } from '../provider';
import { asRevision, type Revision } from '@core/secrets/revision';
import { createHashicorpVaultFactory } from './factory';
import { breaks, connect, doc, errorOf, options } from '@test/support/hashicorp-vault';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
  server.mount('v1', { version: 1 });
  server.kv('secret').put('app', { A: 'base' });
  server.kv('v1').put('app', { A: 'base' });
});
afterEach(() => server.close());

const root = (enginePath = 'secret'): SecretsProvider =>
  connect(server.url, { token: 'root' }, { enginePath }, createHashicorpVaultFactory());

/** May delete and undelete nothing by its version, as with a policy that knows only data and metadata. */
function confined(): SecretsProvider {
  server.policy('confined', {
    'secret/data/*': ['create', 'read', 'update', 'delete'],
    'secret/metadata/*': ['list', 'read', 'delete'],
  });
  return connect(server.url, { token: server.token({ policies: ['confined'] }) });
}

const baseOf = async (provider: SecretsProvider): Promise<Revision> =>
  (await provider.read('app', options())).revision;

const kv = () => server.kv('secret');
const states = (): string[] =>
  kv()
    .versions('app')
    .map(({ version, state }) => `v${String(version)} ${state}`);
const mine = doc('{"A":"mine"}');
const DATA = 'secret/data/app';
const post = { method: 'POST', path: DATA };
const lost = { kind: 'drop', applied: true } as const;
const unsent = { kind: 'drop', applied: false } as const;
const once = { times: 1 };

describe('a write with KV v2', () => {
  it('carries the version it replaces, and 0 where there is to be none', async () => {
    const provider = root();
    const base = await baseOf(provider);
    await provider.write('app', mine, base, options());
    await provider.write('new', mine, null, options());
    const cas = server.requests
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => (body as { options: unknown }).options);
    expect(cas).toEqual([{ cas: 1 }, { cas: 0 }]);
  });

  it('of a number that Vault would round says what is there then, and makes no new secret of it', async () => {
    const provider = root();
    const rounded = doc('{"SMALL":1,"BIG":9007199254740993,"DEEP":{"a":[9007199254740993]}}');
    const refused = await errorOf(provider.write('new', rounded, null, options()));
    expect(refused).toMatchObject({
      code: 'NUMBER_ROUNDED',
      message: expect.stringContaining('BIG, DEEP') as string,
    });
    expect(provider.validate('new', rounded)?.code).toBe('NUMBER_ROUNDED');
    expect(kv().versions('new')).toEqual([]);

    const written = await provider.write('app', rounded, await baseOf(provider), options());
    const { document, revision } = await provider.read('app', options());
    expect(written.revision).toBe(revision);
    expect(written.document).toEqual(document);
    expect(JSON.stringify(kv().read('app'))).not.toContain('993');
    expect((await provider.write('app', mine, revision, options())).document).toBeUndefined();
  });

  it('of such a number is no matter with KV v1, which keeps its text', async () => {
    const provider = root('v1');
    const { revision } = await provider.read('app', options());
    const rounded = doc('{"BIG":9007199254740993}');
    await provider.write('app', rounded, revision, options());
    expect((await provider.read('app', options())).document).toEqual(rounded);
    expect(provider.validate('new', rounded)).toBeUndefined();
  });

  it('loses to one that comes between its look and its request', async () => {
    const provider = root();
    const base = await baseOf(provider);
    const gate = server.faults.gate(post);
    const writing = errorOf(provider.write('app', mine, base, options()));
    await gate.reached;
    kv().put('app', { A: 'theirs' });
    gate.open();
    expect((await writing).code).toBe('CONFLICT');
    expect(kv().read('app')).toEqual({ A: 'theirs' });
    expect(kv().currentVersion('app')).toBe(2);
  });

  it('does not bring back what was deleted under an earlier try, when it is edited further', async () => {
    const provider = root();
    const base = await baseOf(provider);
    const gate = server.faults.gate(post);
    const trying = errorOf(provider.write('app', doc('{"A":"try"}'), base, options()));
    await gate.reached;
    kv().delete('app');
    const broken = breaks(server, { path: 'secret/metadata/app' }, unsent);
    gate.open();
    expect((await trying).code).toBe('CONNECTION_RESET');
    broken.remove();
    expect(kv().read('app')).toEqual({ A: 'try' });

    expect((await errorOf(provider.write('app', mine, base, options()))).code).toBe('CONFLICT');
    expect(states()).toEqual(['v1 deleted', 'v2 deleted']);
  });

  it.each([
    ['root', root],
    ['rights to data and metadata', confined],
  ])('does not bring back what is deleted in between, with %s', async (_, connectAs) => {
    const provider = connectAs();
    const base = await baseOf(provider);
    const gate = server.faults.gate(post);
    const writing = errorOf(provider.write('app', mine, base, options()));
    await gate.reached;
    kv().delete('app');
    gate.open();
    expect((await writing).code).toBe('CONFLICT');
    expect(states()).toEqual(['v1 deleted', 'v2 deleted']);
  });

  it('stays if the version under it is deleted later', async () => {
    const provider = root();
    const base = await baseOf(provider);
    const gate = server.faults.gate({ method: 'GET', path: 'secret/metadata/app' });
    const writing = provider.write('app', mine, base, options());
    await gate.reached;
    kv().delete('app', [1]);
    gate.open();
    expect((await writing).version).toBe('v2');
    expect(states()).toEqual(['v1 deleted', 'v2 alive']);
  });

  it('gives back what is undeleted while it is written over', async () => {
    kv().delete('app');
    const provider = root();
    const gate = server.faults.gate((request) => {
      const { options: cas } = (request.body ?? {}) as { options?: { cas: number } };
      return request.method === 'POST' && request.path === DATA && cas?.cas === 1;
    });
    const writing = errorOf(provider.write('app', mine, null, options()));
    await gate.reached;
    kv().undelete('app', [1]);
    gate.open();
    expect((await writing).code).toBe('ALREADY_EXISTS');
    expect(kv().read('app')).toEqual({ A: 'base' });
    expect(kv().currentVersion('app')).toBe(3);
  });

  it('gives back another life of the path, whose versions have the same numbers', async () => {
    const provider = root();
    const base = await baseOf(provider);
    const gate = server.faults.gate(post);
    const writing = errorOf(provider.write('app', mine, base, options()));
    await gate.reached;
    kv().remove('app');
    kv().put('app', { B: 'new life' });
    gate.open();
    expect((await writing).code).toBe('CONFLICT');
    expect(kv().read('app')).toEqual({ B: 'new life' });
  });

  it('is done without the right to read metadata as well', async () => {
    server.policy('narrow', { 'secret/data/*': ['create', 'read', 'update'] });
    const token = server.token({ policies: ['narrow'] });
    const provider = connect(server.url, { token });
    const base = await baseOf(provider);
    expect((await provider.write('app', mine, base, options())).version).toBe('v2');
  });
});

describe('a lost answer to a write with KV v2', () => {
  it('is made up for by a look at the server', async () => {
    const provider = root();
    const base = await baseOf(provider);
    breaks(server, post, lost, once);
    const written = await provider.write('app', mine, base, options());
    expect(written).toMatchObject({ revision: await baseOf(provider), version: 'v2' });
    expect(kv().versions('app')).toHaveLength(2);
  });

  it('of one that had no effect is an error, and nothing is sent again by itself', async () => {
    const provider = root();
    const base = await baseOf(provider);
    const drop = breaks(server, post, unsent, once);
    const { code } = await errorOf(provider.write('app', mine, base, options()));
    expect([code, drop.hits, kv().currentVersion('app')]).toEqual(['CONNECTION_RESET', 1, 1]);
    expect((await provider.write('app', mine, base, options())).version).toBe('v2');
  });

  it.each(['{"A":"base"}', '{"A":"mine","N":1.10,"big":12345678901234567890}'])(
    'is recognised when the write of %s is asked for again',
    async (json) => {
      const provider = root();
      const base = await baseOf(provider);
      const fault = breaks(server, post, lost, once);
      const blind = breaks(server, { method: 'GET', path: DATA }, unsent, { skip: 1 });
      await errorOf(provider.write('app', doc(json), base, options()));
      expect(fault.hits).toBe(1);
      blind.remove();
      expect((await provider.write('app', doc(json), base, options())).version).toBe('v2');
      expect(kv().currentVersion('app')).toBe(2);
    },
  );

  it('is recognised under what a colleague has written over it since', async () => {
    const provider = root();
    const base = await baseOf(provider);
    breaks(server, post, lost, once);
    const gate = server.faults.gate(
      ({ method, query }) => method === 'GET' && query['version'] === '2',
    );
    const writing = provider.write('app', mine, base, options());
    await gate.reached;
    kv().put('app', { B: 'theirs, without A' });
    gate.open();
    expect((await writing).version).toBe('v2');
    expect(kv().read('app')).toEqual({ B: 'theirs, without A' });
  });

  it('makes no conflict of an own earlier try with other values', async () => {
    const provider = root();
    const base = await baseOf(provider);
    breaks(server, post, lost, once);
    const blind = breaks(server, { method: 'GET', path: DATA }, unsent, { skip: 1 });
    await errorOf(provider.write('app', mine, base, options()));
    blind.remove();
    expect(kv().read('app')).toEqual({ A: 'mine' });
    const more = doc('{"A":"mine","B":"more"}');
    expect((await provider.write('app', more, base, options())).version).toBe('v3');
    expect(kv().read('app')).toEqual({ A: 'mine', B: 'more' });
  });

  it('is not taken for done where somebody else wrote that version', async () => {
    const provider = root();
    const base = await baseOf(provider);
    breaks(server, post, unsent, once);
    const gate = server.faults.gate(
      ({ method, query }) => method === 'GET' && query['version'] === '2',
    );
    const writing = errorOf(provider.write('app', mine, base, options()));
    await gate.reached;
    kv().put('app', { A: 'theirs' });
    gate.open();
    expect((await writing).code).toBe('CONNECTION_RESET');
    const again = await errorOf(provider.write('app', mine, base, options()));
    expect(again.code).toBe('CONFLICT');
    expect(kv().read('app')).toEqual({ A: 'theirs' });
  });

  it.each([
    ['nothing', 'new', 0],
    ['a deleted secret', 'app', 1],
  ])('is made up for where it created over %s', async (_, path, refusals) => {
    kv().delete('app');
    const provider = root();
    const before = kv().currentVersion(path);
    const request = { method: 'POST', path: `secret/data/${path}` };
    const drop = breaks(server, request, lost, { times: 1, skip: refusals });
    await provider.write(path, mine, null, options());
    expect([drop.hits, kv().currentVersion(path)]).toEqual([1, before + 1]);
  });

  it('of a create does not claim an old first version that happens to hold the same', async () => {
    kv().put('app', { A: 'newer' });
    const provider = root();
    breaks(server, post, unsent, once);
    const { code } = await errorOf(provider.write('app', doc('{"A":"base"}'), null, options()));
    expect(code).toBe('CONNECTION_RESET');
    const again = await errorOf(provider.write('app', doc('{"A":"base"}'), null, options()));
    expect(again.code).toBe('ALREADY_EXISTS');
  });
});

describe('a removal with KV v2', () => {
  const DELETE = { method: 'POST', path: 'secret/delete/app' };

  it('leaves alone what is written between its look and its request', async () => {
    const provider = root();
    const base = await baseOf(provider);
    const gate = server.faults.gate(DELETE);
    const removing = errorOf(provider.remove('app', base, options()));
    await gate.reached;
    kv().put('app', { A: 'theirs' });
    gate.open();
    expect((await removing).code).toBe('CONFLICT');
    expect(states()).toEqual(['v1 alive', 'v2 alive']);
  });

  it('stays if somebody writes again after it', async () => {
    const provider = root();
    const base = await baseOf(provider);
    const gate = server.faults.gate({ method: 'GET', path: 'secret/metadata/app' });
    const removing = provider.remove('app', base, options());
    await gate.reached;
    kv().put('app', { A: 'again' });
    gate.open();
    expect(await removing).toEqual({ recoverable: true });
    expect(states()).toEqual(['v1 deleted', 'v2 alive']);
  });

  it('works with rights to data and metadata alone, and names what it hit where it cannot undo it', async () => {
    const provider = confined();
    const base = await baseOf(provider);
    const gate = server.faults.gate({ method: 'DELETE', path: DATA });
    const removing = errorOf(provider.remove('app', base, options()));
    await gate.reached;
    kv().put('app', { A: 'theirs' });
    gate.open();
    const { code, message, hint } = await removing;
    expect(code).toBe('CONFLICT');
    expect(message).toContain('v2 was deleted in its place');
    expect(hint).toContain('undelete v2');
    kv().undelete('app', [2]);
    expect(await provider.remove('app', await baseOf(provider), options())).toEqual({
      recoverable: true,
    });
  });

  it('undoes a removal that hit a newer version, where it may', async () => {
    server.policy('undelete', {
      'secret/data/*': ['read', 'delete'],
      'secret/metadata/*': ['read'],
      'secret/undelete/*': ['update'],
    });
    const provider = connect(server.url, { token: server.token({ policies: ['undelete'] }) });
    const base = await baseOf(provider);
    const gate = server.faults.gate({ method: 'DELETE', path: DATA });
    const removing = errorOf(provider.remove('app', base, options()));
    await gate.reached;
    kv().put('app', { A: 'theirs' });
    gate.open();
    expect((await removing).code).toBe('CONFLICT');
    expect(kv().read('app')).toEqual({ A: 'theirs' });
  });

  it('is found done after a lost answer, and not done after a lost request', async () => {
    const provider = root();
    const base = await baseOf(provider);
    breaks(server, DELETE, unsent, once);
    expect((await errorOf(provider.remove('app', base, options()))).code).toBe('CONNECTION_RESET');
    expect(states()).toEqual(['v1 alive']);
    breaks(server, DELETE, lost, once);
    expect(await provider.remove('app', base, options())).toEqual({ recoverable: true });
    expect(states()).toEqual(['v1 deleted']);
  });
});

describe('KV v1', () => {
  const v1 = () => server.kv('v1');
  const write = { method: 'POST', path: 'v1/app' };
  const look = { method: 'GET', path: 'v1/app' };

  it('finds out when another client has written over it', async () => {
    const provider = root('v1');
    const base = await baseOf(provider);
    const gate = server.faults.gate(
      (
        (passed) =>
        ({ method, path }: { method: string; path: string }) =>
          method === 'GET' && path === 'v1/app' && (passed += 1) > 1
      )(0),
    );
    const writing = errorOf(provider.write('app', mine, base, options()));
    await gate.reached;
    v1().put('app', { A: 'theirs' });
    gate.open();
    expect((await writing).code).toBe('CONFLICT');
    expect(v1().read('app')).toEqual({ A: 'theirs' });
  });

  it('makes up for a lost answer by a look at the server', async () => {
    const provider = root('v1');
    const base = await baseOf(provider);
    breaks(server, write, lost, once);
    const { revision } = await provider.write('app', mine, base, options());
    expect(await baseOf(provider)).toBe(revision);
  });

  it('recognises its own write when it is asked for again, with other values too', async () => {
    const provider = root('v1');
    const base = await baseOf(provider);
    const fail = async (path: string, expected: Revision | null): Promise<void> => {
      breaks(server, { method: 'POST', path: `v1/${path}` }, lost, once);
      const blind = breaks(server, { method: 'GET', path: `v1/${path}` }, unsent, { skip: 1 });
      await errorOf(provider.write(path, mine, expected, options()));
      blind.remove();
      expect(v1().read(path)).toEqual({ A: 'mine' });
    };
    await fail('app', base);
    await provider.write('app', mine, base, options());
    v1().put('app', { A: 'base' });
    await fail('app', base);
    await provider.write('app', doc('{"A":"more"}'), base, options());
    expect(v1().read('app')).toEqual({ A: 'more' });
    await fail('new', null);
    await provider.write('new', mine, null, options());
    const again = await errorOf(provider.write('new', mine, null, options()));
    expect(again.code).toBe('ALREADY_EXISTS');
  });

  it('says so where the write never arrived', async () => {
    const provider = root('v1');
    const base = await baseOf(provider);
    breaks(server, write, unsent, once);
    const { code } = await errorOf(provider.write('app', mine, base, options()));
    expect(code).toBe('CONNECTION_RESET');
    expect(v1().read('app')).toEqual({ A: 'base' });
  });

  it('removes once, when the answer is lost, and again when asked again', async () => {
    const provider = root('v1');
    const base = await baseOf(provider);
    const remove = { method: 'DELETE', path: 'v1/app' };
    breaks(server, remove, lost, once);
    expect(await provider.remove('app', base, options())).toEqual({ recoverable: false });
    v1().put('app', { A: 'base' });
    breaks(server, remove, lost, once);
    const blind = breaks(server, look, unsent, { skip: 1 });
    await errorOf(provider.remove('app', base, options()));
    blind.remove();
    expect(await provider.remove('app', base, options())).toEqual({ recoverable: false });
    const third = await errorOf(provider.remove('app', base, options()));
    expect(third.code).toBe('CONFLICT');
  });
});

describe('a text that is not a revision', () => {
  it('conflicts with everything', async () => {
    for (const enginePath of ['secret', 'v1']) {
      const provider = root(enginePath);
      const nonsense = asRevision('nonsense');
      const removing = await errorOf(provider.remove('app', nonsense, options()));
      const writing = await errorOf(provider.write('app', mine, nonsense, options()));
      expect([removing.code, writing.code]).toEqual(['CONFLICT', 'CONFLICT']);
    }
  });
});

describe('who wrote a version', () => {
  it('is given if Vault gives it', async () => {
    const at = {
      created_time: '2026-07-04T09:41:07.123456789Z',
      deletion_time: '',
      destroyed: false,
    };
    const by = { actor: 'approle-deploy', client_id: 'f00', operation: 'create' };
    breaks(
      server,
      { path: 'secret/metadata/app' },
      {
        kind: 'answer',
        status: 200,
        body: {
          data: {
            current_version: 3,
            versions: { 1: at, 2: { ...at, created_by: null }, 3: { ...at, created_by: by } },
          },
        },
      },
    );
    const history = await root().versions('app', options());
    const versions = history.isKept ? history.versions : [];
    expect(versions.map(({ version, createdBy }) => [version, createdBy])).toEqual([
      ['v3', 'approle-deploy'],
      ['v2', undefined],
      ['v1', undefined],
    ]);
    expect(versions[0]?.revision).toBe('3@2026-07-04T09:41:07.123456789Z');
  });
});
