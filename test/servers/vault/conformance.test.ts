/**
 * One suite for the stand-in in both dialects and for a real server if there is one. The clients may be
 * tested with any behaviour that all of them share.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpCall, type HttpOptions, type HttpResult } from '../http-client';
import { findRealVault } from '../real-vault';
import { dialectOf, type Product } from './dialect';
import { startVaultServer } from './server';

interface Connection {
  readonly url: string;
  readonly token: string;
  readonly product: Product;
  readonly disposable: boolean;
  /** Lets this much time pass on the server. */
  pass(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

const standIn = (product: Product) => async (): Promise<Connection> => {
  const server = await startVaultServer({ product });
  return {
    url: server.url,
    token: server.rootToken,
    product,
    disposable: true,
    pass: (milliseconds) => Promise.resolve(server.clock.advance(milliseconds)),
    stop: () => server.close(),
  };
};

const PATCH_TYPE = { 'Content-Type': 'application/merge-patch+json' };

function conformance(connect: () => Promise<Connection>): void {
  let connection: Connection;
  /** Everything is created under this name, so that a shared server stays as it was. */
  const own = `conformance-${randomBytes(4).toString('hex')}`;
  const v2 = `${own}/kv2`;
  const v1 = `${own}/kv1`;
  const policies = new Set([`${own}-text`]);
  const tokens = new Set<string>();

  const call = (
    method: string,
    path: string,
    body?: unknown,
    {
      token = connection.token,
      headers = {},
    }: { token?: string; headers?: HttpOptions['headers'] } = {},
  ): Promise<HttpResult> =>
    httpCall(connection.url, `/v1/${path}`, {
      method,
      headers: { ...(token === '' ? {} : { 'X-Vault-Token': token }), ...headers },
      ...(body === undefined ? {} : { body }),
    });

  const get = (path: string, token?: string) =>
    call('GET', path, undefined, token === undefined ? {} : { token });
  const post = (path: string, body?: unknown, token?: string) =>
    call('POST', path, body, token === undefined ? {} : { token });
  const list = (path: string, token?: string) =>
    call('LIST', path, undefined, token === undefined ? {} : { token });
  const patch = (path: string, body: unknown) => call('PATCH', path, body, { headers: PATCH_TYPE });

  const errorsOf = ({ json }: HttpResult): unknown => (json as { errors?: unknown }).errors;
  const dataOf = ({ json }: HttpResult): Record<string, unknown> =>
    (json as { data: Record<string, unknown> }).data;
  const textOf = (result: HttpResult, field: string): string => String(dataOf(result)[field]);
  const keysOf = (result: HttpResult): unknown => dataOf(result)['keys'];
  const mountsOf = (result: HttpResult): unknown => dataOf(result)['secret'];
  const versionOf = (result: HttpResult): unknown => dataOf(result)['version'];

  const dialect = () => dialectOf(connection.product);

  async function policy(name: string, rules: Record<string, readonly string[]>): Promise<string> {
    const path = Object.fromEntries(
      Object.entries(rules).map(([pattern, capabilities]) => [pattern, { capabilities }]),
    );
    const full = `${own}-${name}`;
    policies.add(full);
    await call('PUT', `sys/policies/acl/${full}`, { policy: JSON.stringify({ path }) });
    return full;
  }

  async function token(request: Record<string, unknown>): Promise<string> {
    const result = await post('auth/token/create', request);
    const { client_token: id } = (result.json as { auth: { client_token: string } }).auth;
    tokens.add(id);
    return id;
  }

  /** A new KV v2 mount of a real server answers 400 while it is being prepared. */
  async function mountReady(path: string): Promise<void> {
    while ((await get(path)).status === 400) await sleep(20);
  }

  beforeAll(async () => {
    connection = await connect();
    await post(`sys/mounts/${v2}`, { type: 'kv', options: { version: '2' } });
    await post(`sys/mounts/${v1}`, { type: 'kv', options: { version: '1' } });
    await post(`sys/mounts/${own}/transit`, { type: 'transit' });
    await post(`sys/auth/${own}/approle`, { type: 'approle' });
    await mountReady(`${v2}/data/none`);
  }, 60_000);

  afterAll(async () => {
    for (const path of [v2, v1, `${own}/transit`]) await call('DELETE', `sys/mounts/${path}`);
    await call('DELETE', `sys/auth/${own}/approle`);
    for (const id of tokens) await post('auth/token/revoke', { token: id });
    for (const name of policies) await call('DELETE', `sys/policies/acl/${name}`);
    await connection.stop();
  }, 60_000);

  describe('KV v2', () => {
    it('writes, and reads with metadata', async () => {
      const written = await post(`${v2}/data/plain`, { data: { b: 'two', a: 'one' } });
      expect(written.status).toBe(200);
      expect(dataOf(written)).toEqual({
        created_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
        custom_metadata: null,
        deletion_time: '',
        destroyed: false,
        version: 1,
      });
      const read = await get(`${v2}/data/plain`);
      expect(read.status).toBe(200);
      expect(read.json).toMatchObject({
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        lease_id: '',
        renewable: false,
        lease_duration: 0,
        data: { data: { a: 'one', b: 'two' }, metadata: dataOf(written) },
        wrap_info: null,
        warnings: null,
        auth: null,
      });
      expect(read.headers['content-type']).toBe('application/json');
      expect(read.headers['cache-control']).toBe('no-store');
    });

    it('gives the JSON of Go: keys sorted by bytes, numbers as float64, angle brackets escaped', async () => {
      const source =
        '{"data":{"z":1.50,"int":9007199254740993,"big":12345678901234567890,"exp":1E5,"small":0.0000001,' +
        '"neg":-0,"10":1,"2":1,"\\uffff":1,"\\ud83d\\ude00":1,"html":"<&>\\u2028","t":true,"n":null,' +
        '"o":{"y":1,"x":[1,{"b":1,"a":2}]},"dup":1,"dup":2,"lone":"\\ud800"}}';
      expect((await post(`${v2}/data/json`, source)).status).toBe(200);
      const read = await get(`${v2}/data/json`);
      expect(read.text).toContain(
        '"data":{"data":{"10":1,"2":1,"big":12345678901234567000,"dup":2,"exp":100000,' +
          '"html":"\\u003c\\u0026\\u003e\\u2028","int":9007199254740992,"lone":"\uFFFD","n":null,"neg":-0,' +
          '"o":{"x":[1,{"a":2,"b":1}],"y":1},"small":1e-7,"t":true,"z":1.5,"\uFFFF":1,"😀":1},"metadata":{',
      );
    });

    it('refuses what is no data', async () => {
      expect(errorsOf(await post(`${v2}/data/bad`, { a: 1 }))).toEqual(['no data provided']);
      expect(errorsOf(await post(`${v2}/data/bad`))).toEqual(['no data provided']);
      expect((await post(`${v2}/data/bad`, { data: 'text' })).status).toBe(400);
      expect((await post(`${v2}/data/bad`, { data: [1] })).status).toBe(400);
      expect((await post(`${v2}/data/bad`, '{bad')).status).toBe(400);
      expect((await post(`${v2}/data/bad`, '[]')).status).toBe(400);
      expect((await post(`${v2}/data/bad`, '{"data":{"x":1e400}}')).status).toBe(400);
      expect(errorsOf(await post(`${v2}/data/bad/`, { data: {} }))).toEqual([
        "cannot write to a path ending in '/'",
      ]);
      expect((await get(`${v2}/data/bad`)).status).toBe(404);
    });

    it('keeps an empty secret', async () => {
      expect((await post(`${v2}/data/empty`, { data: {} })).status).toBe(200);
      expect(dataOf(await get(`${v2}/data/empty`))).toMatchObject({ data: {} });
    });

    it('warns of fields it does not know', async () => {
      const result = await post(`${v2}/data/extra`, { data: { a: 1 }, extra: 1 });
      expect(result.json).toMatchObject({
        warnings: ['Endpoint ignored these unrecognized parameters: [extra]'],
      });
    });

    it('compares and sets', async () => {
      const mismatch = ['check-and-set parameter did not match the current version'];
      const write = (cas: unknown) => post(`${v2}/data/cas`, { data: { cas }, options: { cas } });
      expect(errorsOf(await write(1))).toEqual(mismatch);
      expect((await write(0)).status).toBe(200);
      const refused = await write(0);
      expect(refused.status).toBe(400);
      expect(errorsOf(refused)).toEqual(mismatch);
      expect(versionOf(await write(1))).toBe(2);
      expect(versionOf(await write('2'))).toBe(3);
      expect(errorsOf(await write('x'))).toEqual(['error parsing check-and-set parameter']);
      expect(errorsOf(await write(1.5))).toEqual(['error parsing check-and-set parameter']);
      expect(errorsOf(await write(-1))).toEqual(mismatch);
    });

    it('lets exactly one of many simultaneous writers win', async () => {
      await post(`${v2}/data/race`, { data: { n: 0 } });
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          post(`${v2}/data/race`, { data: { n }, options: { cas: 1 } }),
        ),
      );
      expect(results.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('requires check-and-set where the secret or the mount says so', async () => {
      const required = ['check-and-set parameter required for this call'];
      await post(`${v2}/metadata/strict`, { cas_required: true });
      expect(errorsOf(await post(`${v2}/data/strict`, { data: { a: 1 } }))).toEqual(required);
      const write = await post(`${v2}/data/strict`, { data: { a: 1 }, options: { cas: 0 } });
      expect(write.status).toBe(200);
      await post(`${v2}/config`, { cas_required: true });
      expect(errorsOf(await post(`${v2}/data/loose`, { data: { a: 1 } }))).toEqual(required);
      await post(`${v2}/config`, { cas_required: false });
      expect((await post(`${v2}/data/loose`, { data: { a: 1 } })).status).toBe(200);
    });

    it('deletes softly, undeletes and destroys', async () => {
      for (const n of [1, 2, 3]) await post(`${v2}/data/soft`, { data: { n } });
      expect((await call('DELETE', `${v2}/data/soft`)).status).toBe(204);
      const deleted = await get(`${v2}/data/soft`);
      expect(deleted.status).toBe(404);
      expect(dataOf(deleted)).toEqual({
        data: null,
        metadata: expect.objectContaining({
          version: 3,
          destroyed: false,
          deletion_time: expect.stringMatching(/Z$/),
        }),
      });
      expect(dataOf(await get(`${v2}/data/soft?version=2`))).toMatchObject({ data: { n: 2 } });
      expect(keysOf(await list(`${v2}/metadata`))).toContain('soft');

      const create = await post(`${v2}/data/soft`, { data: {}, options: { cas: 0 } });
      expect(create.status).toBe(400);

      expect((await post(`${v2}/undelete/soft`, { versions: [3] })).status).toBe(204);
      expect(dataOf(await get(`${v2}/data/soft`))).toMatchObject({ data: { n: 3 } });

      expect((await post(`${v2}/delete/soft`, { versions: [1, 2] })).status).toBe(204);
      expect((await post(`${v2}/destroy/soft`, { versions: ['2'] })).status).toBe(204);
      await post(`${v2}/undelete/soft`, { versions: [1, 2] });
      expect((await get(`${v2}/data/soft?version=1`)).status).toBe(200);
      const destroyed = await get(`${v2}/data/soft?version=2`);
      expect(destroyed.status).toBe(404);
      expect(dataOf(destroyed)).toMatchObject({ data: null, metadata: { destroyed: true } });

      expect((await call('DELETE', `${v2}/metadata/soft`)).status).toBe(204);
      const gone = await get(`${v2}/data/soft`);
      expect(gone.status).toBe(404);
      expect(gone.json).toEqual({ errors: [] });
      const again = await post(`${v2}/data/soft`, { data: { n: 4 }, options: { cas: 0 } });
      expect(versionOf(again)).toBe(1);
    });

    it('deletes one version and leaves the newest, and tells the times of both in order', async () => {
      const metadata = async (): Promise<Record<string, Record<string, unknown>>> =>
        dataOf(await get(`${v2}/metadata/times`))['versions'] as Record<
          string,
          Record<string, unknown>
        >;
      const timeOf = (text: unknown): string => {
        // Padded to one length, so that the texts sort like the times.
        const [, whole = '', fraction = ''] = /^(.{19})(?:\.(\d+))?Z$/.exec(String(text)) ?? [];
        return `${whole}.${fraction.padEnd(9, '0')}`;
      };
      await post(`${v2}/data/times`, { data: { n: 1 } });
      await post(`${v2}/delete/times`, { versions: [1] });
      await post(`${v2}/data/times`, { data: { n: 2 }, options: { cas: 1 } });
      const before = await metadata();
      expect(timeOf(before['1']?.['deletion_time']) < timeOf(before['2']?.['created_time'])).toBe(
        true,
      );

      await post(`${v2}/undelete/times`, { versions: [1] });
      expect((await metadata())['1']).toMatchObject({ deletion_time: '', destroyed: false });
      await post(`${v2}/delete/times`, { versions: [1] });
      const after = await metadata();
      expect(timeOf(after['1']?.['deletion_time']) > timeOf(after['2']?.['created_time'])).toBe(
        true,
      );
      expect(dataOf(await get(`${v2}/data/times`))).toMatchObject({ data: { n: 2 } });
    });

    it('says nothing of deleting what is not there, and wants version numbers', async () => {
      expect((await call('DELETE', `${v2}/data/none`)).status).toBe(204);
      expect((await call('DELETE', `${v2}/metadata/none`)).status).toBe(204);
      expect((await post(`${v2}/undelete/none`, { versions: [1] })).status).toBe(204);
      expect(errorsOf(await post(`${v2}/delete/plain`, {}))).toEqual([
        'No version number provided',
      ]);
      expect(errorsOf(await post(`${v2}/undelete/plain`, {}))).toEqual([
        'No version number provided',
      ]);
      expect(errorsOf(await post(`${v2}/destroy/plain`, {}))).toEqual([
        'no version number provided',
      ]);
    });

    it('reads one version, 0 and none being the newest', async () => {
      for (const n of [1, 2]) await post(`${v2}/data/versions`, { data: { n } });
      expect(dataOf(await get(`${v2}/data/versions?version=1`))).toMatchObject({ data: { n: 1 } });
      expect(dataOf(await get(`${v2}/data/versions?version=0`))).toMatchObject({ data: { n: 2 } });
      expect(dataOf(await get(`${v2}/data/versions?version=`))).toMatchObject({ data: { n: 2 } });
      expect((await get(`${v2}/data/versions?version=9`)).json).toEqual({ errors: [] });
      expect((await get(`${v2}/data/versions?version=x`)).status).toBe(400);
    });

    it('keeps ten versions, or the configured number', async () => {
      for (let n = 1; n <= 12; n += 1) await post(`${v2}/data/ten`, { data: { n } });
      const ten = dataOf(await get(`${v2}/metadata/ten`));
      expect(ten).toMatchObject({ current_version: 12, oldest_version: 3, max_versions: 0 });
      expect(Object.keys(ten['versions'] as object)).toHaveLength(10);

      await post(`${v2}/metadata/two`, { max_versions: 2 });
      for (let n = 1; n <= 4; n += 1) await post(`${v2}/data/two`, { data: { n } });
      const two = dataOf(await get(`${v2}/metadata/two`));
      expect(two).toMatchObject({ current_version: 4, oldest_version: 3, max_versions: 2 });
      expect((await get(`${v2}/data/two?version=1`)).json).toEqual({ errors: [] });
    });

    it('keeps metadata beside the data', async () => {
      await post(`${v2}/data/meta`, { data: { a: 1 } });
      expect(dataOf(await get(`${v2}/metadata/meta`))).toMatchObject({
        cas_required: false,
        current_version: 1,
        custom_metadata: null,
        delete_version_after: '0s',
        max_versions: 0,
        oldest_version: 0,
        versions: { '1': { deletion_time: '', destroyed: false } },
      });
      const written = await post(`${v2}/metadata/meta`, { custom_metadata: { owner: 'team' } });
      expect(written.status).toBe(204);
      await post(`${v2}/data/meta`, { data: { a: 2 } });
      expect(dataOf(await get(`${v2}/data/meta`))).toMatchObject({
        metadata: { custom_metadata: { owner: 'team' }, version: 2 },
      });
      const patched = await patch(`${v2}/metadata/meta`, {
        custom_metadata: { owner: null, tier: 'one' },
      });
      expect(patched.status).toBe(204);
      expect(dataOf(await get(`${v2}/metadata/meta`))).toMatchObject({
        custom_metadata: { tier: 'one' },
      });
      await post(`${v2}/metadata/meta`, { custom_metadata: {} });
      expect(dataOf(await get(`${v2}/metadata/meta`))).toMatchObject({ custom_metadata: null });
    });

    it('holds custom metadata to its limits', async () => {
      const write = (custom_metadata: Record<string, string>) =>
        post(`${v2}/metadata/limits`, { custom_metadata });
      const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${String(n)}`, 'v']));
      expect((await write(many)).status).toBe(400);
      expect((await write({ ['k'.repeat(129)]: 'v' })).status).toBe(400);
      expect((await write({ k: 'v'.repeat(513) })).status).toBe(400);
      expect((await write({ k: '' })).status).toBe(400);
      expect((await write({ k: 'v\n' })).status).toBe(400);
      expect((await write({ ['k'.repeat(128)]: 'v'.repeat(512) })).status).toBe(204);
      // A patch alone is checked, and not what it makes of the whole.
      const { k64: _, ...most } = many;
      expect((await write(most)).status).toBe(204);
      expect((await patch(`${v2}/metadata/limits`, { custom_metadata: many })).status).toBe(400);
      const one = { k64: 'v' };
      expect((await patch(`${v2}/metadata/limits`, { custom_metadata: one })).status).toBe(204);
      expect(dataOf(await get(`${v2}/metadata/limits`))).toMatchObject({ custom_metadata: many });
    });

    it('has metadata without a version', async () => {
      await post(`${v2}/metadata/early`, { custom_metadata: { a: 'b' } });
      expect((await get(`${v2}/data/early`)).json).toEqual({ errors: [] });
      expect(dataOf(await get(`${v2}/metadata/early`))).toMatchObject({
        current_version: 0,
        versions: {},
      });
      expect((await post(`${v2}/metadata/never`, {})).status).toBe(204);
      expect((await get(`${v2}/metadata/never`)).status).toBe(404);
      const create = await post(`${v2}/data/early`, { data: {}, options: { cas: 0 } });
      expect(versionOf(create)).toBe(1);
    });

    it('deletes by itself after the configured time', async () => {
      await post(`${v2}/metadata/brief`, { delete_version_after: '1s' });
      const written = await post(`${v2}/data/brief`, { data: { a: 1 } });
      expect(dataOf(written)).toMatchObject({ deletion_time: expect.stringMatching(/Z$/) });
      expect((await get(`${v2}/data/brief`)).status).toBe(200);
      await connection.pass(1100);
      const gone = await get(`${v2}/data/brief`);
      expect(gone.status).toBe(404);
      expect(dataOf(gone)).toMatchObject({ data: null, metadata: { version: 1 } });
      expect((await post(`${v2}/metadata/brief`, { delete_version_after: 'soon' })).status).toBe(
        400,
      );
    });

    it('merges a patch', async () => {
      await post(`${v2}/data/patch`, { data: { a: { b: 1, c: 2 }, d: 3 } });
      const patched = await patch(`${v2}/data/patch`, { data: { a: { b: null }, e: 4 } });
      expect(versionOf(patched)).toBe(2);
      expect(dataOf(await get(`${v2}/data/patch`))).toMatchObject({
        data: { a: { c: 2 }, d: 3, e: 4 },
      });
      const stale = await patch(`${v2}/data/patch`, { data: { f: 1 }, options: { cas: 1 } });
      expect(stale.status).toBe(400);
      expect((await call('PATCH', `${v2}/data/patch`, { data: {} })).status).toBe(400);
      const headers = { 'Content-Type': 'application/json' };
      const wrongType = await call('PATCH', `${v2}/data/patch`, { data: {} }, { headers });
      expect(wrongType.status).toBe(415);
      expect((await patch(`${v2}/data/nothing`, { data: { a: 1 } })).status).toBe(404);
      expect(errorsOf(await patch(`${v2}/data/patch`, {}))).toEqual(['no data provided']);
      await call('DELETE', `${v2}/data/patch`);
      const afterDelete = await patch(`${v2}/data/patch`, { data: { a: 1 } });
      expect(afterDelete.status).toBe(404);
      expect(versionOf(afterDelete)).toBe(2);
    });

    it('tells keys without values', async () => {
      const data = { a: { b: { c: 1 }, e: [1] }, z: {}, n: null };
      await post(`${v2}/data/sub`, { data });
      const all = { a: { b: { c: null }, e: null }, n: null, z: null };
      expect(dataOf(await get(`${v2}/subkeys/sub`))).toMatchObject({
        metadata: { version: 1 },
        subkeys: all,
      });
      expect(dataOf(await get(`${v2}/subkeys/sub?depth=1`))['subkeys']).toEqual({
        a: null,
        n: null,
        z: null,
      });
      expect(dataOf(await get(`${v2}/subkeys/sub?depth=2`))['subkeys']).toEqual({
        a: { b: null, e: null },
        n: null,
        z: null,
      });
      await call('DELETE', `${v2}/data/sub`);
      const deleted = await get(`${v2}/subkeys/sub`);
      expect(deleted.status).toBe(404);
      expect(dataOf(deleted)).toMatchObject({ subkeys: null, metadata: { version: 1 } });
    });

    it('lists, folders with a slash, a name and a folder side by side', async () => {
      await post(`${v2}/data/list/foo`, { data: { a: 1 } });
      await post(`${v2}/data/list/foo/bar`, { data: { a: 1 } });
      await post(`${v2}/data/list/foo/deep/er`, { data: { a: 1 } });
      await post(`${v2}/data/list/Z`, { data: { a: 1 } });
      expect(keysOf(await list(`${v2}/metadata/list`))).toEqual(['Z', 'foo', 'foo/']);
      expect(keysOf(await list(`${v2}/metadata/list/`))).toEqual(['Z', 'foo', 'foo/']);
      expect(keysOf(await get(`${v2}/metadata/list/foo?list=true`))).toEqual(['bar', 'deep/']);
      expect(keysOf(await get(`${v2}/metadata/list/foo/?list=1`))).toEqual(['bar', 'deep/']);
      const none = await list(`${v2}/metadata/list/none`);
      expect(none.status).toBe(404);
      expect(none.json).toEqual({ errors: [] });
      expect((await get(`${v2}/metadata/list?list=x`)).status).toBe(400);
    });

    it('answers a path in the manner of v1 with a warning', async () => {
      for (const [method, path] of [
        ['GET', 'some'],
        ['POST', 'some'],
        ['DELETE', 'some'],
        ['LIST', 'some'],
        ['LIST', ''],
        ['GET', ''],
      ] as const) {
        const result = await call(
          method,
          `${v2}/${path}`,
          method === 'POST' ? { a: 1 } : undefined,
        );
        expect(result.status).toBe(404);
        expect(result.json).toMatchObject({
          data: null,
          warnings: [
            expect.stringMatching(
              /^Invalid path for a versioned K\/V secrets engine\. See the API docs/,
            ),
          ],
        });
      }
    });

    it('does not know what it cannot do', async () => {
      expect((await list(`${v2}/data/list`)).status).toBe(405);
      expect((await get(`${v2}/data`)).json).toMatchObject({
        warnings: ['Non-listing operations on the root of a K/V v2 mount are not supported.'],
      });
      expect((await get(`${v2}/metadata/none`)).json).toEqual({ errors: [] });
    });
  });

  describe('KV v1', () => {
    it('keeps the body as it is, digits of numbers too', async () => {
      const source = '{"z":1.50,"int":9007199254740993,"a":{"y":1,"x":null},"exp":1E5}';
      expect((await post(`${v1}/a`, source)).status).toBe(204);
      const read = await get(`${v1}/a`);
      expect(read.status).toBe(200);
      expect(read.text).toContain(
        '"lease_duration":2764800,"data":{"a":{"x":null,"y":1},"exp":1E5,"int":9007199254740993,"z":1.50}',
      );
    });

    it('refuses an empty secret, and says nothing of a second removal', async () => {
      expect(errorsOf(await post(`${v1}/empty`, {}))).toEqual(['missing data fields']);
      expect(errorsOf(await post(`${v1}/empty`))).toEqual(['missing data fields']);
      await post(`${v1}/gone`, { a: 1 });
      expect((await call('DELETE', `${v1}/gone`)).status).toBe(204);
      expect((await call('DELETE', `${v1}/gone`)).status).toBe(204);
      expect((await get(`${v1}/gone`)).json).toEqual({ errors: [] });
    });

    it('lists', async () => {
      await post(`${v1}/list/a`, { a: 1 });
      await post(`${v1}/list/a/b`, { a: 1 });
      expect(keysOf(await list(`${v1}/list`))).toEqual(['a', 'a/']);
      expect(keysOf(await get(`${v1}/list?list=true`))).toEqual(['a', 'a/']);
      expect((await list(`${v1}/none`)).json).toEqual({ errors: [] });
    });

    it('takes a key ttl for the lease', async () => {
      await post(`${v1}/ttl`, { ttl: '5m' });
      expect((await get(`${v1}/ttl`)).json).toMatchObject({ lease_duration: 300 });
    });

    it('takes data and metadata for names like any other', async () => {
      expect((await get(`${v1}/data/a`)).json).toEqual({ errors: [] });
      await post(`${v1}/data/a`, { data: { x: 1 } });
      expect(dataOf(await get(`${v1}/data/a`))).toEqual({ data: { x: 1 } });
      await call('DELETE', `${v1}/data/a`);
      expect((await list(`${v1}/metadata`)).status).toBe(404);
    });

    it('cannot be patched', async () => {
      await post(`${v1}/patch`, { a: 1 });
      expect((await patch(`${v1}/patch`, { a: 2 })).status).toBe(405);
    });
  });

  describe('paths', () => {
    it.each([
      'a b',
      'a%b',
      'a#b',
      'a?b',
      'a+b',
      '{{x}}',
      '✓ü😀',
      "a'b",
      'a\\b',
      'a;b',
      'a:b@c',
      '$(x)',
      '*',
      '+',
      '~',
      '.hidden',
      '-',
      'a&b=c',
    ])('keeps %j as a name', async (name) => {
      const encoded = encodeURIComponent(name);
      const write = await post(`${v2}/data/names/${encoded}`, { data: { name } });
      expect(write.status).toBe(200);
      expect(dataOf(await get(`${v2}/data/names/${encoded}`))).toMatchObject({ data: { name } });
      expect(keysOf(await list(`${v2}/metadata/names`))).toContain(name);
      await call('DELETE', `${v2}/metadata/names/${encoded}`);
      expect(keysOf(await list(`${v2}/metadata`))).not.toContain('names/');
    });

    it('decodes an encoded slash into one', async () => {
      await post(`${v2}/data/slash%2Finner`, { data: { a: 1 } });
      expect(keysOf(await list(`${v2}/metadata/slash`))).toEqual(['inner']);
    });

    it('takes a plus sign as it is', async () => {
      await post(`${v2}/data/plus+sign`, { data: { a: 1 } });
      expect((await get(`${v2}/data/plus%2Bsign`)).status).toBe(200);
    });

    it('refuses to go up, and what is no path', async () => {
      expect((await get(`${v2}/data/..%2Fx`)).status).toBe(400);
      expect((await get(`${v2}/data/a%00b`)).status).toBe(400);
      expect((await get(`${v2}/data/a%0Ab`)).status).toBe(400);
      const bad = await get(`${v2}/data/a%zz`);
      expect(bad.status).toBe(400);
      expect(bad.headers['content-type']).toMatch(/^text\/plain/);
    });

    it('sends double slashes elsewhere', async () => {
      const result = await get(`${v2}/data//x`);
      expect(result.status).toBe(307);
      expect(result.headers.location).toBe(`/v1/${v2}/data/x`);
    });
  });

  describe('mounts', () => {
    it('names the mount of a path, and its version', async () => {
      const asked = (path: string) => get(`sys/internal/ui/mounts/${path}`);
      for (const path of [v2, `${v2}/`, `${v2}/some/secret`]) {
        expect(dataOf(await asked(path))).toMatchObject({
          path: `${v2}/`,
          type: 'kv',
          options: { version: '2' },
        });
      }
      expect(dataOf(await asked(v1))).toMatchObject({ path: `${v1}/`, options: { version: '1' } });
      expect(dataOf(await asked(`${own}/transit`))).toMatchObject({ type: 'transit' });
    });

    it('does not tell a mount that is not there from one that is forbidden', async () => {
      const missing = await get(`sys/internal/ui/mounts/${own}`);
      expect(missing.status).toBe(403);
      expect(errorsOf(missing)).toEqual([
        `preflight capability check returned 403, please ensure client's policies grant access to path "${own}/"`,
      ]);
      const narrow = await token({ policies: [await policy('v1', { [`${v1}/*`]: ['read'] })] });
      expect((await get(`sys/internal/ui/mounts/${v2}`, narrow)).status).toBe(403);
      expect((await get(`sys/internal/ui/mounts/${v1}`, narrow)).status).toBe(200);
    });

    it('lists the mounts that a token may see something of', async () => {
      const all = mountsOf(await get('sys/internal/ui/mounts'));
      expect(all).toMatchObject({
        [`${v2}/`]: { type: 'kv', options: { version: '2' } },
        [`${own}/transit/`]: { type: 'transit' },
      });
      const narrow = await token({ policies: [await policy('seen', { [`${v1}/x`]: ['read'] })] });
      const seen = Object.keys(Object(mountsOf(await get('sys/internal/ui/mounts', narrow))));
      expect(seen).toContain(`${v1}/`);
      expect(seen).not.toContain(`${v2}/`);
      expect(dataOf(await get('sys/internal/ui/mounts', ''))).toEqual({ auth: {}, secret: {} });
    });

    it('has no handler for a path without a mount', async () => {
      for (const [method, shown] of [
        ['GET', `${own}/none/x`],
        ['LIST', `${own}/none/x/`],
      ] as const) {
        const result = await call(method, `${own}/none/x`);
        expect(result.status).toBe(404);
        expect(errorsOf(result)).toEqual([
          `no handler for route "${shown}". route entry not found.`,
        ]);
      }
    });

    it('has engines that are no KV', async () => {
      expect((await get(`${own}/transit/data/x`)).status).toBe(404);
      expect((await list(`${own}/transit/metadata`)).status).toBe(404);
    });
  });

  describe('tokens', () => {
    it('tells of itself', async () => {
      const id = await token({ policies: ['default'], ttl: '10m', display_name: 'dev' });
      const self = await get('auth/token/lookup-self', id);
      expect(self.status).toBe(200);
      const data = dataOf(self);
      expect(data).toMatchObject({
        id,
        creation_ttl: 600,
        display_name: 'token-dev',
        explicit_max_ttl: 0,
        num_uses: 0,
        path: 'auth/token/create',
        policies: ['default'],
        renewable: true,
        type: 'service',
        expire_time: expect.stringMatching(/Z$/),
      });
      expect(data['ttl']).toBeGreaterThanOrEqual(598);
      expect(data['ttl']).toBeLessThanOrEqual(600);
      expect(dataOf(await get('auth/token/lookup-self'))).toMatchObject({
        policies: ['root'],
        ttl: 0,
        expire_time: null,
        renewable: false,
      });
    });

    it('is renewed, up to its greatest life', async () => {
      const id = await token({ policies: ['default'], ttl: '20m', explicit_max_ttl: '30m' });
      expect((await post('auth/token/renew-self', {}, id)).json).toMatchObject({
        auth: { client_token: id, lease_duration: 1200, renewable: true },
        warnings: null,
      });
      // A second may have passed since the token was made.
      expect((await post('auth/token/renew-self', { increment: '5h' }, id)).json).toMatchObject({
        auth: { lease_duration: expect.closeTo(1800, -2) as unknown },
        warnings: [
          expect.stringMatching(
            /^TTL of "5h" exceeded the effective max_ttl of "(30m|29m\d+s)"; TTL value is capped accordingly$/,
          ),
        ],
      });
      const fixed = await token({ policies: ['default'], ttl: '20m', renewable: false });
      const refused = await post('auth/token/renew-self', {}, fixed);
      expect(refused.status).toBe(400);
      expect(errorsOf(refused)).toEqual(['lease is not renewable']);
    });

    it('is renewed by its period for ever', async () => {
      const id = await token({ policies: ['default'], period: '1h' });
      expect((await post('auth/token/renew-self', { increment: '5h' }, id)).json).toMatchObject({
        auth: { lease_duration: 3600 },
      });
      expect(dataOf(await get('auth/token/lookup-self', id))).toMatchObject({ period: 3600 });
    });

    it('of the kind batch tells so, and is not renewed', async () => {
      const id = await token({ policies: ['default'], type: 'batch', ttl: '20m' });
      expect(dataOf(await get('auth/token/lookup-self', id))).toMatchObject({
        type: 'batch',
        renewable: false,
        accessor: '',
      });
      const refused = await post('auth/token/renew-self', {}, id);
      expect(refused.status).toBe(400);
      expect(errorsOf(refused)).toEqual(['batch tokens cannot be renewed']);
    });

    it('ends with its uses', async () => {
      const id = await token({ policies: ['default'], num_uses: 2 });
      expect(dataOf(await get('auth/token/lookup-self', id))).toMatchObject({ num_uses: 1 });
      expect(dataOf(await get('auth/token/lookup-self', id))).toMatchObject({ num_uses: -1 });
      expect((await get('auth/token/lookup-self', id)).status).toBe(403);
    });

    it('a use that is denied counts too', async () => {
      const id = await token({ policies: ['default'], num_uses: 2 });
      expect((await get(`${v2}/data/plain`, id)).status).toBe(403);
      expect(dataOf(await get('auth/token/lookup-self', id))).toMatchObject({ num_uses: -1 });
    });

    it('ends by time, by revocation, and then is like one that never was', async () => {
      const brief = await token({ policies: ['default'], ttl: '1s' });
      const revoked = await token({ policies: ['default'] });
      expect((await post('auth/token/revoke-self', {}, revoked)).status).toBe(204);
      await connection.pass(1600);
      for (const id of [brief, revoked, 'never-was']) {
        const result = await get('auth/token/lookup-self', id);
        expect(result.status).toBe(403);
        expect(errorsOf(result)).toEqual(dialect().invalidToken);
      }
    });

    it('is wanted', async () => {
      for (const path of [`${v2}/data/plain`, 'auth/token/lookup-self', `${own}/none`]) {
        expect((await get(path, '')).status).toBe(403);
      }
      const bearer = await call('GET', 'auth/token/lookup-self', undefined, {
        token: '',
        headers: { Authorization: `Bearer ${connection.token}` },
      });
      expect(bearer.status).toBe(200);
    });
  });

  describe('policies', () => {
    it('give what the best matching path gives', async () => {
      const name = await policy('best', {
        [`${v2}/data/app/*`]: ['read'],
        [`${v2}/data/app/no*`]: ['deny'],
        [`${v2}/data/app/now`]: ['read', 'update'],
        [`${v2}/data/+/shared`]: ['read', 'list'],
        [`${v2}/data/+/shared/*`]: ['delete'],
        [`${v2}/data/app/+/end`]: ['create'],
        [`${v2}/metadata/*`]: ['list'],
      });
      const id = await token({ policies: [name] });
      const expected = {
        [`${v2}/data/app/one`]: ['read'],
        [`${v2}/data/app/no-way`]: ['deny'],
        [`${v2}/data/app/now`]: ['read', 'update'],
        [`${v2}/data/team/shared`]: ['list', 'read'],
        [`${v2}/data/team/shared/x`]: ['delete'],
        [`${v2}/data/app/shared`]: ['read'],
        [`${v2}/data/app/x/end`]: ['create'],
        [`${v2}/data/a/b/shared`]: ['deny'],
        [`${v2}/metadata/`]: ['list'],
        [`${v2}/metadata`]: ['deny'],
        [`${own}/elsewhere`]: ['deny'],
      };
      const paths = Object.keys(expected);
      const result = await post('sys/capabilities-self', { paths }, id);
      expect(dataOf(result)).toEqual(expected);
      // Old clients read them at the top level.
      expect(result.json).toMatchObject(expected);
    });

    it('add up over policies for the same path, and deny wins', async () => {
      const path = `${v2}/data/both`;
      const read = await policy('read', { [path]: ['read'], [`${v2}/data/never`]: ['read'] });
      const write = await policy('write', { [path]: ['update'], [`${v2}/data/never`]: ['deny'] });
      const id = await token({ policies: [read, write] });
      const result = await post('sys/capabilities-self', { paths: [path, `${v2}/data/never`] }, id);
      expect(dataOf(result)).toEqual({
        [path]: ['read', 'update'],
        [`${v2}/data/never`]: ['deny'],
      });
    });

    it('know root, and want a path', async () => {
      const result = await post('sys/capabilities-self', { paths: [`${v2}/data/x`] });
      expect(dataOf(result)).toEqual({ [`${v2}/data/x`]: ['root'], capabilities: ['root'] });
      expect(errorsOf(await post('sys/capabilities-self', {}))).toEqual(['paths must be supplied']);
    });

    it('tell what is granted on a folder as for listing it', async () => {
      const rules = {
        [`${v2}/metadata`]: ['list', 'read'],
        [`${v2}/metadata/a`]: ['list'],
        [`${v2}/metadata/a/*`]: ['read'],
      };
      const id = await token({ policies: [await policy('folders', rules)] });
      const paths = ['', '/', '/a', '/a/', '/a/b', '/b'].map((end) => `${v2}/metadata${end}`);
      const result = dataOf(await post('sys/capabilities-self', { paths }, id));
      expect(paths.map((path) => result[path])).toEqual([
        ['list', 'read'],
        ['list', 'read'],
        ['list'],
        ['list'],
        ['read'],
        ['deny'],
      ]);
    });

    it('take paths as they are, not encoded', async () => {
      const path = `${v2}/data/ä b/50% #1`;
      const id = await token({ policies: [await policy('odd', { [path]: ['read'] })] });
      expect(dataOf(await post('sys/capabilities-self', { path }, id))).toEqual({
        [path]: ['read'],
        capabilities: ['read'],
      });
    });

    it('decide who may ask what they grant', async () => {
      const id = await token({
        policies: [await policy('blind', { [`${v2}/*`]: ['read'] })],
        no_default_policy: true,
      });
      const result = await post('sys/capabilities-self', { paths: [`${v2}/data/x`] }, id);
      expect(result.status).toBe(403);
    });

    it('say no in one way, whatever there is', async () => {
      const id = await token({ policies: ['default'] });
      for (const path of [`${v2}/data/plain`, `${v2}/data/none`, `${own}/none/x`]) {
        const result = await get(path, id);
        expect(result.status).toBe(403);
        expect(errorsOf(result)).toEqual(['1 error occurred:\n\t* permission denied\n\n']);
      }
    });

    it('tell creating from updating', async () => {
      const path = `${v2}/data/create-only`;
      const once = await token({ policies: [await policy('create', { [path]: ['create'] })] });
      expect((await post(path, { data: {} }, once)).status).toBe(200);
      expect((await post(path, { data: {} }, once)).status).toBe(403);
      await call('DELETE', path);
      expect((await post(path, { data: {} }, once)).status).toBe(403);
      await call('DELETE', `${v2}/metadata/create-only`);
      expect((await post(path, { data: {} }, once)).status).toBe(200);

      const later = await token({
        policies: [await policy('update', { [`${v2}/data/update-only`]: ['update'] })],
      });
      expect((await post(`${v2}/data/update-only`, { data: {} }, later)).status).toBe(403);
      await post(`${v2}/data/update-only`, { data: {} });
      expect((await post(`${v2}/data/update-only`, { data: {} }, later)).status).toBe(200);

      const first = await token({ policies: [await policy('v1', { [`${v1}/once`]: ['create'] })] });
      expect((await post(`${v1}/once`, { a: 1 }, first)).status).toBe(204);
      expect((await post(`${v1}/once`, { a: 1 }, first)).status).toBe(403);
    });

    it('tell deleting the newest version from deleting and undeleting by number', async () => {
      await post(`${v2}/data/numbers`, { data: { a: 1 } });
      const rules = { [`${v2}/data/*`]: ['read', 'delete'] };
      const newest = await token({ policies: [await policy('newest', rules)] });
      for (const how of ['delete', 'undelete']) {
        const answer = await post(`${v2}/${how}/numbers`, { versions: [1] }, newest);
        expect(answer.status).toBe(403);
      }
      expect(
        (await call('DELETE', `${v2}/data/numbers`, undefined, { token: newest })).status,
      ).toBe(204);
      const byNumber = {
        [`${v2}/delete/*`]: ['update'],
        [`${v2}/undelete/*`]: ['update'],
      };
      const each = await token({ policies: [await policy('each', byNumber)] });
      for (const how of ['undelete', 'delete']) {
        const answer = await post(`${v2}/${how}/numbers`, { versions: [1] }, each);
        expect(answer.status).toBe(204);
      }
    });

    it('let list where the rule ends in a slash, in a star or in neither', async () => {
      await post(`${v2}/data/lists/x`, { data: { a: 1 } });
      for (const [pattern, status] of [
        [`${v2}/metadata/lists/`, 200],
        [`${v2}/metadata/lists/*`, 200],
        [`${v2}/metadata/lists`, 200],
        [`${v2}/metadata/list`, 403],
      ] as const) {
        const name = await policy('list', { [pattern]: ['list'] });
        const id = await token({ policies: [name] });
        expect([pattern, (await list(`${v2}/metadata/lists`, id)).status]).toEqual([
          pattern,
          status,
        ]);
      }
    });

    it('are taken in both notations, and refused with an error in them', async () => {
      const write = (text: string) => call('PUT', `sys/policies/acl/${own}-text`, { policy: text });
      expect(
        (await write('# all\npath "a/*" {\n  capabilities = ["read", "list"]\n}')).status,
      ).toBe(204);
      expect((await write('path "a" { capabilities = ["fly"] }')).status).toBe(400);
      expect((await write('path "a" { capabilities = ["read" }')).status).toBe(400);
      expect((await write('')).status).toBe(400);
    });
  });

  describe('AppRole', () => {
    let roles = 0;

    async function role(settings: Record<string, unknown> = {}, secret: unknown = {}) {
      roles += 1;
      const path = `auth/${own}/approle/role/r${String(roles)}`;
      expect((await post(path, { token_policies: ['reader'], ...settings })).status).toBe(204);
      const roleId = textOf(await get(`${path}/role-id`), 'role_id');
      const issued = await post(`${path}/secret-id`, secret);
      return { path, roleId, secretId: textOf(issued, 'secret_id') };
    }

    const login = (body: unknown) => post(`auth/${own}/approle/login`, body, '');

    it('logs in', async () => {
      const { roleId, secretId } = await role({ token_ttl: '1h' }, { metadata: '{"who":"ci"}' });
      const result = await login({ role_id: roleId, secret_id: secretId });
      expect(result.status).toBe(200);
      expect(result.json).toMatchObject({
        data: null,
        auth: {
          client_token: expect.stringMatching(/^(hvs|s)\./),
          policies: ['default', 'reader'],
          token_policies: ['default', 'reader'],
          lease_duration: 3600,
          renewable: true,
          token_type: 'service',
          metadata: { role_name: `r${String(roles)}`, who: 'ci' },
          num_uses: 0,
        },
      });
      const { client_token: id } = (result.json as { auth: { client_token: string } }).auth;
      expect(dataOf(await get('auth/token/lookup-self', id))).toMatchObject({
        path: `auth/${own}/approle/login`,
        orphan: true,
        meta: { who: 'ci' },
      });
    });

    it('refuses with one text whatever is wrong', async () => {
      const { roleId, secretId } = await role();
      for (const body of [
        { role_id: roleId, secret_id: 'wrong' },
        { role_id: 'wrong', secret_id: secretId },
      ]) {
        const result = await login(body);
        expect(result.status).toBe(400);
        expect(errorsOf(result)).toEqual(['invalid role or secret ID']);
      }
      expect(errorsOf(await login({ role_id: roleId }))).toEqual(['missing secret_id']);
      const noRole = await login({ secret_id: secretId });
      expect(errorsOf(noRole)).toEqual(['missing role_id']);
      expect(noRole.status).toBe(dialect().missingRoleIdStatus);
    });

    it('uses up a SecretID of limited uses', async () => {
      const { roleId, secretId } = await role({ secret_id_num_uses: 2 });
      const body = { role_id: roleId, secret_id: secretId };
      expect((await login(body)).status).toBe(200);
      expect((await login(body)).status).toBe(200);
      expect(errorsOf(await login(body))).toEqual(['invalid role or secret ID']);
    });

    it('holds a SecretID and a role to their networks', async () => {
      const bound = await role({}, { cidr_list: ['10.0.0.0/8'] });
      const refused = await login({ role_id: bound.roleId, secret_id: bound.secretId });
      expect(refused.status).toBe(400);
      expect(errorsOf(refused)).toEqual([dialect().cidrRefused('127.0.0.1', 'secret ID')]);
      const few = await role({ secret_id_num_uses: 3 }, { cidr_list: ['10.0.0.0/8'] });
      expect(errorsOf(await login({ role_id: few.roleId, secret_id: few.secretId }))).toEqual([
        dialect().cidrRefused('127.0.0.1', 'secret ID of limited uses'),
      ]);
      const here = await role({ secret_id_bound_cidrs: ['10.0.0.0/8', '127.0.0.1/32'] });
      expect((await login({ role_id: here.roleId, secret_id: here.secretId })).status).toBe(200);
      const away = await role({ secret_id_bound_cidrs: ['10.0.0.0/8'] });
      expect(errorsOf(await login({ role_id: away.roleId, secret_id: away.secretId }))).toEqual([
        dialect().cidrRefused('127.0.0.1', 'role'),
      ]);
    });

    it('gives tokens of limited uses and life', async () => {
      const { roleId, secretId } = await role({
        token_num_uses: 2,
        token_ttl: '60s',
        token_max_ttl: '90s',
      });
      const result = await login({ role_id: roleId, secret_id: secretId });
      expect(result.json).toMatchObject({ auth: { num_uses: 2, lease_duration: 60 } });
      const { client_token: id } = (result.json as { auth: { client_token: string } }).auth;
      const renewed = (await post('auth/token/renew-self', { increment: '1h' }, id)).json as {
        auth: { lease_duration: number };
        warnings: string[];
      };
      // Whole seconds that have passed since the login count.
      const left = renewed.auth.lease_duration;
      expect(left).toBeGreaterThan(60);
      expect(left).toBeLessThanOrEqual(90);
      expect(renewed.warnings).toEqual([
        expect.stringContaining(`exceeded the effective max_ttl of "1m${String(left - 60)}s"`),
      ]);
    });

    it('wraps a SecretID, for one unwrapping', async () => {
      const { path, roleId } = await role();
      const wrapped = await call(
        'POST',
        `${path}/secret-id`,
        {},
        {
          headers: { 'X-Vault-Wrap-TTL': '120s' },
        },
      );
      expect(wrapped.json).toMatchObject({
        data: null,
        wrap_info: { ttl: 120, creation_path: `${path}/secret-id` },
      });
      const { token: wrapping } = (wrapped.json as { wrap_info: { token: string } }).wrap_info;
      expect(dataOf(await post('sys/wrapping/lookup', { token: wrapping }))).toMatchObject({
        creation_ttl: 120,
        creation_path: `${path}/secret-id`,
      });
      const unwrapped = await post('sys/wrapping/unwrap', undefined, wrapping);
      expect(unwrapped.status).toBe(200);
      const secret_id = textOf(unwrapped, 'secret_id');
      expect((await login({ role_id: roleId, secret_id })).status).toBe(200);
      const invalid = ['wrapping token is not valid or does not exist'];
      for (const again of [
        await post('sys/wrapping/unwrap', undefined, wrapping),
        await post('sys/wrapping/unwrap', { token: wrapping }),
        await post('sys/wrapping/unwrap', { token: 'never-was' }, ''),
      ]) {
        expect(again.status).toBe(400);
        expect(errorsOf(again)).toEqual(invalid);
      }
      expect((await post('sys/wrapping/unwrap', {}, '')).status).toBe(403);
    });

    it('unwraps by a field as well, and a wrapping token is good for nothing else', async () => {
      const { path } = await role();
      const wrap = async (): Promise<string> => {
        const result = await call(
          'POST',
          `${path}/secret-id`,
          {},
          {
            headers: { 'X-Vault-Wrap-TTL': '60' },
          },
        );
        return (result.json as { wrap_info: { token: string } }).wrap_info.token;
      };
      expect((await post('sys/wrapping/unwrap', { token: await wrap() })).status).toBe(200);
      const spent = await wrap();
      expect((await get('auth/token/lookup-self', spent)).status).toBe(403);
      expect((await post('sys/wrapping/unwrap', undefined, spent)).status).toBe(400);
    });

    it('tells what a wrapping token holds as often as it is asked, and leaves it good', async () => {
      const wrapped = await call(
        'POST',
        'auth/token/create',
        { policies: ['default'] },
        { headers: { 'X-Vault-Wrap-TTL': '60' } },
      );
      const { token: id } = (wrapped.json as { wrap_info: { token: string } }).wrap_info;
      for (let time = 0; time < 3; time += 1) {
        const lookup = await post('sys/wrapping/lookup', { token: id }, '');
        expect(lookup.status).toBe(200);
        expect(dataOf(lookup)).toMatchObject({ creation_path: 'auth/token/create' });
      }
      const unwrapped = await post('sys/wrapping/unwrap', {}, id);
      tokens.add((unwrapped.json as { auth: { client_token: string } }).auth.client_token);
      for (const other of [id, connection.token, 'hvs.never-was']) {
        const lookup = await post('sys/wrapping/lookup', { token: other }, '');
        expect(lookup.status).toBe(400);
        expect(errorsOf(lookup)).toEqual(['wrapping token is not valid or does not exist']);
      }
    });

    it('wraps anything that it is sent, under a path that tells so', async () => {
      const bare = await post('sys/wrapping/wrap', { secret_id: 'of somebody else' });
      expect(bare.status).toBe(400);
      expect(errorsOf(bare)).toEqual(['endpoint requires response wrapping to be used']);
      const wrapped = await call(
        'POST',
        'sys/wrapping/wrap',
        { secret_id: 'of somebody else' },
        { headers: { 'X-Vault-Wrap-TTL': '60' } },
      );
      const { token: id } = (wrapped.json as { wrap_info: { token: string } }).wrap_info;
      expect(dataOf(await post('sys/wrapping/lookup', { token: id }, ''))).toMatchObject({
        creation_path: 'sys/wrapping/wrap',
      });
      expect(dataOf(await post('sys/wrapping/unwrap', {}, id))).toEqual({
        secret_id: 'of somebody else',
      });
    });

    it('is known only where it is mounted', async () => {
      const { roleId, secretId } = await role();
      const body = { role_id: roleId, secret_id: secretId };
      expect((await post(`auth/${own}/elsewhere/login`, body, '')).status).toBe(403);
    });
  });

  describe('namespaces', () => {
    const outer = `${own}-ns`;
    const inner = `${outer}/team`;
    const at = (namespace: string, token?: string) => ({
      ...(token === undefined ? {} : { token }),
      headers: { 'X-Vault-Namespace': namespace },
    });
    let known = false;

    beforeAll(async () => {
      const made = await post(`sys/namespaces/${outer}`, {});
      known = made.status === 200;
      if (!known) return;
      await call('POST', 'sys/namespaces/team', {}, at(outer));
      await post(`${inner}/sys/mounts/nested/kv`, { type: 'kv', options: { version: '2' } });
      await post(`${outer}/sys/auth/approle`, { type: 'approle' });
      await mountReady(`${inner}/nested/kv/data/none`);
    }, 60_000);

    afterAll(async () => {
      if (!known) return;
      await call('DELETE', `${inner}/sys/mounts/nested/kv`);
      await call('DELETE', `${outer}/sys/auth/approle`);
      await call('DELETE', 'sys/namespaces/team', undefined, at(outer));
      await call('DELETE', `sys/namespaces/${outer}`);
    });

    const needsNamespaces = ({ skip }: TestContext): void => {
      skip(!known, 'this edition has no namespaces');
    };

    it('are the same as header and as path', async (context) => {
      needsNamespaces(context);
      await post(`${inner}/nested/kv/data/a`, { data: { n: 1 } });
      for (const [path, namespace] of [
        [`${inner}/nested/kv/data/a`, ''],
        ['team/nested/kv/data/a', outer],
        ['nested/kv/data/a', inner],
        ['nested/kv/data/a', `${inner}/`],
        ['nested/kv/data/a', `/${inner}/`],
      ] as const) {
        const options = namespace === '' ? {} : at(namespace);
        const result = await call('GET', path, undefined, options);
        expect([path, namespace, result.status]).toEqual([path, namespace, 200]);
        expect(dataOf(result)).toMatchObject({ data: { n: 1 } });
      }
      expect((await get('nested/kv/data/a')).status).toBe(404);
    });

    it('are part of the path a mount is named by', async (context) => {
      needsNamespaces(context);
      expect(dataOf(await get(`sys/internal/ui/mounts/${inner}/nested/kv`))).toMatchObject({
        path: `${inner}/nested/kv/`,
        options: { version: '2' },
      });
      const relative = await call('GET', 'sys/internal/ui/mounts/nested/kv', undefined, at(inner));
      expect(dataOf(relative)).toMatchObject({ path: 'nested/kv/' });
      const above = 'sys/internal/ui/mounts/team/nested/kv';
      const between = await call('GET', above, undefined, at(outer));
      expect(dataOf(between)).toMatchObject({ path: `${inner}/nested/kv/` });
    });

    it('have logins of their own, whose tokens are good below', async (context) => {
      needsNamespaces(context);
      await call('PUT', `${outer}/sys/policies/acl/reader`, {
        policy: 'path "team/nested/*" { capabilities = ["read", "list"] }',
      });
      await post(`${outer}/auth/approle/role/r`, { token_policies: ['reader'], token_ttl: '1h' });
      const role_id = textOf(await get(`${outer}/auth/approle/role/r/role-id`), 'role_id');
      const issued = await post(`${outer}/auth/approle/role/r/secret-id`, {});
      const secret_id = textOf(issued, 'secret_id');
      const body = { role_id, secret_id };
      const root = await post(`auth/${own}/approle/login`, body, '');
      expect(errorsOf(root)).toEqual(['invalid role or secret ID']);
      const login = await call('POST', 'auth/approle/login', body, at(outer, ''));
      expect(login.status).toBe(200);
      const { client_token: id } = (login.json as { auth: { client_token: string } }).auth;

      await post(`${inner}/nested/kv/data/b`, { data: { n: 2 } });
      expect((await get(`${inner}/nested/kv/data/b`, id)).status).toBe(200);
      expect((await get(`sys/internal/ui/mounts/${inner}/nested/kv`, id)).status).toBe(200);
      expect((await get(`${v2}/data/plain`, id)).status).toBe(403);
      expect(dataOf(await get('auth/token/lookup-self', id))).toMatchObject({
        namespace_path: `${outer}/`,
      });
      expect((await post('auth/token/renew-self', {}, id)).status).toBe(200);
      const paths = [`${inner}/nested/kv/data/b`];
      expect((await post('sys/capabilities-self', { paths }, id)).status).toBe(403);
      const own_ = await post(
        `${outer}/sys/capabilities-self`,
        { paths: ['team/nested/kv/data/b'] },
        id,
      );
      expect(dataOf(own_)).toMatchObject({ 'team/nested/kv/data/b': ['list', 'read'] });
    });

    it('wrap under a path of their own, to be looked up and unwrapped from anywhere', async (context) => {
      needsNamespaces(context);
      await post(`${outer}/auth/approle/role/wrapped`, { token_policies: ['reader'] });
      for (const namespace of ['', `${outer}/`]) {
        const issued = await call(
          'POST',
          `${outer}/auth/approle/role/wrapped/secret-id`,
          {},
          { headers: { 'X-Vault-Wrap-TTL': '60' } },
        );
        const { token: id } = (issued.json as { wrap_info: { token: string } }).wrap_info;
        const lookup = await post(`${namespace}sys/wrapping/lookup`, { token: id }, '');
        expect(dataOf(lookup)).toMatchObject({
          creation_path: 'auth/approle/role/wrapped/secret-id',
        });
        const unwrapped = await post(`${namespace}sys/wrapping/unwrap`, {}, id);
        expect([namespace, unwrapped.status]).toEqual([namespace, 200]);
      }
    });

    it('that are not there', async (context) => {
      needsNamespaces(context);
      const result = await call('GET', `${v2}/data/plain`, undefined, at(`${own}-none`));
      expect(result.status).toBe(404);
      const health = await call('GET', 'sys/health', undefined, at(outer));
      expect(health.status).toBe(dialect().healthInNamespace.status);
    });
  });

  describe('the server itself', () => {
    it('tells its health', async () => {
      const health = await get('sys/health', '');
      expect(health.status).toBe(200);
      expect(health.json).toMatchObject({
        initialized: true,
        sealed: false,
        standby: false,
        version: expect.any(String),
        server_time_utc: expect.any(Number),
      });
      expect((await call('HEAD', 'sys/health')).status).toBe(200);
      expect((await get('sys/health?activecode=299')).status).toBe(299);
      expect((await post('sys/health')).status).toBe(405);
      expect((await get('sys/seal-status', '')).json).toMatchObject({ sealed: false });
    });

    it('does not know strange methods', async () => {
      expect((await call('TRACE', `${v2}/data/plain`)).status).toBe(405);
    });

    // The last test: a disposable server stays sealed.
    it('answers nothing but its state while it is sealed', async (context) => {
      context.skip(!connection.disposable, 'this server is not ours to seal');
      expect((await call('PUT', 'sys/seal')).status).toBe(204);
      const health = await get('sys/health', '');
      expect(health.status).toBe(503);
      expect(health.json).toMatchObject({ initialized: true, sealed: true });
      expect((await get('sys/health?sealedcode=299')).status).toBe(299);
      expect((await get('sys/seal-status', '')).json).toMatchObject({ sealed: true });
      for (const path of [`${v2}/data/plain`, 'auth/token/lookup-self', 'sys/internal/ui/mounts']) {
        const result = await get(path);
        expect(result.status).toBe(503);
        expect(errorsOf(result)).toEqual(['Vault is sealed']);
      }
    });
  });
}

describe('the Vault stand-in, as Vault', () => {
  conformance(standIn('vault'));
});

describe('the Vault stand-in, as OpenBao', () => {
  conformance(standIn('openbao'));
});

const real = await findRealVault();
const realName = real?.name ?? 'no bao or vault on the PATH and no VAULT_ADDR';

describe.skipIf(real === undefined)(`a real server: ${realName}`, () => {
  conformance(async () => {
    if (real === undefined) throw new Error('There is no real server');
    return { ...(await real.start()), pass: (milliseconds) => sleep(milliseconds) };
  });
});
