/** The judge of overlapping writers finds the faults that it exists for. */
import { expect, it } from 'vitest';
import type { Content, Outcome } from './history';
import { KeyHistory, type KeyEnd } from './keys';

type Plain = Readonly<Record<string, string>>;

const content = (plain: Plain): Content => new Map(Object.entries(plain));

/** With these values, and others in the history of the store. */
const end = (plain: Plain, kept: Readonly<Record<string, readonly string[]>> = {}): KeyEnd => ({
  content: content(plain),
  kept: new Map(
    [...new Set([...Object.keys(plain), ...Object.keys(kept)])].map((key) => [
      key,
      new Set([...(kept[key] ?? []), ...(plain[key] === undefined ? [] : [plain[key]])]),
    ]),
  ),
});

interface Part {
  readonly author: string;
  readonly from: Plain;
  readonly to: Plain;
  readonly outcome?: Outcome;
  readonly isForeign?: boolean;
}

/** Begins all writes before it settles them, in this order. */
function together(history: KeyHistory, ...parts: Part[]): void {
  const begun = parts.map(({ author, from, to, outcome = 'acknowledged', isForeign }) => ({
    write: history.write(author, content(from), content(to), isForeign),
    outcome,
  }));
  for (const { write, outcome } of begun) history.settle(write, outcome);
}

function begun(): KeyHistory {
  const history = new KeyHistory();
  together(history, { author: 'a', from: {}, to: { K: 'x', L: 'x' } });
  return history;
}

const X = { K: 'x', L: 'x' } as const;
const fine = { lost: [], phantom: [], told: 0 };

it('finds nothing if two change different keys, or one follows the other', () => {
  const history = begun();
  together(
    history,
    { author: 'a', from: X, to: { ...X, K: 'a' } },
    { author: 'b', from: X, to: { ...X, L: 'b' } },
  );
  together(history, { author: 'b', from: { K: 'a', L: 'b' }, to: { L: 'c' } });
  expect(history.judge(end({ L: 'c' }))).toEqual(fine);
});

it('finds two acknowledged changes of one value', () => {
  const history = begun();
  together(
    history,
    { author: 'a', from: X, to: { ...X, K: 'a' } },
    { author: 'b', from: X, to: { ...X, K: 'b' } },
  );
  expect(history.judge(end({ K: 'b', L: 'x' }, { K: ['x', 'a'] })).lost).toEqual(['K of a: a']);
});

it('finds a change that a write of another key has undone', () => {
  const history = begun();
  together(
    history,
    { author: 'a', from: X, to: { ...X, K: 'a' } },
    { author: 'b', from: X, to: { ...X, L: 'b' } },
  );
  const judged = history.judge(end({ K: 'x', L: 'b' }, { K: ['x', 'a'] }));
  expect(judged.lost).toEqual(['K of a: a']);
});

it('finds a removal that was undone, and a key that is gone', () => {
  const history = begun();
  together(history, { author: 'a', from: X, to: { L: 'x' } });
  expect(history.judge(end(X)).lost).toEqual(['K of a: its removal']);
  expect(history.judge(end({})).lost).toEqual(['L of a: x']);
});

it('accepts an unknown write at the same time as a warning, if the value is in the history', () => {
  for (const isKept of [true, false]) {
    const history = begun();
    together(
      history,
      { author: 'a', from: X, to: { ...X, K: 'a' } },
      { author: 'b', from: X, to: { ...X, K: 'b' }, outcome: 'unknown' },
    );
    const judged = history.judge(end({ K: 'b', L: 'x' }, isKept ? { K: ['a'] } : {}));
    expect(judged).toMatchObject(isKept ? { lost: [], told: 1 } : { lost: ['K of a: a'] });
  }
});

it('needs no history of what a removal of the whole environment took with it', () => {
  const overtaken = (): KeyHistory => {
    const history = begun();
    together(
      history,
      { author: 'a', from: X, to: { ...X, M: 'a' } },
      { author: 'b', from: X, to: { ...X, L: 'b' }, outcome: 'unknown' },
    );
    return history;
  };
  expect(overtaken().judge(end({})).lost).toContain('M of a: a');
  const history = overtaken();
  together(history, { author: 'a', from: { ...X, L: 'b' }, to: {} });
  expect(history.judge(end({})).lost).not.toContain('M of a: a');
});

it('accepts no warning that came later, that another program got, or that a later success resolved', () => {
  const kept = { K: ['a'] };
  const blind = { author: 'b', from: X, to: { ...X, K: 'b' } } as const;
  const first = { author: 'a', from: X, to: { ...X, K: 'a' } } as const;

  const later = begun();
  together(later, first);
  together(later, { ...blind, outcome: 'unknown' });
  const foreign = begun();
  together(foreign, first, { ...blind, isForeign: true, outcome: 'unknown' });
  const repeated = begun();
  together(repeated, first, { ...blind, outcome: 'unknown' });
  together(repeated, blind);
  for (const history of [later, foreign, repeated]) {
    expect(history.judge(end({ K: 'b', L: 'x' }, kept)).lost).toEqual(['K of a: a']);
  }
});

it('does not let a refused value be the last over an acknowledged one', () => {
  const history = begun();
  together(
    history,
    { author: 'a', from: X, to: { ...X, K: 'a' } },
    { author: 'b', from: X, to: { ...X, K: 'b', M: 'b' }, outcome: 'refused' },
  );
  const kept = { K: ['a', 'b'], M: ['b'] };
  expect(history.judge(end({ K: 'b', L: 'x', M: 'b' }, kept)).lost).toEqual(['K of a: a']);
  expect(history.judge(end({ K: 'a', L: 'x', M: 'b' }, kept))).toEqual(fine);
});

it('accepts no refused write as a warning if it did not reach the store', () => {
  const history = begun();
  together(
    history,
    { author: 'a', from: X, to: { ...X, K: 'a' } },
    { author: 'b', from: X, to: { ...X, L: 'b' }, outcome: 'refused' },
  );
  expect(history.judge(end(X, { K: ['a'] })).lost).toEqual(['K of a: a']);
  expect(history.judge(end(X, { K: ['a'], L: ['b'] }))).toMatchObject({ lost: [], told: 1 });
});

it('finds values that nobody wrote, there or read', () => {
  const history = begun();
  history.read(content({ K: 'y' }));
  expect(history.judge(end({ ...X, N: 'z' })).phantom).toEqual([
    'N is there, and nobody wrote it: z',
    'K was read, and nobody wrote it: y',
  ]);
});
