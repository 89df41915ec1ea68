/**
 * The unsaved edits of one environment, and the rows of the grid with these edits. Every function is pure
 * and returns a new draft, so that each step can be undone.
 */
import type { Addition, ChangeSet, Edit } from '@shared/model/change-set';
import type { CopiedAcross } from './copied-across';
import { isJsonObject, parseJson } from '@shared/model/json';
import {
  kindAfterEdit,
  WHOLE_SECRET_KEY,
  type Variable,
  type VariableKind,
} from '@shared/model/variable';

interface DraftAddition extends Addition {
  /** Identifies an addition while its key is still being typed. */
  readonly id: number;
}

export interface Draft {
  /** The revision of the values that the edits were made on. */
  readonly base: string;
  readonly edits: ReadonlyMap<string, Edit>;
  readonly additions: readonly DraftAddition[];
  readonly nextId: number;
}

/** A value that was typed, or copied with its kind. */
type NewValue = Pick<Addition, 'value' | 'kind'>;

/** Fields of an edit that a person changes; `removeRows` and `restoreRows` change `remove`. */
type EditPatch = Partial<Pick<Edit, 'rename' | 'value' | 'kind' | 'disabled' | 'secret' | 'note'>>;

export const emptyDraft = (base: string): Draft => ({
  base,
  edits: new Map(),
  additions: [],
  nextId: 1,
});

export const isEmpty = ({ edits, additions }: Draft): boolean =>
  edits.size + additions.length === 0;

export interface ChangeCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly total: number;
}

const NO_CHANGES: ChangeCounts = { added: 0, changed: 0, removed: 0, total: 0 };

export function countsOf(draft: Draft | undefined): ChangeCounts {
  if (draft === undefined) return NO_CHANGES;
  const removed = [...draft.edits.values()].filter(({ remove }) => remove === true).length;
  const added = draft.additions.length;
  const changed = draft.edits.size - removed;
  return { added, changed, removed, total: added + changed + removed };
}

const withoutUndefined = (edit: Edit): Edit =>
  Object.fromEntries(
    Object.entries(edit).filter(([, value]: [string, unknown]) => value !== undefined),
  ) as Edit;

/** The edit without fields that change nothing; `undefined` if none is left. */
function normalised(variable: Variable, edit: Edit): Edit | undefined {
  const copied = edit.kind === variable.kind ? undefined : edit.kind;
  const value = edit.value === variable.literal && copied === undefined ? undefined : edit.value;
  const kind = value === undefined ? variable.kind : kindAfterEdit(copied ?? variable.kind, value);
  const marked = edit.secret === variable.secret ? undefined : edit.secret;
  // A number is plain by default. As text it would become masked although nobody asked for that.
  const staysPlain = kind !== variable.kind && !variable.secret ? false : undefined;
  const next = withoutUndefined({
    key: edit.key,
    rename: edit.rename === variable.key ? undefined : edit.rename,
    value,
    kind: value === undefined ? undefined : copied,
    remove: edit.remove,
    disabled: edit.disabled === (variable.disabled ?? false) ? undefined : edit.disabled,
    secret: marked ?? staysPlain,
    // A note that is only on this computer goes to the secret when it is saved again.
    note:
      edit.note === (variable.note ?? '') && variable.noteHere === undefined
        ? undefined
        : edit.note,
  });
  return Object.keys(next).length > 1 ? next : undefined;
}

/** Adds or replaces an edit, or removes it if it changes nothing. */
function put(edits: Map<string, Edit>, variable: Variable, edit: Edit): void {
  const next = normalised(variable, edit);
  if (next === undefined) edits.delete(variable.key);
  else edits.set(variable.key, next);
}

function putEdit(draft: Draft, variable: Variable, edit: Edit): Draft {
  const edits = new Map(draft.edits);
  put(edits, variable, edit);
  return { ...draft, edits };
}

const editOf = (draft: Draft, key: string): Edit => draft.edits.get(key) ?? { key };

export const editVariable = (draft: Draft, variable: Variable, patch: EditPatch): Draft =>
  putEdit(draft, variable, { ...editOf(draft, variable.key), ...patch });

