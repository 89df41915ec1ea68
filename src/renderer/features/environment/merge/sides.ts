/** The sides of a merged variable, and where the value of each comes from. */
import type { Client } from '@shared/contract/window';
import type { MergedVariable } from '@shared/model/environment-merge';
import type { Draft } from '../draft';
import { isMasked } from '../is-masked';
import type { Column, Conflict, RevealedSides } from './session';

/** The sides with a masked value that is not shown in another column already. */
function maskedSides(row: MergedVariable): ReadonlySet<Column> {
  const { mineChange, theirsChange, renamed } = row;
  const sides: readonly (readonly [Column, boolean])[] = [
    ['before', true],
    ['mine', mineChange !== 'unchanged' || renamed !== undefined],
    ['theirs', theirsChange !== 'unchanged'],
  ];
  return new Set(
    sides.flatMap(([side, isShown]) => (isShown && isMasked(row[side]) ? [side] : [])),
  );
}

export const canReveal = (row: MergedVariable): boolean => maskedSides(row).size > 0;

/** The value that was typed for a row, and the key whose stored value it has otherwise. */
function typedFor(
  draft: Draft,
  { key }: MergedVariable,
): { readonly value: string | undefined; readonly origin: string } {
  const addition = draft.additions.find((one) => one.key === key);
  if (addition !== undefined) return { value: addition.value, origin: key };
  const renamed = [...draft.edits.values()].find((edit) => edit.rename === key);
  const edit = draft.edits.get(key);
  // The key now belongs to the variable that was renamed to it, not to the one that had it before.
  const own = edit?.rename === undefined && renamed !== undefined ? renamed : edit;
  return { value: own?.value, origin: own?.key ?? key };
}

/** The masked values of a row. Throws what the calls throw. */
export async function revealSides(
  client: Client,
  id: string,
  { draft, merge }: Conflict,
  row: MergedVariable,
): Promise<RevealedSides> {
  const at = async (base: string, key: string): Promise<string> =>
    (await client.environments.revealAt({ id, base, key })).value;
  const typed = typedFor(draft, row);
  const masked = maskedSides(row);
  return {
    ...(masked.has('before') && { before: await at(draft.base, row.key) }),
    ...(masked.has('mine') && {
      mine:
        typed.value ??
        // Without a value from before, mine is their value under a new name.
        (await at(row.before === undefined ? merge.theirs.base : draft.base, typed.origin)),
    }),
    ...(masked.has('theirs') && { theirs: await at(merge.theirs.base, row.key) }),
  };
}
