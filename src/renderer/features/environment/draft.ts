/**
 * The unsaved edits of one environment, and the rows they make of its variables. Pure: every function
 * gives a new draft, so that each can be gone back to.
 */
import { kindAfterEdit, type Addition, type ChangeSet, type Edit } from '@shared/model/change-set';
import { isJsonObject, parseJson } from '@shared/model/json';
import { WHOLE_SECRET_KEY, type Variable, type VariableKind } from '@shared/model/variable';

export interface DraftAddition extends Addition {
  /** Tells additions apart while their keys are still being typed. */
  readonly id: number;
}

export interface Draft {
  /** What the edits were made on. */
  readonly base: string;
  readonly edits: ReadonlyMap<string, Edit>;
  readonly additions: readonly DraftAddition[];
  readonly nextId: number;
}

/** Fields of an edit that a person changes; `remove` has functions of its own. */
export type EditPatch = Partial<Pick<Edit, 'rename' | 'value' | 'disabled' | 'secret'>>;

export const emptyDraft = (base: string): Draft => ({
  base,
  edits: new Map(),
  additions: [],
  nextId: 1,
});

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

/** The edit without what changes nothing; nothing at all, where nothing is left. */
function normalised(variable: Variable, edit: Edit): Edit | undefined {
  const value = edit.value === variable.literal ? undefined : edit.value;
  const kind = value === undefined ? variable.kind : kindAfterEdit(variable.kind, value);
  const marked = edit.secret === variable.secret ? undefined : edit.secret;
  // A number is plain by itself. As a text it would be masked, though nobody asked for that.
  const staysPlain = kind !== variable.kind && !variable.secret ? false : undefined;
  const next = withoutUndefined({
    key: edit.key,
    rename: edit.rename === variable.key ? undefined : edit.rename,
    value,
    remove: edit.remove,
    disabled: edit.disabled === (variable.disabled ?? false) ? undefined : edit.disabled,
    secret: marked ?? staysPlain,
  });
  return Object.keys(next).length > 1 ? next : undefined;
}

function putEdit(draft: Draft, variable: Variable, edit: Edit): Draft {
  const edits = new Map(draft.edits);
  const next = normalised(variable, edit);
  if (next === undefined) edits.delete(variable.key);
  else edits.set(variable.key, next);
  return { ...draft, edits };
}

const editOf = (draft: Draft, key: string): Edit => draft.edits.get(key) ?? { key };

export const editVariable = (draft: Draft, variable: Variable, patch: EditPatch): Draft =>
  putEdit(draft, variable, { ...editOf(draft, variable.key), ...patch });

/** Other edits of it are kept, so that taking the removal back brings them back. */
export const markRemoved = (draft: Draft, variable: Variable): Draft =>
  putEdit(draft, variable, { ...editOf(draft, variable.key), remove: true });

export function unmarkRemoved(draft: Draft, variable: Variable): Draft {
  const { remove: _, ...edit } = editOf(draft, variable.key);
  return putEdit(draft, variable, edit);
}

export function revert(draft: Draft, key: string): Draft {
  const edits = new Map(draft.edits);
  edits.delete(key);
  return { ...draft, edits };
}