/**
 * Changes many rows at once, because each single edit copies the whole map. An addition is dropped if
 * `addition` returns `undefined`.
 */
function alterRows(
  draft: Draft,
  rows: readonly Row[],
  edit: (edit: Edit, row: Row) => Edit,
  addition: (addition: DraftAddition, row: Row) => DraftAddition | undefined,
): Draft {
  const edits = new Map(draft.edits);
  const touched = new Map<number, Row>();
  for (const row of rows) {
    const { origin } = row;
    if (origin !== undefined) put(edits, origin, edit(editOf(draft, origin.key), row));
    else if (row.addition !== undefined) touched.set(row.addition, row);
  }
  const additions = draft.additions.flatMap((one) => {
    const row = touched.get(one.id);
    return row === undefined ? one : (addition(one, row) ?? []);
  });
  return { ...draft, edits, additions };
}

/** Keeps other edits of the rows, so that they are there again if the removal is undone. */
export const removeRows = (draft: Draft, rows: readonly Row[]): Draft =>
  alterRows(
    draft,
    rows,
    (edit) => ({ ...edit, remove: true }),
    () => undefined,
  );

export const restoreRows = (draft: Draft, rows: readonly Row[]): Draft =>
  alterRows(
    draft,
    rows,
    (edit) => withoutUndefined({ ...edit, remove: undefined }),
    (addition) => addition,
  );

export const markRows = (
  draft: Draft,
  rows: readonly Row[],
  mark: Pick<EditPatch, 'disabled' | 'secret' | 'note'>,
): Draft =>
  alterRows(
    draft,
    rows,
    (edit) => ({ ...edit, ...mark }),
    (addition) => ({ ...addition, ...mark }),
  );

/** Gives each row its value from the map. */
export const setValues = (draft: Draft, values: ReadonlyMap<Row, NewValue>): Draft =>
  alterRows(
    draft,
    [...values.keys()],
    (edit, row) => ({ ...edit, ...values.get(row) }),
    (addition, row) => ({ ...addition, ...values.get(row) }),
  );

export function revert(draft: Draft, key: string): Draft {
  const edits = new Map(draft.edits);
  edits.delete(key);
  return { ...draft, edits };
}

/** Drops a typed value that turned out to be the stored one. */
export function dropValue(draft: Draft, variable: Variable): Draft {
  const { value: _, kind: __, ...edit } = editOf(draft, variable.key);
  return putEdit(draft, variable, edit);
}

export const addVariables = (draft: Draft, additions: readonly Addition[]): Draft => ({
  ...draft,
  additions: [
    ...draft.additions,
    ...additions.map((addition, index) => ({ ...addition, id: draft.nextId + index })),
  ],
  nextId: draft.nextId + additions.length,
});

export const editAddition = (draft: Draft, id: number, patch: Partial<Addition>): Draft => ({
  ...draft,
  additions: draft.additions.map((one) => (one.id === id ? { ...one, ...patch } : one)),
});

/** With a text that was typed into the key or the value of a row. */
export function withTyped(draft: Draft, row: Row, field: 'key' | 'value', text: string): Draft {
  const { origin, addition } = row;
  if (origin !== undefined) {
    return editVariable(draft, origin, field === 'key' ? { rename: text } : { value: text });
  }
  return addition === undefined ? draft : editAddition(draft, addition, { [field]: text });
}

/** Puts in variables from elsewhere: existing ones get the value and keep their marks, others are added. */
export function putValues(
  draft: Draft,
  variables: readonly Variable[],
  values: readonly Addition[],
): Draft {
  const byKey = new Map<string, Row>();
  for (const row of rowsOf(variables, draft)) {
    if (row.change !== 'removed') byKey.set(row.key, row);
  }
  const changed = new Map<Row, NewValue>();
  const added: Addition[] = [];
  for (const addition of values) {
    const { key, value, kind } = addition;
    const row = byKey.get(key);
    if (row === undefined) added.push(addition);
    else changed.set(row, { value, kind });
  }
  return addVariables(setValues(draft, changed), added);
}

function withoutId(addition: DraftAddition): Addition {
  const { id: _, ...sent } = addition;
  return sent;
}

