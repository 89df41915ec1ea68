/** Applies unsaved edits to a document and to the marks of its variables. */
import { AppError } from '@shared/errors';
import { applyChangeSet, type ChangeSet, type Edit } from '@shared/model/change-set';
import { kindAfterEdit } from '@shared/model/variable';
import { WHOLE_SECRET_KEY, type EditableKind } from '@shared/model/variable';
import type { VariableMark } from '@core/storage/variable-marks';
import { textEntry, type SecretDocument, type SecretEntry } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';

export type WritableDocument = Exclude<SecretDocument, { readonly shape: 'binary' }>;

/** Unsaved edits, and the revision of what they were made on. */
export interface Edits {
  readonly base: string;
  readonly changes: ChangeSet;
}

/** What an environment holds, with the marks of its variables. */
export interface Edited {
  readonly document: SecretDocument;
  readonly marks: ReadonlyMap<string, VariableMark>;
}

export interface EditedDocument extends Edited {
  readonly document: WritableDocument;
}

const invalid = (message: string, field?: string): AppError =>
  new AppError('INVALID_INPUT', {
    message,
    hint: 'Your edits are still there: change them and save again.',
    details: { field },
  });

const notAList = (): AppError =>
  invalid('This secret is one text, not a list of variables: only the text can be changed.');

const needsKey = (): AppError => invalid('A variable needs a key.');

const revalue = (
  before: SecretEntry | undefined,
  text: string,
  copied: EditableKind | undefined,
): SecretEntry => {
  const kind = copied ?? before?.kind;
  return kind === undefined
    ? textEntry(text)
    : { kind: kindAfterEdit(kind, text), value: new Secret(text) };
};

/** Throws `INVALID_INPUT` with the key at fault; `BINARY_VALUE` for a document that is locked. */
export function editDocument(document: SecretDocument, changes: ChangeSet): WritableDocument {
  switch (document.shape) {
    case 'binary':
      throw new AppError('BINARY_VALUE');
    case 'text':
      return editText(document.text, changes);
    case 'map':
      return { shape: 'map', entries: editEntries(document.entries, changes) };
  }
}

function editText(text: Secret, { edits, additions }: ChangeSet): WritableDocument {
  const [edit, ...others] = edits;
  const isOther =
    additions.length > 0 ||
    others.length > 0 ||
    (edit !== undefined && (edit.key !== WHOLE_SECRET_KEY || edit.remove || edit.rename));
  if (isOther) throw notAList();
  return { shape: 'text', text: edit?.value === undefined ? text : new Secret(edit.value) };
}

function editEntries(
  before: ReadonlyMap<string, SecretEntry>,
  changes: ChangeSet,
): Map<string, SecretEntry> {
  const { entries, problem } = applyChangeSet(before, changes, revalue);
  if (entries !== undefined) return entries;
  switch (problem.type) {
    case 'duplicate-key':
      throw invalid(`There would be two variables ${problem.key}.`, problem.key);
    case 'empty-key':
      throw needsKey();
    case 'no-such-key':
      throw new AppError('CONFLICT', {
        message: `The variable ${problem.key} is no longer there.`,
        details: { field: problem.key },
      });
  }
}

/** The marks after the edits: they follow renames, and go with variables that are removed. */
export function editMarks(
  before: ReadonlyMap<string, VariableMark>,
  { edits, additions }: ChangeSet,
): Map<string, VariableMark> {
  const after = new Map(before);
  for (const { key, rename, remove } of edits) {
    if (remove === true || rename !== undefined) after.delete(key);
  }
  for (const { key, rename, remove, disabled, secret, note } of edits) {
    if (remove === true) continue;
    const mark = before.get(key);
    after.set(rename ?? key, {
      disabled: disabled ?? mark?.disabled ?? false,
      secret: secret ?? mark?.secret,
      ...withNote(note ?? mark?.note),
    });
  }
  for (const { key, disabled = false, secret, note } of additions) {
    after.set(key, { disabled, secret, ...withNote(note) });
  }
  return after;
}

/** An empty note is none. */
const withNote = (note: string | undefined): Pick<VariableMark, 'note'> =>
  note === undefined || note === '' ? {} : { note };

/** Document and marks after the edits. Throws as `editDocument`. */
export const editWithMarks = ({ document, marks }: Edited, changes: ChangeSet): EditedDocument => ({
  document: editDocument(document, changes),
  marks: editMarks(marks, changes),
});

/** The keys that the edits change, by the old ones. */
export const renamesIn = ({ edits }: ChangeSet): ReadonlyMap<string, string> =>
  new Map(
    edits.flatMap(({ key, rename, remove }) =>
      rename === undefined || remove === true ? [] : [[key, rename]],
    ),
  );

/** The variables whose note the edits set, by their new keys. */
export const notedIn = ({ edits, additions }: ChangeSet): ReadonlySet<string> =>
  new Set([
    ...edits.flatMap(({ key, rename, note }) => (note === undefined ? [] : [rename ?? key])),
    ...additions.flatMap(({ key, note }) => (note === undefined ? [] : [key])),
  ]);

/** Whether an edit changes more than marks. */
export const touchesValue = ({ rename, value, remove }: Edit): boolean =>
  rename !== undefined || value !== undefined || remove === true;

/** Whether more than marks changes, so that the provider has to be written to. */
export const touchesValues = ({ edits, additions }: ChangeSet): boolean =>
  additions.length > 0 || edits.some(touchesValue);

/** Changes by their number, for the activity log. */
export function describeChanges({ edits, additions }: ChangeSet): string {
  const removed = edits.filter(({ remove }) => remove === true).length;
  const parts = [
    [additions.length, 'added'],
    [edits.length - removed, 'changed'],
    [removed, 'removed'],
  ] as const;
  const counted = parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${String(count)} ${word}`);
  return counted.join(', ') || 'nothing changed';
}
