import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notesOf, planNotes, settled, withNotes, withNotesHere, type NotesSave } from './notes';

const map = (values: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(values));

function plan(given: Partial<Record<'here' | 'before' | 'now' | 'after', Record<string, string>>>) {
  const { here = {}, before = {}, now = before, after = {} } = given;
  const keysBefore = new Set(['A', 'B', 'C']);
  const shown = { A: '', B: '', C: '', ...before, ...here, ...after };
  const save: NotesSave = {
    here: map(here),
    before: map(before),
    now: map(now),
    keysBefore,
    after: map(shown),
  };
  const { send, here: kept } = planNotes(save);
  return { send: Object.fromEntries(send), here: Object.fromEntries(kept) };
}

describe('a save of notes', () => {
  it('sends what was changed, and removes what was emptied', () => {
    expect(plan({ before: { A: 'a', B: 'b' }, after: { A: 'new', B: '' } })).toEqual({
      send: { A: 'new', B: null },
      here: {},
    });
    expect(plan({ before: { A: 'a' } })).toEqual({ send: {}, here: {} });
  });

  it('leaves alone what somebody else wrote meanwhile for another variable', () => {
    const now = { A: 'a', B: 'theirs' };
    expect(plan({ before: { A: 'a', B: 'b' }, now, after: { A: 'mine' } }).send).toEqual({
      A: 'mine',
    });
    expect(plan({ before: { A: 'a' }, now, after: { A: 'a' } }).send).toEqual({});
    expect(plan({ before: { A: 'a' }, now: { A: 'mine' }, after: { A: 'mine' } }).send).toEqual({});
  });

  it('takes those on this computer along, except over another one with the secret', () => {
    const here = { A: 'old', B: 'old' };
    expect(plan({ here, before: { B: 'theirs' } })).toEqual({ send: {}, here });
    expect(plan({ here, before: { B: 'theirs' }, after: { C: 'new' } })).toEqual({
      send: { A: 'old', C: 'new' },
      here: { B: 'old' },
    });
    expect(plan({ here: { B: 'same' }, before: { B: 'same' } })).toEqual({ send: {}, here: {} });
  });

  it('sends one on this computer that is saved again, over the one with the secret', () => {
    const save = {
      here: map({ A: 'mine' }),
      before: map({ A: 'theirs' }),
      now: map({ A: 'theirs' }),
      keysBefore: new Set(['A']),
      after: map({ A: 'mine' }),
    };
    expect(planNotes(save).send.size).toBe(0);
    expect(planNotes({ ...save, noted: new Set(['A']) })).toEqual({
      send: map({ A: 'mine' }),
      here: map({}),
    });
  });

  it('follows a rename, goes with a variable that is removed, and waits for one that may come back', () => {
    const { send, here } = planNotes({
      here: map({ GONE: 'mine' }),
      before: map({ A: 'a', B: 'b', ELSEWHERE: 'other' }),
      now: map({ A: 'a', B: 'b', ELSEWHERE: 'other' }),
      keysBefore: new Set(['A', 'B']),
      after: map({ RENAMED: 'a' }),
    });
    expect(Object.fromEntries(send)).toEqual({ RENAMED: 'a', A: null, B: null });
    expect(Object.fromEntries(here)).toEqual({ GONE: 'mine' });
  });
});

const keys = fc.constantFrom('A', 'B', 'C', 'D');
const texts = fc.constantFrom('', 'x', 'y');
const notes = fc.dictionary(keys, texts).map((found) => map(found));
const withSecret = notes.map((found) => new Map([...found].filter(([, note]) => note !== '')));

it('shows what was saved, whatever the store takes', () => {
  fc.assert(
    fc.property(
      fc.record({ here: notes, before: withSecret, after: notes, noted: fc.uniqueArray(keys) }),
      fc.boolean(),
      fc.func(fc.boolean()),
      ({ here, before, after, noted }, moves, isRefused) => {
        const keysBefore = new Set(['A', 'B']);
        const save = { here, before, now: before, keysBefore, after, noted: new Set(noted), moves };
        const end = settled(planNotes(save), before, after, isRefused);
        const marks = withNotes(withNotesHere(new Map(), end.here), end.withSecret);
        for (const [key, note] of after) expect(marks.get(key)?.note ?? '').toBe(note);
        // Nothing is on both sides that is the same on both.
        const nothing = settled(planNotes(save), before, after, () => false);
        for (const key of noted) expect(nothing.here.has(key) && after.has(key)).toBe(false);
      },
    ),
  );
});

it('keeps the other marks', () => {
  const marks = new Map([
    ['A', { disabled: true, secret: false, note: 'mine' }],
    ['B', { disabled: false, note: '' }],
  ]);
  expect(withNotes(marks, map({ A: 'theirs', B: 'hidden', C: 'c' }))).toEqual(
    new Map([
      ['A', { disabled: true, secret: false, note: 'mine' }],
      ['B', { disabled: false }],
      ['C', { disabled: false, note: 'c' }],
    ]),
  );
  expect(notesOf(marks)).toEqual(map({ A: 'mine', B: '' }));
  expect(withNotesHere(marks, map({ B: 'b' }))).toEqual(
    new Map([
      ['A', { disabled: true, secret: false }],
      ['B', { disabled: false, note: 'b' }],
    ]),
  );
});
