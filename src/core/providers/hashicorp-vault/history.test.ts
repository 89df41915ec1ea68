/** What metadata tells, versions, and bringing back: against the stand-ins and a real server where there is one. */
import { setImmediate as turn } from 'node:timers/promises';
import { isAppError } from '@shared/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapDocument, textEntry } from '@core/secrets/document';
import { type History, type SecretsProvider, type SecretVersion } from '../provider';
import { asRevision, type Revision } from '@core/secrets/revision';
import { FakeRuntime, runningTime } from '@test/support/fake-runtime';
import { connect, doc, errorOf, options, textOf } from '@test/support/hashicorp-vault';
import { createHashicorpVaultFactory } from './factory';
import { fresh, targets, type RunningTarget } from '@test/servers/vault-targets';

for (const { name, start } of targets) {
  describe.skipIf(start === undefined)(`against ${name}`, () => {
    suite(start ?? (() => Promise.reject(new Error('There is no such server'))));
  });
}

const kept = (history: History): readonly SecretVersion[] => {
  if (!history.isKept) throw new Error('There are no versions');
  return history.versions;
};

function suite(start: () => Promise<RunningTarget>): void {
  let target: RunningTarget;
  beforeAll(async () => {
    target = await start();
  }, 60_000);
  afterAll(() => target.stop());

  const mount = async (version: 1 | 2): Promise<string> => {
    const path = fresh('kv');
    await target.admin.mountKv(path, version);
    return path;
  };
  const connectTo = (enginePath: string, token = target.rootToken) =>
    connect(target.url, { token }, { enginePath });
  const tokenFor = async (rules: Record<string, readonly string[]>): Promise<string> => {
    const policy = fresh('policy');
    await target.admin.policy(policy, rules);
    return target.admin.createToken({ policies: [policy] });
  };

  describe('KV v2', () => {
    const written = async (enginePath: string, ...texts: string[]): Promise<Revision[]> => {
      const provider = connectTo(enginePath);
      const revisions: Revision[] = [];
      for (const text of texts) {
        const { revision } = await provider.write(
          'app',
          doc(JSON.stringify({ A: text })),
          revisions.at(-1) ?? null,
          options(),
        );
        revisions.push(revision);
      }
      return revisions;
    };

    it('tells by a glance the revision that a read gives', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      expect(await provider.glance('app', options())).toEqual({ state: 'absent' });
      await written(enginePath, '1', '2');
      const { revision, version, modifiedAt } = await provider.read('app', options());
      const present = { state: 'present', revision, version, modifiedAt };
      expect(await provider.glance('app', options())).toEqual(present);
    });

    it('tells by a glance of a new version, a deletion and a destruction', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first, second = asRevision('')] = await written(enginePath, '1', '2');
      const glance = await provider.glance('app', options());
      expect(glance).toMatchObject({ revision: second, version: 'v2' });
      expect(second).not.toBe(first);

      await provider.remove('app', second, options());
      const deleted = { state: 'deleted', recoverable: true };
      expect(await provider.glance('app', options())).toEqual(deleted);
      await target.admin.call('POST', `${enginePath}/destroy/app`, { versions: [2] });
      const destroyed = { state: 'deleted', recoverable: false };
      expect(await provider.glance('app', options())).toEqual(destroyed);
      await target.admin.call('DELETE', `${enginePath}/metadata/app`);
      expect(await provider.glance('app', options())).toEqual({ state: 'absent' });
    });

    it('tells by a glance of a version that has deleted itself', async () => {
      const enginePath = await mount(2);
      await target.admin.call('POST', `${enginePath}/metadata/app`, { delete_version_after: '1h' });
      await written(enginePath, '1');
      const runtime = new FakeRuntime(runningTime());
      const factory = createHashicorpVaultFactory({ runtime });
      const access = { token: target.rootToken };
      const provider = connect(target.url, access, { enginePath }, factory);
      expect(await provider.glance('app', options())).toMatchObject({ state: 'present' });
      expect(kept(await provider.versions('app', options()))).toMatchObject([{ state: 'current' }]);
      await runtime.advance(60 * 60_000);
      const gone = { state: 'deleted', recoverable: true };
      expect(await provider.glance('app', options())).toEqual(gone);
      expect(kept(await provider.versions('app', options()))).toMatchObject([{ state: 'deleted' }]);
    });

    it('reads no value for a glance, and says where it may not look', async () => {
      const enginePath = await mount(2);
      const [first] = await written(enginePath, '1');
      const blind = await tokenFor({ [`${enginePath}/metadata/*`]: ['read'] });
      const glance = await connectTo(enginePath, blind).glance('app', options());
      expect(glance).toMatchObject({ state: 'present', revision: first });
      const without = await tokenFor({ [`${enginePath}/data/*`]: ['read'] });
      expect(await connectTo(enginePath, without).glance('app', options())).toEqual({
        state: 'unknown',
        why: 'not-permitted',
      });
      const bad = await errorOf(connectTo(enginePath, 'hvs.bad').glance('app', options()));
      expect(bad.code).toBe('TOKEN_INVALID');
    });

    it('lists versions, the newest first, with deleted and destroyed ones', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const revisions = await written(enginePath, '1', '2', '3', '4');
      await target.admin.call('POST', `${enginePath}/delete/app`, { versions: [2] });
      await target.admin.call('POST', `${enginePath}/destroy/app`, { versions: [3] });
      const history = await provider.versions('app', options());
      expect(history).toMatchObject({ isKept: true, isComplete: true });
      expect(
        kept(history).map(({ version, state, revision }) => [version, state, revision]),
      ).toEqual([
        ['v4', 'current', revisions[3]],
        ['v3', 'destroyed', revisions[2]],
        ['v2', 'deleted', revisions[1]],
        ['v1', 'past', revisions[0]],
      ]);
      for (const { createdAt, deletedAt, state } of kept(history)) {
        expect(Math.abs(Date.now() - (createdAt?.getTime() ?? 0))).toBeLessThan(60_000);
        expect(deletedAt !== undefined).toBe(state === 'deleted');
      }
    });

    it('has no versions of what is not there, and says who may not see them', async () => {
      const enginePath = await mount(2);
      await written(enginePath, '1');
      const none = await errorOf(connectTo(enginePath).versions('none', options()));
      const token = await tokenFor({ [`${enginePath}/data/*`]: ['read'] });
      const denied = await errorOf(connectTo(enginePath, token).versions('app', options()));
      expect([none.code, denied.code]).toEqual(['NOT_FOUND', 'PERMISSION_DENIED']);
    });

    it('reads each version by its revision', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first = asRevision(''), second = asRevision('')] = await written(enginePath, '1', '2');
      const snapshot = await provider.readVersion('app', first, options());
      expect(textOf(snapshot.document)).toBe('{"A":"1"}');
      expect(snapshot).toMatchObject({ path: 'app', revision: first, version: 'v1' });
      expect(await provider.readVersion('app', second, options())).toEqual(
        await provider.read('app', options()),
      );
    });

    it('says of a version that it was deleted, destroyed, dropped, or of another life of the path', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const codeOf = async (revision: string): Promise<string> =>
        (await errorOf(provider.readVersion('app', asRevision(revision), options()))).code;
      const [first = '', second = ''] = await written(enginePath, '1', '2', '3');
      await target.admin.call('POST', `${enginePath}/delete/app`, { versions: [1] });
      await target.admin.call('POST', `${enginePath}/destroy/app`, { versions: [2] });
      expect(await codeOf(first)).toBe('SECRET_DELETED');
      expect(await codeOf(second)).toBe('NOT_FOUND');
      expect(await codeOf('nonsense')).toBe('NOT_FOUND');
      expect(await codeOf('9@2026-01-01T00:00:00Z')).toBe('NOT_FOUND');
      await target.admin.call('DELETE', `${enginePath}/metadata/app`);
      await written(enginePath, 'new');
      expect(await codeOf(first)).toBe('NOT_FOUND');
    });

    it('writes an old version again as a new one', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first = asRevision(''), second = asRevision('')] = await written(enginePath, '1', '2');
      const { document } = await provider.readVersion('app', first, options());
      const restored = await provider.write('app', document, second, options());
      expect(restored.version).toBe('v3');
      expect(textOf((await provider.read('app', options())).document)).toBe('{"A":"1"}');
    });

    it('brings a deleted secret back, and leaves alone what is there', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first = asRevision('')] = await written(enginePath, '1');
      await provider.undelete('app', options());
      await provider.remove('app', first, options());
      await provider.undelete('app', options());
      expect(await provider.read('app', options())).toMatchObject({ revision: first });
    });

    it('says what cannot be brought back, and what the credentials need for it', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first = asRevision('')] = await written(enginePath, '1');
      expect((await errorOf(provider.undelete('none', options()))).code).toBe('NOT_FOUND');
      await provider.remove('app', first, options());
      const token = await tokenFor({ [`${enginePath}/data/*`]: ['read', 'update', 'delete'] });
      const denied = await errorOf(connectTo(enginePath, token).undelete('app', options()));
      expect(denied.code).toBe('PERMISSION_DENIED');
      expect(denied.hint).toContain(`${enginePath}/undelete/app`);
      await target.admin.call('POST', `${enginePath}/destroy/app`, { versions: [1] });
      const destroyed = await errorOf(provider.undelete('app', options()));
      expect([destroyed.code, destroyed.message]).toEqual([
        'NOT_FOUND',
        'The newest version was destroyed.',
      ]);
    });

    it('removes the version that was read, and takes a second removal for done', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first = asRevision(''), second = asRevision('')] = await written(enginePath, '1', '2');
      expect((await errorOf(provider.remove('app', first, options()))).code).toBe('CONFLICT');
      for (let times = 0; times < 2; times += 1) {
        expect(await provider.remove('app', second, options())).toEqual({ recoverable: true });
      }
      const [newest, oldest] = kept(await provider.versions('app', options()));
      expect([newest?.state, oldest?.state]).toEqual(['deleted', 'past']);
    });

    it('brings back one version that was deleted by itself, and only that', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first = asRevision(''), second] = await written(enginePath, '1', '2', '3');
      await target.admin.call('POST', `${enginePath}/delete/app`, { versions: [1, 2] });
      await provider.undelete('app', { ...options(), revision: first });
      const states = kept(await provider.versions('app', options())).map(({ state }) => state);
      expect(states).toEqual(['current', 'deleted', 'past']);
      expect((await provider.readVersion('app', first, options())).version).toBe('v1');

      await target.admin.call('POST', `${enginePath}/destroy/app`, { versions: [2] });
      const codeOf = async (revision = asRevision('')) =>
        (await errorOf(provider.undelete('app', { ...options(), revision }))).message;
      expect(await codeOf(second)).toBe('This version was destroyed.');
      expect(await codeOf(asRevision('1@2026-01-01T00:00:00Z'))).toContain('does not keep');
      expect(await codeOf()).toContain('does not keep');
    });

    it('keeps numbers as the server gave them when another key is edited', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const json = '{"A":"old","big":12345678901234567890,"tiny":1.5e-300,"whole":1e21}';
      const { revision: first } = await provider.write('app', doc('{"A":"1"}'), null, options());
      const { revision } = await provider.write('app', doc(json), first, options());
      const before = textOf((await provider.read('app', options())).document);
      await provider.write('app', doc(before.replace('"old"', '"new"')), revision, options());
      const after = textOf((await provider.read('app', options())).document);
      expect(after).toBe(before.replace('"old"', '"new"'));
      expect(after).toContain('"big":12345678901234567000');
    });

    it('lets either a write or a removal of the same version come through, never both', async () => {
      const enginePath = await mount(2);
      const [writer, remover, onlooker] = [1, 2, 3].map(() => connectTo(enginePath)) as [
        SecretsProvider,
        SecretsProvider,
        SecretsProvider,
      ];
      for (let round = 0; round < 40; round += 1) {
        const path = `pair/${String(round)}`;
        const { revision } = await writer.write(path, doc('{"A":"1"}'), null, options());
        const later = async <T>(turns: number, work: () => Promise<T>): Promise<T> => {
          for (let left = turns; left > 0; left -= 1) await turn();
          return work();
        };
        const [written, removed] = await Promise.allSettled([
          later(round % 4, () => writer.write(path, doc('{"A":"2"}'), revision, options())),
          later(round % 3, () => remover.remove(path, revision, options())),
        ]);
        expect([written.status, removed.status].toSorted()).toEqual(['fulfilled', 'rejected']);
        const { state } = await onlooker.glance(path, options());
        expect(state).toBe(written.status === 'fulfilled' ? 'present' : 'deleted');
      }
    }, 30_000);

    it('loses no update of several writers, and keeps none that was refused', async () => {
      const enginePath = await mount(2);
      await connectTo(enginePath).write('app', doc('{}'), null, options());
      const append = async (provider: SecretsProvider, key: string): Promise<void> => {
        for (;;) {
          const { document, revision } = await provider.read('app', options());
          if (document.shape !== 'map') throw new Error('A map was expected');
          const edited = mapDocument([...document.entries, [key, textEntry(key)] as const]);
          try {
            await provider.write('app', edited, revision, options());
            return;
          } catch (error) {
            if (!isAppError(error, 'CONFLICT')) throw error;
          }
        }
      };
      const keys = ['a', 'b', 'c'].map((writer) =>
        Array.from({ length: 12 }, (_, round) => `${writer}${String(round)}`),
      );
      await Promise.all(
        keys.map(async (own) => {
          const provider = connectTo(enginePath);
          for (const key of own) await append(provider, key);
        }),
      );
      const { document, version } = await connectTo(enginePath).read('app', options());
      const found = document.shape === 'map' ? [...document.entries.keys()] : [];
      expect(found.toSorted()).toEqual(keys.flat().toSorted());
      expect(version).toBe(`v${String(keys.flat().length + 1)}`);
    }, 30_000);

    it('does not write over a version that was deleted since it was read', async () => {
      const enginePath = await mount(2);
      const provider = connectTo(enginePath);
      const [first = asRevision('')] = await written(enginePath, '1');
      await provider.remove('app', first, options());
      const { code } = await errorOf(provider.write('app', doc('{"A":"2"}'), first, options()));
      expect(code).toBe('CONFLICT');
      const after = await provider.glance('app', options());
      expect(after).toEqual({ state: 'deleted', recoverable: true });
    });
  });

  describe('KV v1', () => {
    it('says that it has no versions, and nothing to bring back', async () => {
      const provider = connectTo(await mount(1));
      const { revision } = await provider.write('app', doc('{"A":"1"}'), null, options());
      expect(await provider.glance('app', options())).toEqual({
        state: 'unknown',
        why: 'not-supported',
      });
      expect(await provider.versions('app', options())).toEqual({ isKept: false });
      const newest = await provider.readVersion('app', revision, options());
      expect(textOf(newest.document)).toBe('{"A":"1"}');
      await provider.write('app', doc('{"A":"2"}'), revision, options());
      const past = await errorOf(provider.readVersion('app', revision, options()));
      await provider.undelete('app', options());
      const gone = await errorOf(provider.undelete('none', options()));
      expect([past.code, gone.code]).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    });
  });

  describe.each([1, 2] as const)('an edit of one key with KV v%i', (version) => {
    it('leaves every other one as it is, and the custom metadata', async () => {
      const enginePath = await mount(version);
      const custom = { owner: 'payments', 'review by': '2027' };
      if (version === 2) {
        await target.admin.call('POST', `${enginePath}/metadata/app`, { custom_metadata: custom });
      }
      const content = {
        'A key': 'old',
        bytes: Buffer.of(0, 255, 128).toString('base64'),
        flag: false,
        largest: 9007199254740991,
        nested: { list: [1, { deep: null }, 'x'], text: '<&>\u2028"' },
        nothing: null,
        ratio: -1.5e-7,
        words: 'two\nlines\t',
      };
      const raw = version === 2 ? `${enginePath}/data/app` : `${enginePath}/app`;
      await target.admin.call('POST', raw, version === 2 ? { data: content } : content);

      const provider = connectTo(enginePath);
      const { document, revision } = await provider.read('app', options());
      const edited = doc(textOf(document).replace('"old"', '"new"'));
      await provider.write('app', edited, revision, options());

      const answer = await target.admin.call('GET', raw);
      const { data, metadata } = (version === 2 ? answer['data'] : answer) as {
        data: unknown;
        metadata?: { custom_metadata: unknown };
      };
      expect(data).toEqual({ ...content, 'A key': 'new' });
      expect(metadata?.custom_metadata).toEqual(version === 2 ? custom : undefined);
    });
  });
}
