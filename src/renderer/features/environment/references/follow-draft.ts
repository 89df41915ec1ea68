/** Unsaved edits whose typed references follow something that was renamed. */
import { redirected, type Followed, type VariableName } from '@shared/model/stored-reference';
import type { Draft } from '../draft';

type Renamed = Followed['renamed'];

/** Returns the same draft if nothing in it changes. `names`: the environments that there are now. */
export function followedDraft(
  draft: Draft,
  renamed: Renamed,
  { vault, expands, names }: { vault: string; expands: boolean; names: ReadonlySet<string> },
): Draft {
  const before = new Set(renamed.map(({ from }) => from.vault));
  const around = {
    vault,
    expands,
    isEnvironment: (name: string) => names.has(name) || before.has(name),
  };
  const redirect = (name: VariableName): VariableName | undefined => {
    const to = renamed.find(
      ({ from }) => from.vault === name.vault && (from.key ?? name.key) === name.key,
    )?.to;
    return to && { vault: to.vault, key: to.key ?? name.key };
  };
  const follow = <T extends { readonly value?: string | undefined }>(change: T): T => {
    const value =
      change.value === undefined ? undefined : redirected(change.value, around, redirect);
    return value === undefined ? change : { ...change, value };
  };
  const edits = new Map([...draft.edits].map(([key, edit]) => [key, follow(edit)]));
  const additions = draft.additions.map(follow);
  const isSame =
    [...edits].every(([key, edit]) => draft.edits.get(key) === edit) &&
    additions.every((addition, at) => draft.additions[at] === addition);
  return isSame ? draft : { ...draft, edits, additions };
}
