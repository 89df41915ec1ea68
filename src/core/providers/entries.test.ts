import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from '@shared/errors';
import { entriesOf, mapDocument, textEntry, type SecretDocument } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import {
  revisionOfEntries,
  snapshotOfEntries,
  versionsIn,
  writeEntries,
  type EntryStore,
  type StoredEntries,
  type StoredEntry,
} from './entries';

type Plain = Readonly<Record<string, string>>;

const documentOf = (plain: Plain): SecretDocument =>
  mapDocument(Object.entries(plain).map(([key, value]) => [key, textEntry(value)] as const));

/** In memory. `failAfter` is the number of writes that succeed. */
class Folder implements EntryStore {
  readonly entries = new Map<string, StoredEntry>();
  readonly sent: string[] = [];
  failAfter = Infinity;
  /** The key whose write takes effect and gets no answer. */
  loseAnswerOf = '';
  #count = 0;

  async read(): Promise<StoredEntries> {
    return new Map(this.entries);
  }

  async put(key: string, value: Secret): Promise<{ version: string }> {
    if (this.sent.length >= this.failAfter) throw new AppError('RATE_LIMITED');
    this.sent.push(key);
    this.#count += 1;
    const version = String(this.#count);
    this.entries.set(key, { value, version });
    if (key === this.loseAnswerOf) throw new AppError('CONNECTION_RESET');
    return { version };
  }

  async remove(keys: readonly string[], onRemoved: (key: string) => void): Promise<void> {
    for (const key of keys) {
      if (this.sent.length >= this.failAfter) throw new AppError('RATE_LIMITED');
      this.sent.push(key);
      this.entries.delete(key);
      onRemoved(key);
    }
  }

  get plain(): Plain {
    return Object.fromEntries([...this.entries].map(([key, { value }]) => [key, value.reveal()]));
  }
}

const path = 'prod/';
const signal = new AbortController().signal;

const write = (
  folder: Folder,
  plain: Plain,
  expected: Revision | null,
  written = new Map<string, string>(),
) =>
  writeEntries(folder, {
    path,
    document: documentOf(plain),
    expected,
    written,
    limit: { current: 1 },
    signal,
  });

describe('an environment with one secret for each variable', () => {
  it('is written key by key, and only where something changed', async () => {
    const folder = new Folder();
    const first = await write(folder, { A: '1', B: '2', C: '3' }, null);
    folder.sent.length = 0;
    const second = await write(folder, { A: '1', B: 'new', D: '4' }, first.revision);
    expect(folder.sent).toEqual(['B', 'D', 'C']);
    expect(folder.plain).toEqual({ A: '1', B: 'new', D: '4' });
    expect([...entriesOf(second.document).keys()]).toEqual(['A', 'B', 'D']);
    expect(second.revision).not.toBe(first.revision);
  });

  it('keeps a value above 25 KB that is stored, and refuses a new one before anything is written', async () => {
    const folder = new Folder();
    const big = 'x'.repeat(25_601);
    folder.entries.set('BIG', { value: new Secret(big), version: '1' });
    folder.entries.set('A', { value: new Secret('1'), version: '1' });
    const base = revisionOfEntries([...folder.entries].map(([key, one]) => [key, one.version]));
    const { revision } = await write(folder, { BIG: big, A: '2' }, base);
    expect(folder.sent).toEqual(['A']);
    folder.sent.length = 0;
    await expect(write(folder, { A: '3', BIG: `${big}x` }, revision)).rejects.toMatchObject({
      code: 'VALUE_OVER_LIMIT',
    });
    expect(folder.sent).toEqual([]);
  });

  it('is not written at all if somebody changed a variable since', async () => {
    const folder = new Folder();
    const { revision } = await write(folder, { A: '1' }, null);
    await write(folder, { A: 'theirs' }, revision);
    folder.sent.length = 0;
    await expect(write(folder, { A: 'mine' }, revision)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(write(folder, { A: 'mine' }, null)).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
    expect(folder.sent).toEqual([]);
  });

  it('recognises what was written although the answer was lost', async () => {
    const folder = new Folder();
    const written = new Map<string, string>();
    const { revision } = await write(folder, { A: '1', B: '1' }, null);
    folder.loseAnswerOf = 'B';
    const wanted = { A: '2', B: '2', C: '2' };
    await expect(write(folder, wanted, revision, written)).rejects.toMatchObject({
      code: 'PARTLY_WRITTEN',
    });
    folder.loseAnswerOf = '';
    folder.sent.length = 0;
    await write(folder, wanted, revision, written);
    expect(folder.sent).toEqual(['C']);
    expect(folder.plain).toEqual(wanted);
  });

  it('finds a conflict where the answer was lost and somebody else wrote since', async () => {
    const folder = new Folder();
    const written = new Map<string, string>();
    const { revision } = await write(folder, { A: '1' }, null);
    folder.loseAnswerOf = 'A';
    await write(folder, { A: '2' }, revision, written).catch(() => undefined);
    folder.loseAnswerOf = '';
    await folder.put('A', new Secret('theirs'));
    await expect(write(folder, { A: '2' }, revision, written)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(folder.plain).toEqual({ A: 'theirs' });
  });

  it('says what was removed when it stops half-way, and the next write removes the rest', async () => {
    const folder = new Folder();
    const written = new Map<string, string>();
    const { revision } = await write(folder, { A: '1', B: '1', C: '1' }, null);
    folder.sent.length = 0;
    folder.failAfter = 1;
    await expect(write(folder, { A: '1' }, revision, written)).rejects.toMatchObject({
      code: 'PARTLY_WRITTEN',
      message: '1 of 2 changes were written: B. Not written: C.',
    });
    folder.failAfter = Infinity;
    await write(folder, { A: '1' }, revision, written);
    expect(folder.sent).toEqual(['B', 'C']);
    expect(folder.plain).toEqual({ A: '1' });
  });

  it('says what was written when it stops half-way, and the next write sends the rest', async () => {
    const folder = new Folder();
    const written = new Map<string, string>();
    const { revision } = await write(folder, { A: '1', OLD: 'x' }, null);
    folder.sent.length = 0;
    folder.failAfter = 2;
    const wanted = { A: '2', B: '3', C: '4', D: '5' };
    const failed = await write(folder, wanted, revision, written).catch((error: unknown) => error);
    expect(isAppError(failed, 'PARTLY_WRITTEN') && failed.message).toBe(
      '2 of 5 changes were written: A, B. Not written: C, D, OLD.',
    );
    expect(folder.plain).toEqual({ A: '2', B: '3', OLD: 'x' });

    folder.failAfter = Infinity;
    folder.sent.length = 0;
    await write(folder, wanted, revision, written);
    expect(folder.sent).toEqual(['C', 'D', 'OLD']);
    expect(folder.plain).toEqual(wanted);
  });

  it('fails with the failure itself if nothing had been written', async () => {
    const folder = new Folder();
    folder.failAfter = 0;
    await expect(write(folder, { A: '1' }, null)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is not written without variables: nothing would be left of it', async () => {
    const folder = new Folder();
    const { revision } = await write(folder, { A: '1' }, null);
    await expect(write(folder, {}, revision)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(folder.plain).toEqual({ A: '1' });
  });

  it('does not remove what somebody else wrote while others were written', async () => {
    const folder = new Folder();
    const { revision } = await write(folder, { A: '1', OLD: '1' }, null);
    const put = folder.put.bind(folder);
    folder.put = async (key, value) => {
      await put('OLD', new Secret('theirs'));
      return put(key, value);
    };
    await expect(write(folder, { A: '2' }, revision)).rejects.toMatchObject({
      code: 'PARTLY_WRITTEN',
      message: '1 of 2 changes were written: A. Not written: OLD.',
      remedy: { do: 'pull' },
    });
    expect(folder.plain).toEqual({ A: '2', OLD: 'theirs' });
  });

  it('does not take somebody else’s new variable for seen', async () => {
    const folder = new Folder();
    const { revision } = await write(folder, { A: '1' }, null);
    const put = folder.put.bind(folder);
    folder.put = async (key, value) => {
      await put('THEIRS', new Secret('x'));
      return put(key, value);
    };
    const written = await write(folder, { A: '2' }, revision);
    expect([...entriesOf(written.document).keys()]).toEqual(['A']);
    await expect(write(folder, { A: '3' }, written.revision)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('has the store look at an entry whose write got no answer before it counts as written', async () => {
    const folder = new Folder();
    const written = new Map<string, string>();
    const { revision } = await write(folder, { A: '1' }, null);
    folder.loseAnswerOf = 'A';
    await write(folder, { A: '2', B: '2' }, revision, written).catch(() => undefined);
    folder.loseAnswerOf = '';
    const looked: unknown[] = [];
    const settling = Object.assign(folder, {
      settle: async (key: string, base: string | undefined, { version }: StoredEntry) => {
        looked.push([key, base, version]);
        throw new AppError('CONFLICT');
      },
    });
    await expect(write(settling, { A: '2', B: '2' }, revision, written)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(looked).toEqual([['A', '1', '2']]);
  });

  it('is absent without entries', () => {
    expect(() => snapshotOfEntries(path, new Map())).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }) as Error,
    );
  });

  it('has a revision that depends on the versions and not on their order', () => {
    const versions = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), {
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(versions, (all) => {
        const revision = revisionOfEntries(all);
        expect(revisionOfEntries(all.toReversed())).toBe(revision);
        expect(versionsIn(revision)).toEqual(new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1))));
      }),
    );
  });
});
