/** What the official client does not reach: raw answers, delays, certificates, limits and faults. */
import { describe, expect, test } from 'vitest';
import { httpCall } from '../http-client';
import { days, seconds } from '../clock';
import { keyVaultRates } from './server';
import { call, messageOf, refusal, server, startServerForEachTest } from './testing';

startServerForEachTest();

interface List {
  readonly value: readonly { readonly id: string }[];
  readonly nextLink: string | null;
}

/** Names or versions: the last part of each id. */
const idsOf = ({ value }: List): string[] => value.map(({ id }) => id.split('/').at(-1) ?? '');

const list = async (path: string): Promise<List> => (await call('GET', path)).json as List;

/** The pages of a list, through its links. */
async function pagesOf(path: string): Promise<string[][]> {
  const pages: string[][] = [];
  let target: string | undefined = path;
  while (target !== undefined) {
    const page: List = await list(target);
    pages.push(idsOf(page));
    target = page.nextLink === null ? undefined : page.nextLink.slice(server.url.length);
  }
  return pages;
}

describe('answers', () => {
  test('have the form of the service', async () => {
    server.clock.stop(new Date('2026-03-01T12:00:00.900Z'));
    const set = await call('PUT', '/secrets/Database-Url', {
      body: { value: 'sample', tags: { name: 'DATABASE_URL' }, attributes: { exp: 2_000_000_000 } },
      headers: { 'x-ms-client-request-id': 'ours' },
    });
    const version = server.secret('database-url')?.current.id ?? '';
    expect(set.status).toBe(200);
    expect(set.json).toEqual({
      value: 'sample',
      id: `${server.url}/secrets/Database-Url/${version}`,
      attributes: {
        enabled: true,
        exp: 2_000_000_000,
        created: 1_772_366_400,
        updated: 1_772_366_400,
        recoveryLevel: 'Recoverable+Purgeable',
        recoverableDays: 90,
      },
      tags: { name: 'DATABASE_URL' },
    });
    expect(set.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-ms-client-request-id': 'ours',
      'x-ms-keyvault-region': 'westeurope',
    });
    const deleted = await call('DELETE', '/secrets/database-url');
    expect(deleted.json).toMatchObject({
      recoveryId: `${server.url}/deletedsecrets/Database-Url`,
      deletedDate: 1_772_366_400,
      scheduledPurgeDate: 1_772_366_400 + 90 * 86_400,
      id: `${server.url}/secrets/Database-Url/${version}`,
    });
    expect(JSON.stringify(deleted.json)).not.toContain('sample');
  });

  test('name the vault as the client calls it', async () => {
    server.put('app', 'value');
    const headers = { Host: 'sample.vault.azure.net' };
    const { json } = await call('GET', '/secrets?maxresults=1', { headers });
    expect(idsOf(json as List)).toEqual(['app']);
    expect((json as List).value[0]?.id).toBe('http://sample.vault.azure.net/secrets/app');
  });

  test('refuse what they cannot read', async () => {
    const put = async (body: unknown): Promise<unknown> =>
      refusal(await call('PUT', '/secrets/app', { body }));
    const bad = [400, 'BadParameter'];
    for (const body of [
      'no json',
      '[]',
      {},
      { value: 1 },
      { value: '', tags: { a: 1 } },
      { value: '', attributes: { exp: 1.5 } },
      { value: '', attributes: { enabled: 'yes' } },
      { value: 'ü'.repeat(12_801) },
    ]) {
      expect(await put(body)).toEqual(bad);
    }
    expect(server.names()).toEqual([]);
    expect(refusal(await call('GET', '/secrets?maxresults=26'))).toEqual(bad);
    expect(refusal(await call('GET', '/secrets?$skiptoken=made-up'))).toEqual(bad);
    expect(messageOf(await call('GET', '/secrets/DATABASE_URL'))).toBe(
      'The request URI contains an invalid name: DATABASE_URL',
    );
    const token = server.application().token();
    const unversioned = await httpCall(server.url, '/secrets?api-version=1.0', {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(messageOf(unversioned)).toContain('The specified version (1.0) is not recognized.');
    expect(refusal(await call('POST', '/secrets/app'))).toEqual([404, 'NotFound']);
  });
});

describe('lists', () => {
  test('are in the order of names without case, in pages of 25 or fewer', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `n${String(at).padStart(2, '0')}`);
    for (const name of [...names, 'B', 'a']) server.put(name, 'value');
    expect(await pagesOf('/secrets')).toEqual([['a', 'B', ...names.slice(0, 23)], names.slice(23)]);
    const first = await list('/secrets?maxresults=10');
    expect(first.nextLink).toMatch(
      new RegExp(
        `^http://127\\.0\\.0\\.1:${String(server.port)}/secrets\\?api-version=7\\.4&\\$skiptoken=[\\w.-]+&maxresults=10$`,
      ),
    );
  });

  test('can have short and empty pages before the last', async () => {
    for (const name of ['a', 'b', 'c']) server.put(name, 'value');
    server.pageSizes = [1, 0, 2];
    expect(await pagesOf('/secrets')).toEqual([['a'], [], ['b', 'c']]);
    server.delete('a');
    server.pageSizes = [0, 1];
    expect(await pagesOf('/deletedsecrets')).toEqual([[], ['a']]);
  });

  test('go on where they were when secrets come and go', async () => {
    for (const name of ['b', 'd', 'f']) server.put(name, 'value');
    const first = await list('/secrets?maxresults=2');
    server.put('a', 'value');
    server.put('e', 'value');
    server.delete('d');
    const rest = await list((first.nextLink ?? '').slice(server.url.length));
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(['b', 'd', 'e', 'f']);
  });

  test('of versions are in the order of ids, which is not that of time', async () => {
    const ids = Array.from({ length: 8 }, (_, at) => server.put('app', String(at)));
    expect(await pagesOf('/secrets/app/versions')).toEqual([
      ids.toSorted((a, b) => (a < b ? -1 : 1)),
    ]);
  });
});

