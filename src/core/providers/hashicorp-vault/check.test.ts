/** Test Connection: which steps there are, what they find, and how each fails. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckStep } from '@shared/model/connection';
import { checkStepSchema } from '@shared/model/connection';
import { htmlAnswer } from '@test/servers/faults';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { durationText } from './check/authentication';
import { createHashicorpVaultFactory } from './factory';
import { breaks, connect, endOfCheck, options } from '@test/support/hashicorp-vault';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
  server.policy('app', {
    'secret/data/*': ['create', 'read', 'update', 'delete'],
    'secret/metadata/*': ['list', 'read'],
    'secret/undelete/*': ['update'],
    'transit/*': ['read'],
    'nothing/*': ['list'],
  });
});
afterEach(() => server.close());

const ids = ['url', 'name', 'port', 'tls', 'health', 'authentication', 'engine', 'permissions'];
/** At an http address of this computer that is given by its number. */
const notNeeded: ReadonlySet<string> = new Set(['name', 'tls']);
const using = (values = {}, token = server.token({ policies: ['app'] })) =>
  connect(server.url, { token }, values);
/** What a check comes to: each step with its outcome, and its error's code where it has one. */
const outcome = (steps: ReadonlyMap<string, CheckStep>) =>
  [...steps.values()].map(({ id, status, error }) => [id, status, ...(error ? [error.code] : [])]);

/** What comes before the step that fails has passed, what comes after it was not reached. */
const failureAt = (id: string, code: string) =>
  ids.map((one, index) => {
    if (one === id) return [one, 'failed', code];
    if (index > ids.indexOf(id)) return [one, 'not-reached'];
    return [one, notNeeded.has(one) ? 'skipped' : 'passed'];
  });

describe('a connection that works', () => {
  it('reports each step, running and then done', async () => {
    server.kv('secret').put('app', { A: '1' });
    server.kv('secret').put('team/app', { A: '1' });
    const steps: CheckStep[] = [];
    for await (const step of using().check(options())) steps.push(checkStepSchema.parse(step));
    expect(steps.map(({ id, status }) => [id, status])).toEqual(
      ids.flatMap((id) => [
        [id, 'running'],
        [id, notNeeded.has(id) ? 'skipped' : 'passed'],
      ]),
    );
    const ended = steps.filter(({ status }) => status !== 'running');
    expect(ended.map(({ label, detail }) => [label, detail])).toEqual([
      ['URL', `127.0.0.1:${String(server.port)} by http, the API at /v1`],
      ['Name lookup', 'Not needed: the address is an IP address'],
      ['Port', `127.0.0.1, port ${String(server.port)}`],
      ['TLS', 'Not used: http, and the server is on this computer'],
      [
        'Health',
        expect.stringMatching(/^Vault 1\.21\.1, active, unsealed\. Cluster: vault-cluster-/),
      ],
      [
        'Authentication',
        expect.stringMatching(/^Token, good for 3[12] days, renewable, policies: app, default$/),
      ],
      ['Engine', 'KV v2 at secret'],
      [
        'Permissions',
        '1 secret and 1 folder at the top\nMay list, read, create, update, delete, see history and restore',
      ],
    ]);
    expect(ended.every(({ durationMs = -1 }) => durationMs >= 0)).toBe(true);
  });

  it('writes nothing, and reads no secret', async () => {
    server.kv('secret').put('app', { A: '1' });
    await endOfCheck(using());
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET sys/health',
      'POST sys/wrapping/lookup',
      'GET auth/token/lookup-self',
      'GET sys/internal/ui/mounts/secret',
      'LIST secret/metadata',
      'POST sys/capabilities-self',
    ]);
  });

  it('tells what is known of an AppRole token', async () => {
    const role = server.appRole({ policies: ['app'], tokenTtl: 3600, tokenNumUses: 50 });
    const steps = await endOfCheck(connect(server.url, role));
    expect(steps.get('authentication')?.detail).toMatch(
      /^AppRole, good for (59|60) minutes, renewable, \d+ uses left, policies: app, default$/,
    );
  });

  it('logs in once, however often it is run and whatever comes after', async () => {
    const role = server.appRole({ policies: ['app'], tokenTtl: 3600 });
    const factory = createHashicorpVaultFactory();
    for (let time = 0; time < 3; time += 1) {
      await endOfCheck(connect(server.url, role, {}, factory));
    }
    await connect(server.url, role, {}, factory).list(options());
    expect(server.logins).toBe(1);
  });

  it('mentions a standby that passes requests on', async () => {
    server.standby();
    const steps = await endOfCheck(using());
    expect(steps.get('health')?.detail).toContain('standby');
    expect(steps.get('permissions')?.status).toBe('passed');
  });

  it('goes on where the health may not be asked', async () => {
    const body = { errors: ['blocked'] };
    breaks(server, { path: 'sys/health' }, { kind: 'answer', status: 403, body });
    const steps = await endOfCheck(using());
    expect(steps.get('health')?.status).toBe('warned');
    expect(steps.get('permissions')?.status).toBe('passed');
  });
});

