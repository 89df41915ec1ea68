/** Finding the version of the engine, also where the server will not simply tell. */
import { MOST_AT_ONCE } from '@core/network/request-limit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { breaks, connect, doc, errorOf, options, readAll } from '@test/support/hashicorp-vault';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
  server.mount('kv1', { version: 1 });
});
afterEach(() => server.close());

const at = (enginePath: string, token = 'root') => connect(server.url, { token }, { enginePath });

/** As an old server that knows no such call, or one whose proxy does not let it through. */
const blockMounts = (status: 403 | 404 | 405): void => {
  const isMounts = ({ path }: { path: string }): boolean => path.includes('sys/internal/ui/');
  breaks(server, isMounts, { kind: 'answer', status, body: { errors: [] } });
};

describe.each([403, 404, 405] as const)('where the mount cannot be asked (%i)', (status) => {
  beforeEach(() => {
    blockMounts(status);
  });

  it.each([
    ['secret', 'v1'],
    ['kv1', undefined],
  ])('tells the version of %s by listing, empty or not', async (enginePath, version) => {
    expect((await at(enginePath).list(options())).secrets).toEqual([]);
    const provider = at(enginePath);
    await provider.write('app', doc('{"A":"1"}'), null, options());
    expect((await at(enginePath).list(options())).secrets).toEqual([{ path: 'app' }]);
    expect((await at(enginePath).read('app', options())).version).toBe(version);
  });

  it('is not misled by folders of a v1 mount', async () => {
    server.kv('kv1').put('metadata/x', { A: '1' });
    server.kv('kv1').put('data/x', { A: '1' });
    const { secrets } = await at('kv1').list(options());
    expect(secrets.map(({ path }) => path)).toEqual(['data/x', 'metadata/x']);
  });

  it.each([
    ['secret', { 'secret/metadata/*': ['list'] }],
    ['kv1', { 'kv1/*': ['list'] }],
  ] as const)('needs no more than the right to list %s', async (enginePath, rules) => {
    server.policy('list', rules);
    server.kv(enginePath).put('app', { A: '1' });
    const token = server.token({ policies: ['list'] });
    expect((await at(enginePath, token).list(options())).secrets).toEqual([{ path: 'app' }]);
  });

  it('says what is not there, and what it cannot see', async () => {
    server.mount('transit', { type: 'transit' });
    const token = server.token({ policies: [] });
    const errors = await Promise.all([
      errorOf(at('nothing').list(options())),
      errorOf(at('transit').list(options())),
      errorOf(at('secret', token).list(options())),
    ]);
    expect(errors.map(({ code }) => code)).toEqual([
      'ENGINE_NOT_FOUND',
      'ENGINE_NOT_KV',
      'PERMISSION_DENIED',
    ]);
  });
});

it.each([true, false])('never asks a v1 mount for /data/ (fallback: %s)', async (fallback) => {
  if (fallback) blockMounts(404);
  const provider = at('kv1');
  await provider.list(options());
  const revision = (await provider.write('app', doc('{"A":"1"}'), null, options())).revision;
  await provider.write('app', doc('{"A":"2"}'), revision, options());
  const { revision: newest } = await provider.read('app', options());
  await readAll(provider, ['app', 'none']);
  await provider.remove('app', newest, options());
  expect(server.requests.filter(({ path }) => path.startsWith('kv1/data'))).toEqual([]);
});

it('asks once for a provider, however many calls need it', async () => {
  const provider = at('secret');
  await Promise.all([provider.list(options()), readAll(provider, ['a', 'b', 'c'])]);
  const asked = server.requests.filter(({ path }) => path.startsWith('sys/internal/ui/'));
  expect(asked).toHaveLength(1);
});

it('asks again after it failed', async () => {
  const path = 'sys/internal/ui/mounts/secret';
  const body = { errors: ['internal error'] };
  const fault = breaks(server, { path }, { kind: 'answer', status: 500, body });
  const provider = at('secret');
  expect((await errorOf(provider.list(options()))).code).toBe('SERVER_ERROR');
  fault.remove();
  expect((await provider.list(options())).secrets).toEqual([]);
});

