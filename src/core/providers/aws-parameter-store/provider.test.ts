/** What the provider does against anything that speaks the protocol of Parameter Store. */
import { randomUUID } from 'node:crypto';
import type { SSM } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '@test/servers/aws/real-service';
import { documentFromText } from '@core/secrets/document';
import {
  collect,
  failure,
  makeProvider,
  otherClient,
  plainOf,
  signal,
  summaryOf,
  targets,
  textOf,
  variables,
} from '@test/support/aws-parameter-store';
import type { SecretsProvider } from '../provider';

for (const { name, isThere, start } of targets) {
  describe.skipIf(!isThere)(`with ${name}`, () => {
    let target: RunningService;
    let other: SSM;
    let provider: SecretsProvider;
    // A real server may hold more than ours.
    const prefix = `/strongroom-${randomUUID().slice(0, 8)}`;

    let count = 0;
    const freshPath = (): string => `fresh-${String((count += 1))}`;
    const put = async (path: string, value: string, type: 'String' | 'SecureString' = 'String') =>
      other.putParameter({ Name: `${prefix}/${path}`, Value: value, Type: type, Overwrite: true });
    const stored = async (path: string): Promise<string | undefined> =>
      (await other.getParameter({ Name: `${prefix}/${path}`, WithDecryption: true })).Parameter
        ?.Value;

    beforeAll(async () => {
      target = await start();
      other = otherClient(target);
      provider = makeProvider({ ...target, prefix });
    });

    afterAll(async () => {
      provider.dispose();
      other.destroy();
      await target.stop();
    });

    it('lists folders and objects from all pages, and counts them as they come', async () => {
      for (let index = 0; index < 60; index += 1) await put(`many/${String(index)}/KEY`, 'x');
      await provider.write('many/object', variables({ A: '1' }), null, { signal });
      const counts: number[] = [];
      const { secrets, unlisted } = await provider.list({
        signal,
        onFound: (so) => counts.push(so),
      });
      const found = secrets.map(({ path }) => path).filter((path) => path.startsWith('many/'));
      expect(found).toEqual(
        [
          ...Array.from({ length: 60 }, (_, index) => `many/${String(index)}/`),
          'many/object',
        ].toSorted(),
      );
      expect(unlisted).toEqual([]);
      expect(counts.length).toBeGreaterThanOrEqual(2);
      expect(counts.at(-1)).toBe(secrets.length);
    });

    it('reads a folder variable by variable, whatever their type, over several pages', async () => {
      const folder = freshPath();
      const expected: Record<string, string> = {};
      for (let index = 10; index < 33; index += 1) {
        expected[`KEY_${String(index)}`] = `value ${String(index)}`;
        await put(`${folder}/KEY_${String(index)}`, `value ${String(index)}`, 'SecureString');
      }
      await put(`${folder}/LIST`, 'a,b');
      await put(`${folder}/deeper/OTHER`, 'x');
      const { document } = await provider.read(`${folder}/`, { signal });
      expect(plainOf(document)).toEqual({ ...expected, LIST: 'a,b' });
    });

    it('leaves out the environments that are one parameter beside the variables', async () => {
      const folder = freshPath();
      await put(`${folder}/FLAGS`, '{"a":1}');
      await provider.write(`${folder}/object`, variables({ A: '1' }), null, { signal });
      const { document, revision } = await provider.read(`${folder}/`, { signal });
      expect(plainOf(document)).toEqual({ FLAGS: '{"a":1}' });
      expect(await provider.glance(`${folder}/`, { signal })).toMatchObject({ revision });
    });

    it.each([
      ['a JSON object', '{"b":"x","10":12345678901234567890,"a":1.10,"n":null}', 'map'],
      ['plain text', 'not JSON\nat all', 'text'],
      ['a JSON array', '[1, 2,  3]', 'text'],
    ])('reads %s in one parameter exactly as it is', async (_, text, shape) => {
      const path = freshPath();
      await put(path, text);
      const { document, version } = await provider.read(path, { signal });
      expect([document.shape, textOf(document), version]).toEqual([shape, text, 'v1']);
    });

    it('reads many, one outcome for each path', async () => {
      const [folder, object, missing] = [`${freshPath()}/`, freshPath(), freshPath()];
      await put(`${folder}A`, '1');
      await put(object, '{"B":"2"}');
      const paths = [folder, object, missing, `${missing}/`, object];
      expect(summaryOf(await collect(provider.readMany(paths, { signal })))).toEqual({
        [folder]: '{"A":"1"}',
        [object]: '{"B":"2"}',
        [missing]: 'NOT_FOUND',
        [`${missing}/`]: 'NOT_FOUND',
      });
    });

    for (const layout of ['folder', 'object'] as const) {
      const fresh = (): string => (layout === 'folder' ? `${freshPath()}/` : freshPath());

      it(`creates, overwrites and deletes (${layout})`, async () => {
        const path = fresh();
        expect(await provider.glance(path, { signal })).toEqual({ state: 'absent' });
        const first = await provider.write(path, variables({ A: '1', B: 'x"\n', C: 'ü' }), null, {
          signal,
        });
        expect(await provider.read(path, { signal })).toMatchObject({ revision: first.revision });
        const again = provider.write(path, variables({ A: 'other' }), null, { signal });
        expect((await failure(again)).code).toBe('ALREADY_EXISTS');

        const second = await provider.write(path, variables({ A: '2', C: 'ü' }), first.revision, {
          signal,
        });
        const read = await provider.read(path, { signal });
        expect([plainOf(read.document), read.revision]).toEqual([
          { A: '2', C: 'ü' },
          second.revision,
        ]);
        expect(await provider.glance(path, { signal })).toMatchObject({
          state: 'present',
          revision: second.revision,
          modifiedAt: read.modifiedAt,
        });

        const stale = provider.write(path, variables({ A: '3' }), first.revision, { signal });
        expect((await failure(stale)).code).toBe('CONFLICT');
        const staleRemoval = provider.remove(path, first.revision, { signal });
        expect((await failure(staleRemoval)).code).toBe('CONFLICT');
        expect(await provider.remove(path, second.revision, { signal })).toEqual({
          recoverable: false,
        });
        expect((await failure(provider.read(path, { signal }))).code).toBe('NOT_FOUND');
        const removal = provider.remove(path, second.revision, { signal });
        expect((await failure(removal)).code).toBe('NOT_FOUND');
        expect((await failure(provider.undelete(path, { signal }))).message).toContain(
          'keeps nothing',
        );
      });

      it(`knows its versions, and reads each of them (${layout})`, async () => {
        const path = fresh();
        const wanted = [
          { A: '1', B: '1' },
          { A: '2', B: '1' },
          { A: '3', B: '1' },
        ];
        const revisions: string[] = [];
        for (const plain of wanted) {
          const base = (await provider.read(path, { signal }).catch(() => undefined))?.revision;
          const { revision } = await provider.write(path, variables(plain), base ?? null, {
            signal,
          });
          revisions.push(revision);
        }
        const history = await provider.versions(path, { signal });
        const versions = history.isKept ? history.versions : [];
        expect(versions.map(({ revision }) => revision)).toEqual(revisions.toReversed());
        expect(versions.map(({ version, state }) => [version, state])).toEqual([
          ['v3', 'current'],
          ['v2', 'past'],
          ['v1', 'past'],
        ]);
        for (const [index, { revision }] of versions.entries()) {
          const { document } = await provider.readVersion(path, revision, { signal });
          expect(plainOf(document)).toEqual(wanted[2 - index]);
        }
        expect((await failure(provider.versions(`no-${path}`, { signal }))).code).toBe('NOT_FOUND');
      });

      it(`never lets two writers lose anything unnoticed (${layout})`, async () => {
        const path = fresh();
        const { revision } = await provider.write(path, variables({ A: '0', B: '0' }), null, {
          signal,
        });
        const colleague = makeProvider({ ...target, prefix });
        const outcomes = await Promise.allSettled([
          provider.write(path, variables({ A: '1', B: '0' }), revision, { signal }),
          colleague.write(path, variables({ A: '2', B: '0' }), revision, { signal }),
        ]);
        colleague.dispose();
        const now = plainOf((await provider.read(path, { signal })).document);
        const winners = outcomes.flatMap(({ status }, index) =>
          status === 'fulfilled' ? [String(index + 1)] : [],
        );
        // Both may see the other and leave what was there; no success is reported that is gone.
        expect(winners.every((winner) => winner === now['A'])).toBe(true);
        for (const outcome of outcomes.filter(({ status }) => status === 'rejected')) {
          expect(outcome).toMatchObject({ reason: { code: 'CONFLICT' } });
        }
      });
    }

    it('gives the same time of a version in all calls', async () => {
      const path = freshPath();
      await provider.write(path, variables({ A: '1' }), null, { signal });
      await provider.write(
        path,
        variables({ A: '2' }),
        (await provider.read(path, { signal })).revision,
        { signal },
      );
      const Name = `${prefix}/${path}`;
      const { Parameter: newest } = await other.getParameter({ Name });
      const { Parameter: selected } = await other.getParameter({ Name: `${Name}:2` });
      const { Parameters: [described] = [] } = await other.describeParameters({
        ParameterFilters: [{ Key: 'Name', Values: [Name] }],
      });
      const { Parameters: kept = [] } = await other.getParameterHistory({ Name });
      const { Parameters: inFolder = [] } = await other.getParametersByPath({ Path: prefix });
      const times = [
        newest,
        selected,
        described,
        kept.at(-1),
        inFolder.find((one) => one.Name === Name),
      ];
      expect(times.map((one) => one?.LastModifiedDate?.getTime())).toEqual(
        times.map(() => newest?.LastModifiedDate?.getTime()),
      );
      const { Parameter: first } = await other.getParameter({ Name: `${Name}:1` });
      expect(first?.LastModifiedDate).toEqual(kept[0]?.LastModifiedDate);
    });

    it('keeps what it does not understand in an object', async () => {
      const path = freshPath();
      const text = '{"ID":12345678901234567890,"P":1.10,"L":[1,{"k":1e400}],"A":"old"}';
      await put(path, text);
      const { revision } = await provider.read(path, { signal });
      await provider.write(path, documentFromText(text.replace('old', 'new')), revision, {
        signal,
      });
      expect(await stored(path)).toBe(text.replace('old', 'new'));
    });

    it('tests the connection without writing', async () => {
      const steps = await collect(provider.check({ signal }));
      expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
      expect(steps.filter(({ status }) => status === 'warned')).toEqual([]);
    });
  });
}
