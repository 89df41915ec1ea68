import type { Variable } from '@shared/model/variable';
import { describe, expect, it } from 'vitest';
import { addVariables, editVariable, emptyDraft, removeRows, rowsOf, toChangeSet } from '../draft';
import { applyText, environmentText, readText } from './text-changes';

const text = (key: string, more: Partial<Variable> = {}): Variable => ({
  key,
  kind: 'text',
  secret: true,
  ...more,
});
const A = text('A');
const B = text('B');
const OFF = text('OFF', { disabled: true });
const ODD = text('odd key');
const variables = [A, B, OFF, ODD];
const stored = [
  { key: 'A', value: 'a' },
  { key: 'B', value: 'two\nlines' },
  { key: 'OFF', value: 'off' },
  { key: 'odd key', value: 'odd' },
];

describe('an environment as text', () => {
  it('has the saved values with the unsaved edits', () => {
    let draft = editVariable(emptyDraft('r'), A, { value: 'typed', rename: 'AA' });
    draft = addVariables(removeRows(draft, rowsOf([B], undefined)), [{ key: 'NEW', value: 'n' }]);
    expect(environmentText(rowsOf(variables, draft), stored)).toEqual({
      entries: [
        { key: 'AA', value: 'typed' },
        { key: 'NEW', value: 'n' },
      ],
      untouched: [
        { key: 'B', reason: 'removed' },
        { key: 'OFF', reason: 'disabled' },
        { key: 'odd key', reason: 'key' },
      ],
      text: 'AA=typed\nNEW=n\n',
    });
  });

  it('leaves out variables that a .env file cannot hold', () => {
    const { untouched } = environmentText(rowsOf([A], undefined), [{ key: 'A', value: 'a\0b' }]);
    expect(untouched).toEqual([{ key: 'A', reason: 'key' }]);
  });
});

describe('an edited text', () => {
  const before = environmentText(rowsOf(variables, undefined), stored);
  const apply = (typed: string) => {
    const { entries } = readText(typed, before);
    return toChangeSet(applyText(emptyDraft('r'), variables, before, entries));
  };

  it('changes nothing if it was not edited', () => {
    expect(readText(before.text, before)).toMatchObject({ added: 0, changed: 0, removed: 0 });
    expect(apply(before.text)).toEqual({ edits: [], additions: [] });
  });

  it('changes, adds and removes variables, but not those that it does not show', () => {
    const typed = 'A=changed\nNEW=n\n';
    expect(readText(typed, before)).toMatchObject({ added: 1, changed: 1, removed: 1 });
    expect(apply(typed)).toEqual({
      edits: [
        { key: 'A', value: 'changed' },
        { key: 'B', remove: true },
      ],
      additions: [{ key: 'NEW', value: 'n' }],
    });
  });

  it('names the lines with problems', () => {
    const { problems, entries } = readText('A=a\noops\nOFF=on\nB="open\n', before);
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(entries.map(({ key }) => key)).toEqual(['A', 'B']);
  });

  it('does not let a line that is not clear change anything', () => {
    expect(readText("A=\"open\nB='two\nlines'\nNEW='x',", before)).toMatchObject({
      added: 0,
      changed: 0,
      removed: 0,
      problems: [{ line: 1 }, { line: 4 }],
    });
  });
});