describe('a connection that fails', () => {
  it('at the address', async () => {
    const steps = await endOfCheck(connect('http://no-such-host.invalid:8200', { token: 'root' }));
    expect(outcome(steps)).toEqual(failureAt('name', 'NAME_NOT_FOUND'));
  });

  it('at the port', async () => {
    const { url } = server;
    await server.close();
    expect(outcome(await endOfCheck(connect(url, { token: 'root' })))).toEqual(
      failureAt('port', 'CONNECTION_REFUSED'),
    );
    server = await startVaultServer();
  });

  it('at TLS', async () => {
    const steps = await endOfCheck(
      connect(server.url.replace('http:', 'https:'), { token: 'root' }),
    );
    expect(outcome(steps)).toEqual(failureAt('tls', 'TLS_FAILED'));
  });

  it.each([
    ['sealed', 'SERVER_SEALED'],
    ['uninitialised', 'SERVER_NOT_INITIALIZED'],
    ['dr-secondary', 'SERVER_STANDBY'],
  ] as const)('at the health of a server that is %s', async (state, code) => {
    server.state = state;
    expect(outcome(await endOfCheck(using()))).toEqual(failureAt('health', code));
  });

  it('at a page that answers in place of Vault', async () => {
    breaks(server, () => true, htmlAnswer(200, 'Sign in'));
    expect(outcome(await endOfCheck(using()))).toEqual(failureAt('health', 'UNEXPECTED_ANSWER'));
  });

  it('at a server that never answers, within the deadline', async () => {
    breaks(server, () => true, { kind: 'hang', applied: false });
    const factory = createHashicorpVaultFactory({ deadlineMs: 250 });
    const steps = await endOfCheck(connect(server.url, { token: 'root' }, {}, factory));
    expect(outcome(steps)).toEqual(failureAt('health', 'TIMED_OUT'));
  });

  it.each([
    ['a wrong token', { token: 'hvs.wrong' }, 'TOKEN_INVALID'],
    ['no token', { token: '' }, 'CREDENTIALS_MISSING'],
    ['a wrong role', { roleId: 'wrong', secretId: 'wrong' }, 'APPROLE_REFUSED'],
    ['no Secret ID', { roleId: 'role', secretId: '' }, 'CREDENTIALS_MISSING'],
  ])('at %s', async (_name, access, code) => {
    const steps = await endOfCheck(connect(server.url, access));
    expect(outcome(steps)).toEqual(failureAt('authentication', code));
  });

  it('at an expired token', async () => {
    const token = server.token({ policies: ['app'], ttl: 60 });
    server.clock.advance(61_000);
    const steps = await endOfCheck(connect(server.url, { token }));
    expect(outcome(steps)).toEqual(failureAt('authentication', 'TOKEN_INVALID'));
  });

  it('at the engine', async () => {
    server.mount('transit', { type: 'transit' });
    expect(outcome(await endOfCheck(using({ enginePath: 'nothing' })))).toEqual(
      failureAt('engine', 'ENGINE_NOT_FOUND'),
    );
    const steps = await endOfCheck(using({ enginePath: 'transit' }));
    expect(outcome(steps)).toEqual(failureAt('engine', 'ENGINE_NOT_KV'));
    expect(steps.get('engine')?.error?.message).toContain('“transit”');
  });

  it.each([
    [2, 'path "secret/metadata/*" { capabilities = ["list", "read"] }'],
    [1, 'path "kv1/*" { capabilities = ["list", "create", "read", "update", "delete"] }'],
  ] as const)('at the permissions on KV v%i, naming the policy it takes', async (version, rule) => {
    server.mount('kv1', { version: 1 });
    server.policy('read', { 'secret/data/*': ['read'], 'kv1/*': ['read'] });
    const token = server.token({ policies: ['read'] });
    const enginePath = version === 2 ? 'secret' : 'kv1';
    const steps = await endOfCheck(connect(server.url, { token }, { enginePath }));
    expect(outcome(steps)).toEqual(failureAt('permissions', 'PERMISSION_DENIED'));
    expect(steps.get('permissions')?.error?.hint).toContain(rule);
  });
});

describe('an address that says http', () => {
  it('is warned of where it leaves this computer', async () => {
    // It leads to this computer, and yet is not one of the addresses that always do.
    const url = server.url.replace('127.0.0.1', '0.0.0.0');
    const steps = await endOfCheck(connect(url, { token: 'root' }));
    expect(steps.get('tls')).toMatchObject({ status: 'warned' });
    expect(steps.get('tls')?.error?.message).toContain('unencrypted');
    expect(steps.get('permissions')?.status).toBe('passed');
  });
});

describe('durationText', () => {
  it.each([
    [1, '1 second'],
    [119, '119 seconds'],
    [120, '2 minutes'],
    [3599, '59 minutes'],
    [7200, '2 hours'],
    [2_764_800, '32 days'],
  ])('of %i s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
