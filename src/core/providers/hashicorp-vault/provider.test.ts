/** What the provider does to secrets, against the stand-ins and against a real server where there is one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRevision } from '@core/secrets/revision';
import { createHashicorpVaultFactory } from './factory';
import {
  connect,
  doc,
  endOfCheck,
  errorOf,
  options,
  readAll,
  textOf,
} from '@test/support/hashicorp-vault';
import { fresh, targets, type RunningTarget } from '@test/servers/vault-targets';

for (const { name, start } of targets) {
  describe.skipIf(start === undefined)(`against ${name}`, () => {
    suite(start ?? (() => Promise.reject(new Error('There is no such server'))));
  });
}

function suite(start: () => Promise<RunningTarget>): void {
  let target: RunningTarget;
  beforeAll(async () => {
    target = await start();
  }, 60_000);
  afterAll(() => target.stop());

  const mount = async (version: 1 | 2, path = fresh('kv')): Promise<string> => {
    await target.admin.mountKv(path, version);
    return path;
  };
  const connectTo = (enginePath: string, token = target.rootToken) =>
    connect(target.url, { token }, { enginePath });

  describe.each([1, 2] as const)('KV v%i', (version) => {
    it('creates, reads, replaces and removes a secret', async () => {
      const provider = connectTo(await mount(version));
      const created = (await provider.write('app', doc('{"A":"1","B":"two"}'), null, options()))
        .revision;
      const read = await provider.read('app', options());
      expect(read.revision).toBe(created);
      expect(read.path).toBe('app');
      expect(textOf(read.document)).toBe('{"A":"1","B":"two"}');
      expect(read.version).toBe(version === 2 ? 'v1' : undefined);
      expect(read.modifiedAt instanceof Date).toBe(version === 2);

      const replaced = (await provider.write('app', doc('{"A":"3"}'), read.revision, options()))
        .revision;
      expect(replaced).not.toBe(created);
      const again = await provider.read('app', options());
      expect(again.revision).toBe(replaced);
      expect(textOf(again.document)).toBe('{"A":"3"}');

      const outcome = await provider.remove('app', replaced, options());
      expect(outcome).toEqual({ recoverable: version === 2 });
      const gone = await errorOf(provider.read('app', options()));
      expect(gone.code).toBe(version === 2 ? 'SECRET_DELETED' : 'NOT_FOUND');
    });

    it('refuses what was read at another revision, and changes nothing', async () => {
      const mine = connectTo(await mount(version));
      const first = (await mine.write('app', doc('{"A":"1"}'), null, options())).revision;
      const second = (await mine.write('app', doc('{"A":"2"}'), first, options())).revision;
      const replacing = await errorOf(mine.write('app', doc('{"A":"3"}'), first, options()));
      const removing = await errorOf(mine.remove('app', first, options()));
      const nonsense = asRevision('nonsense');
      const unknown = await errorOf(mine.write('app', doc('{"A":"4"}'), nonsense, options()));
      expect([replacing.code, removing.code, unknown.code]).toEqual(Array(3).fill('CONFLICT'));
      const creating = await errorOf(mine.write('app', doc('{"A":"5"}'), null, options()));
      expect(creating.code).toBe('ALREADY_EXISTS');
      const nothing = await errorOf(mine.write('none', doc('{"A":"6"}'), first, options()));
      expect(nothing.code).toBe('CONFLICT');
      const { document, revision } = await mine.read('app', options());
      expect(textOf(document)).toBe('{"A":"2"}');
      expect(revision).toBe(second);
    });

    it('keeps kinds, nesting, odd keys and as many digits as the engine does', async () => {
      const provider = connectTo(await mount(version));
      const json =
        '{"__proto__":"p","a b":"x","big":9007199254740991,"flag":true,"nested":{"a":[1,{"b":null}],"z":"é\\n\\"<&>"},"nothing":null,"number":1.5,"text":"42"}';
      const revision = (await provider.write('app', doc(json), null, options())).revision;
      const read = await provider.read('app', options());
      expect(textOf(read.document)).toBe(json);
      expect(read.revision).toBe(revision);
    });

    it('reads digits beyond 2^53 as the server gives them', async () => {
      const provider = connectTo(await mount(version));
      const { revision } = await provider.write('app', doc('{"n":1}'), null, options());
      await provider.write('app', doc('{"n":12345678901234567890}'), revision, options());
      const text = textOf((await provider.read('app', options())).document);
      // KV v2 decodes numbers as float64, KV v1 keeps their text.
      expect(text).toBe(
        version === 2 ? '{"n":12345678901234567000}' : '{"n":12345678901234567890}',
      );
    });

    it('writes and reads every name that Vault allows', async () => {
      const provider = connectTo(await mount(version));
      const names = [
        'sys/health',
        '{{x}}',
        '50% off?',
        'a#b',
        'a+b&c=d',
        '&#x2F;',
        '%2e%2e',
        'back\\slash',
        'quote"\'`',
        'semi;colon:at@',
        '.hidden',
        'trailing.',
        ' both ends ',
        'café',
        'cafe\u0301',
        '環境/本番',
        '🔐/🗝️',
        'data/metadata/data',
        'foo',
        'foo/bar',
        'a/b/c/d/e/f/g',
      ];
      for (const name of names) {
        await provider.write(name, doc(JSON.stringify({ name })), null, options());
      }
      const { secrets, unlisted } = await provider.list(options());
      expect(secrets.map(({ path }) => path)).toEqual(names.toSorted());
      expect(unlisted).toEqual([]);
      for (const outcome of await readAll(provider, names)) {
        if ('error' in outcome) throw outcome.error;
        expect(textOf(outcome.snapshot.document)).toBe(JSON.stringify({ name: outcome.path }));
      }
    });

    it.each(['', '/a', 'a/', 'a//b', '.', 'a/./b', '..', 'a/../b', '../other/data/x', '\ud800'])(
      'refuses the name %j',
      async (name) => {
        const provider = connectTo(await mount(version));
        const reading = await errorOf(provider.read(name, options()));
        const writing = await errorOf(provider.write(name, doc('{"a":"b"}'), null, options()));
        expect([reading.code, writing.code]).toEqual(['NAME_NOT_ALLOWED', 'NAME_NOT_ALLOWED']);
      },
    );

    it.each(['a\u0007b', 'zero\u200bwidth', 'no\u00a0break'])(
      'says that Vault does not take the invisible character in %j',
      async (name) => {
        const provider = connectTo(await mount(version));
        const { code, message } = await errorOf(
          provider.write(name, doc('{"a":"b"}'), null, options()),
        );
        expect(code).toBe('NAME_NOT_ALLOWED');
        expect(message).toContain('invisible character');
      },
    );

    it('holds keys and values, not texts or bytes', async () => {
      const provider = connectTo(await mount(version));
      const { code } = await errorOf(provider.write('app', doc('just text'), null, options()));
      expect(code).toBe('INVALID_INPUT');
    });

    it('lists nothing where nothing is', async () => {
      const provider = connectTo(await mount(version));
      expect(await provider.list(options())).toEqual({ secrets: [], unlisted: [] });
    });

    it('counts what it finds on the way', async () => {
      const provider = connectTo(await mount(version));
      for (const name of ['a', 'b/c', 'b/d/e']) {
        await provider.write(name, doc('{"x":"y"}'), null, options());
      }
      const counts: number[] = [];
      const onFound = (count: number): void => {
        counts.push(count);
      };
      await provider.list({ ...options(), onFound });
      expect(counts).toEqual([1, 2, 3]);
    });

    it('reads the rest where one is missing', async () => {
      const provider = connectTo(await mount(version));
      await provider.write('b', doc('{"x":"y"}'), null, options());
      const outcomes = await readAll(provider, ['a', 'b', 'c//c']);
      expect(
        outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : outcome.path)),
      ).toEqual(['NOT_FOUND', 'b', 'NAME_NOT_ALLOWED']);
    });

    it('tells a folder that may not be listed, and lists the others', async () => {
      const enginePath = await mount(version);
      const root = connectTo(enginePath);
      for (const name of ['open/a', 'shut/b', 'c']) {
        await root.write(name, doc('{"x":"y"}'), null, options());
      }
      const area = version === 2 ? `${enginePath}/metadata` : enginePath;
      const policy = fresh('policy');
      await target.admin.policy(policy, {
        [`${area}/*`]: ['list'],
        [`${area}/shut/*`]: ['deny'],
      });
      const token = await target.admin.createToken({ policies: [policy] });
      const { secrets, unlisted } = await connectTo(enginePath, token).list(options());
      expect(secrets).toEqual([{ path: 'c' }, { path: 'open/a' }]);
      expect(unlisted.map(({ path, error }) => [path, error.code])).toEqual([
        ['shut', 'PERMISSION_DENIED'],
      ]);
    });

    it('lists the folders that a policy permits without the root', async () => {
      const enginePath = await mount(version);
      const root = connectTo(enginePath);
      for (const name of ['team/a', 'team/deep/b', 'ops/c', 'd']) {
        await root.write(name, doc('{"x":"y"}'), null, options());
      }
      const area = version === 2 ? `${enginePath}/metadata` : enginePath;
      const policy = fresh('policy');
      await target.admin.policy(policy, { [`${area}/team/*`]: ['list'] });
      const token = await target.admin.createToken({ policies: [policy] });
      const { secrets, unlisted } = await connectTo(enginePath, token).list(options());
      expect(secrets).toEqual([{ path: 'team/a' }, { path: 'team/deep/b' }]);
      expect(unlisted.map(({ path }) => path)).toEqual(['']);
    });

    it('throws where the root may not be listed, and never calls it empty', async () => {
      const enginePath = await mount(version);
      const area = version === 2 ? `${enginePath}/data` : enginePath;
      const policy = fresh('policy');
      await target.admin.policy(policy, { [`${area}/app`]: ['read'] });
      const token = await target.admin.createToken({ policies: [policy] });
      await connectTo(enginePath).write('app', doc('{"x":"y"}'), null, options());
      const provider = connectTo(enginePath, token);
      expect((await errorOf(provider.list(options()))).code).toBe('PERMISSION_DENIED');
      expect(textOf((await provider.read('app', options())).document)).toBe('{"x":"y"}');
    });

    it('works on a mount whose path has several segments', async () => {
      const enginePath = await mount(version, `${fresh('org')}/team/kv`);
      const provider = connectTo(enginePath);
      await provider.write('a/b', doc('{"x":"y"}'), null, options());
      expect((await provider.list(options())).secrets).toEqual([{ path: 'a/b' }]);
    });

    it('works in namespaces, with the namespace in Engine Path', async (context) => {
      if (!target.hasNamespaces) context.skip('this server has no namespaces');
      const namespace = fresh('ns');
      await target.admin.namespace(namespace);
      await target.admin.namespace(`${namespace}/inner`);
      await target.admin.mountKv('team/kv', version, `${namespace}/inner`);
      await target.admin.policy(
        'p',
        { 'team/*': ['create', 'read', 'list'] },
        `${namespace}/inner`,
      );
      const role = await target.admin.approle('r', { policies: ['p'] }, `${namespace}/inner`);
      const enginePath = `${namespace}/inner/team/kv`;
      const token = await target.admin.createToken({ policies: ['p'] }, `${namespace}/inner`);
      const values = { enginePath, namespace: `${namespace}/inner` };
      for (const [index, provider] of [
        connect(target.url, role, values),
        connectTo(enginePath, token),
        connectTo(enginePath),
      ].entries()) {
        const steps = await endOfCheck(provider);
        expect([...steps.values()].map(({ status }) => status)).not.toContain('failed');
        expect(steps.get('engine')?.detail).toBe(`KV v${String(version)} at ${enginePath}`);
        await provider.write(`s${String(index)}`, doc('{"x":"y"}'), null, options());
        expect((await provider.list(options())).secrets).toHaveLength(index + 1);
      }
    });
  });

  describe('KV v2', () => {
    it('lets only one of many that create or replace at once come through', async () => {
      const enginePath = await mount(2);
      const clients = Array.from({ length: 4 }, () => connectTo(enginePath));
      const outcomes = await Promise.allSettled(
        clients.map((client, index) =>
          client.write('app', doc(`{"by":"${String(index)}"}`), null, options()),
        ),
      );
      const winners = outcomes.filter(({ status }) => status === 'fulfilled').length;
      expect(winners).toBe(1);
    });

    it('creates over a deleted and over a destroyed secret', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const first = (await provider.write('app', doc('{"A":"1"}'), null, options())).revision;
      await provider.remove('app', first, options());
      await provider.write('app', doc('{"A":"2"}'), null, options());
      expect((await provider.read('app', options())).version).toBe('v2');
      await target.admin.call('POST', `${enginePath}/destroy/app`, { versions: [2] });
      expect((await errorOf(provider.read('app', options()))).code).toBe('SECRET_DELETED');
      await provider.write('app', doc('{"A":"3"}'), null, options());
      expect((await provider.read('app', options())).version).toBe('v3');
    });

    it('does not take a secret that was created again for the one it read', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const old = (await provider.write('app', doc('{"A":"old"}'), null, options())).revision;
      await target.admin.call('DELETE', `${enginePath}/metadata/app`);
      await provider.write('app', doc('{"A":"new"}'), null, options());
      const { code } = await errorOf(provider.write('app', doc('{"A":"mine"}'), old, options()));
      expect(code).toBe('CONFLICT');
      expect(textOf((await provider.read('app', options())).document)).toBe('{"A":"new"}');
    });

    it('leaves custom metadata as it is', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const first = (await provider.write('app', doc('{"A":"1"}'), null, options())).revision;
      const custom = { owner: 'payments', tier: '1' };
      await target.admin.call('POST', `${enginePath}/metadata/app`, { custom_metadata: custom });
      const second = (await provider.write('app', doc('{"A":"2"}'), first, options())).revision;
      await provider.remove('app', second, options());
      const { data } = await target.admin.call('GET', `${enginePath}/metadata/app`);
      expect(data).toMatchObject({ custom_metadata: custom, current_version: 2 });
    });

    it('writes to an engine that requires check-and-set', async () => {
      const enginePath = await mount(2);
      await target.admin.call('POST', `${enginePath}/config`, { cas_required: true });
      const provider = connectTo(enginePath);
      const first = (await provider.write('app', doc('{"A":"1"}'), null, options())).revision;
      await provider.write('app', doc('{"A":"2"}'), first, options());
      expect((await provider.read('app', options())).version).toBe('v2');
    });

    it('holds an empty map', async () => {
      const provider = connectTo(await mount(2));
      await provider.write('app', doc('{}'), null, options());
      expect(textOf((await provider.read('app', options())).document)).toBe('{}');
    });

    it('works with rights to data and metadata alone', async () => {
      const enginePath = await mount(2);
      const policy = fresh('policy');
      await target.admin.policy(policy, {
        [`${enginePath}/data/*`]: ['create', 'read', 'update', 'delete'],
        [`${enginePath}/metadata/*`]: ['list', 'read', 'delete'],
      });
      const role = await target.admin.approle(fresh('role'), { policies: [policy] });
      const provider = connect(target.url, role, { enginePath });
      const first = (await provider.write('app', doc('{"A":"1"}'), null, options())).revision;
      const second = (await provider.write('app', doc('{"A":"2"}'), first, options())).revision;
      await provider.remove('app', second, options());
      await provider.write('app', doc('{"A":"3"}'), null, options());
      expect((await provider.list(options())).secrets).toEqual([{ path: 'app' }]);
      const steps = await endOfCheck(provider);
      expect(steps.get('permissions')).toMatchObject({
        status: 'passed',
        detail:
          '1 secret and 0 folders at the top\nMay list, read, create, update, delete and see history\nMay not restore',
      });
    });
  });

  describe('KV v1', () => {
    it('says that it cannot hold an empty map', async () => {
      const provider = connectTo(await mount(1));
      const { code, message } = await errorOf(provider.write('app', doc('{}'), null, options()));
      expect(code).toBe('REQUEST_REFUSED');
      expect(message).toContain('without any variable');
    });

    it('takes keys in another order for the same content', async () => {
      const provider = connectTo(await mount(1));
      const json = '{"z":{"b":1,"a":[{"d":1,"c":2}]},"a":"x"}';
      const revision = (await provider.write('app', doc(json), null, options())).revision;
      expect((await provider.read('app', options())).revision).toBe(revision);
      await provider.write('app', doc('{"a":"y"}'), revision, options());
    });

    it('is not mistaken for v2 by folders named data and metadata', async () => {
      const enginePath = await mount(1);
      const root = connectTo(enginePath);
      for (const name of ['metadata/x', 'data/x', 'y']) {
        await root.write(name, doc(JSON.stringify({ name })), null, options());
      }
      const { secrets } = await connectTo(enginePath).list(options());
      expect(secrets.map(({ path }) => path)).toEqual(['data/x', 'metadata/x', 'y']);
    });
  });

  describe('what is not a KV engine', () => {
    it('says so of another engine, of nothing, and of a path that goes on beyond it', async () => {
      const transit = fresh('transit');
      await target.admin.call('POST', `sys/mounts/${transit}`, { type: 'transit' });
      const kv = await mount(2);
      const failures = await Promise.all(
        [transit, fresh('none'), `${kv}/team`].map((path) =>
          errorOf(connectTo(path).list(options())),
        ),
      );
      expect(failures.map(({ code }) => code)).toEqual([
        'ENGINE_NOT_KV',
        'ENGINE_NOT_FOUND',
        'ENGINE_NOT_FOUND',
      ]);
      expect(failures[2]?.message).toContain(`“${kv}”`);
    });

    it('tells somebody without rights that it may be either', async () => {
      const token = await target.admin.createToken({ policies: ['default'] });
      const { code, hint } = await errorOf(connectTo(fresh('none'), token).list(options()));
      expect(code).toBe('PERMISSION_DENIED');
      expect(hint).toContain('Check Engine Path. If it is right');
    });

    it('recognises an Engine Path without the namespace of the login', async (context) => {
      if (!target.hasNamespaces) context.skip('this server has no namespaces');
      const namespace = fresh('ns');
      await target.admin.namespace(namespace);
      await target.admin.mountKv('team', 2, namespace);
      await target.admin.policy('p', { 'team/*': ['read', 'list'] }, namespace);
      const role = await target.admin.approle('r', { policies: ['p'] }, namespace);
      const provider = connect(target.url, role, { enginePath: 'team', namespace });
      const { code, hint, details } = await errorOf(provider.list(options()));
      expect(code).toBe('ENGINE_NOT_FOUND');
      expect(hint).toContain(`KV v2 engine at ${namespace}/team`);
      expect(details?.field).toBe('enginePath');
    });
  });

  describe('credentials', () => {
    it('tells a bad token from a missing right', async () => {
      const enginePath = await mount(2);
      const policy = fresh('policy');
      await target.admin.policy(policy, { [`${enginePath}/metadata/*`]: ['list'] });
      const valid = await target.admin.createToken({ policies: [policy] });
      await connectTo(enginePath).write('app', doc('{"A":"1"}'), null, options());
      const denied = await errorOf(connectTo(enginePath, valid).read('app', options()));
      const bad = await errorOf(connectTo(enginePath, 'hvs.nonsense').read('app', options()));
      expect([denied.code, bad.code]).toEqual(['PERMISSION_DENIED', 'TOKEN_INVALID']);
    });

    it('does not take a token for bad because its policies withhold lookup-self', async () => {
      const enginePath = await mount(2);
      const policy = fresh('policy');
      await target.admin.policy(policy, { [`${enginePath}/metadata/*`]: ['list'] });
      const token = await target.admin.createToken({
        policies: [policy],
        no_default_policy: true,
      });
      await connectTo(enginePath).write('app', doc('{"A":"1"}'), null, options());
      const provider = connectTo(enginePath, token);
      expect((await errorOf(provider.read('app', options()))).code).toBe('PERMISSION_DENIED');
      expect((await endOfCheck(provider)).get('authentication')?.status).toBe('warned');
    });

    it('logs an AppRole with one use in for Test, Save and Pull All', async () => {
      const enginePath = await mount(2);
      const policy = fresh('policy');
      await target.admin.policy(policy, {
        [`${enginePath}/*`]: ['create', 'read', 'update', 'list'],
      });
      const role = await target.admin.approle(fresh('role'), {
        policies: [policy],
        secretIdUses: 1,
      });
      const factory = createHashicorpVaultFactory();
      const test = connect(target.url, role, { enginePath }, factory);
      const steps = await endOfCheck(test);
      expect(steps.get('authentication')?.status).toBe('passed');
      expect(steps.get('authentication')?.detail).toMatch(
        /^AppRole, good for \d+ minutes, renewable/,
      );
      test.dispose();
      const saved = connect(target.url, role, { enginePath }, factory);
      await saved.write('app', doc('{"A":"1"}'), null, options());
      const { secrets } = await saved.list(options());
      const outcomes = await readAll(
        saved,
        secrets.map(({ path }) => path),
      );
      expect(outcomes.map((outcome) => 'snapshot' in outcome)).toEqual([true]);
      // The Secret ID is used up, as another session of the app finds out.
      const { code } = await errorOf(connect(target.url, role, { enginePath }).list(options()));
      expect(code).toBe('APPROLE_REFUSED');
    });

    it.each([
      ['a wrong Secret ID', (role: { roleId: string }) => ({ ...role, secretId: 'wrong' }), ''],
      ['a wrong Role ID', (role: { secretId: string }) => ({ ...role, roleId: 'wrong' }), ''],
      ['another namespace', (role: object) => role, 'nowhere'],
    ])('refuses %s', async (_name, change, namespace) => {
      const role = await target.admin.approle(fresh('role'), {});
      const provider = connect(target.url, { ...role, ...change(role) }, { namespace });
      expect((await errorOf(provider.list(options()))).code).toBe('APPROLE_REFUSED');
    });
  });
}
