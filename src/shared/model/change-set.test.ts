import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChangeSet, type ChangeSet } from './change-set';
import { kindAfterEdit } from './variable';

const apply = (base: Record<string, string>, changes: Partial<ChangeSet>) => {
  const { entries, problem } = applyChangeSet(
    new Map(Object.entries(base)),
    { edits: [], additions: [], ...changes },
    (_, text) => text,
  );
  return problem ?? Object.fromEntries(entries);
};

describe('applyChangeSet', () => {
  const base = { A: '1', B: '2', C: '3' };

  it('keeps the order through edits, renames and removals, and adds at the end', () => {
    const result = apply(base, {
      edits: [
        { key: 'B', rename: 'Z', value: 'two' },
        { key: 'A', remove: true },
      ],
      additions: [{ key: 'A', value: 'new' }],
    });
    expect(Object.entries(result)).toEqual([
      ['Z', 'two'],
      ['C', '3'],
      ['A', 'new'],
    ]);
  });

  it('swaps two keys', () => {
    expect(
      apply(base, {
        edits: [
          { key: 'A', rename: 'B' },
          { key: 'B', rename: 'A' },
        ],
      }),
    ).toEqual({
      B: '1',
      A: '2',
      C: '3',
    });
  });

  it.each<[Partial<ChangeSet>, unknown]>([
    [{ additions: [{ key: 'A', value: '' }] }, { type: 'duplicate-key', key: 'A' }],
    [{ edits: [{ key: 'A', rename: 'B' }] }, { type: 'duplicate-key', key: 'B' }],
    [{ additions: [{ key: '', value: '' }] }, { type: 'empty-key' }],
    [{ edits: [{ key: 'gone', value: '' }] }, { type: 'no-such-key', key: 'gone' }],
  ])('refuses %j', (changes, problem) => {
    expect(apply(base, changes)).toEqual(problem);
  });

  it('touches nothing that is not named', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
        fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
        (before, edited) => {
          const entries = new Map(Object.entries(before));
          const edits = Object.entries(edited)
            .filter(([key]) => entries.has(key))
            .map(([key, value]) => ({ key, value }));
          const after = applyChangeSet(
            entries,
            { edits, additions: [] },
            (_, text) => text,
          ).entries;
          const expected = new Map(entries);
          for (const { key, value } of edits) expected.set(key, value);
          expect([...(after ?? [])]).toEqual([...expected]);
        },
      ),
    );
  });
});

describe('kindAfterEdit', () => {
  it.each([
    ['number', '5433', 'number'],
    ['number', '1e9', 'number'],
    ['number', '0x10', 'text'],
    ['number', '', 'text'],
    ['boolean', 'false', 'boolean'],
    ['boolean', 'yes', 'text'],
    ['null', 'null', 'null'],
    ['null', 'x', 'text'],
    ['nested', '[1]', 'nested'],
    ['nested', '{broken', 'text'],
    ['nested', 'null', 'text'],
    ['text', '5432', 'text'],
    ['text', 'true', 'text'],
  ] as const)('makes %s of %j a %s', (before, text, after) => {
    expect(kindAfterEdit(before, text)).toBe(after);
  });
});
