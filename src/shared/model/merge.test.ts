import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChangeSet, type ChangeSet } from './change-set';
import { mergeEntries, mergeRows, type MergeInput, type MergeSide } from './merge';

type Entries = Record<string, string>;

const equal = (a: string, b: string): boolean => a === b;

const input = (
  base: Entries,
  mine: Entries,
  theirs: Entries,
  renames: Entries = {},
): MergeInput<string> => ({
  base: new Map(Object.entries(base)),
  mine: new Map(Object.entries(mine)),
  theirs: new Map(Object.entries(theirs)),
  renames: new Map(Object.entries(renames)),
  equal,
});

const merged = (of: MergeInput<string>, choices: Record<string, MergeSide> = {}) => {
  const { entries, open } = mergeEntries(of, new Map(Object.entries(choices)));
  return { entries: [...entries].map((pair) => pair.join('=')).join(' '), open };
};

describe('different keys', () => {
  it('merge by themselves, and keep their order', () => {
    const of = input(
      { A: '1', B: '2', C: '3' },
      { A: '9', B: '2', N: 'n' },
      { A: '1', B: '8', C: '3', M: 'm' },
    );
    expect(merged(of)).toEqual({ entries: 'A=9 B=8 M=m N=n', open: [] });
    expect(mergeRows(of)).toEqual([
      { key: 'A', mine: 'changed', theirs: 'unchanged', outcome: 'mine' },
      { key: 'B', mine: 'unchanged', theirs: 'changed', outcome: 'theirs' },
      { key: 'C', mine: 'removed', theirs: 'unchanged', outcome: 'mine' },
      { key: 'N', mine: 'added', theirs: 'unchanged', outcome: 'mine' },
      { key: 'M', mine: 'unchanged', theirs: 'added', outcome: 'theirs' },
    ]);
  });

  it('keep the order of the side that changed it', () => {
    expect(
      merged(input({ A: '1', B: '2' }, { A: '1', B: '2', C: '3' }, { B: '2', A: '1' })).entries,
    ).toBe('B=2 C=3 A=1');
    expect(
      merged(input({ A: '1', B: '2' }, { B: '2', A: '1' }, { A: '1', B: '2', C: '3' })).entries,
    ).toBe('B=2 C=3 A=1');
  });
});

describe('the same key', () => {
  it('is a conflict where it was changed, added or removed differently', () => {
    const of = input(
      { A: '1', B: '2', C: '3' },
      { A: '5', C: '6', N: 'x' },
      { A: '4', B: '7', N: 'y' },
    );
    expect(mergeRows(of).map(({ key, outcome }) => [key, outcome])).toEqual([
      ['A', 'conflict'],
      ['B', 'conflict'],
      ['C', 'conflict'],
      ['N', 'conflict'],
    ]);
    expect(merged(of)).toEqual({ entries: 'A=4 B=7 N=y', open: ['A', 'B', 'C', 'N'] });
    expect(merged(of, { A: 'mine', B: 'mine', C: 'mine', N: 'theirs' })).toEqual({
      entries: 'A=5 C=6 N=y',
      open: [],
    });
  });

  it('is none where both made the same change', () => {
    const of = input({ A: '1', B: '2' }, { A: '5', N: 'x' }, { A: '5', N: 'x' });
    expect(mergeRows(of).map(({ outcome }) => outcome)).toEqual(['both', 'both', 'both']);
    expect(merged(of)).toEqual({ entries: 'A=5 N=x', open: [] });
  });
});

