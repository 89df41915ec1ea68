/** Lists that a well-behaved server does not give, and policies that leave out the root. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { breaks, connect, endOfCheck, errorOf, options } from '@test/support/hashicorp-vault';
import type { VaultAnswer } from './answer';
import type { VaultApi } from './api';
import { KvV2 } from './kv-v2';
import { listRecursively, type ListBounds } from './listing';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
});
afterEach(() => server.close());

const root = () => connect(server.url, { token: 'root' });
const keys = (path: string, names: readonly string[]) =>
  breaks(
    server,
    { method: 'LIST', path },
    { kind: 'answer', status: 200, body: { request_id: 'r', data: { keys: names } } },
  );
const lists = (): string[] =>
  server.requests.filter(({ method }) => method === 'LIST').map(({ path }) => path);

describe('an entry without a name', () => {
  it('is reported, and all others are listed', async () => {
    keys('secret/metadata', ['config/']);
    keys('secret/metadata/config', ['', 'ts3']);
    expect(await root().list(options())).toEqual({
      secrets: [{ path: 'config/', unavailable: 'without-name' }, { path: 'config/ts3' }],
      unlisted: [],
    });
    expect(lists()).toHaveLength(2);
  });

  it.each([
    ['secret', '', '/'],
    ['folder', '/', '//'],
  ])('is reported at the root too, as a %s', async (_kind, name, path) => {
    keys('secret/metadata', [name, 'app']);
    const { secrets } = await root().list(options());
    expect(secrets).toEqual([{ path, unavailable: 'without-name' }, { path: 'app' }]);
    expect(lists()).toHaveLength(1);
  });

  it('is in a KV v1 engine as well', async () => {
    server.mount('old', { version: 1 });
    keys('old', ['config/']);
    keys('old/config', ['', 'ts3']);
    const provider = connect(server.url, { token: 'root' }, { enginePath: 'old', kvVersion: '1' });
    expect((await provider.list(options())).secrets.map(({ path }) => path)).toEqual([
      'config/',
      'config/ts3',
    ]);
  });

  it('is not what Test Connection asks about', async () => {
    keys('secret/metadata', ['', 'app']);
    const step = (await endOfCheck(root())).get('permissions');
    expect(step?.detail).toContain('1 secret and 0 folders at the top');
    const asked = server.requests.find(({ path }) => path === 'sys/capabilities-self');
    expect(asked?.body).toMatchObject({ paths: expect.arrayContaining(['secret/data/app']) });
  });
});

describe('a listing that does not end', () => {
  /** Lists folders that only this test knows, by their path. */
  const listing = async (namesIn: (folder: string) => readonly string[], bounds: ListBounds) => {
    const asked: string[] = [];
    const api = {
      call: async ({ path }: { readonly path: string }) => {
        const folder = path.replace(/^secret\/metadata\/?/, '');
        asked.push(folder);
        const answer: Pick<VaultAnswer, 'isSuccess'> & { parse: () => unknown } = {
          isSuccess: true,
          parse: () => ({ data: { keys: namesIn(folder) } }),
        };
        return answer;
      },
    } as unknown as VaultApi;
    const found = listRecursively(
      {
        api,
        engine: new KvV2(api, 'secret'),
        limit: { current: 4 },
        listableFolders: async () => [],
        bounds,
      },
      options(),
    );
    return { asked, found };
  };
  const wide = { depth: 100, folders: 1000, secrets: 1000 };

  it('asks for a folder once, however often it is named', async () => {
    const { asked, found } = await listing(
      (folder) => (folder === '' ? ['a/', 'a/', 'b', 'b'] : []),
      wide,
    );
    expect((await found).secrets).toEqual([{ path: 'b' }]);
    expect(asked).toEqual(['', 'a']);
  });

  it('tells the folder below which it looks no further, and lists the rest', async () => {
    const { asked, found } = await listing(() => ['again/', 'app'], { ...wide, depth: 3 });
    const { secrets, unlisted } = await found;
    expect(asked).toHaveLength(4);
    expect(secrets).toHaveLength(4);
    expect(unlisted.map(({ path, error }) => [path, error.code])).toEqual([
      ['again/again/again', 'LISTING_ENDLESS'],
    ]);
  });

  it.each([
    ['folders', ['a/', 'b/', 'c/'], { ...wide, folders: 200 }],
    [
      'secrets',
      ['a/', ...Array.from({ length: 50 }, (_, n) => String(n))],
      { ...wide, secrets: 200 },
    ],
  ])('gives up over too many %s', async (_kind, names, bounds) => {
    const { asked, found } = await listing(() => names, bounds);
    expect((await errorOf(found)).code).toBe('LISTING_ENDLESS');
    expect(asked.length).toBeLessThan(200);
  });
});

