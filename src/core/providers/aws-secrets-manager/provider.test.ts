/** What the provider does against anything that speaks the protocol of Secrets Manager. */
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSecretsManager } from '@test/servers/real-secrets-manager';
import {
  documentFromBytes,
  documentFromText,
  mapDocument,
  textEntry,
  type SecretDocument,
} from '@core/secrets/document';
import { type SecretsProvider } from '../provider';
import { asRevision } from '@core/secrets/revision';
import {
  collect,
  failure,
  makeProvider,
  otherClient,
  signal,
  summaryOf,
  targets,
  textOf,
} from '@test/support/aws-secrets-manager';

const dayMs = 24 * 60 * 60 * 1000;

for (const { name, isThere, start } of targets) {
  describe.skipIf(!isThere)(`with ${name}`, () => {
    let target: RunningSecretsManager;
    let other: SecretsManager;
    let provider: SecretsProvider;
    // A real server may hold more than ours.
    const prefix = `strongroom-${randomUUID().slice(0, 8)}`;

    let names = 0;
    const freshName = (): string => {
      names += 1;
      return `${prefix}/fresh-${String(names)}`;
    };
    const put = async (name: string, value: string | Uint8Array): Promise<string> => {
      const content = typeof value === 'string' ? { SecretString: value } : { SecretBinary: value };
      const answer = await other.createSecret({ Name: name, ...content });
      return answer.VersionId ?? '';
    };
    const change = async (name: string, value: string): Promise<string> => {
      const answer = await other.putSecretValue({ SecretId: name, SecretString: value });
      return answer.VersionId ?? '';
    };
    const stored = async (name: string): Promise<string | undefined> =>
      (await other.getSecretValue({ SecretId: name })).SecretString;

    beforeAll(async () => {
      target = await start();
      other = otherClient(target);
      provider = makeProvider(target);
    });

    afterAll(async () => {
      provider.dispose();
      other.destroy();
      await target.stop();
    });

    describe('list', () => {
      it('finds every secret on every page, and those scheduled for deletion with the reason', async () => {
        const paths = Array.from({ length: 230 }, (_, index) => `${prefix}/many/${String(index)}`);
        for (const path of paths) await put(path, '{}');
        const leaving = paths.slice(100, 103);
        for (const path of leaving) await other.deleteSecret({ SecretId: path });

        const counts: number[] = [];
        const { secrets, unlisted } = await provider.list({
          signal,
          onFound: (count) => counts.push(count),
        });

        const ours = secrets.filter(({ path }) => path.startsWith(`${prefix}/many/`));
        expect(ours.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
        expect(
          ours.filter(({ unavailable }) => unavailable !== undefined).map(({ path }) => path),
        ).toEqual(leaving);
        expect(ours.find(({ path }) => path === leaving[0])?.unavailable).toBe(
          'scheduled-for-deletion',
        );
        expect(unlisted).toEqual([]);
        expect(counts.length).toBeGreaterThanOrEqual(3);
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
        expect(counts.at(-1)).toBe(secrets.length);
      }, 30_000);
    });

    describe('read', () => {
      it('reads a JSON object key by key, in order, with numbers as they were written', async () => {
        const path = freshName();
        const text =
          '{"b":"x","10":12345678901234567890,"a":1.10,"n":null,"t":true,"l":[1,{"k":2}]}';
        const version = await put(path, text);

        const snapshot = await provider.read(path, { signal });

        expect(snapshot.document.shape).toBe('map');
        expect(textOf(snapshot.document)).toBe(text);
        expect(snapshot.path).toBe(path);
        expect(snapshot.revision).toBe(version);
        expect(snapshot.version).toBe(version.slice(0, 8));
        const age = Date.now() - (snapshot.modifiedAt?.getTime() ?? 0);
        expect(Math.abs(age)).toBeLessThan(60_000);
      });

      it.each([
        ['plain text', 'not JSON at all\nwith a second line'],
        ['a JSON array', '[1, 2,  3]'],
        ['a JSON string', '"quoted"'],
        ['a number', '12345678901234567890.10'],
        ['something like JSON', '{"a":1'],
      ])('keeps %s as the one text that it is', async (_, text) => {
        const path = freshName();
        await put(path, text);
        const { document } = await provider.read(path, { signal });
        expect(document.shape).toBe('text');
        expect(textOf(document)).toBe(text);
      });

      it('keeps bytes as bytes', async () => {
        const path = freshName();
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        await put(path, bytes);
        const { document } = await provider.read(path, { signal });
        expect(document).toMatchObject({ shape: 'binary', bytes: 256 });
        expect(document.shape === 'binary' && document.base64.reveal()).toBe(
          Buffer.from(bytes).toString('base64'),
        );
      });

      it.each([
        ['slashes, also in front', '/a//b/c/'],
        ['every other character that is allowed', 'Az09_+=.@-'],
        ['an end like that of an ARN', 'database-a1B2c3'],
        ['the longest name', 'n'.repeat(400)],
      ])('reads and writes a name with %s', async (_, name) => {
        const path = name.startsWith('/') ? `/${prefix}${name}` : `${prefix}${name}`;
        const revision = (
          await provider.write(path, documentFromText('{"A":"1"}'), null, {
            signal,
          })
        ).revision;
        const snapshot = await provider.read(path, { signal });
        expect(snapshot).toMatchObject({ path, revision });
        const { secrets } = await provider.list({ signal });
        expect(secrets).toContainEqual({ path });
      });

      it('says what is not there, what is leaving, and what has no value yet', async () => {
        const [leaving, empty] = [freshName(), freshName()];
        await put(leaving, '{}');
        await other.deleteSecret({ SecretId: leaving });
        await other.createSecret({ Name: empty });

        expect(await failure(provider.read(freshName(), { signal }))).toMatchObject({
          code: 'NOT_FOUND',
          details: { method: 'GetSecretValue', serverCode: 'ResourceNotFoundException' },
        });
        expect(await failure(provider.read(leaving, { signal }))).toMatchObject({
          code: 'SCHEDULED_FOR_DELETION',
        });
        expect(await failure(provider.read(empty, { signal }))).toMatchObject({
          code: 'NOT_FOUND',
          message: 'This secret has no value.',
        });
      });
    });

    describe('readMany', () => {
      it('gives one outcome for each path, whatever it is', async () => {
        const paths = Array.from({ length: 45 }, (_, index) => `${prefix}/read/${String(index)}`);
        for (const [index, path] of paths.entries()) await put(path, `{"I":${String(index)}}`);
        const [leaving, missing, binary, empty] = Array.from({ length: 4 }, freshName) as [
          string,
          string,
          string,
          string,
        ];
        await put(leaving, '{}');
        await other.deleteSecret({ SecretId: leaving });
        await put(binary, Uint8Array.of(1, 2, 3));
        await other.createSecret({ Name: empty });

        const wanted = [leaving, ...paths, missing, binary, paths[0] ?? '', empty];
        const outcomes = await collect(provider.readMany(wanted, { signal }));

        expect(outcomes).toHaveLength(wanted.length - 1);
        expect(summaryOf(outcomes)).toEqual({
          ...Object.fromEntries(paths.map((path, index) => [path, `{"I":${String(index)}}`])),
          [leaving]: 'SCHEDULED_FOR_DELETION',
          [missing]: 'NOT_FOUND',
          [binary]: '(binary)',
          [empty]: 'NOT_FOUND',
        });
      });

      it('has nothing to say about no paths', async () => {
        expect(await collect(provider.readMany([], { signal }))).toEqual([]);
      });
    });

    describe('write', () => {
      const variables = (entries: Record<string, string>): SecretDocument =>
        mapDocument(Object.entries(entries).map(([key, text]) => [key, textEntry(text)] as const));

      it('creates a secret of JSON, and only where there is none', async () => {
        const path = freshName();
        const revision = (
          await provider.write(path, variables({ B: 'x"\n', A: 'ü' }), null, {
            signal,
          })
        ).revision;
        expect(await stored(path)).toBe('{"B":"x\\"\\n","A":"ü"}');
        expect(await provider.read(path, { signal })).toMatchObject({ revision });

        const error = await failure(provider.write(path, variables({}), null, { signal }));
        expect(error.code).toBe('ALREADY_EXISTS');
        expect(await stored(path)).toBe('{"B":"x\\"\\n","A":"ü"}');
      });

      it('replaces what was read, again and again, for every other client too', async () => {
        const path = freshName();
        let revision = (await provider.write(path, variables({ A: '0' }), null, { signal }))
          .revision;
        for (const text of ['1', '2', '3']) {
          const base = revision;
          revision = (await provider.write(path, variables({ A: text }), base, { signal }))
            .revision;
          expect(revision).not.toBe(base);
          expect(await stored(path)).toBe(`{"A":"${text}"}`);
          const labelled = await other.getSecretValue({
            SecretId: path,
            VersionStage: 'AWSCURRENT',
          });
          expect(labelled.VersionId).toBe(revision);
          const previous = await other.getSecretValue({
            SecretId: path,
            VersionStage: 'AWSPREVIOUS',
          });
          expect(previous.VersionId).toBe(base);
          const [read] = await collect(provider.readMany([path, freshName()], { signal }));
          expect(read).toMatchObject({ snapshot: { revision } });
        }
        const theirs = asRevision(await change(path, '{"A":"4"}'));
        expect(await provider.read(path, { signal })).toMatchObject({ revision: theirs });
        await provider.write(path, variables({ A: '5' }), theirs, { signal });
        expect(await stored(path)).toBe('{"A":"5"}');
      });

      it('leaves no label of its own behind', async () => {
        const path = freshName();
        const first = (await provider.write(path, variables({ A: '0' }), null, { signal }))
          .revision;
        await provider.write(path, variables({ A: '1' }), first, { signal });
        const { VersionIdsToStages: stages } = await other.describeSecret({ SecretId: path });
        expect(
          Object.values(stages ?? {})
            .flat()
            .toSorted(),
        ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
      });

      it('refuses to overwrite what somebody else wrote', async () => {
        const path = freshName();
        const revision = (await provider.write(path, variables({ A: 'mine' }), null, { signal }))
          .revision;
        await change(path, '{"A":"theirs"}');
        const error = await failure(
          provider.write(path, variables({ A: 'x' }), revision, { signal }),
        );
        expect(error.code).toBe('CONFLICT');
        expect(await stored(path)).toBe('{"A":"theirs"}');
      });

      it('keeps what it does not understand', async () => {
        const path = freshName();
        const text = '{"ID":12345678901234567890,"P":1.10,"L":[1,{"k":1e400}],"A":"old"}';
        await put(path, text);
        const { document, revision } = await provider.read(path, { signal });
        if (document.shape !== 'map') throw new Error('A map was expected');
        const edited = mapDocument([...document.entries, ['A', textEntry('new')] as const]);
        await provider.write(path, edited, revision, { signal });
        expect(await stored(path)).toBe(text.replace('old', 'new'));
      });

      it('stores text as text and bytes as bytes', async () => {
        const [text, binary] = [freshName(), freshName()];
        await provider.write(text, documentFromText('just\ntext'), null, { signal });
        expect(await stored(text)).toBe('just\ntext');
        const bytes = Uint8Array.of(0, 255, 128, 10);
        await provider.write(binary, documentFromBytes(bytes), null, { signal });
        const answer = await other.getSecretValue({ SecretId: binary });
        expect(Buffer.from(answer.SecretBinary ?? [])).toEqual(Buffer.from(bytes));
      });

      it('gives a secret that was created empty its first value', async () => {
        const path = freshName();
        await other.createSecret({ Name: path });
        const revision = (await provider.write(path, variables({ A: '1' }), null, { signal }))
          .revision;
        expect(await provider.read(path, { signal })).toMatchObject({ revision });
      });

      it('says when the name is scheduled for deletion, or gone', async () => {
        const [leaving, gone] = [freshName(), freshName()];
        const revision = (await provider.write(leaving, variables({ A: '1' }), null, { signal }))
          .revision;
        await other.deleteSecret({ SecretId: leaving });
        for (const expected of [null, revision]) {
          const error = await failure(provider.write(leaving, variables({}), expected, { signal }));
          expect(error.code).toBe('SCHEDULED_FOR_DELETION');
        }
        const error = await failure(provider.write(gone, variables({}), revision, { signal }));
        expect(error.code).toBe('NOT_FOUND');
      });

      it('lets one of two writers win', async () => {
        const path = freshName();
        const base = (await provider.write(path, variables({ A: '0' }), null, { signal })).revision;
        const colleague = makeProvider(target);
        const outcomes = await Promise.allSettled(
          [provider, colleague].map((writer, index) =>
            writer.write(path, variables({ A: `from ${String(index)}` }), base, { signal }),
          ),
        );
        colleague.dispose();
        const current = await stored(path);
        const winners = outcomes.flatMap(({ status }, index) =>
          status === 'fulfilled' ? [`{"A":"from ${String(index)}"}`] : [],
        );
        expect(winners.length).toBeLessThanOrEqual(1);
        expect(winners.filter((text) => text !== current)).toEqual([]);
        for (const outcome of outcomes.filter(({ status }) => status === 'rejected')) {
          expect(outcome).toMatchObject({ reason: { code: 'CONFLICT' } });
        }
      });
    });

    describe('remove', () => {
      it('schedules the deletion and says until when it can be undone', async () => {
        const path = freshName();
        const revision = (await provider.write(path, documentFromText('{}'), null, { signal }))
          .revision;
        const outcome = await provider.remove(path, revision, { signal });
        const days = outcome.recoverable
          ? ((outcome.until?.getTime() ?? 0) - Date.now()) / dayMs
          : undefined;
        expect(days).toBeCloseTo(30, 1);
        expect((await failure(provider.read(path, { signal }))).code).toBe(
          'SCHEDULED_FOR_DELETION',
        );
        await other.restoreSecret({ SecretId: path });
        expect(await provider.read(path, { signal })).toMatchObject({ revision });
      });

      it('removes nothing that somebody else changed', async () => {
        const path = freshName();
        const revision = (await provider.write(path, documentFromText('{}'), null, { signal }))
          .revision;
        await change(path, '{"A":"theirs"}');
        expect((await failure(provider.remove(path, revision, { signal }))).code).toBe('CONFLICT');
        expect(await stored(path)).toBe('{"A":"theirs"}');
        const missing = provider.remove(freshName(), revision, { signal });
        expect((await failure(missing)).code).toBe('NOT_FOUND');
      });
    });

    it('tests the connection without writing or reading a value', async () => {
      const steps = await collect(provider.check({ signal }));
      expect(steps.filter(({ status }) => status !== 'running')).toMatchObject(
        [
          'endpoint',
          'name',
          'port',
          'tls',
          'credentials',
          'identity',
          'list',
          'read',
          'permissions',
        ].map((id) => ({
          id,
          status: id === 'name' || id === 'tls' ? 'skipped' : 'passed',
        })),
      );
    });
  });
}