describe('deletion', () => {
  const put = async (): Promise<readonly [number, string | undefined]> =>
    refusal(await call('PUT', '/secrets/app', { body: { value: 'new' } }));
  const statusOf = async (path: string): Promise<number> => (await call('GET', path)).status;

  test('takes the time it takes', async () => {
    server.clock.stop();
    server.put('app', 'value');
    server.settings.deletionMs = 5000;
    server.delete('app');
    expect(await statusOf('/secrets/app')).toBe(404);
    expect(messageOf(await call('GET', '/deletedsecrets/app'))).toBe(
      'Deleted Secret not found: app',
    );
    expect(server.deletedNames()).toEqual([]);
    expect(await put()).toEqual([409, 'ObjectIsBeingDeleted']);
    for (const [method, path] of [
      ['POST', '/deletedsecrets/app/recover'],
      ['DELETE', '/deletedsecrets/app'],
    ] as const) {
      const refused = await call(method, path);
      expect(refusal(refused)).toEqual([409, 'ObjectIsBeingDeleted']);
      expect(messageOf(refused)).toBe('Secret is currently being deleted.');
    }
    server.clock.advance(5000);
    expect(await statusOf('/deletedsecrets/app')).toBe(200);
    expect(await put()).toEqual([409, 'ObjectIsDeletedButRecoverable']);
  });

  test('is undone in two steps: readable, then writable', async () => {
    server.clock.stop();
    server.put('app', 'value');
    server.settings.recoveryMs = 3000;
    server.settings.recoveredButLockedMs = 2000;
    server.delete('app');
    expect((await call('POST', '/deletedsecrets/app/recover')).status).toBe(200);
    expect(await statusOf('/secrets/app')).toBe(404);
    expect(await statusOf('/deletedsecrets/app')).toBe(404);
    expect(await put()).toEqual([409, 'ObjectIsBeingRecovered']);
    expect(refusal(await call('POST', '/deletedsecrets/app/recover'))).toEqual([
      409,
      'ObjectIsBeingRecovered',
    ]);
    server.clock.advance(3000);
    expect(await statusOf('/secrets/app')).toBe(200);
    expect(await put()).toEqual([409, 'ObjectIsBeingRecovered']);
    server.clock.advance(2000);
    expect((await call('PUT', '/secrets/app', { body: { value: 'new' } })).status).toBe(200);
    expect(server.secret('app')?.versions.map(({ value }) => value)).toEqual(['value', 'new']);
  });

  test('ends with a purge, asked for or by time', async () => {
    server.clock.stop();
    server.put('app', 'value');
    server.settings.purgeMs = 4000;
    server.settings.retentionDays = 7;
    server.delete('app');
    const purged = await call('DELETE', '/deletedsecrets/app');
    expect([purged.status, purged.text]).toEqual([204, '']);
    expect(await statusOf('/deletedsecrets/app')).toBe(404);
    expect(await put()).toEqual([409, 'ObjectIsBeingDeleted']);
    server.clock.advance(4000);
    await call('PUT', '/secrets/app', { body: { value: 'new' } });
    expect(server.secret('app')?.versions.map(({ value }) => value)).toEqual(['new']);

    server.delete('app');
    server.clock.advance(days(7) - 1);
    expect(server.deletedNames()).toEqual(['app']);
    server.clock.advance(1);
    expect(server.deletedNames()).toEqual([]);
    expect((await call('PUT', '/secrets/app', { body: { value: '3' } })).status).toBe(200);
  });

  test('cannot be made final under purge protection', async () => {
    server.put('app', 'value');
    server.settings.purgeProtection = true;
    server.settings.retentionDays = 30;
    const { json } = await call('GET', '/secrets/app');
    expect(json).toMatchObject({
      attributes: { recoveryLevel: 'CustomizedRecoverable', recoverableDays: 30 },
    });
    server.delete('app');
    const refused = await call('DELETE', '/deletedsecrets/app');
    expect(refusal(refused)).toEqual([403, 'Forbidden']);
    expect(messageOf(refused)).toContain('because purge protection is enabled for this vault');
    expect(server.deletedNames()).toEqual(['app']);
  });
});

