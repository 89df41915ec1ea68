/** Unsaved edits that met what somebody else wrote: what each side did, and what is to become of it. */
import type { Client } from '@shared/contract/window';
import type { Absence, EnvironmentMerge, MergedVariable } from '@shared/model/environment-merge';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { ErrorReport } from '@shared/errors';
import type { MergeSide } from '@shared/model/merge';
import { createStore } from 'zustand';
import { errorLine, errorReport } from '@renderer/bridge';
import { plural } from '@renderer/lib/format';
import { countsOf, toChangeSet, type Draft } from '../draft';
import type { DraftsStore } from '../drafts-store';
import { isOvertaken } from './overtaken';

export const REVEALED_FOR_MS = 60_000;

type There = Extract<EnvironmentMerge, { readonly state: 'there' }>;

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
  /** Whether somebody wrote again while it was being decided. */
  readonly movedAgain: boolean;
}

export interface Gone extends Common {
  readonly state: 'gone';
  readonly absence: Absence;
}

/** A decision that is asked for, of one environment. */
export type MergeSession = Conflict | Gone;

export interface Merges {
  /** By environment. */
  readonly sessions: ReadonlyMap<string, MergeSession>;
  /** Environments whose edits are just being put on newer values. */
  readonly carrying: ReadonlySet<string>;
  /**
   * A save was refused since something newer is there. Saves what fits together by itself, else asks.
   * Resolves with whether it was saved; throws what the calls throw.
   */
  saveOver(this: void, id: string): Promise<boolean>;
  /**
   * Puts the edits on what is in memory, whose base this is, where they fit together. Where they do
   * not, asks only with `ask`, and else leaves them as they are.
   */
  carryOver(this: void, id: string, base: string | undefined, ask: boolean): Promise<void>;
  choose(this: void, id: string, side: MergeSide, keys: readonly string[]): void;
  reveal(this: void, id: string, keys: readonly string[]): Promise<void>;
  hide(this: void, id: string, key: string): void;
  hideAll(this: void): void;
  /** Writes what was decided. */
  save(this: void, id: string): Promise<void>;
  /** Writes everything to where nothing is any more. */
  recreate(this: void, id: string): Promise<void>;
  /** Brings back what is being deleted, then saves. */
  undeleteAndWrite(this: void, id: string): Promise<void>;
  /** Leaves the edits as they are, and the server too. */
  cancel(this: void, id: string): void;
  /** Forgets the edits. */
  discard(this: void, id: string): void;
  forgetAll(this: void): void;
}

export interface MergesEvents {
  readonly onSaved: (open: OpenEnvironment) => Promise<void>;
  /** Main has newer values in memory, or knows that there are none any more. */
  readonly onFetched: (theirs: OpenEnvironment | undefined) => Promise<void>;
}

export interface MergesOptions extends MergesEvents {
  readonly drafts: DraftsStore;
  readonly say: (text: string, tone?: 'bad') => void;
}

/** As often as a write that needs no decision is tried on something newer. */
const WRITES = 3;

export const conflictsOf = ({ rows }: There): readonly MergedVariable[] =>
  rows.filter(({ outcome }) => outcome === 'conflict');

const without = <Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> =>
  new Map([...map].filter(([other]) => other !== key));

