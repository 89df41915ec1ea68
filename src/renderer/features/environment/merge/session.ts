/** A decision about unsaved edits that met what somebody else wrote, and the rules for it. */
import type { Absence, EnvironmentMerge, MergedVariable } from '@shared/model/environment-merge';
import type { MergeSide } from '@shared/model/merge';
import type { ErrorReport } from '@shared/errors';
import { plural } from '@renderer/lib/format';
import type { Draft } from '../draft';

export type There = Extract<EnvironmentMerge, { readonly state: 'there' }>;

export type Column = 'before' | MergeSide;

/** The values of one key that were masked. */
export type RevealedSides = Readonly<Partial<Record<Column, string>>>;

interface Common {
  /** The edits as they were when both sides were compared. */
  readonly draft: Draft;
  readonly busy: boolean;
  readonly error: ErrorReport | undefined;
}

export interface Conflict extends Common {
  readonly state: 'there';
  readonly merge: There;
  /** By key. */
  readonly choices: ReadonlyMap<string, MergeSide>;
  readonly revealed: ReadonlyMap<string, RevealedSides>;
  /** Whether somebody wrote again while this was being decided. */
  readonly movedAgain: boolean;
}

export interface Gone extends Common {
  readonly state: 'gone';
  readonly absence: Absence;
}

export type MergeSession = Conflict | Gone;

export const conflictsOf = ({ rows }: There): readonly MergedVariable[] =>
  rows.filter(({ outcome }) => outcome === 'conflict');

/** Keys whose values are the same on both sides already. */
export const sameKeys = ({ rows }: There): ReadonlySet<string> =>
  new Set(
    rows.flatMap(({ key, outcome, mineChange }) =>
      outcome === 'both' && mineChange !== 'unchanged' ? [key] : [],
    ),
  );

/** A new decision. Choices of the one before are kept if the server still has the same value. */
export function sessionOf(draft: Draft, merge: EnvironmentMerge, before?: Conflict): MergeSession {
  const common = { draft, busy: false, error: undefined };
  if (merge.state === 'gone') return { ...common, state: 'gone', absence: merge.absence };
  const kept = conflictsOf(merge).flatMap(({ key, moved }) => {
    const choice = moved === true ? undefined : before?.choices.get(key);
    return choice === undefined ? [] : [[key, choice] as const];
  });
  return {
    ...common,
    state: 'there',
    merge,
    choices: new Map(kept),
    revealed: new Map(),
    movedAgain: before !== undefined,
  };
}

/** Opens a decision, or replaces the one before. */
export type Ask = (
  id: string,
  draft: Draft,
  merge: EnvironmentMerge,
  before?: Conflict,
) => Promise<void>;

/** What to announce after a merge was saved. */
export function mergedText(
  { rows, theirs }: There,
  choices: ReadonlyMap<string, MergeSide> = new Map(),
): string {
  const count = rows.filter(
    ({ key, theirsChange }) => theirsChange !== 'unchanged' && choices.get(key) !== 'mine',
  ).length;
  const { name } = theirs.environment;
  return count === 0
    ? `${name} saved.`
    : `${name} saved, with ${plural(count, 'change')} made by someone else.`;
}