/** The value turned out to be the one that is stored, which is no edit of it. */
export function dropValue(draft: Draft, variable: Variable): Draft {
  const { value: _, ...edit } = editOf(draft, variable.key);
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

export const removeAddition = (draft: Draft, id: number): Draft => ({
  ...draft,
  additions: draft.additions.filter((one) => one.id !== id),
});

/** Keys and values from elsewhere: what is there is changed, what is not is added. */
export function putValues(
  draft: Draft,
  variables: readonly Variable[],
  values: readonly { readonly key: string; readonly value: string }[],
): Draft {
  const byKey = new Map<string, Row>();
  for (const row of rowsOf(variables, draft)) {
    if (row.change !== 'removed') byKey.set(row.key, row);
  }
  const edits = new Map(draft.edits);
  const replaced = new Map<number, string>();
  const added: Addition[] = [];
  for (const { key, value } of values) {
    const row = byKey.get(key);
    if (row === undefined) added.push({ key, value });
    else if (row.addition !== undefined) replaced.set(row.addition, value);
    else if (row.origin !== undefined) {
      const next = normalised(row.origin, {
        ...(edits.get(row.origin.key) ?? { key: row.origin.key }),
        value,
      });
      if (next === undefined) edits.delete(row.origin.key);
      else edits.set(row.origin.key, next);
    }
  }
  const additions = draft.additions.map((one) => ({
    ...one,
    value: replaced.get(one.id) ?? one.value,
  }));
  return addVariables({ ...draft, edits, additions }, added);
}

function withoutId(addition: DraftAddition): Addition {
  const { id: _, ...sent } = addition;
  return sent;
}

/** As it is sent. A removal stands alone. */
export const toChangeSet = ({ edits, additions }: Draft): ChangeSet => ({
  edits: [...edits.values()].map((edit) =>
    edit.remove === true ? { key: edit.key, remove: true } : edit,
  ),
  additions: additions.map(withoutId),
});

/**
 * The edits on newer variables. What was edited and is gone becomes an addition, what was added and is
 * there now becomes an edit, and what was to be removed and is gone needs no edit.
 */
export function rebase(draft: Draft, variables: readonly Variable[], base: string): Draft {
  const byKey = new Map(variables.map((variable) => [variable.key, variable]));
  let next: Draft = { ...emptyDraft(base), nextId: draft.nextId };
  for (const edit of draft.edits.values()) {
    const variable = byKey.get(edit.key);
    if (variable !== undefined) next = putEdit(next, variable, edit);
    else if (edit.remove !== true && edit.value !== undefined) {
      const { rename, value, disabled, secret } = edit;
      next = putAddition(next, byKey, { key: rename ?? edit.key, value, disabled, secret });
    }
  }
  for (const addition of draft.additions) next = putAddition(next, byKey, withoutId(addition));
  return next;
}

function putAddition(
  draft: Draft,
  byKey: ReadonlyMap<string, Variable>,
  addition: Addition,
): Draft {
  const there = byKey.get(addition.key);
  if (there === undefined) return addVariables(draft, [addition]);
  const { value, disabled, secret } = addition;
  return editVariable(draft, there, {
    value,
    ...(disabled !== undefined && { disabled }),
    ...(secret !== undefined && { secret }),
  });
}

export interface Row {
  /** Unique, and the same while the row is. */
  readonly id: string;
  /** As it will be. */
  readonly key: string;
  /** As it is now; nothing for an addition. */
  readonly origin: Variable | undefined;
  readonly addition: number | undefined;
  /** As it will be. A value that was typed is in `typed`, and in `literal` where it is plain. */
  readonly variable: Variable;
  readonly typed: string | undefined;
  readonly change: 'none' | 'changed' | 'added' | 'removed';
}

/** A key may be an empty text, which is no id. */
export const rowId = (key: string): string => `key ${key}`;
export const additionId = (id: number): string => `new ${String(id)}`;

const unchanged = new WeakMap<Variable, Row>();
const changed = new WeakMap<Edit, Row>();
const added = new WeakMap<DraftAddition, Row>();

/** What stays the same is the same object, which lets the grid keep what it knows of the row. */
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
    variable:
      edit.value === undefined
        ? remarked(variable, key, secret, disabled)
        : describe(key, variable.kind, edit.value, secret, disabled),
    typed: edit.value,
    change: edit.remove === true ? 'removed' : 'changed',
  };
  changed.set(edit, row);
  return row;
}

function addedRow(addition: DraftAddition): Row {
  const known = added.get(addition);
  if (known !== undefined) return known;
  const { id, key, value, secret = true, disabled = false } = addition;
  const row: Row = {
    id: additionId(id),
    key,
    origin: undefined,
    addition: id,
    variable: describe(key, 'text', value, secret, disabled),
    typed: value,
    change: 'added',
  };
  added.set(addition, row);
  return row;
}

/** In the order they are saved in: what is there, then what is added. */
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

/** Whether the one value of a secret that is not a map is all there is. */
export const isWholeSecret = (row: Row): boolean => row.origin?.key === WHOLE_SECRET_KEY;