/** The draft as the core takes it. A removal has no other fields. */
export const toChangeSet = ({ edits, additions }: Draft): ChangeSet => ({
  edits: [...edits.values()].map((edit) =>
    edit.remove === true ? { key: edit.key, remove: true } : edit,
  ),
  additions: additions.map(withoutId),
});

/** A draft again, from what the core was sent. */
export const draftOf = (base: string, { edits, additions }: ChangeSet): Draft =>
  addVariables(
    { ...emptyDraft(base), edits: new Map(edits.map((edit) => [edit.key, edit])) },
    additions,
  );

/** Both, for one environment. If both edit the same variable, the edit of `last` counts. */
export const together = (first: Draft, last: Draft): Draft =>
  addVariables(
    { ...first, edits: new Map([...first.edits, ...last.edits]) },
    last.additions.map(withoutId),
  );

/**
 * The edits, applied to newer variables. An edited variable that is gone becomes an addition, an added one
 * that exists now becomes an edit, and a removed one that is gone needs no edit.
 */
export function rebase(draft: Draft, variables: readonly Variable[], base: string): Draft {
  const byKey = new Map(variables.map((variable) => [variable.key, variable]));
  const edits = new Map<string, Edit>();
  const added: Addition[] = [];
  const add = (addition: Addition): void => {
    const { key, value, kind, disabled, secret, note } = addition;
    const there = byKey.get(key);
    if (there === undefined) added.push(addition);
    else {
      put(edits, there, {
        ...(edits.get(key) ?? { key }),
        value,
        kind,
        ...(disabled !== undefined && { disabled }),
        ...(secret !== undefined && { secret }),
        ...(note !== undefined && { note }),
      });
    }
  };
  for (const edit of draft.edits.values()) {
    const variable = byKey.get(edit.key);
    if (variable !== undefined) put(edits, variable, edit);
    else if (edit.remove !== true && edit.value !== undefined) {
      const { rename, value, kind, disabled, secret, note } = edit;
      add({ key: rename ?? edit.key, value, kind, disabled, secret, note });
    }
  }
  for (const addition of draft.additions) add(withoutId(addition));
  return addVariables({ ...emptyDraft(base), edits, nextId: draft.nextId }, added);
}

/** The draft without the values that were typed for these keys. */
export const withoutValues = (
  draft: Draft,
  variables: readonly Variable[],
  keys: ReadonlySet<string>,
): Draft =>
  variables
    .filter(({ key }) => keys.has(key) && draft.edits.has(key))
    .reduce((rest, variable) => dropValue(rest, variable), draft);

export interface Row {
  /** Unique, and stable while the row exists. */
  readonly id: string;
  /** The key after saving. */
  readonly key: string;
  /** The saved variable; `undefined` for an addition. */
  readonly origin: Variable | undefined;
  readonly addition: number | undefined;
  /** The variable after saving. A typed value is in `typed`, and in `literal` if it is plain. */
  readonly variable: Variable;
  readonly typed: string | undefined;
  readonly change: 'none' | 'changed' | 'added' | 'removed';
}

/** A key may be empty, and an id may not. */
export const rowId = (key: string): string => `key ${key}`;
export const additionId = (id: number): string => `new ${String(id)}`;

const unchanged = new WeakMap<Variable, Row>();
const changed = new WeakMap<Edit, Row>();
const added = new WeakMap<DraftAddition, Row>();

/** The same variable always gives the same object, so that its row is not drawn again. */
function unchangedRow(variable: Variable): Row {
  const known = unchanged.get(variable);
  if (known !== undefined) return known;
  const row: Row = {
    id: rowId(variable.key),
    key: variable.key,
    origin: variable,
    addition: undefined,
    variable,
    typed: undefined,
    change: 'none',
  };
  unchanged.set(variable, row);
  return row;
}

