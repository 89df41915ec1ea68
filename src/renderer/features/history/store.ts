/** The versions of one environment, and what changed between two of them. */
import type { Client } from '@shared/contract';
import type { EnvironmentHistory, VersionDifference } from '@shared/contract/environments';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';

export type Version = Extract<EnvironmentHistory, { readonly isKept: true }>['versions'][number];

export const REVEALED_FOR_MS = 60_000;

/** The values of one key that were masked, at both versions. */
export interface RevealedPair {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export interface HistoryPage {
  readonly id: string | undefined;
  readonly history: EnvironmentHistory | undefined;
  /** Revisions that are compared; `from` is absent for what a first version holds. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly difference: VersionDifference | undefined;
  readonly error: ErrorReport | undefined;
  /** Why two versions could not be compared, or one not be restored or revealed. */
  readonly fault: ErrorReport | undefined;
  readonly restoring: boolean;
  readonly revealed: ReadonlyMap<string, RevealedPair>;
  open(this: void, id: string): Promise<void>;
  compare(this: void, from: string | undefined, to: string): Promise<void>;
  reveal(this: void, key: string): Promise<void>;
  hide(this: void, key: string): void;
  hideAll(this: void): void;
  /** Writes this version as a new one. */
  restore(this: void, version: Version): Promise<void>;
  /** Brings a deleted secret back. */
  bringBack(this: void): Promise<void>;
  close(this: void): void;
}

export interface HistoryEvents {
  readonly onRestored: (text: string) => Promise<void>;
}

const nothing = {
  history: undefined,
  from: undefined,
  to: undefined,
  difference: undefined,
  error: undefined,
  fault: undefined,
  restoring: false,
  revealed: new Map<string, RevealedPair>(),
} as const;

export const isReadable = ({ state }: Version): boolean => state === 'current' || state === 'past';

const without = <Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> =>
  new Map([...map].filter(([other]) => other !== key));

export const createHistory = (client: Client, events: HistoryEvents) =>
  createStore<HistoryPage>()((set, get) => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    // An answer that arrives after something else was asked for, or values were hidden, is not shown.
    let asked = 0;
    let generation = 0;

    const hideAll = (): void => {
      generation += 1;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      set({ revealed: nothing.revealed });
    };

    const hide = (key: string): void =>
      set(({ revealed }) => ({ revealed: without(revealed, key) }));

    const load = async (id: string): Promise<void> => {
      asked += 1;
      const mine = asked;
      try {
        const history = await client.environments.history({ id });
        if (mine !== asked) return;
        set({ history, error: undefined });
        const [newest, before] = history.isKept ? history.versions.filter(isReadable) : [];
        if (newest !== undefined) await get().compare(before?.revision, newest.revision);
      } catch (error) {
        if (mine === asked) set({ error: errorReport(error) });
      }
    };

    /** Does something to the environment, then shows how things stand. */
    const change = async (text: string, work: (id: string) => Promise<void>): Promise<void> => {
      const { id, restoring } = get();
      if (id === undefined || restoring) return;
      set({ restoring: true, fault: undefined });
      try {
        await work(id);
        await events.onRestored(text);
        if (get().id === id) await load(id);
      } catch (error) {
        if (get().id === id) set({ fault: errorReport(error) });
      } finally {
        set({ restoring: false });
      }
    };

    return {
      id: undefined,
      ...nothing,
      open: async (id) => {
        hideAll();
        set({ id, ...nothing });
        await load(id);
      },
      compare: async (before, after) => {
        const { id } = get();
        if (id === undefined) return;
        hideAll();
        asked += 1;
        const mine = asked;
        set({ from: before, to: after, difference: undefined, fault: undefined });
        try {
          const difference = await client.environments.compareVersions({
            id,
            after,
            ...(before !== undefined && { before }),
          });
          if (mine === asked) set({ difference });
        } catch (error) {
          if (mine === asked) set({ fault: errorReport(error) });
        }
      },
      reveal: async (key) => {
        const { id, from, to, difference } = get();
        const row = difference?.rows.find((one) => one.key === key);
        if (id === undefined || row === undefined) return;
        const then = generation;
        const at = async (
          revision: string | undefined,
          variable: typeof row.before,
        ): Promise<string | undefined> => {
          if (revision === undefined || variable === undefined) return undefined;
          if (variable.literal !== undefined || variable.kind === 'binary') return variable.literal;
          return (await client.environments.revealVersion({ id, revision, key })).value;
        };
        try {
          const [before, after] = await Promise.all([at(from, row.before), at(to, row.after)]);
          if (then !== generation) return;
          set(({ revealed }) => ({ revealed: new Map(revealed).set(key, { before, after }) }));
          clearTimeout(timers.get(key));
          timers.set(
            key,
            setTimeout(() => hide(key), REVEALED_FOR_MS),
          );
        } catch (error) {
          if (then === generation) set({ fault: errorReport(error) });
        }
      },
      hide,
      hideAll,
      restore: ({ revision, version }) =>
        change(`${version} restored as a new version.`, async (id) => {
          const { history } = get();
          const isThere = history?.isKept === true && history.secret.state === 'present';
          // Over what was on show: what somebody else wrote since is not passed over.
          const newest = isThere
            ? history.versions.find(({ state }) => state === 'current')?.revision
            : undefined;
          await client.environments.restoreVersion({ id, revision, newest: newest ?? null });
        }),
      bringBack: () =>
        change('Brought back.', async (id) => {
          await client.environments.restore({ id });
          await client.environments.pull({ id });
        }),
      close: () => {
        asked += 1;
        hideAll();
        set({ id: undefined, ...nothing });
      },
    };
  });

export type HistoryStore = ReturnType<typeof createHistory>;