test('the secret of a certificate can be read, and changed only by the vault', async () => {
  server.certificate('tls', 'first');
  expect((await call('GET', '/secrets/tls')).json).toMatchObject({
    value: 'first',
    managed: true,
    contentType: 'application/x-pkcs12',
  });
  expect((await list('/secrets')).value).toMatchObject([{ managed: true }]);
  for (const [method, operation] of [
    ['PUT', 'set'],
    ['PATCH', 'update'],
    ['DELETE', 'delete'],
  ] as const) {
    const refused = await call(method, '/secrets/tls', { body: { value: 'ours' } });
    expect(refusal(refused)).toEqual([403, 'SecretManagedByKeyVault']);
    expect(messageOf(refused)).toBe(
      `Operation "${operation}" is not allowed as this object's lifetime is managed by Key Vault.`,
    );
  }
  server.certificate('tls', 'renewed');
  expect(server.secret('tls')?.versions.map(({ value }) => value)).toEqual(['first', 'renewed']);
});

test('a change names a version, or means the newest', async () => {
  const old = server.put('app', '1');
  server.put('app', '2', { tags: { name: 'APP' } });
  await call('PATCH', `/secrets/app/${old}`, { body: { attributes: { enabled: false } } });
  await call('PATCH', '/secrets/app', { body: { contentType: 'text/plain' } });
  expect(server.secret('app')?.versions).toMatchObject([
    { value: '1', attributes: { enabled: false } },
    { value: '2', contentType: 'text/plain', tags: { name: 'APP' } },
  ]);
  expect(refusal(await call('GET', `/secrets/app/${old}`))).toEqual([403, 'SecretDisabled']);
  expect(refusal(await call('PATCH', '/secrets/none', { body: {} }))).toEqual([
    404,
    'SecretNotFound',
  ]);
});

describe('rates', () => {
  test('of the service allow 300 new versions and 4,000 other requests in ten seconds', () => {
    expect(keyVaultRates.map(({ requests, seconds: period }) => [requests, period])).toEqual([
      [300, 10],
      [4000, 10],
    ]);
  });

  test('are counted for each kind, until the period is over', async () => {
    server.clock.stop();
    server.put('app', 'value');
    server.rates = [{ operations: ['GetSecret'], requests: 2, seconds: 10 }];
    const get = async (): Promise<number> => (await call('GET', '/secrets/app')).status;
    expect([await get(), await get(), await get()]).toEqual([200, 200, 429]);
    expect((await call('GET', '/secrets')).status).toBe(200);
    server.retryAfter = 7;
    const throttled = await call('GET', '/secrets/app');
    expect(throttled.headers['retry-after']).toBe('7');
    expect(throttled.json).toEqual({
      error: {
        code: 'Throttled',
        message:
          'Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached',
      },
    });
    server.clock.advance(seconds(10));
    expect(await get()).toBe(200);
  });
});

describe('faults', () => {
  test('lose the answer of a write that took effect', async () => {
    server.faults.add({
      match: ({ operation, secret }) => operation === 'SetSecret' && secret === 'app',
      times: 1,
      effect: { kind: 'drop', applied: true },
    });
    const write = async () => call('PUT', '/secrets/app', { body: { value: 'new' } });
    await expect(write()).rejects.toThrow('socket hang up');
    expect(server.secret('app')?.current.value).toBe('new');
    expect((await write()).status).toBe(200);
    expect(server.secret('app')?.versions).toHaveLength(2);
    expect(server.requests.map(({ status }) => status)).toEqual([undefined, 200]);
  });

  test('hold a write while another client writes', async () => {
    const gate = server.faults.gate({ method: 'PUT', path: 'secrets/app' });
    const mine = call('PUT', '/secrets/app', { body: { value: 'mine' } });
    await gate.reached;
    server.put('app', 'theirs');
    gate.open();
    await mine;
    expect(server.secret('app')?.versions.map(({ value }) => value)).toEqual(['theirs', 'mine']);
  });

  test('hit the token endpoint too', async () => {
    server.faults.add({
      match: { path: `${server.tenantId}/*` },
      effect: { kind: 'answer', status: 503 },
    });
    const answer = await httpCall(server.url, `/${server.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
    });
    expect(answer.status).toBe(503);
    expect(server.requests).toMatchObject([{ api: 'entra', status: 503 }]);
  });
});

test('requests are logged without credentials and values', async () => {
  const token = server.application().token();
  await call('PUT', '/secrets/app', { body: { value: 'sensitive' }, token });
  await call('GET', '/secrets/none', { token });
  expect(server.requests).toMatchObject([
    { path: 'secrets/app', operation: 'SetSecret', secret: 'app', status: 200 },
    { operation: 'GetSecret', status: 404, errorCode: 'SecretNotFound' },
  ]);
  expect(server.count('GetSecret')).toBe(1);
  const log = JSON.stringify(server.requests);
  expect(log).not.toContain('sensitive');
  expect(log).not.toContain(token);
});