function changedRow(variable: Variable, edit: Edit): Row {
  const known = changed.get(edit);
  if (known?.origin === variable) return known;
  const secret = edit.secret ?? variable.secret;
  const disabled = edit.disabled ?? variable.disabled ?? false;
  const key = edit.rename ?? variable.key;
  const row: Row = {
    id: rowId(variable.key),
    key,
    origin: variable,
    addition: undefined,
    variable: noted(
      edit.value === undefined
        ? remarked(variable, key, secret, disabled)
        : describe(key, edit.kind ?? variable.kind, edit.value, secret, disabled),
      edit.note === undefined ? variable : { note: edit.note },
    ),
    typed: edit.value,
    change: edit.remove === true ? 'removed' : 'changed',
  };
  changed.set(edit, row);
  return row;
}

function addedRow(addition: DraftAddition): Row {
  const known = added.get(addition);
  if (known !== undefined) return known;
  const { id, key, value, kind = 'text', secret = true, disabled = false, note } = addition;
  const row: Row = {
    id: additionId(id),
    key,
    origin: undefined,
    addition: id,
    variable: noted(describe(key, kind, value, secret, disabled), { note }),
    typed: value,
    change: 'added',
  };
  added.set(addition, row);
  return row;
}

/** The rows in the order of saving: existing variables, then additions. */
export const rowsOf = (variables: readonly Variable[], draft: Draft | undefined): Row[] => [
  ...variables.map((variable) => {
    const edit = draft?.edits.get(variable.key);
    return edit === undefined ? unchangedRow(variable) : changedRow(variable, edit);
  }),
  ...(draft?.additions ?? []).map(addedRow),
];

function remarked(variable: Variable, key: string, secret: boolean, disabled: boolean): Variable {
  const { literal, ...rest } = variable;
  return { ...rest, key, secret, disabled, ...(!secret && literal !== undefined && { literal }) };
}

function noted(
  variable: Variable,
  { note = '', noteHere }: { note?: string | undefined; noteHere?: Variable['noteHere'] },
): Variable {
  const { note: _, noteHere: __, ...bare } = variable;
  return { ...bare, ...(note !== '' && { note }), ...(noteHere && { noteHere }) };
}

function describe(
  key: string,
  before: VariableKind,
  value: string,
  secret: boolean,
  disabled: boolean,
): Variable {
  const kind = kindAfterEdit(before, value);
  const lines = value.split(/\r\n|\r|\n/).length;
  return {
    key,
    kind,
    secret,
    disabled,
    ...(!secret && { literal: value }),
    ...(kind === 'text' && lines > 1 && { lines }),
    ...(kind === 'text' && value === '' && { empty: true }),
    ...(kind === 'nested' && describeNested(value)),
  };
}

function describeNested(json: string): Pick<Variable, 'nested' | 'entries'> {
  const value = parseJson(json);
  if (isJsonObject(value)) return { nested: 'object', entries: value.size };
  return { nested: 'list', entries: Array.isArray(value) ? value.length : 0 };
}

/** A row as it is copied to another environment: its stored value, unless another one was typed. */
export function rowAcross({ key, origin, typed, variable }: Row): CopiedAcross {
  const { secret, disabled = false, kind, note } = variable;
  const marks = { key, secret, disabled, ...(note !== undefined && { note }) };
  if (typed === undefined && origin !== undefined) return { key: origin.key, as: marks };
  return {
    key,
    as: { ...marks, value: typed ?? '', ...(kind !== 'binary' && { kind }) },
  };
}

/** Whether the draft changes a variable of this key, or adds one. */
export const changesKey = ({ edits, additions }: Draft, key: string): boolean =>
  edits.has(key) || additions.some((addition) => addition.key === key);

/** The ids of rows that have another typed value in one draft than in the other. */
export function revaluedRows(before: Draft | undefined, after: Draft | undefined): Set<string> {
  const typed = (draft: Draft | undefined): Map<string, string | undefined> =>
    new Map([
      ...[...(draft?.edits ?? [])].map(([key, { value }]) => [rowId(key), value] as const),
      ...(draft?.additions ?? []).map(({ id, value }) => [additionId(id), value] as const),
    ]);
  const [old, now] = [typed(before), typed(after)];
  return new Set([...old.keys(), ...now.keys()].filter((id) => old.get(id) !== now.get(id)));
}

/** Whether the row is the single value of a secret that is not a map. */
export const isWholeSecret = (row: Row): boolean => row.origin?.key === WHOLE_SECRET_KEY;