describe('a rename of mine', () => {
  it('takes the new value of theirs along', () => {
    const of = input({ A: '1', B: '2' }, { Z: '1', B: '2' }, { A: '9', B: '2' }, { A: 'Z' });
    expect(mergeRows(of)).toEqual([
      { key: 'A', renamed: 'Z', mine: 'unchanged', theirs: 'changed', outcome: 'both' },
    ]);
    expect(merged(of)).toEqual({ entries: 'Z=9 B=2', open: [] });
  });

  it('is a conflict with a removal, and with another value where mine has one too', () => {
    const gone = input({ A: '1' }, { Z: '1' }, {}, { A: 'Z' });
    expect(merged(gone)).toEqual({ entries: '', open: ['A'] });
    expect(merged(gone, { A: 'mine' }).entries).toBe('Z=1');
    const changed = input({ A: '1' }, { Z: '2' }, { A: '3' }, { A: 'Z' });
    expect(merged(changed)).toEqual({ entries: 'A=3', open: ['A'] });
    expect(merged(changed, { A: 'mine' }).entries).toBe('Z=2');
  });

  it('onto a key that theirs added is a removal and an addition', () => {
    const of = input({ A: '1' }, { Z: '1' }, { A: '1', Z: '7' }, { A: 'Z' });
    expect(mergeRows(of)).toEqual([
      { key: 'A', mine: 'removed', theirs: 'unchanged', outcome: 'mine' },
      { key: 'Z', mine: 'added', theirs: 'added', outcome: 'conflict' },
    ]);
    expect(merged(of, { Z: 'mine' }).entries).toBe('Z=1');
  });

  it('that both made is no conflict, nor are two that change places', () => {
    expect(merged(input({ A: '1' }, { Z: '1' }, { Z: '1' }, { A: 'Z' }))).toEqual({
      entries: 'Z=1',
      open: [],
    });
    const swapped = input(
      { A: '1', B: '2' },
      { B: '1', A: '2' },
      { A: '1', B: '2' },
      { A: 'B', B: 'A' },
    );
    expect(merged(swapped)).toEqual({ entries: 'B=1 A=2', open: [] });
  });
});

const key = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G');
const entries = fc
  .uniqueArray(fc.tuple(key, fc.constantFrom('1', '2', '3')), { selector: ([name]) => name })
  .map((pairs) => new Map<string, string>(pairs));

/** A change set that can be made on these, renames among it. */
const changesOn = (base: ReadonlyMap<string, string>): fc.Arbitrary<ChangeSet> =>
  fc
    .record({
      edits: fc.uniqueArray(
        fc.record(
          {
            key: fc.constantFrom(...base.keys(), 'none'),
            value: fc.constantFrom('1', '2', '3'),
            rename: fc.constantFrom('A', 'B', 'C', 'H', 'I'),
            remove: fc.constant(true as const),
          },
          { requiredKeys: ['key'] },
        ),
        { selector: ({ key: name }) => name },
      ),
      additions: fc.array(
        fc.record({ key: fc.constantFrom('B', 'H', 'J', 'K'), value: fc.constantFrom('1', '2') }),
        {
          maxLength: 2,
        },
      ),
    })
    .filter((changes) => applyChangeSet(base, changes, (_, text) => text).entries !== undefined);

/** Two sides of one base; mine by edits, so that it can rename. */
const threeWays: fc.Arbitrary<MergeInput<string>> = entries.chain((base) =>
  fc.record({ changes: changesOn(base), theirs: entries }).map(({ changes, theirs }) => {
    const { entries: mine } = applyChangeSet(base, changes, (_, text) => text);
    if (mine === undefined) throw new Error('These changes were to be possible.');
    const renames = new Map(
      changes.edits.flatMap(({ key: from, rename, remove }) =>
        rename === undefined || remove === true ? [] : [[from, rename] as const],
      ),
    );
    return { base, mine, theirs, renames, equal };
  }),
);

const plain: fc.Arbitrary<MergeInput<string>> = fc
  .record({ base: entries, mine: entries, theirs: entries })
  .map((sides) => ({ ...sides, equal }));

const choosing = (of: MergeInput<string>, side: MergeSide): ReadonlyMap<string, MergeSide> =>
  new Map(mergeRows(of).map((row) => [row.key, side]));

