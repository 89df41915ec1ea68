import type { Variable } from '@shared/model/variable';
import { describe, expect, it } from 'vitest';
import {
  addVariables,
  countsOf,
  editAddition,
  editVariable,
  emptyDraft,
  removeRows,
  putValues,
  rebase,
  rowsOf,
  toChangeSet,
  restoreRows,
  type Draft,
} from './draft';
import { rowIssues } from './row-issues';

const secret = (key: string): Variable => ({ key, kind: 'text', secret: true });
const number = (key: string, literal: string): Variable => ({
  key,
  kind: 'number',
  secret: false,
  literal,
});

const API_KEY = secret('API_KEY');
const PORT = number('PORT', '5432');
const variables = [API_KEY, PORT];
const base = (): Draft => emptyDraft('r1');

describe('a note', () => {
  const noted: Variable = { ...API_KEY, note: 'old' };
  const noteIn = (draft: Draft): string | undefined => rowsOf([noted], draft)[0]?.variable.note;

  it('is an edit of its own, stays with a typed value, and is none when it is empty', () => {
    expect(noteIn(editVariable(base(), noted, { value: 'typed' }))).toBe('old');
    const draft = editVariable(base(), noted, { note: 'new', value: 'typed' });
    expect(noteIn(draft)).toBe('new');
    expect(noteIn(editVariable(draft, noted, { note: '' }))).toBeUndefined();
    const back = editVariable(editVariable(base(), noted, { note: 'new' }), noted, { note: 'old' });
    expect(countsOf(back).total).toBe(0);
  });

  it('that is only on this computer is an edit if it is saved again, with the same text too', () => {
    const here: Variable = { ...noted, noteHere: { why: 'not-taken' } };
    const typed = editVariable(base(), here, { value: 'typed' });
    expect(rowsOf([here], typed)[0]?.variable.noteHere).toEqual({ why: 'not-taken' });
    const draft = editVariable(base(), here, { note: 'old' });
    expect(toChangeSet(draft).edits).toEqual([{ key: 'API_KEY', note: 'old' }]);
    expect(rowsOf([here], draft)[0]?.variable.noteHere).toBeUndefined();
  });

  it('goes with a variable that has to be added again, and with an added one', () => {
    const draft = editVariable(base(), noted, { note: 'new', value: 'typed' });
    expect(toChangeSet(rebase(draft, [], 'r2')).additions).toMatchObject([{ note: 'new' }]);
    const added = addVariables(base(), [{ key: 'API_KEY', value: 'x', note: 'added' }]);
    expect(noteIn(rebase(added, [noted], 'r2'))).toBe('added');
  });
});

describe('an edit', () => {
  it('vanishes when all its fields are as before', () => {
    let draft = editVariable(base(), PORT, { value: '1', rename: 'DB_PORT', disabled: true });
    expect(countsOf(draft)).toMatchObject({ changed: 1, total: 1 });
    draft = editVariable(draft, PORT, { value: '5432' });
    draft = editVariable(draft, PORT, { rename: 'PORT' });
    expect(toChangeSet(draft).edits).toEqual([{ key: 'PORT', disabled: true }]);
    draft = editVariable(draft, PORT, { disabled: false });
    expect(draft.edits.size).toBe(0);
  });

  it('keeps a number plain when it becomes text, because nobody asked to mask it', () => {
    const draft = editVariable(base(), PORT, { value: 'many' });
    expect(toChangeSet(draft).edits).toEqual([{ key: 'PORT', value: 'many', secret: false }]);
    expect(rowsOf(variables, draft)[1]?.variable).toMatchObject({ kind: 'text', literal: 'many' });
    expect(toChangeSet(editVariable(draft, PORT, { value: '5433' })).edits).toEqual([
      { key: 'PORT', value: '5433' },
    ]);
  });

  it('shows nothing of a secret that was typed', () => {
    const draft = editVariable(base(), API_KEY, { value: 'sk-new\nline' });
    const [row] = rowsOf(variables, draft);
    expect(row).toMatchObject({ change: 'changed', typed: 'sk-new\nline' });
    expect(row?.variable).toMatchObject({ kind: 'text', secret: true, lines: 2 });
    expect(row?.variable.literal).toBeUndefined();
  });

  it('is hidden by a removal, and is back when the removal is undone', () => {
    const edited = editVariable(base(), PORT, { value: '1' });
    const removed = removeRows(edited, rowsOf([PORT], undefined));
    expect(toChangeSet(removed).edits).toEqual([{ key: 'PORT', remove: true }]);
    expect(countsOf(removed)).toMatchObject({ changed: 0, removed: 1 });
    expect(toChangeSet(restoreRows(removed, rowsOf([PORT], undefined))).edits).toEqual([
      { key: 'PORT', value: '1' },
    ]);
    expect(
      restoreRows(removeRows(base(), rowsOf([PORT], undefined)), rowsOf([PORT], undefined)).edits
        .size,
    ).toBe(0);
  });
});

