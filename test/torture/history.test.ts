/** The judge of the torture finds the faults that it exists for. */
import { expect, it } from 'vitest';
import { History, type Content, type Outcome } from './history';

const content = (...values: string[]): Content =>
  new Map(values.map((value, index) => [`K${String(index)}`, value]));

const A = content('a');
const B = content('a', 'b');
const C = content('a', 'c');
const D = content('a', 'b', 'd');

const wrote = (
  history: History,
  from: Content | undefined,
  to: Content,
  outcome: Outcome = 'acknowledged',
  author = 'a',
): void => {
  history.settle(history.write(author, from, to), outcome);
};

const removed = (history: History, version: Content, outcome: Outcome = 'acknowledged'): void => {
  history.settle(history.remove('b', version), outcome);
};

const fine = { lost: [], phantom: [], undone: 0 };

const begun = (hitsAny = false): History => {
  const history = new History(hitsAny);
  wrote(history, undefined, A);
  return history;
};

it('finds nothing where every write went over the one before', () => {
  const history = begun();
  wrote(history, A, B);
  wrote(history, A, C, 'refused');
  wrote(history, B, D);
  history.read(B);
  expect(history.judge({ isDeleted: false, content: D })).toEqual(fine);
});

it('finds two acknowledged writes over the same version', () => {
  const history = begun();
  wrote(history, A, B);
  wrote(history, A, C);
  const { lost } = history.judge({ isDeleted: false, content: C });
  expect(lost).toHaveLength(2);
});

it('finds an acknowledged write that is not there', () => {
  const history = begun();
  wrote(history, A, B);
  const { lost, phantom } = history.judge({ isDeleted: false, content: A });
  expect(lost).toHaveLength(1);
  expect(phantom).toHaveLength(1);
});

it('takes an unknown write as it turns out', () => {
  const history = begun();
  wrote(history, A, B, 'unknown');
  expect(history.judge({ isDeleted: false, content: A })).toEqual(fine);
  expect(history.judge({ isDeleted: false, content: B })).toEqual(fine);
  wrote(history, B, D);
  expect(history.judge({ isDeleted: false, content: D })).toEqual(fine);
  expect(history.judge({ isDeleted: false, content: B }).phantom).toHaveLength(1);
});

it('counts an unknown write that was read as one that has to last', () => {
  const history = begun();
  wrote(history, A, B, 'unknown');
  history.read(B);
  wrote(history, A, C, 'acknowledged', 'b');
  expect(history.judge({ isDeleted: false, content: C }).lost).not.toEqual([]);
});

it('lets whoever tried before write over the outcome of that, and nobody else’s', () => {
  const history = begun();
  wrote(history, A, B, 'unknown');
  history.read(B);
  wrote(history, A, C);
  expect(history.judge({ isDeleted: false, content: C })).toEqual(fine);
  wrote(history, B, D, 'acknowledged', 'b');
  expect(history.judge({ isDeleted: false, content: D }).lost).not.toEqual([]);
});

it('does not count a repeated write as a second write over an old version of its author', () => {
  const history = new History(false);
  wrote(history, undefined, A, 'unknown');
  wrote(history, A, B);
  removed(history, B);
  wrote(history, undefined, C);
  expect(history.judge({ isDeleted: false, content: C })).toEqual(fine);
});

it('finds what nobody wrote, and what was refused', () => {
  const history = begun();
  expect(history.judge({ isDeleted: false, content: C }).phantom).toHaveLength(1);
  wrote(history, A, C, 'refused');
  expect(history.judge({ isDeleted: false, content: C }).phantom).toHaveLength(1);
});

it('tells a refused write that was undone too late from one that should not be there', () => {
  const history = begun();
  const write = history.write('a', A, B);
  removed(history, A);
  history.settle(write, 'refused');
  expect(history.judge({ isDeleted: true, content: B })).toMatchObject({ phantom: [], undone: 1 });
});

it('takes the undoing of a write for a removal', () => {
  for (const undone of ['refused', 'acknowledged'] as const) {
    const history = begun();
    const removal = history.remove('b', A);
    const first = history.write('a', A, B);
    history.settle(removal, 'acknowledged');
    const second = history.write('c', B, D);
    history.settle(first, undone);
    history.settle(second, 'refused');
    const { phantom } = history.judge({ isDeleted: false, content: D });
    expect(phantom).toHaveLength(undone === 'refused' ? 0 : 1);
  }
});

