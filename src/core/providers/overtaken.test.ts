import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from '@shared/errors';
import { entriesOf, mapDocument, textEntry, type SecretDocument } from '@core/secrets/document';
import { asRevision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { writeDetecting, type DetectingStore } from './overtaken';

type Plain = Readonly<Record<string, string>>;

const documentOf = (plain: Plain): SecretDocument =>
  mapDocument(Object.entries(plain).map(([key, value]) => [key, textEntry(value)] as const));
const plainOf = (document: SecretDocument | undefined): Plain =>
  Object.fromEntries(
    [...entriesOf(document ?? documentOf({}))].map(([key, { value }]) => [key, value.reveal()]),
  );

/** Keeps all versions. Before each put, `others` is asked what somebody else writes at that moment. */
class Versions implements DetectingStore {
  readonly versions: SecretDocument[] = [];

  constructor(private readonly others: (newest: Plain) => Plain | undefined = () => undefined) {}

  async put(document: SecretDocument) {
    const other = this.others(plainOf(this.versions.at(-1)));
    if (other !== undefined) this.versions.push(documentOf(other));
    const previous = this.versions.length;
    this.versions.push(document);
    return {
      revision: asRevision(String(this.versions.length)),
      previous: previous === 0 ? null : asRevision(String(previous)),
    };
  }

  async readVersion(revision: string): Promise<SecretDocument> {
    const found = this.versions[Number(revision) - 1];
    if (found === undefined) throw new AppError('NOT_FOUND');
    return found;
  }

  get newest(): Plain {
    return plainOf(this.versions.at(-1));
  }
}

/** The store with one version, and what somebody else writes over it while we write. */
function storeAt(base: Plain, ...others: Plain[]): Versions {
  const store = new Versions(() => others.shift());
  store.versions.push(documentOf(base));
  return store;
}

const one = asRevision('1');

describe('a write that nothing can refuse', () => {
  it('is done when its version directly follows the one that was read', async () => {
    const store = storeAt({ A: '1' });
    const { revision, document } = await writeDetecting(store, documentOf({ A: '2' }), one);
    expect(revision).toBe('2');
    expect(plainOf(document)).toEqual({ A: '2' });
  });

  it('is merged by key with a version that came in between', async () => {
    const store = storeAt({ A: '1', B: '1' }, { A: '1', B: 'theirs', C: 'theirs' });
    const mine = documentOf({ A: 'mine', B: '1' });
    const { document } = await writeDetecting(store, mine, one);
    expect(plainOf(document)).toEqual({ A: 'mine', B: 'theirs', C: 'theirs' });
    expect(store.newest).toEqual(plainOf(document));
  });

  it('puts theirs back for a key that both changed, and says so', async () => {
    const store = storeAt({ A: '1', B: '1' }, { A: 'theirs', B: '1' });
    const mine = documentOf({ A: 'mine', B: 'mine' });
    await expect(writeDetecting(store, mine, one)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(store.newest).toEqual({ A: 'theirs', B: 'mine' });
  });

  it('keeps what it wrote in an earlier round, and asks, since others may have undone it', async () => {
    const store = storeAt(
      { A: '1', B: '1' },
      { A: '1', B: 'first' },
      { A: '1', B: 'first', C: 'x' },
    );
    await expect(
      writeDetecting(store, documentOf({ A: 'mine', B: '1' }), one),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(store.newest).toEqual({ A: 'mine', B: 'first', C: 'x' });
  });

  it('does not take for theirs what it had put over them itself', async () => {
    // The second has built on ours, before we put the first back.
    const store = storeAt({ A: '1' }, { A: 'first' }, { A: 'mine', C: 'x' });
    await expect(writeDetecting(store, documentOf({ A: 'mine' }), one)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(store.newest).toEqual({ A: 'first', C: 'x' });
  });

  it('asks if somebody may have removed what it took from somebody else', async () => {
    const store = storeAt({ A: '1' }, { A: '1', B: 'first' }, { A: '1', M: 'mine', C: 'x' });
    await expect(
      writeDetecting(store, documentOf({ A: '1', M: 'mine' }), one),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(store.newest).toEqual({ A: '1', B: 'first', C: 'x', M: 'mine' });
  });

  it('leaves a version that came after its own, unless it has to write once more', async () => {
    for (const isAlone of [true, false]) {
      const store = storeAt({ A: '1' });
      let isFirst = true;
      const unordered: DetectingStore = {
        readVersion: (revision) => store.readVersion(revision),
        put: async (document) => {
          if (!isFirst) return store.put(document);
          isFirst = false;
          if (!isAlone) store.versions.push(documentOf({ A: '1', B: 'before' }));
          const put = await store.put(document);
          store.versions.push(documentOf({ A: 'mine', C: 'later' }));
          return { ...put, later: asRevision(String(store.versions.length)) };
        },
      };
      const outcome = await writeDetecting(unordered, documentOf({ A: 'mine' }), one).then(
        ({ revision }) => revision,
        (error: unknown) => (isAppError(error) ? error.code : String(error)),
      );
      expect(outcome).toBe(isAlone ? '2' : 'CONFLICT');
      const newest = { A: 'mine', C: 'later', ...(!isAlone && { B: 'before' }) };
      expect(store.newest).toEqual(newest);
    }
  });

  it('merges all that came in between if the store does not tell which was the last', async () => {
    const store = storeAt({ A: '1', B: '1', C: '1' });
    let isFirst = true;
    const unordered: DetectingStore = {
      readVersion: (revision) => store.readVersion(revision),
      put: async (document) => {
        if (!isFirst) return store.put(document);
        isFirst = false;
        store.versions.push(documentOf({ A: '1', B: 'b', C: '1' }));
        store.versions.push(documentOf({ A: '1', B: '1', C: 'c' }));
        return { ...(await store.put(document)), others: [asRevision('2')] };
      },
    };
    const mine = documentOf({ A: 'mine', B: '1', C: '1' });
    // The second may have undone the first.
    await expect(writeDetecting(unordered, mine, one)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(store.newest).toEqual({ A: 'mine', B: 'b', C: 'c' });
  });

  it('does not bring back what somebody else removed', async () => {
    const store = storeAt({ A: '1', B: '1' }, { A: '1' });
    await writeDetecting(store, documentOf({ A: 'mine', B: '1' }), one);
    expect(store.newest).toEqual({ A: 'mine' });
  });

  it('asks if the version that was read is not kept any more', async () => {
    const store = storeAt({ A: '1' }, { A: 'theirs' });
    const lost = asRevision('99');
    await expect(writeDetecting(store, documentOf({ A: 'mine' }), lost)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(store.newest).toEqual({ A: 'theirs' });
  });

  it('says that somebody was overwritten if the merge fails', async () => {
    const store = storeAt({ A: '1' }, { A: 'theirs' });
    store.readVersion = () => Promise.reject(new AppError('CONNECTION_RESET'));
    await expect(writeDetecting(store, documentOf({ A: 'mine' }), one)).rejects.toMatchObject({
      code: 'CONNECTION_RESET',
      message: expect.stringContaining('Someone else saved at the same moment') as string,
    });
  });

  it('gives up when others keep coming in between', async () => {
    let count = 0;
    const store = new Versions((newest) => ({ ...newest, N: String((count += 1)) }));
    store.versions.push(documentOf({ A: '1' }));
    await expect(writeDetecting(store, documentOf({ A: '2' }), one)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(count).toBe(20);
    // Theirs of the last round is still there, in the version before ours.
    expect(plainOf(store.versions.at(-2))).toMatchObject({ N: '20' });
  });

  it('leaves one text as somebody else wrote it, unless both wrote the same', async () => {
    const text = (value: string): SecretDocument => ({ shape: 'text', text: new Secret(value) });
    const store = storeAt({});
    store.versions[0] = text('base');
    const put = store.put.bind(store);
    store.put = async (document) => {
      if (store.versions.length === 1) store.versions.push(text('theirs'));
      return put(document);
    };
    await expect(writeDetecting(store, text('mine'), one)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(store.versions.at(-1)).toEqual(text('theirs'));
  });

  it('loses no change of either side, and makes up no key', async () => {
    const key = fc.constantFrom('A', 'B', 'C', 'D');
    const plain = fc.dictionary(key, fc.constantFrom('1', '2', '3'), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(plain, plain, plain, async (base, mine, theirs) => {
        const store = storeAt(base, theirs);
        const failed = await writeDetecting(store, documentOf(mine), one).then(
          () => false,
          () => true,
        );
        for (const name of ['A', 'B', 'C', 'D']) {
          const [was, ours, other] = [base[name], mine[name], theirs[name]];
          const isClash = ours !== was && other !== was && ours !== other;
          expect(failed || !isClash).toBe(true);
          const wanted = other !== was ? other : ours;
          expect([name, store.newest[name]]).toEqual([name, wanted]);
        }
      }),
    );
  });
});