describe('namespaces in Engine Path', () => {
  it('are found where the token knows only its own', async () => {
    server.namespace('admin');
    server.namespace('admin/team');
    server.mount('admin/team/apps/kv', { version: 1 });
    server.policy('app', { 'apps/kv/*': ['read', 'list', 'create'] }, 'admin/team');
    const token = server.token({ policies: ['app'], namespace: 'admin/team' });
    // Vault Enterprise refuses a token of a namespace in all namespaces above.
    const isAbove = ({ path }: { path: string }): boolean =>
      /^(admin\/)?(sys\/internal|auth\/token)\//.test(path);
    const body = { errors: ['permission denied'] };
    breaks(server, isAbove, { kind: 'answer', status: 403, body });
    const provider = at('admin/team/apps/kv', token);
    await provider.write('app', doc('{"A":"1"}'), null, options());
    expect((await provider.list(options())).secrets).toEqual([{ path: 'app' }]);
    const refused = { path: 'admin/team/apps/kv/app' };
    breaks(server, refused, { kind: 'answer', status: 403, body });
    expect((await errorOf(provider.read('app', options()))).code).toBe('PERMISSION_DENIED');
  });

  it('are found by a token that may read one secret and list nothing', async () => {
    server.namespace('admin');
    server.mount('admin/kv');
    server.kv('admin/kv').put('app', { A: '1' });
    server.policy('one', { 'kv/data/app': ['read'] }, 'admin');
    const token = server.token({ policies: ['one'], namespace: 'admin' });
    const isAbove = ({ path }: { path: string }): boolean => path.startsWith('sys/internal/');
    const body = { errors: ['permission denied'] };
    breaks(server, isAbove, { kind: 'answer', status: 403, body });
    expect((await at('admin/kv', token).read('app', options())).version).toBe('v1');
  });

  it('are found where the server names the mount in full, as OpenBao does', async () => {
    server.namespace('admin');
    server.namespace('admin/team');
    server.mount('admin/team/kv');
    const refusal = { errors: ['permission denied'] };
    const isRoot = (request: { path: string }): boolean => request.path.startsWith('sys/internal/');
    breaks(server, isRoot, { kind: 'answer', status: 403, body: refusal });
    expect((await at('admin/team/kv').list(options())).secrets).toEqual([]);
    const asked = server.requests.find((request) => request.path.startsWith('admin/sys/internal/'));
    expect(asked?.status).toBe(200);
  });

  it('may have the same name as what is in them', async () => {
    server.namespace('kv');
    server.mount('kv/kv');
    const provider = at('kv/kv');
    await provider.write('kv', doc('{"A":"1"}'), null, options());
    expect((await provider.list(options())).secrets).toEqual([{ path: 'kv' }]);
  });
});

describe('ten thousand secrets', () => {
  it('are listed and read', { timeout: 60_000 }, async () => {
    const paths = Array.from(
      { length: 10_000 },
      (_, index) => `team-${String(index % 100).padStart(2, '0')}/app-${String(index)}`,
    ).toSorted();
    for (const path of paths) server.kv('secret').put(path, { NAME: path });
    const provider = at('secret');
    const { secrets, unlisted } = await provider.list(options());
    expect(unlisted).toEqual([]);
    expect(secrets.map(({ path }) => path)).toEqual(paths);
    const outcomes = await readAll(provider, paths);
    const wrong = outcomes.filter(
      (outcome) =>
        !('snapshot' in outcome) ||
        outcome.snapshot.document.shape !== 'map' ||
        outcome.snapshot.document.entries.get('NAME')?.value.reveal() !== outcome.path,
    );
    expect(wrong).toEqual([]);
    expect(server.stats.connections).toBeLessThanOrEqual(MOST_AT_ONCE);
  });
});