it('knows that what was written over a removal, and not acknowledged, may be removed with it', () => {
  for (const outcome of ['unknown', 'acknowledged'] as const) {
    const history = begun();
    const write = history.write('a', A, B);
    removed(history, A);
    history.settle(write, outcome);
    const { lost } = history.judge({ isDeleted: true, content: B });
    expect(lost).toHaveLength(outcome === 'unknown' ? 0 : 1);
  }
});

it('knows that too where it went over an earlier try of its author', () => {
  const history = begun();
  wrote(history, A, B, 'unknown');
  removed(history, B);
  wrote(history, A, D, 'unknown');
  expect(history.judge({ isDeleted: true, content: D })).toEqual(fine);
  expect(history.judge({ isDeleted: true, content: A }).lost).toHaveLength(1);
});

it('lets a removal be refused after someone wrote over it, if an undelete came between', () => {
  for (const isBetween of [true, false]) {
    const history = begun();
    const removal = history.remove('b', A);
    const undelete = isBetween ? history.undelete('c') : undefined;
    wrote(history, undefined, B);
    if (undelete !== undefined) history.settle(undelete, 'acknowledged');
    history.settle(removal, 'refused');
    const { lost } = history.judge({ isDeleted: false, content: B });
    expect(lost).toHaveLength(isBetween ? 0 : 1);
  }
});

it('knows that a write without an answer may be undone, though it was read, if an undelete came between', () => {
  for (const isBetween of [true, false]) {
    const history = begun();
    removed(history, A);
    const write = history.write('a', undefined, B);
    if (isBetween) history.settle(history.undelete('b'), 'acknowledged');
    history.settle(write, 'unknown');
    if (!isBetween) history.settle(history.undelete('b'), 'acknowledged');
    history.read(B);
    const { lost } = history.judge({ isDeleted: false, content: A });
    expect(lost).toHaveLength(isBetween ? 0 : 1);
  }
});

it('still counts on it where it was removed by its name', () => {
  const history = begun();
  const write = history.write('a', A, B);
  history.settle(history.undelete('b'), 'acknowledged');
  history.settle(write, 'unknown');
  history.read(B);
  removed(history, B);
  wrote(history, undefined, C);
  expect(history.judge({ isDeleted: false, content: C })).toEqual(fine);
});

it('finds a secret that is gone and was not removed, and one that was removed and is there', () => {
  const history = begun();
  expect(history.judge({ isDeleted: true, content: A }).lost).toHaveLength(1);
  expect(history.judge({ isDeleted: true }).lost).toHaveLength(1);
  removed(history, A);
  expect(history.judge({ isDeleted: true, content: A })).toEqual(fine);
  expect(history.judge({ isDeleted: true })).toEqual(fine);
  expect(history.judge({ isDeleted: false, content: A }).phantom).toHaveLength(1);
  history.settle(history.undelete('b'), 'acknowledged');
  expect(history.judge({ isDeleted: false, content: A })).toEqual(fine);
  expect(history.judge({ isDeleted: true, content: A }).lost).toHaveLength(1);
});

it('accepts a repeated write only over a removed version', () => {
  const history = begun();
  wrote(history, undefined, B);
  expect(history.judge({ isDeleted: false, content: B }).lost).toHaveLength(1);
  removed(history, A, 'unknown');
  expect(history.judge({ isDeleted: false, content: B })).toEqual(fine);
});

it('finds a write over what had been removed before it began', () => {
  const history = begun();
  removed(history, A);
  wrote(history, A, B);
  expect(history.judge({ isDeleted: false, content: B }).phantom).toHaveLength(1);
});

it('knows that a removal may be taken back together with another, where it names no version', () => {
  for (const hitsAny of [false, true]) {
    const history = begun(hitsAny);
    const other = history.remove('c', B);
    removed(history, A);
    history.settle(other, 'refused');
    const { phantom } = history.judge({ isDeleted: false, content: A });
    expect(phantom).toHaveLength(hitsAny ? 0 : 1);
  }
});

it('knows that a removal without an answer may hit another version, where that is so', () => {
  for (const hitsAny of [false, true]) {
    const history = begun(hitsAny);
    wrote(history, A, B);
    removed(history, A, 'unknown');
    expect(history.judge({ isDeleted: true, content: B }).lost).toHaveLength(hitsAny ? 0 : 1);
  }
});
