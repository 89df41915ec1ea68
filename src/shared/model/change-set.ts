/**
 * Unsaved edits of an environment, relative to the variables that they are based on. An edit names a
 * variable by its key in the base, so that a rename differs from a removal. An edit that changes nothing
 * does not count.
 */
import { z } from 'zod';
import { noteSchema } from './expected';
import { editableKinds, type EditableKind } from './variable';

/** The kind of a value that was copied, which counts in place of the kind before: see `kindAfterEdit`. */
const copiedKind = z.enum(editableKinds).optional();

const editSchema = z.object({
  /** The key in the base. */
  key: z.string(),
  rename: z.string().optional(),
  value: z.string().optional(),
  kind: copiedKind,
  remove: z.literal(true).optional(),
  disabled: z.boolean().optional(),
  secret: z.boolean().optional(),
  /** The new note; an empty one removes it. */
  note: z.optional(noteSchema),
});
export type Edit = z.infer<typeof editSchema>;

export const additionSchema = z.object({
  key: z.string(),
  value: z.string(),
  kind: copiedKind,
  disabled: z.boolean().optional(),
  secret: z.boolean().optional(),
  note: z.optional(noteSchema),
});
export type Addition = z.infer<typeof additionSchema>;

export const changeSetSchema = z.object({
  edits: z.array(editSchema),
  /** In the order they were added; they follow the variables of the base. */
  additions: z.array(additionSchema),
});
export type ChangeSet = z.infer<typeof changeSetSchema>;

export type ChangeProblem =
  | { readonly type: 'duplicate-key'; readonly key: string }
  | { readonly type: 'empty-key' }
  | { readonly type: 'no-such-key'; readonly key: string };

/**
 * Applies the changes to the base: the order stays, and additions come last. Returns the result, or the
 * problems of the changes. `revalue` makes the new value of an entry from the old value, and the typed or
 * copied one.
 */
export function applyChangeSet<T>(
  base: ReadonlyMap<string, T>,
  changes: ChangeSet,
  revalue: (before: T | undefined, text: string, kind: EditableKind | undefined) => T,
):
  | { readonly entries: Map<string, T>; readonly problem?: never }
  | { readonly entries?: never; readonly problem: ChangeProblem } {
  const edits = new Map(changes.edits.map((edit) => [edit.key, edit]));
  for (const key of edits.keys()) {
    if (!base.has(key)) return { problem: { type: 'no-such-key', key } };
  }
  const entries = new Map<string, T>();
  const put = (key: string, value: T): ChangeProblem | undefined => {
    if (key === '') return { type: 'empty-key' };
    if (entries.has(key)) return { type: 'duplicate-key', key };
    entries.set(key, value);
    return undefined;
  };
  for (const [key, before] of base) {
    const edit = edits.get(key);
    if (edit?.remove === true) continue;
    const value = edit?.value === undefined ? before : revalue(before, edit.value, edit.kind);
    const problem = put(edit?.rename ?? key, value);
    // An empty key that comes from the server may stay.
    if (problem?.type === 'empty-key' && edit?.rename === undefined) entries.set(key, value);
    else if (problem !== undefined) return { problem };
  }
  for (const { key, value, kind } of changes.additions) {
    const problem = put(key, revalue(undefined, value, kind));
    if (problem !== undefined) return { problem };
  }
  return { entries };
}
