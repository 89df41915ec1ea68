/** What the steps from health on find, warn of and suggest. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { htmlAnswer } from '@test/servers/faults';
import { startVaultServer, type TokenOptions, type VaultServer } from '@test/servers/vault/server';
import { editDistance } from '@shared/model/edit-distance';
import { nearest } from '../engine-suggestion';
import { breaks, connect, endOfCheck } from '@test/support/hashicorp-vault';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
  server.policy('app', {
    'secret/data/*': ['create', 'read', 'update', 'delete'],
    'secret/metadata/*': ['list', 'read'],
  });
});
afterEach(() => server.close());

const token = (settings: TokenOptions = {}): string =>
  server.token({ policies: ['app'], ...settings });
const check = async (id: string, values = {}, access = token()) =>
  (await endOfCheck(connect(server.url, { token: access }, values))).get(id);

describe('health', () => {
  it.each([
    ['standby', 'standby, unsealed'],
    ['performance-standby', 'performance standby, unsealed'],
  ] as const)('passes a %s, which serves by way of the active node', async (state, text) => {
    server.state = state;
    const step = await check('health');
    expect(step?.status).toBe('passed');
    expect(step?.detail).toContain(text);
  });

  it('says of a disaster recovery secondary that the primary is wanted', async () => {
    server.state = 'dr-secondary';
    const step = await check('health');
    expect(step?.error?.message).toContain('disaster recovery secondary');
    expect(step?.error?.hint).toContain('primary');
  });

  it('is asked without a namespace, even where everything else is in one', async () => {
    server.namespace('admin');
    server.mount('admin/kv');
    const role = server.appRole({ namespace: 'admin', policies: ['app'] });
    const values = { namespace: 'admin', enginePath: 'admin/kv' };
    const steps = await endOfCheck(connect(server.url, role, values));
    expect(steps.get('health')?.status).toBe('passed');
    expect(server.requests[0]).toMatchObject({ path: 'sys/health', status: 200 });
  });
});

describe('authentication', () => {
  it.each([
    ['ends soon', { ttl: 530 }, 'The token expires in 8 minutes.', 'renews it while it is in use'],
    [
      'ends soon for good',
      { ttl: 290, renewable: false },
      'The token expires in 4 minutes.',
      'cannot be renewed',
    ],
    ['has few uses', { numUses: 19 }, 'The token may be used 18 more times.', 'without a limit'],
  ])('warns of a token that %s', async (_name, settings, message, hint) => {
    const step = await check('authentication', {}, token(settings));
    expect(step?.status).toBe('warned');
    expect(step?.error?.message).toBe(message);
    expect(step?.error?.hint).toContain(hint);
  });

  it('says of a token whose last use it took that it is over', async () => {
    const step = await check('authentication', {}, token({ numUses: 1 }));
    expect([step?.status, step?.error?.code]).toEqual(['failed', 'TOKEN_INVALID']);
    expect(step?.error?.message).toContain('one more use');
  });

  it('is content with a token that has ten minutes and twenty uses', async () => {
    const step = await check('authentication', {}, token({ ttl: 660, numUses: 40 }));
    expect(step).toMatchObject({ status: 'passed' });
    expect(step?.detail).toContain('39 uses left');
  });

  it('does not warn of the short life of a token that AppRole renews by a new login', async () => {
    const role = server.appRole({ policies: ['app'], tokenTtl: 60 });
    const steps = await endOfCheck(connect(server.url, role));
    expect(steps.get('authentication')?.status).toBe('passed');
  });

  it('says of a root token that it is more than is needed', async () => {
    const step = await check('authentication', {}, server.rootToken);
    expect(step).toMatchObject({ status: 'warned' });
    expect(step?.detail).toContain('A root token may do everything');
    expect(step?.error).toBeUndefined();
  });

  it('passes where the token may not look itself up, with a warning', async () => {
    const step = await check('authentication', {}, token({ noDefaultPolicy: true }));
    expect(step?.status).toBe('warned');
  });

  it('points at the Namespace field where Engine Path may begin with one', async () => {
    const wrong = { roleId: 'role', secretId: 'secret' };
    const at = async (values: object) =>
      (await endOfCheck(connect(server.url, wrong, values))).get('authentication')?.error?.hint;
    expect(await at({ enginePath: 'admin/secret' })).toContain('If “admin” in Engine Path');
    expect(await at({ enginePath: 'secret' })).not.toContain('in Engine Path');
    expect(await at({ enginePath: 'admin/secret', namespace: 'x' })).not.toContain('“admin”');
    for (const namespace of ['secret', 'admin/secret']) {
      expect(await at({ enginePath: 'secret', namespace })).toContain(
        'Namespace contains the engine',
      );
    }
  });
});

describe('engine', () => {
  const engine = (enginePath: string, access?: string) =>
    check('engine', { enginePath }, access ?? server.rootToken);

  it.each(['data', 'metadata'])('recognises /%s pasted at the end', async (part) => {
    for (const access of [server.rootToken, token()]) {
      const step = await engine(`secret/${part}`, access);
      expect(step?.error?.message).toContain(`“/${part}” at the end`);
      expect(step?.error?.hint).toContain('Enter secret as Engine Path');
    }
  });

  it('recognises it where no mount may be asked about', async () => {
    breaks(server, ({ path }) => path.includes('internal/ui/mounts'), {
      kind: 'answer',
      status: 403,
      body: { errors: ['permission denied'] },
    });
    const step = await engine('secret/data', token());
    expect(step?.error?.message).toContain('“/data” at the end');
  });

  it('names the mount where the path goes on beyond it', async () => {
    const step = await engine('secret/team/app');
    expect(step?.error?.hint).toContain('Enter secret as Engine Path');
  });

  it('names the nearest engines that are visible', async () => {
    server.mount('team/kv-payments');
    server.mount('kv-orders');
    server.mount('unlike-any');
    server.mount('transit', { type: 'transit' });
    expect((await engine('kv-payment'))?.error?.hint).toContain('team/kv-payments');
    expect((await engine('Secrets'))?.error?.hint).toBe(
      'Did you mean “secret”? The credentials see a KV engine there.',
    );
    expect((await engine('zzzzzz'))?.error?.hint).toBe(
      'Enter one of the KV engines that these credentials see: kv-orders, secret, team/kv-payments, unlike-any.',
    );
    expect((await engine('transit'))?.error?.hint).toContain('secret');
  });

  it('names nothing that the credentials do not see', async () => {
    server.mount('sacred');
    const { error } = (await engine('secred', token())) ?? {};
    expect(error?.hint).toContain('Did you mean “secret”? The credentials see a KV engine there.');
    const blind = await engine('secred', server.token({ policies: [] }));
    expect(blind?.error?.hint).not.toContain('sacred');
  });

  it('asks sys/mounts where the server has nothing else', async () => {
    breaks(server, ({ path }) => path.endsWith('internal/ui/mounts'), {
      kind: 'answer',
      status: 404,
      body: { errors: [] },
    });
    expect((await engine('secrt'))?.error?.hint).toContain('secret');
  });

  it('recognises a namespace without its engine', async () => {
    server.namespace('admin');
    server.mount('admin/kv');
    server.mount('admin/team-kv');
    const step = await engine('admin');
    expect(step?.error?.message).toBe('“admin” is a namespace, not a secrets engine.');
    expect(step?.error?.hint).toContain('admin/kv, admin/team-kv');
  });

  it('recognises an engine without the namespace of the token', async () => {
    server.namespace('admin');
    server.mount('admin/kv');
    server.policy('app', { 'kv/*': ['read', 'list'] }, 'admin');
    const step = await engine('kv', token({ namespace: 'admin' }));
    expect(step?.error?.message).toContain('made in namespace admin');
    expect(step?.error?.hint).toContain('KV v2 engine at admin/kv');
  });
});

describe('a KV version that is chosen', () => {
  it('is taken, and the server is not asked by anything but the test', async () => {
    server.kv('secret').put('app', { A: '1' });
    const provider = connect(server.url, { token: token() }, { kvVersion: '2' });
    const signal = new AbortController().signal;
    expect((await provider.read('app', { signal })).version).toBe('v1');
    expect(server.requests.map(({ path }) => path)).toEqual(['secret/data/app']);
    const step = (await endOfCheck(provider)).get('engine');
    expect(step).toMatchObject({ status: 'passed', detail: 'KV v2 at secret, as chosen' });
  });

  it('is warned of where the server says otherwise', async () => {
    server.mount('kv1', { version: 1 });
    const step = await check('engine', { enginePath: 'kv1', kvVersion: '2' }, server.rootToken);
    expect(step?.status).toBe('warned');
    expect(step?.error?.message).toContain('the server says otherwise: KV v1');
    expect(step?.error?.details?.field).toBe('kvVersion');
  });

  it('is warned of where there is no KV engine, and fails where there is no engine', async () => {
    server.mount('transit', { type: 'transit' });
    const at = (enginePath: string) =>
      check('engine', { enginePath, kvVersion: '1' }, server.rootToken);
    expect((await at('transit'))?.status).toBe('warned');
    expect((await at('nothing'))?.error?.code).toBe('ENGINE_NOT_FOUND');
  });

  it('is what helps where the server does not tell', async () => {
    server.policy('one', { 'secret/metadata/team/*': ['list'] });
    breaks(server, ({ path }) => path.includes('internal/ui/mounts'), {
      kind: 'answer',
      status: 403,
      body: { errors: ['permission denied'] },
    });
    const access = token({ policies: ['one'] });
    expect((await check('engine', {}, access))?.error?.code).toBe('PERMISSION_DENIED');
    const step = await check('engine', { kvVersion: '2' }, access);
    expect(step?.status).toBe('passed');
    expect(step?.detail).toContain('the server does not tell');
  });
});

describe('permissions', () => {
  it('warns of missing writes, with the policy that grants them', async () => {
    server.kv('secret').put('production', { A: '1' });
    server.policy('reader', { 'secret/data/*': ['read'], 'secret/metadata/*': ['list', 'read'] });
    const step = await check('permissions', {}, token({ policies: ['reader'] }));
    expect(step).toMatchObject({
      status: 'warned',
      detail:
        '1 secret and 0 folders at the top\nMay list, read and see history\nMay not create, update, delete or restore',
      error: {
        code: 'PERMISSION_DENIED',
        message:
          'The credentials may not create, update or delete secrets, asked about “production”.',
      },
    });
    expect(step?.error?.hint).toContain(
      'path "secret/data/*" { capabilities = ["create", "read", "update", "delete"] }\npath "secret/undelete/*" { capabilities = ["update"] }',
    );
  });

  it('takes deleting by number for deleting', async () => {
    server.policy('app', {
      'secret/data/*': ['create', 'read', 'update'],
      'secret/delete/*': ['update'],
      'secret/metadata/*': ['list'],
    });
    const step = await check('permissions');
    expect(step?.status).toBe('passed');
    expect(step?.detail).toContain('update and delete\nMay not see history or restore');
  });

  it('asks about a secret that is there, since policies may name secrets', async () => {
    server.kv('secret').put('ours/app', { A: '1' });
    server.policy('app', {
      'secret/data/*': ['deny'],
      'secret/data/ours/*': ['create', 'read', 'update', 'delete'],
      'secret/metadata/*': ['list'],
    });
    expect((await check('permissions'))?.status).toBe('passed');
    server.kv('secret').put('alien', { A: '1' });
    const step = await check('permissions');
    expect(step?.status).toBe('warned');
    expect(step?.error?.message).toContain('asked about “alien”');
  });

  it('asks in characters that a URL would encode', async () => {
    server.mount('kv ü%');
    server.kv('kv ü%').put('ä b/c%2F#', { A: '1' });
    server.policy('app', {
      'kv ü%/data/ä b/example': ['create', 'read', 'update', 'delete'],
      'kv ü%/metadata/*': ['list'],
    });
    const step = await check('permissions', { enginePath: 'kv ü%' });
    expect(step?.status).toBe('passed');
  });

  it('tells, where listing is not permitted, what is', async () => {
    server.policy('app', { 'secret/data/*': ['read'] });
    const step = await check('permissions');
    expect(step?.status).toBe('failed');
    expect(step?.error?.message).toContain('may not list the secrets in “secret”. They may read.');
  });

  it('makes do with listing where the capabilities may not be asked', async () => {
    const step = await check('permissions', {}, token({ noDefaultPolicy: true }));
    expect(step?.status).toBe('passed');
    expect(step?.detail).toContain('Other permissions are unknown');
  });

  it('sees through namespaces, by the policies of the root and by their own', async () => {
    server.namespace('admin');
    server.namespace('admin/team');
    server.mount('admin/team/kv');
    const rules = {
      'data/*': ['create', 'read', 'update', 'delete'],
      'metadata/*': ['list', 'read'],
    } as const;
    const under = (prefix: string) =>
      Object.fromEntries(Object.entries(rules).map(([path, can]) => [prefix + path, can]));
    server.policy('app', under('admin/team/kv/'));
    server.policy('app', under('team/kv/'), 'admin');
    server.policy('app', under('kv/'), 'admin/team');
    const values = { enginePath: 'admin/team/kv' };
    for (const namespace of ['', 'admin', 'admin/team']) {
      const step = await check('permissions', values, token({ namespace }));
      expect([namespace, step?.status]).toEqual([namespace, 'passed']);
      const role = server.appRole({ namespace, policies: ['app'], name: 'role' });
      const steps = await endOfCheck(connect(server.url, role, { ...values, namespace }));
      expect(steps.get('permissions')?.detail).toContain('May list, read, create, update, delete');
    }
  });

  it('writes the policy as the namespace of the login sees the path', async () => {
    server.namespace('admin');
    server.mount('admin/kv');
    server.policy('app', { 'kv/metadata/*': ['list'] }, 'admin');
    const role = server.appRole({ namespace: 'admin', policies: ['app'] });
    const values = { namespace: 'admin', enginePath: 'admin/kv' };
    const step = (await endOfCheck(connect(server.url, role, values))).get('permissions');
    expect(step?.error?.hint).toContain('path "kv/data/*"');
  });
});

it('goes on where a firewall answers for what is asked for comfort', async () => {
  const comfort = /^sys\/(wrapping|capabilities-self)/;
  breaks(server, ({ path }) => comfort.test(path), htmlAnswer(403, 'Blocked'));
  const steps = await endOfCheck(connect(server.url, { token: token() }));
  expect(steps.get('authentication')?.status).toBe('passed');
  expect(steps.get('permissions')?.status).toBe('passed');
  expect(steps.get('permissions')?.detail).toContain('Other permissions are unknown');
});

describe('nearest', () => {
  it.each([
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['secret', 'secret', 0],
    ['kv', 'vk', 1],
  ])('%j is as far from %j as %i edits', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
    expect(editDistance(b, a)).toBe(edits);
  });

  it('gives the nearest first, and nothing that is far', () => {
    const engines = ['secret', 'secrets', 'kv', 'team/secret', 'payments'];
    expect(nearest('secret', engines)).toEqual(['secret', 'secrets', 'team/secret']);
    expect(nearest('nothing-like-it', engines)).toEqual([]);
  });
});
