/** The versions of one environment: comparing two of them, and rolling back to one. */
import type { Client } from '@shared/contract/window';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { EnvironmentHistory, VersionDifference } from '@shared/model/secret-history';
import { isOvertaken, type ErrorReport } from '@shared/errors';
import type { Variable } from '@shared/model/variable';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';
import { listOf } from '@shared/model/format';
import { formatDateTime, plural } from '../../lib/format';
import { createHideTimers } from '../../lib/hide-timers';
import { withoutKey } from '../../lib/without';
import { putCopied } from '../environment/copy-across';
import type { DraftsStore } from '../environment/drafts-store';
import { isMasked } from '../environment/is-masked';

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
  /** Why the versions could not be listed. */
  readonly error: ErrorReport | undefined;
  readonly loading: boolean;
  /** Revisions. Without `against`, the selected version is compared with the one before. */
  readonly selected: string | undefined;
  readonly against: string | undefined;
  /** Whether the changes on show are those of rolling back to the selected version. */
  readonly rollingBack: boolean;
  /** Whether somebody else wrote after these changes were first shown. */
  readonly overtaken: boolean;
  readonly difference: VersionDifference | undefined;
  /** Why comparing, revealing or writing failed. */
  readonly fault: ErrorReport | undefined;
  /** Whether a write is under way. */
  readonly busy: boolean;
  readonly revealed: ReadonlyMap<string, RevealedPair>;
  /** What versions changed compared with the one before, by revision. */
  readonly summaries: ReadonlyMap<string, string>;
  open(this: void, id: string): Promise<void>;
  /** Lists the versions again, and keeps the choice if its versions still exist. */
  refresh(this: void): Promise<void>;
  select(this: void, revision: string): Promise<void>;
  /** Compares the selected version with this one; without a revision, with the one before. */
  compareWith(this: void, revision: string | undefined): Promise<void>;
  reveal(this: void, key: string): Promise<void>;
  hide(this: void, key: string): void;
  hideAll(this: void): void;
  /** Makes the value that a key has in a version an unsaved edit of the environment. */
  restore(this: void, key: string, version: Version): Promise<void>;
  /** Shows the changes of rolling back to the selected version. Writes nothing yet. */
  startRollBack(this: void): Promise<void>;
  cancelRollBack(this: void): Promise<void>;
  /** Writes the selected version as a new one. If somebody else wrote meanwhile, shows the changes again. */
  rollBack(this: void): Promise<void>;
  /** Undeletes the secret, and pulls it. */
  undelete(this: void): Promise<void>;
  /** Undeletes one version that was deleted by itself. The current version stays current. */
  undeleteVersion(this: void, version: Version): Promise<void>;
  /** Forgets what is on show because the core emptied its memory. Lists the versions again if the page is open. */
  startOver(this: void): Promise<void>;
  close(this: void): void;
}

export interface HistoryEvents {
  readonly onRolledBack: (open: OpenEnvironment) => Promise<void>;
}

interface HistoryOptions extends HistoryEvents {
  /** When a revealed value is hidden. */
  readonly hideAfterSeconds: () => number;
  /** Whether a person may change the environment: see `Owners`. */
  readonly mayChange: (id: string) => Promise<boolean>;
  readonly drafts: DraftsStore;
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
  summaries: new Map<string, string>(),
} as const;

/** The number of versions that are read for their summaries. */
const SUMMARISED = 10;

/** A version as people tell it from others: its number or, for a version with a random id, its time. */
export const titleOf = ({ version, createdAt }: Version): string =>
  /^v?\d+$/.test(version) || createdAt === undefined ? version : formatDateTime(createdAt);

const NAMED = 2;

/** What a version changed, in one line. */
export function summaryOf({ rows }: VersionDifference, isFirst: boolean): string {
  if (rows.length === 0) return isFirst ? 'No variables' : 'No change';
  if (isFirst) return plural(rows.length, 'variable');
  const names = rows
    .slice(0, NAMED)
    .map(({ key, change }, at) => (change === rows[at - 1]?.change ? key : `${change} ${key}`));
  const more = rows.length - names.length;
  const line = listOf(more > 0 ? [...names, `${String(more)} more`] : names);
  return line.charAt(0).toUpperCase() + line.slice(1);
}

export const isReadable = ({ state }: Version): boolean => state === 'current' || state === 'past';

/** The version that a reader of the secret gets; `undefined` if the secret is deleted. */
export const newestOf = ({ versions, secret }: KeptHistory): Version | undefined =>
  secret.state === 'present' ? versions.find(({ state }) => state === 'current') : undefined;

export interface Sides {
  readonly before: Version | undefined;
  readonly after: Version;
}

type Choice = Pick<HistoryPage, 'history' | 'selected' | 'against' | 'rollingBack'>;

/** The two compared versions; `undefined` if the selected one cannot be read. */
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
    const timers = createHideTimers(options.hideAfterSeconds);
    // An answer is dropped if something else was asked meanwhile, or values were hidden.
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

    /** Asks, one after the other, what the newest versions changed. A version that cannot be read has no summary. */
    const summarise = async (id: string, mine: number): Promise<void> => {
      const { history } = get();
      if (history?.isKept !== true || history.secret.state === 'scheduled') return;
      const readable = history.versions.filter(isReadable);
      for (const [at, { revision }] of readable.slice(0, SUMMARISED).entries()) {
        const before = readable[at + 1]?.revision;
        if (before === undefined && !history.isComplete) return;
        if (get().summaries.has(revision)) continue;
        try {
          // oxlint-disable-next-line no-await-in-loop -- a server that is asked for all at once may refuse
          const difference = await client.environments.compareVersions({
            id,
            ...(before !== undefined && { before }),
            after: revision,
          });
          if (mine !== listed) return;
          const summary = summaryOf(difference, before === undefined);
          set(({ summaries }) => ({ summaries: new Map(summaries).set(revision, summary) }));
        } catch {
          // Selecting the version shows why.
          return;
        }
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
        await summarise(id, mine);
      } catch (error) {
        if (mine !== listed) return;
        hideAll();
        set({ history: undefined, difference: undefined, loading: false });
        set({ error: errorReport(error) });
      }
    };

    /** Runs one write at a time, and shows its error if the environment is still on show. */
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
      // The new version is the newest, so the list selects it.
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
      compareWith: async (revision) => {
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
      restore: async (key, version) => {
        const { id } = get();
        const { revision } = version;
        if (id === undefined || !(await options.mayChange(id))) return;
        try {
          const call = client.environments.versionVariable({ id, revision, key });
          const name = putCopied(options.drafts, id, await call);
          options.say(`${key} of ${titleOf(version)} is an unsaved edit of ${name}.`);
        } catch (error) {
          if (get().id === id) set({ fault: errorReport(error) });
        }
      },
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
                ? `Rolled back to ${titleOf(after)}.`
                : `Rolled back to ${titleOf(after)}, as ${revision}.`,
            );
          } catch (error) {
            if (!isOvertaken(errorReport(error).code)) throw error;
            await load();
            const now = sidesOf(get())?.before?.revision;
            // The conflict is not about somebody else's write, then.
            if (now === newest?.revision) throw error;
            set({ overtaken: true });
          }
        }),
      undelete: () =>
        write(async (id) => {
          await client.environments.undelete({ id });
          await written(id, await client.environments.pull({ id }));
          options.say('Undeleted.');
        }),
      undeleteVersion: (version) =>
        write(async (id) => {
          await client.environments.undelete({ id, revision: version.revision });
          await load();
          options.say(`${titleOf(version)} undeleted.`);
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

/** The choice of before if its versions still exist, else the newest version that can be read. */
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
