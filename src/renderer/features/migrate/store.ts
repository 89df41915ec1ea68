/** Migrate…: moving a secret to another path or provider, and migrations that did not finish. */
import type { Client } from '@shared/contract/window';
import type {
  MigrationPlan,
  MigrationStage,
  MigrationSummary,
  MigrationTarget,
  PendingMigration,
  Place,
} from '@shared/model/migration';
import { endsRun, type ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import type { ProviderId } from '@shared/providers/descriptor';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';
import { withoutKey, withoutMember } from '../../lib/without';
import { commonFolder, inFolder, proposedPath } from './paths';

/** The environments that can be migrated at once. */
export const MIGRATED_MAX = 100;

/** One environment, and where it is to go. */
export interface MigrateMove {
  readonly environmentId: string;
  readonly name: string;
  readonly from: string;
  readonly path: string;
}

interface MigrateForm {
  readonly provider: ProviderId | undefined;
  /** The environment whose page is open comes first, as long as it is one of them. */
  readonly moves: readonly MigrateMove[];
  /** The text in the field “Folder”, shown for several: the folder that all paths are in. */
  readonly folder: string;
}

/** The plan for one environment; `refused` says why it cannot be migrated. */
export interface Planned {
  readonly plan?: MigrationPlan;
  readonly refused?: ErrorReport;
}

export interface MigrateItem {
  readonly environmentId: string;
  readonly name: string;
  /** The current or last stage; absent before the first. */
  readonly stage: MigrationStage | undefined;
  readonly phase: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';
  readonly summary: MigrationSummary | undefined;
  readonly error: ErrorReport | undefined;
}

export interface MigrateRun {
  /** One after the other, in their order. */
  readonly items: readonly MigrateItem[];
  readonly phase: 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';
}

export interface Migrate {
  /** The environment whose page is open. */
  readonly environmentId: string | undefined;
  readonly targets: readonly MigrationTarget[] | undefined;
  readonly form: MigrateForm;
  /** By the id of the environment; absent before all are planned. */
  readonly plans: ReadonlyMap<string, Planned> | undefined;
  readonly planning: boolean;
  readonly error: ErrorReport | undefined;
  readonly run: MigrateRun | undefined;
  /** Unfinished migrations. */
  readonly pending: readonly PendingMigration[];
  /** Why resuming or undoing one failed, by its id. */
  readonly pendingFaults: ReadonlyMap<string, ErrorReport>;
  /** The ids of unfinished migrations with an action under way. */
  readonly busy: ReadonlySet<string>;
  open(this: void, environmentId: string, others?: readonly string[]): Promise<void>;
  setProvider(this: void, provider: ProviderId): void;
  setPath(this: void, environmentId: string, path: string): void;
  /** Moves all paths from their common folder to another one. */
  setFolder(this: void, folder: string): void;
  /** Chooses the environments. Those that were chosen before keep their path. */
  choose(this: void, ids: readonly string[]): void;
  makePlan(this: void): Promise<void>;
  /** Migrates, one after the other, what is not refused. One that fails does not stop the others. */
  start(this: void): Promise<void>;
  /** Stops the one under way; those after it are not started. */
  cancel(this: void): void;
  /** Leaves the outcome of a run. What was migrated is no longer chosen. */
  backToPlan(this: void): void;
  refreshPending(this: void): Promise<void>;
  resume(this: void, id: string): Promise<void>;
  undo(this: void, id: string): Promise<void>;
  keepBoth(this: void, id: string): Promise<void>;
  close(this: void): void;
}

export interface MigrateEvents {
  readonly onEnded: () => Promise<void>;
  /** Asks whether the copy may be removed. */
  readonly mayUndo: (migration: PendingMigration) => Promise<boolean>;
}

interface MigrateOptions extends MigrateEvents {
  /** Whether a person may change an environment: see `Owners`. `fresh`: also asks the store. */
  readonly mayChange: (id: string, fresh: boolean) => Promise<boolean>;
  readonly say: (text: string) => void;
  readonly environments: () => readonly Environment[];
}

const LOOKS_AGAIN_AFTER_MS = 300;

const PLANNED_AT_A_TIME = 4;

const notStarted = {
  stage: undefined,
  phase: 'waiting',
  summary: undefined,
  error: undefined,
} as const;

const fresh = {
  targets: undefined,
  form: { provider: undefined, moves: [], folder: '' },
  plans: undefined,
  planning: false,
  error: undefined,
} as const;

export const createMigrate = (client: Client, workspaceId: string, options: MigrateOptions) =>
  createStore<Migrate>()((set, get) => {
    let controller: AbortController | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    // An answer is dropped if the form was changed meanwhile.
    let asked = 0;

    const refreshPending = async (): Promise<void> => {
      clearTimeout(again);
      try {
        const pending = await client.migrations.pending({ workspaceId });
        set({ pending });
        // A running one that this window does not follow is being stopped, or belongs to another window.
        if (!isMigrating(get()) && pending.some(({ running }) => running)) {
          again = setTimeout(() => void refreshPending(), LOOKS_AGAIN_AFTER_MS);
        }
      } catch (error) {
        set({ error: errorReport(error) });
      }
    };

    const updateItem = (environmentId: string, changes: Partial<MigrateItem>): void =>
      set(({ run }) => ({
        run: run && {
          ...run,
          items: run.items.map((item) =>
            item.environmentId === environmentId ? { ...item, ...changes } : item,
          ),
        },
      }));

    /** Follows one migration to its end. Returns its last change. */
    const follow = async (
      environmentId: string,
      { provider, path: toPath }: Place,
      { signal }: AbortController,
    ): Promise<Partial<MigrateItem> & Pick<MigrateItem, 'phase'>> => {
      updateItem(environmentId, { phase: 'running' });
      let end: Partial<MigrateItem> & Pick<MigrateItem, 'phase'> = { phase: 'cancelled' };
      try {
        const call = client.migrations.run({ environmentId, provider, toPath }, { signal });
        for await (const event of await call) {
          if (event.type === 'summary') end = { phase: 'done', summary: event };
          else updateItem(environmentId, { stage: event.stage });
        }
      } catch (error) {
        if (!signal.aborted && !isCancelled(error)) {
          end = { phase: 'failed', error: errorReport(error) };
        }
      }
      return end;
    };

    /** Follows the migrations, then reads the unfinished ones, whatever the outcome. */
    const followAll = async (places: ReadonlyMap<string, Place>): Promise<void> => {
      const aborter = new AbortController();
      controller = aborter;
      let phase: MigrateRun['phase'] = 'done';
      let last: { environmentId: string; end: Partial<MigrateItem> } | undefined;
      for (const [environmentId, place] of places) {
        if (last !== undefined) updateItem(last.environmentId, last.end);
        const end = await follow(environmentId, place, aborter);
        last = { environmentId, end };
        if (end.phase === 'failed') phase = 'failed';
        // The others would fail for the same reason.
        if (end.error !== undefined && endsRun(end.error.code)) break;
        if (end.phase === 'cancelled') {
          phase = 'cancelled';
          break;
        }
      }
      await Promise.all([refreshPending(), options.onEnded()]);
      if (last !== undefined) updateItem(last.environmentId, last.end);
      set(({ run }) => ({ run: run && { ...run, phase } }));
      // The core may still be stopping the run.
      if (get().pending.some(({ running }) => running)) await refreshPending();
    };

    /** Forgets a plan that no longer fits the form. */
    const change = (form: Partial<MigrateForm>): void => {
      asked += 1;
      set((state) => ({
        form: { ...state.form, ...form },
        plans: undefined,
        planning: false,
        error: undefined,
      }));
    };

    const movesOf = (ids: readonly string[]): readonly MigrateMove[] => {
      const { moves } = get().form;
      const known = new Map(options.environments().map((one) => [one.id, one]));
      return ids.flatMap((environmentId) => {
        const kept = moves.find((move) => move.environmentId === environmentId);
        const environment = known.get(environmentId);
        if (kept !== undefined) return [kept];
        if (environment === undefined) return [];
        const { name, path: from } = environment;
        return [{ environmentId, name, from, path: proposedPath(environment) }];
      });
    };

    const planned = async (
      { environmentId, path: toPath }: MigrateMove,
      provider: ProviderId,
    ): Promise<Planned> => {
      const { moves } = get().form;
      try {
        const plan = await client.migrations.plan({ environmentId, provider, toPath });
        const isShared = moves.some(
          (other) => other.environmentId !== environmentId && other.path.trim() === toPath.trim(),
        );
        const refused = plan.refused ?? (isShared ? sharedPath(toPath) : undefined);
        return { plan, ...(refused && { refused }) };
      } catch (error) {
        return { refused: errorReport(error) };
      }
    };

    /** Runs one action at a time on an unfinished migration. */
    const attend = async (
      id: string,
      act: (migration: PendingMigration) => Promise<void>,
    ): Promise<void> => {
      const migration = get().pending.find((one) => one.id === id);
      if (migration === undefined || get().busy.has(id)) return;
      set(({ busy, pendingFaults }) => ({
        busy: new Set(busy).add(id),
        pendingFaults: withoutKey(pendingFaults, id),
      }));
      try {
        await act(migration);
      } catch (error) {
        set(({ pendingFaults }) => ({
          pendingFaults: new Map(pendingFaults).set(id, errorReport(error)),
        }));
      } finally {
        set(({ busy }) => ({ busy: withoutMember(busy, id) }));
        await Promise.all([refreshPending(), options.onEnded()]);
      }
    };

    return {
      environmentId: undefined,
      ...fresh,
      run: undefined,
      pending: [],
      pendingFaults: new Map(),
      busy: new Set(),
      open: async (environmentId, others = []) => {
        asked += 1;
        const mine = asked;
        set({ environmentId, ...fresh, ...(!isMigrating(get()) && { run: undefined }) });
        const moves = movesOf([environmentId, ...others].slice(0, MIGRATED_MAX));
        set({
          form: { ...fresh.form, moves, folder: commonFolder(moves.map(({ path }) => path)) },
        });
        try {
          const targets = await client.migrations.targets({ workspaceId, environmentId });
          if (mine !== asked) return;
          const current = targets.find((target) => target.current) ?? targets[0];
          set({ targets, form: { ...get().form, provider: current?.provider } });
        } catch (error) {
          if (mine === asked) set({ error: errorReport(error) });
        }
      },
      setProvider: (provider) => change({ provider }),
      setPath: (environmentId, path) =>
        change({
          moves: get().form.moves.map((move) =>
            move.environmentId === environmentId ? { ...move, path } : move,
          ),
        }),
      setFolder: (folder) => {
        const { moves } = get().form;
        const from = commonFolder(moves.map(({ path }) => path));
        const to = folder.trim().replaceAll(/^\/+|\/+$/g, '');
        change({
          folder,
          moves: moves.map((move) => ({ ...move, path: inFolder(move.path, from, to) })),
        });
      },
      choose: (ids) => {
        const moves = movesOf(ids);
        // One at least: without any there is nothing to show.
        if (moves.length === 0) return;
        change({ moves, folder: commonFolder(moves.map(({ path }) => path)) });
      },
      makePlan: async () => {
        const { provider, moves } = get().form;
        if (provider === undefined || moves.length === 0) return;
        asked += 1;
        const mine = asked;
        set({ planning: true, error: undefined, plans: undefined });
        const plans = new Map<string, Planned>();
        await eachOf(moves, PLANNED_AT_A_TIME, async (move) => {
          if (mine === asked) plans.set(move.environmentId, await planned(move, provider));
        });
        if (mine !== asked) return;
        const [only] = moves.length === 1 ? plans.values() : [];
        // Without a plan, the reason belongs to the form.
        if (only !== undefined && only.plan === undefined) {
          return set({ planning: false, error: only.refused });
        }
        set({ plans, planning: false });
      },
      start: async () => {
        const { plans, form } = get();
        if (plans === undefined || isMigrating(get())) return;
        const places = new Map<string, Place>();
        for (const { environmentId } of form.moves) {
          const { plan, refused } = plans.get(environmentId) ?? {};
          if (plan === undefined || refused !== undefined) continue;
          if (!(await options.mayChange(environmentId, true))) return;
          places.set(environmentId, plan.to);
        }
        if (places.size === 0 || get().plans !== plans || isMigrating(get())) return;
        const items = form.moves.flatMap(({ environmentId, name }): MigrateItem[] =>
          places.has(environmentId) ? [{ environmentId, name, ...notStarted }] : [],
        );
        set({ run: { items, phase: 'running' } });
        await followAll(places);
      },
      cancel: () => {
        controller?.abort();
        set(({ run }) => ({
          run: run && { ...run, phase: run.phase === 'running' ? 'cancelling' : run.phase },
        }));
      },
      backToPlan: () => {
        const { run, form } = get();
        if (run === undefined || isMigrating(get())) return;
        const done = new Set(
          run.items.flatMap(({ phase, environmentId }) =>
            phase === 'done' ? [environmentId] : [],
          ),
        );
        const moves = form.moves.filter(({ environmentId }) => !done.has(environmentId));
        set({ run: undefined, form: { ...form, moves } });
      },
      refreshPending,
      resume: (id) =>
        attend(id, async (migration) => {
          const call = await client.migrations.resume({ id });
          for await (const event of call) {
            if (event.type === 'summary') {
              options.say(`${migration.name} is at ${event.to.path} now.`);
            }
          }
          set({ run: undefined, plans: undefined });
        }),
      undo: (id) =>
        attend(id, async (migration) => {
          if (!(await options.mayUndo(migration))) return;
          const { copy } = await client.migrations.undo({ id });
          set({ run: undefined, plans: undefined });
          options.say(
            copy === 'left'
              ? `${migration.name} is at ${migration.from.path} again. The copy at ${migration.to.path} differs and was kept.`
              : `${migration.name} is at ${migration.from.path} again.`,
          );
        }),
      keepBoth: (id) =>
        attend(id, async () => {
          await client.migrations.keepBoth({ id });
          set({ run: undefined, plans: undefined });
        }),
      close: () => {
        asked += 1;
        set({ environmentId: undefined, ...fresh });
      },
    };
  });

/** Works on a few items at a time. */
async function eachOf<Item>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

const sharedPath = (path: string): ErrorReport => ({
  code: 'ALREADY_EXISTS',
  message: `Another environment of this plan gets the path ${path}.`,
  hint: 'Enter another path for one of them.',
});

export const isMigrating = ({ run }: Migrate): boolean =>
  run?.phase === 'running' || run?.phase === 'cancelling';
