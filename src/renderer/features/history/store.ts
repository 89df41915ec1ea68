/** The versions of one environment: what is different between two of them, and going back to one. */
import type { Client } from '@shared/contract/window';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { EnvironmentHistory, VersionDifference } from '@shared/model/secret-history';
import type { ErrorReport } from '@shared/errors';
import type { Variable } from '@shared/model/variable';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';
import { createHideTimers } from '../../lib/hide-timers';
import { withoutKey } from '../../lib/without';
import { isMasked } from '../environment/is-masked';
import { isOvertaken } from '../environment/merge/overtaken';

export type KeptHistory = Extract<EnvironmentHistory, { readonly isKept: true }>;
export type Version = KeptHistory['versions'][number];
export type DifferenceRow = VersionDifference['rows'][number];

/** The values of one key that were masked, at both versions. */
export interface RevealedPair {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export interface HistoryPage {
  readonly id: string | undefined;
  readonly history: EnvironmentHistory | undefined;
  /** Why there is no list. */
  readonly error: ErrorReport | undefined;
  readonly loading: boolean;
  /** Revisions. Without `against` it is held against the one before. */
  readonly selected: string | undefined;
  readonly against: string | undefined;
  /** Whether what is on show is what rolling back to the selected version would change. */
  readonly rollingBack: boolean;
  /** Whether somebody wrote after that was shown first. */
  readonly overtaken: boolean;
  readonly difference: VersionDifference | undefined;
  /** What was asked of the versions and failed. */
  readonly fault: ErrorReport | undefined;
  /** Whether something is being written. */
  readonly busy: boolean;
  readonly revealed: ReadonlyMap<string, RevealedPair>;
  open(this: void, id: string): Promise<void>;
  /** Asks for the list anew, and keeps the choice where it is still there. */
  refresh(this: void): Promise<void>;
  select(this: void, revision: string): Promise<void>;
  /** Holds the selected version against this one; without, against the one before. */
  holdAgainst(this: void, revision: string | undefined): Promise<void>;
  reveal(this: void, key: string): Promise<void>;
  hide(this: void, key: string): void;
  hideAll(this: void): void;
  /** Shows what rolling back to the selected version would change. Nothing is written yet. */
  startRollBack(this: void): Promise<void>;
  cancelRollBack(this: void): Promise<void>;
  /** Writes the selected version as a new one; where somebody wrote meanwhile, shows the change anew. */
  rollBack(this: void): Promise<void>;
  /** Brings a deleted secret back, and pulls it. */
  undelete(this: void): Promise<void>;
  /** Brings one version back that was deleted by itself. What is current stays so. */
  undeleteVersion(this: void, version: Version): Promise<void>;
  /** Forgets what is on show, and asks anew where the page is: what main held is gone. */
  startOver(this: void): Promise<void>;
  close(this: void): void;
}

export interface HistoryEvents {
  readonly onRolledBack: (open: OpenEnvironment) => Promise<void>;
}

interface HistoryOptions extends HistoryEvents {
  readonly say: (text: string) => void;
}

const nothing = {
  history: undefined,
  error: undefined,
  loading: false,
  selected: undefined,
  against: undefined,
  rollingBack: false,
  overtaken: false,
  difference: undefined,
  fault: undefined,
  busy: false,
  revealed: new Map<string, RevealedPair>(),
} as const;

export const isReadable = ({ state }: Version): boolean => state === 'current' || state === 'past';

/** The version that a reader of the secret gets; none where it is deleted. */
export const newestOf = ({ versions, secret }: KeptHistory): Version | undefined =>
  secret.state === 'present' ? versions.find(({ state }) => state === 'current') : undefined;

export interface Sides {
  readonly before: Version | undefined;
  readonly after: Version;
}

type Choice = Pick<HistoryPage, 'history' | 'selected' | 'against' | 'rollingBack'>;

/** The two versions on show; nothing where the one that is selected cannot be read. */
export function sidesOf({ history, selected, against, rollingBack }: Choice): Sides | undefined {
  if (history?.isKept !== true || history.secret.state === 'scheduled') return undefined;
  const { versions } = history;
  const at = versions.findIndex(({ revision }) => revision === selected);
  const after = versions[at];
  if (after === undefined || !isReadable(after)) return undefined;
  if (rollingBack) return { before: newestOf(history), after };
  const before =
    against === undefined
      ? versions.slice(at + 1).find(isReadable)
      : versions.find(({ revision }) => revision === against);
  return { before, after };
}

export const createHistory = (client: Client, options: HistoryOptions) =>
  createStore<HistoryPage>()((set, get) => {
    const timers = createHideTimers();
    // An answer that arrives after something else was asked for, or values were hidden, is not shown.
    let listed = 0;
    let compared = 0;
    let generation = 0;

    const hideAll = (): void => {
      generation += 1;
      timers.stopAll();
      set({ revealed: nothing.revealed });
    };

    const hide = (key: string): void => {
      timers.stop(key);
      set(({ revealed }) => ({ revealed: withoutKey(revealed, key) }));
    };

    const compare = async (): Promise<void> => {
      hideAll();
      compared += 1;
      const mine = compared;
      const { id } = get();
      const sides = sidesOf(get());
      set({ difference: undefined, fault: undefined });
      if (id === undefined || sides === undefined) return;
      const { before, after } = sides;
      try {
        const difference = await client.environments.compareVersions({
          id,
          ...(before && { before: before.revision }),
          after: after.revision,
        });
        if (mine === compared) set({ difference });
      } catch (error) {
        if (mine === compared) set({ fault: errorReport(error) });
      }
    };

    const load = async (): Promise<void> => {
      const { id } = get();
      if (id === undefined) return;
      listed += 1;
      const mine = listed;
      set({ loading: true });
      try {
        const history = await client.environments.history({ id });
        if (mine !== listed) return;
        set(({ selected, against }) => ({
          history,
          loading: false,
          error: undefined,
          ...choiceIn(history, selected, against),
        }));
        await compare();
      } catch (error) {
        if (mine !== listed) return;
        hideAll();
        set({ history: undefined, difference: undefined, loading: false });
        set({ error: errorReport(error) });
      }
    };

    /** Writes; what it throws is shown, if its environment is still on show. */
    const write = async (work: (id: string) => Promise<void>): Promise<void> => {
      const { id, busy } = get();
      if (id === undefined || busy) return;
      set({ busy: true, fault: undefined });
      try {
        await work(id);
      } catch (error) {
        if (get().id === id) set({ fault: errorReport(error) });
      } finally {
        if (get().id === id) set({ busy: false });
      }
    };

    const written = async (id: string, open: OpenEnvironment): Promise<void> => {
      await options.onRolledBack(open);
      if (get().id !== id) return;
      // The new version is the newest, and what is on show.
      set({ selected: undefined, against: undefined, rollingBack: false, overtaken: false });
      await load();
    };

    return {
      id: undefined,
      ...nothing,
      open: async (id) => {
        hideAll();
        set({ id, ...nothing });
        await load();
      },
      refresh: load,
      select: async (revision) => {
        if (get().busy) return;
        set({ selected: revision, against: undefined, rollingBack: false, overtaken: false });
        await compare();
      },
      holdAgainst: async (revision) => {
        set({ against: revision });
        await compare();
      },
      reveal: async (key) => {
        const { id, difference } = get();
        const sides = sidesOf(get());
        const row = difference?.rows.find((one) => one.key === key);
        if (id === undefined || row === undefined || sides === undefined) return;
        const asked = generation;
        const at = async (
          version: Version | undefined,
          variable: Variable | undefined,
        ): Promise<string | undefined> => {
          if (version === undefined || !isMasked(variable)) return variable?.literal;
          const { revision } = version;
          return (await client.environments.revealVersion({ id, revision, key })).value;
        };
        try {
          const [before, after] = await Promise.all([
            at(sides.before, row.before),
            at(sides.after, row.after),
          ]);
          if (asked !== generation) return;
          set(({ revealed }) => ({ revealed: new Map(revealed).set(key, { before, after }) }));
          timers.start(key, () => hide(key));
        } catch (error) {
          if (asked === generation) set({ fault: errorReport(error) });
        }
      },
      hide,
      hideAll,
      startRollBack: async () => {
        set({ rollingBack: true, overtaken: false });
        await compare();
      },
      cancelRollBack: async () => {
        set({ rollingBack: false, overtaken: false });
        await compare();
      },
      rollBack: () =>
        write(async (id) => {
          const sides = sidesOf(get());
          if (sides === undefined) return;
          const { before: newest, after } = sides;
          try {
            const open = await client.environments.rollBack({
              id,
              revision: after.revision,
              newest: newest?.revision ?? null,
            });
            const { revision } = open.environment;
            await written(id, open);
            options.say(
              revision === undefined
                ? `${after.version} restored.`
                : `${after.version} restored, as ${revision}.`,
            );
          } catch (error) {
            if (!isOvertaken(errorReport(error))) throw error;
            await load();
            const now = sidesOf(get())?.before?.revision;
            // Not for somebody else's write, then.
            if (now === newest?.revision) throw error;
            set({ overtaken: true });
          }
        }),
      undelete: () =>
        write(async (id) => {
          await client.environments.undelete({ id });
          await written(id, await client.environments.pull({ id }));
          options.say('Brought back.');
        }),
      undeleteVersion: ({ revision, version }) =>
        write(async (id) => {
          await client.environments.undelete({ id, revision });
          await load();
          options.say(`${version} brought back.`);
        }),
      startOver: async () => {
        compared += 1;
        hideAll();
        set(({ id }) => ({ id, ...nothing }));
        await load();
      },
      close: () => {
        listed += 1;
        compared += 1;
        hideAll();
        set({ id: undefined, ...nothing });
      },
    };
  });

/** The choice as it was, as far as there still are such versions; else the newest that can be read. */
function choiceIn(
  history: EnvironmentHistory,
  selected: string | undefined,
  against: string | undefined,
): Pick<HistoryPage, 'selected' | 'against'> {
  if (!history.isKept) return { selected: undefined, against: undefined };
  const { versions } = history;
  const kept = (revision: string | undefined): string | undefined =>
    versions.some((one) => one.revision === revision) ? revision : undefined;
  const newest = versions.find(isReadable) ?? versions[0];
  return { selected: kept(selected) ?? newest?.revision, against: kept(against) };
}