export const createMerges = (client: Client, options: MergesOptions) =>
  createStore<Merges>()((set, get) => {
    const { drafts } = options;
    const running = new Map<string, Promise<void>>();
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    // A reveal whose answer arrives after values were hidden must not show one.
    let generation = 0;

    const put = (id: string, session: MergeSession): void =>
      set(({ sessions }) => ({ sessions: new Map(sessions).set(id, session) }));

    const patch = (id: string, change: Partial<Pick<Common, 'busy' | 'error'>>): void => {
      const session = get().sessions.get(id);
      if (session !== undefined) put(id, { ...session, ...change });
    };

    const patchConflict = (
      id: string,
      change: Partial<Pick<Conflict, 'choices' | 'revealed'>>,
    ): void => {
      const session = get().sessions.get(id);
      if (session?.state === 'there') put(id, { ...session, ...change });
    };

    const end = (id: string): void => set(({ sessions }) => ({ sessions: without(sessions, id) }));

    const present = (id: string): Draft | undefined => drafts.getState().histories.get(id)?.present;

    const sent = (id: string, draft: Draft) => ({
      id,
      base: draft.base,
      changes: toChangeSet(draft),
    });

    const saved = async (id: string, open: OpenEnvironment): Promise<void> => {
      drafts.getState().forget(id);
      end(id);
      await options.onSaved(open);
    };

    /** Asks what is to become of it. */
    const ask = async (
      id: string,
      draft: Draft,
      merge: EnvironmentMerge,
      before?: Conflict,
    ): Promise<void> => {
      const common = { draft, busy: false, error: undefined };
      if (merge.state === 'gone') {
        put(id, { ...common, state: 'gone', absence: merge.absence });
        await options.onFetched(undefined);
        return;
      }
      const kept = conflictsOf(merge).flatMap(({ key, moved }) => {
        const choice = moved === true ? undefined : before?.choices.get(key);
        return choice === undefined ? [] : [[key, choice] as const];
      });
      put(id, {
        ...common,
        state: 'there',
        merge,
        choices: new Map(kept),
        revealed: new Map(),
        movedAgain: before !== undefined,
      });
      await options.onFetched(merge.theirs);
    };

    const askAnew = async (id: string, session: MergeSession): Promise<void> => {
      const { draft } = session;
      const since = session.state === 'there' ? session.merge.theirs.base : undefined;
      const merge = await client.environments.merge({
        ...sent(id, draft),
        fetch: true,
        ...(since !== undefined && { since }),
      });
      hideAll();
      await ask(id, draft, merge, session.state === 'there' ? session : undefined);
    };

    /** Runs what was decided; where something newer is there by now, asks anew. */
    const decided = async (
      id: string,
      work: (session: MergeSession) => Promise<void>,
    ): Promise<void> => {
      const session = get().sessions.get(id);
      if (session === undefined || session.busy) return;
      patch(id, { busy: true, error: undefined });
      try {
        await work(session).catch(async (error: unknown) => {
          if (!isOvertaken(errorReport(error))) throw error;
          await askAnew(id, session);
        });
      } catch (error) {
        patch(id, { error: errorReport(error) });
      } finally {
        patch(id, { busy: false });
      }
    };

    const carry = async (id: string, draft: Draft, asks: boolean): Promise<void> => {
      try {
        const merge = await client.environments.merge({ ...sent(id, draft), fetch: false });
        if (merge.state === 'gone' || present(id) !== draft) return;
        if (conflictsOf(merge).length === 0) {
          drafts.getState().carryOver(merge.theirs, sameKeys(merge));
          options.say('Your unsaved edits are on the newest values now.');
        } else if (asks) await ask(id, draft, merge);
      } catch (error) {
        // The edits stay on what they were made on, and the page says so.
        if (asks) options.say(errorLine(error), 'bad');
      }
    };

    const hideAll = (): void => {
      generation += 1;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      set(({ sessions }) => ({
        sessions: new Map(
          [...sessions].map(([id, session]) => [
            id,
            session.state === 'there' ? { ...session, revealed: new Map() } : session,
          ]),
        ),
      }));
    };

    const hide = (id: string, key: string): void => {
      const session = get().sessions.get(id);
      if (session?.state !== 'there') return;
      patchConflict(id, { revealed: without(session.revealed, key) });
    };

    const revealOne = async (
      id: string,
      { draft, merge }: Conflict,
      row: MergedVariable,
    ): Promise<RevealedSides> => {
      const at = async (base: string, key: string): Promise<string> =>
        (await client.environments.revealAt({ id, base, key })).value;
      const typed = typedFor(draft, row);
      const masked = maskedSides(row);
      return {
        ...(masked.has('before') && { before: await at(draft.base, row.key) }),
        ...(masked.has('mine') && {
          mine:
            typed.value ??
            // Of what is no longer known, mine has only a new name for theirs.
            (await at(row.before === undefined ? merge.theirs.base : draft.base, typed.origin)),
        }),
        ...(masked.has('theirs') && { theirs: await at(merge.theirs.base, row.key) }),
      };
    };

    return {
      sessions: new Map(),
      carrying: new Set(),
      saveOver: async (id) => {
        const draft = present(id);
        if (draft === undefined) return false;
        for (let left = WRITES; ; left -= 1) {
          const merge = await client.environments.merge({ ...sent(id, draft), fetch: true });
          if (merge.state === 'gone' || conflictsOf(merge).length > 0) {
            await ask(id, draft, merge);
            return false;
          }
          try {
            const open = await client.environments.saveMerged({
              ...sent(id, draft),
              theirs: merge.theirs.base,
              choices: [],
            });
            await saved(id, open);
            options.say(mergedText(merge));
            return true;
          } catch (error) {
            if (left === 1 || !isOvertaken(errorReport(error))) throw error;
          }
        }
      },
      carryOver: async (id, base, asks) => {
        await running.get(id);
        const draft = present(id);
        if (draft === undefined || countsOf(draft).total === 0) return;
        if (base === undefined || draft.base === base) return;
        if (get().sessions.has(id) || drafts.getState().saving.has(id)) return;
        const run = carry(id, draft, asks).finally(() => {
          running.delete(id);
          set(({ carrying }) => ({ carrying: new Set([...carrying].filter((one) => one !== id)) }));
        });
        running.set(id, run);
        set(({ carrying }) => ({ carrying: new Set(carrying).add(id) }));
        await run;
      },
      choose: (id, side, keys) => {
        const session = get().sessions.get(id);
        if (session?.state !== 'there') return;
        const choices = new Map(session.choices);
        for (const key of keys) choices.set(key, side);
        patchConflict(id, { choices });
      },
      reveal: async (id, keys) => {
        const session = get().sessions.get(id);
        if (session?.state !== 'there') return;
        const asked = generation;
        const rows = session.merge.rows.filter(({ key }) => keys.includes(key));
        try {
          for (const row of rows) {
            const values = await revealOne(id, session, row);
            const now = get().sessions.get(id);
            if (asked !== generation || now?.state !== 'there') return;
            patchConflict(id, { revealed: new Map(now.revealed).set(row.key, values) });
            const name = `${id} ${row.key}`;
            clearTimeout(timers.get(name));
            timers.set(
              name,
              setTimeout(() => hide(id, row.key), REVEALED_FOR_MS),
            );
          }
        } catch (error) {
          patch(id, { error: errorReport(error) });
        }
      },
      hide,
      hideAll,
      save: (id) =>
        decided(id, async (session) => {
          if (session.state !== 'there') return;
          const open = await client.environments.saveMerged({
            ...sent(id, session.draft),
            theirs: session.merge.theirs.base,
            choices: [...session.choices].map(([key, side]) => ({ key, side })),
          });
          await saved(id, open);
          options.say(mergedText(session.merge, session.choices));
        }),
      recreate: (id) =>
        decided(id, async ({ draft }) => {
          await saved(id, await client.environments.recreate(sent(id, draft)));
          options.say('Written anew.');
        }),
      undeleteAndWrite: (id) =>
        decided(id, async () => {
          await client.environments.undelete({ id });
          end(id);
          if (await drafts.getState().save(id)) options.say('Restored and saved.');
        }),
      cancel: (id) => {
        hideAll();
        end(id);
      },
      discard: (id) => {
        drafts.getState().forget(id);
        end(id);
      },
      forgetAll: () => {
        hideAll();
        set({ sessions: new Map() });
      },
    };
  });