describe('a policy that leaves out the root', () => {
  const withPolicy = (rules: Parameters<VaultServer['policy']>[1]) => {
    server.policy('team', rules);
    return connect(server.url, { token: server.token({ policies: ['team'] }) });
  };
  const put = (...paths: readonly string[]) => {
    for (const path of paths) server.kv('secret').put(path, { A: '1' });
  };

  it('lists the folders it permits, and says that it saw no others', async () => {
    put('team/app', 'team/deep/er', 'ops/db', 'alone', 'other/x');
    const provider = withPolicy({
      'secret/metadata/team/*': ['list'],
      'secret/metadata/team/deep/*': ['list'],
      'secret/metadata/ops': ['list'],
      'secret/metadata/other/*': ['deny'],
      'transit/keys/*': ['list'],
    });
    const { secrets, unlisted } = await provider.list(options());
    expect(secrets.map(({ path }) => path)).toEqual(['ops/db', 'team/app', 'team/deep/er']);
    expect(unlisted.map(({ path }) => path)).toEqual(['']);
    expect(unlisted[0]?.error.message).toBe(
      'Only these folders may be listed: ops, team, team/deep.',
    );
  });

  it('names the way without a list where no folder is permitted', async () => {
    put('app');
    const provider = withPolicy({ 'secret/data/app': ['read'] });
    const error = await errorOf(provider.list(options()));
    expect(error.code).toBe('PERMISSION_DENIED');
    expect(error.hint).toContain('enter the path of each secret as the Vault path');
  });

  it('passes Test Connection with the folders it permits', async () => {
    put('team/app');
    const provider = withPolicy({
      'secret/data/team/*': ['read', 'create', 'update', 'delete'],
      'secret/metadata/team/*': ['list', 'read'],
    });
    const step = (await endOfCheck(provider)).get('permissions');
    expect(step?.status).toBe('passed');
    expect(step?.detail).toContain(
      '1 secret and 0 folders in team\nOnly these folders may be listed: team\nMay list, read',
    );
  });

  it('is handed over for the folder, and not for everybody’s secrets', async () => {
    put('team/app');
    const provider = withPolicy({
      'secret/data/team/*': ['read'],
      'secret/metadata/team/*': ['list'],
    });
    const step = (await endOfCheck(provider)).get('permissions');
    expect(step?.error?.hint).toContain('path "secret/data/team/*" {');
  });

  it('does not send from the engine to the folder and back', async () => {
    server.policy('team', { 'secret/metadata/team/*': ['list'] });
    const token = server.token({ policies: ['team'] });
    const provider = connect(server.url, { token }, { enginePath: 'secret/team' });
    const step = (await endOfCheck(provider)).get('engine');
    expect(step?.error?.details?.suggestion).toBe('secret');
    expect((await endOfCheck(connect(server.url, { token }))).get('permissions')?.status).not.toBe(
      'failed',
    );
  });

  it('works for the folders of a namespace', async () => {
    server.namespace('admin');
    server.mount('admin/kv');
    server.kv('admin/kv').put('team/app', { A: '1' });
    server.policy('team', { 'kv/metadata/team/*': ['list'] }, 'admin');
    const token = server.token({ policies: ['team'], namespace: 'admin' });
    const provider = connect(server.url, { token }, { enginePath: 'admin/kv' });
    expect((await provider.list(options())).secrets).toEqual([{ path: 'team/app' }]);
  });
});