describe('as a rule', () => {
  it('one side that changed nothing yields the other, order and all', () => {
    fc.assert(
      fc.property(threeWays, (of) => {
        const onlyMine = mergeEntries({ ...of, theirs: of.base });
        expect([...onlyMine.entries]).toEqual([...of.mine]);
        expect(onlyMine.open).toEqual([]);
        const onlyTheirs = mergeEntries({ ...of, mine: of.base, renames: new Map() });
        expect([...onlyTheirs.entries]).toEqual([...of.theirs]);
        expect(onlyTheirs.open).toEqual([]);
      }),
    );
  });

  it('the same twice is the same', () => {
    fc.assert(
      fc.property(threeWays, (of) => {
        expect([...mergeEntries(of).entries]).toEqual([...mergeEntries(of).entries]);
        expect(
          mergeRows({ ...of, mine: of.theirs, renames: new Map() }).filter(
            ({ outcome }) => outcome === 'conflict',
          ),
        ).toEqual([]);
      }),
    );
  });

  it('no change of a side is lost that the other did not touch', () => {
    fc.assert(
      fc.property(plain, (of) => {
        const { entries: result } = mergeEntries(of);
        const names = new Set([...of.base.keys(), ...of.mine.keys(), ...of.theirs.keys()]);
        const lost = [...names].filter((name) => {
          const [before, mine, theirs] = [of.base, of.mine, of.theirs].map((side) =>
            side.get(name),
          );
          const isMine = theirs === before || mine === theirs;
          const isTheirs = mine === before;
          return (isMine || isTheirs) && result.get(name) !== (isMine ? mine : theirs);
        });
        expect(lost).toEqual([]);
      }),
    );
  });

  it('what both changed differently is open, and a choice decides it', () => {
    fc.assert(
      fc.property(threeWays, (of) => {
        const conflicts = mergeRows(of).filter(({ outcome }) => outcome === 'conflict');
        expect(mergeEntries(of).open).toEqual(conflicts.map((row) => row.key));
        for (const side of ['mine', 'theirs'] as const) {
          const { entries: result, open } = mergeEntries(of, choosing(of, side));
          expect(open).toEqual([]);
          for (const { key: name, renamed = name } of conflicts) {
            const chosen = side === 'mine' ? renamed : name;
            expect(result.get(chosen)).toBe(of[side].get(chosen));
          }
        }
      }),
    );
  });

  it('every entry comes from a side, and none is there twice or from nowhere', () => {
    fc.assert(
      fc.property(threeWays, (of) => {
        const { entries: result } = mergeEntries(of, choosing(of, 'mine'));
        for (const [name, value] of result) {
          const values = [of.mine.get(name), of.theirs.get(name)];
          const source = [...(of.renames ?? [])].find(([, to]) => to === name)?.[0];
          expect([...values, of.theirs.get(source ?? name)]).toContain(value);
        }
      }),
    );
  });

  it('means the same with the sides changed over', () => {
    fc.assert(
      fc.property(plain, (of) => {
        const over = { ...of, mine: of.theirs, theirs: of.mine };
        const one = mergeEntries(of, choosing(of, 'mine')).entries;
        const other = mergeEntries(over, choosing(over, 'theirs')).entries;
        expect(one).toEqual(other);
      }),
    );
  });

  it('an edit is one only while it differs from the base', () => {
    fc.assert(
      fc.property(plain, fc.constantFrom('1', '2', '3'), (of, value) => {
        const [variable] = of.base;
        if (variable === undefined) return;
        const [name, before] = variable;
        const changedIn = (mine: ReadonlyMap<string, string>): string[] =>
          mergeRows({ ...of, mine })
            .filter((row) => row.mine !== 'unchanged')
            .map((row) => row.key);
        const edited = new Map(of.base).set(name, value);
        expect(changedIn(edited)).toEqual(value === before ? [] : [name]);
        // Undone by hand: removed, and added again with the value it had.
        const undone = new Map(edited);
        undone.delete(name);
        expect(changedIn(undone.set(name, before))).toEqual([]);
      }),
    );
  });
});