it('keeps the rows that an edit does not touch as the same objects', () => {
  const before = rowsOf(variables, undefined);
  const after = rowsOf(variables, editVariable(base(), PORT, { value: '1' }));
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

it('distinguishes additions with the same key', () => {
  let draft = addVariables(base(), [
    { key: '', value: '' },
    { key: '', value: '' },
  ]);
  draft = editAddition(draft, 2, { key: 'B', value: 'b' });
  expect(rowsOf([], draft).map(({ id, key }) => [id, key])).toEqual([
    ['new 1', ''],
    ['new 2', 'B'],
  ]);
  expect(toChangeSet(draft).additions).toEqual([
    { key: '', value: '' },
    { key: 'B', value: 'b' },
  ]);
});

describe('values from elsewhere', () => {
  it('change existing keys, and add the others', () => {
    const draft = addVariables(base(), [{ key: 'NEW', value: 'typed' }]);
    const after = putValues(draft, variables, [
      { key: 'API_KEY', value: 'sk' },
      { key: 'PORT', value: '5432' },
      { key: 'NEW', value: 'imported' },
      { key: 'OTHER', value: 'o' },
    ]);
    expect(toChangeSet(after)).toEqual({
      edits: [{ key: 'API_KEY', value: 'sk' }],
      additions: [
        { key: 'NEW', value: 'imported' },
        { key: 'OTHER', value: 'o' },
      ],
    });
  });

  it('go to the variable that has the key now', () => {
    const draft = editVariable(base(), API_KEY, { rename: 'TOKEN' });
    const after = putValues(draft, variables, [{ key: 'TOKEN', value: 't' }]);
    expect(toChangeSet(after)).toEqual({
      edits: [{ key: 'API_KEY', rename: 'TOKEN', value: 't' }],
      additions: [],
    });
  });
});

describe('edits on newer variables', () => {
  it('stay if their variables still exist', () => {
    const draft = editVariable(base(), API_KEY, { value: 'sk' });
    const next = rebase(draft, [secret('OTHER'), secret('API_KEY')], 'r2');
    expect(next.base).toBe('r2');
    expect(toChangeSet(next)).toEqual(toChangeSet(draft));
  });

  it('lose no value: an edited variable that is gone is added, an added one that exists is edited', () => {
    let draft = editVariable(base(), API_KEY, { value: 'sk', rename: 'TOKEN' });
    draft = removeRows(draft, rowsOf([PORT], undefined));
    draft = addVariables(draft, [{ key: 'HOST', value: 'h' }]);
    const next = rebase(draft, [secret('HOST')], 'r2');
    expect(toChangeSet(next)).toEqual({
      edits: [{ key: 'HOST', value: 'h' }],
      additions: [{ key: 'TOKEN', value: 'sk' }],
    });
  });

  it('keep the kind of what was copied, also as an addition', () => {
    const copied = [
      { key: 'API_KEY', value: '7', kind: 'number' as const },
      { key: 'HOST', value: 'true', kind: 'boolean' as const, secret: false },
    ];
    const draft = putValues(base(), variables, copied);
    const kinds = (rows: readonly Variable[], from: Draft) =>
      rowsOf(rows, from).map(({ key, variable }) => [key, variable.kind]);
    expect(kinds(variables, draft)).toEqual([
      ['API_KEY', 'number'],
      ['PORT', 'number'],
      ['HOST', 'boolean'],
    ]);
    const next = rebase(draft, [secret('HOST')], 'r2');
    expect(kinds([secret('HOST')], next)).toEqual([
      ['HOST', 'boolean'],
      ['API_KEY', 'number'],
    ]);
  });

  it('vanish if somebody else made the same', () => {
    const draft = editVariable(base(), PORT, { value: '1' });
    expect(rebase(draft, [number('PORT', '1')], 'r2').edits.size).toBe(0);
  });
});

describe('the issues of keys', () => {
  const issues = (draft: Draft, list: readonly Variable[] = variables) =>
    [...rowIssues()(rowsOf(list, draft))].map(([id, { level }]) => [id, level]);

  it('name the key that was typed again, not the existing one', () => {
    expect(issues(addVariables(base(), [{ key: 'PORT', value: '1' }]))).toEqual([
      ['new 1', 'error'],
    ]);
    const renamed = editVariable(base(), API_KEY, { rename: 'PORT' });
    expect(issues(renamed)).toEqual([['key API_KEY', 'error']]);
  });

  it('ignore variables that will be removed', () => {
    const draft = addVariables(removeRows(base(), rowsOf([PORT], undefined)), [
      { key: 'PORT', value: '1' },
    ]);
    expect(issues(draft)).toEqual([]);
  });

  it('warn of both keys if only their case differs', () => {
    expect(issues(addVariables(base(), [{ key: 'port', value: '1' }]))).toEqual([
      ['key PORT', 'warning'],
      ['new 1', 'warning'],
    ]);
  });

  it('let only a key stay empty that is empty on the server', () => {
    expect(issues(base(), [secret('')])).toEqual([['key ', 'warning']]);
    expect(issues(addVariables(base(), [{ key: '', value: '1' }]))).toEqual([['new 1', 'error']]);
  });

  it('are found among 10,000 variables fast enough for typing', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => secret(`KEY_${String(index)}`));
    const rows = rowsOf(many, addVariables(base(), [{ key: 'KEY_9999', value: '' }]));
    const started = performance.now();
    expect([...rowIssues()(rows).keys()]).toEqual(['new 1']);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