export type MergesStore = ReturnType<typeof createMerges>;

const isMasked = (variable: MergedVariable['mine']): boolean =>
  variable !== undefined &&
  variable.literal === undefined &&
  variable.kind !== 'binary' &&
  variable.empty !== true;

/** The sides of a row that have a masked value of their own. */
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

/** What was typed for a row, or the key in the base that its value is from. */
function typedFor(
  draft: Draft,
  { key }: MergedVariable,
): { readonly value: string | undefined; readonly origin: string } {
  const addition = draft.additions.find((one) => one.key === key);
  if (addition !== undefined) return { value: addition.value, origin: key };
  const renamed = [...draft.edits.values()].find((edit) => edit.rename === key);
  const edit = draft.edits.get(key);
  // A key that was renamed onto is that variable's; its own edit is of the one that had it before.
  const own = edit?.rename === undefined && renamed !== undefined ? renamed : edit;
  return { value: own?.value, origin: own?.key ?? key };
}

/** Keys whose values are the same on both sides already. */
const sameKeys = ({ rows }: There): ReadonlySet<string> =>
  new Set(
    rows.flatMap(({ key, outcome, mineChange }) =>
      outcome === 'both' && mineChange !== 'unchanged' ? [key] : [],
    ),
  );

function mergedText(
  { rows, theirs }: There,
  choices: ReadonlyMap<string, MergeSide> = new Map(),
): string {
  const count = rows.filter(
    ({ key, theirsChange }) => theirsChange !== 'unchanged' && choices.get(key) !== 'mine',
  ).length;
  const { name } = theirs.environment;
  return count === 0
    ? `${name} saved.`
    : `${name} saved, with ${plural(count, 'change')} that somebody else made.`;
}
