/** Migrate…: moving a secret to another path or provider, and migrations that did not finish. */
import type { Client } from '@shared/contract/window';
import type {
  MigrationPlan,
  MigrationProgress,
  MigrationStage,
  MigrationSummary,
  MigrationTarget,
  PendingMigration,
} from '@shared/model/migration';
import type { ErrorReport } from '@shared/errors';
import type { ProviderId } from '@shared/providers/descriptor';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';
import { withoutKey, withoutMember } from '../../lib/without';

interface MigrateForm {
  readonly provider: ProviderId | undefined;
  readonly path: string;
}

export interface MigrateRun {
  readonly environmentId: string;
  /** The current or last stage; absent before the first. */
  readonly stage: MigrationStage | undefined;
  readonly phase: 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed';
  readonly summary: MigrationSummary | undefined;
  readonly error: ErrorReport | undefined;
}

export interface Migrate {
  /** The environment whose page is open. */
  readonly environmentId: string | undefined;
  readonly targets: readonly MigrationTarget[] | undefined;
  readonly form: MigrateForm;
  readonly plan: MigrationPlan | undefined;
  readonly planning: boolean;
  readonly error: ErrorReport | undefined;
  readonly run: MigrateRun | undefined;
  /** Unfinished migrations. */
  readonly pending: readonly PendingMigration[];
  /** Why resuming or undoing one failed, by its id. */
  readonly pendingFaults: ReadonlyMap<string, ErrorReport>;
  /** The ids of unfinished migrations with an action under way. */
  readonly busy: ReadonlySet<string>;
  open(this: void, environmentId: string): Promise<void>;
  change(this: void, form: Partial<MigrateForm>): void;
  makePlan(this: void): Promise<void>;
  start(this: void): Promise<void>;
  cancel(this: void): void;
  /** Leaves the outcome of a run. */
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
}

const LOOKS_AGAIN_AFTER_MS = 300;

const fresh = {
  targets: undefined,
  form: { provider: undefined, path: '' },
  plan: undefined,
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

    /** Follows a run to its end, then reads the unfinished migrations, whatever the outcome. */
    const follow = async (
      environmentId: string,
      call: (signal: AbortSignal) => Promise<AsyncIterable<MigrationProgress>>,
    ): Promise<void> => {
      const aborter = new AbortController();
      controller = aborter;
      const update = (changes: Partial<MigrateRun>): void =>
        set(({ run }) => ({ run: run && { ...run, ...changes } }));
      set({
        run: {
          environmentId,
          stage: undefined,
          phase: 'running',
          summary: undefined,
          error: undefined,
        },
      });
      let end: Partial<MigrateRun> = { phase: 'cancelled' };
      try {
        for await (const event of await call(aborter.signal)) {
          if (event.type === 'stage') update({ stage: event.stage });
          else end = { phase: 'done', summary: event };
        }
      } catch (error) {
        if (!aborter.signal.aborted && !isCancelled(error)) {
          end = { phase: 'failed', error: errorReport(error) };
        }
      }
      await Promise.all([refreshPending(), options.onEnded()]);
      update(end);
      // The core may still be stopping the run.
      if (get().pending.some(({ running }) => running)) await refreshPending();
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
      open: async (environmentId) => {
        asked += 1;
        const mine = asked;
        const running = get().run?.phase === 'running' || get().run?.phase === 'cancelling';
        set({ environmentId, ...fresh, ...(!running && { run: undefined }) });
        try {
          const targets = await client.migrations.targets({ workspaceId, environmentId });
          if (mine !== asked) return;
          const current = targets.find((target) => target.current) ?? targets[0];
          set({ targets, form: { ...get().form, provider: current?.provider } });
        } catch (error) {
          if (mine === asked) set({ error: errorReport(error) });
        }
      },
      change: (form) => {
        asked += 1;
        set((state) => ({
          form: { ...state.form, ...form },
          plan: undefined,
          planning: false,
          error: undefined,
        }));
      },
      makePlan: async () => {
        const { environmentId, form } = get();
        if (environmentId === undefined || form.provider === undefined) return;
        asked += 1;
        const mine = asked;
        set({ planning: true, error: undefined, plan: undefined });
        try {
          const plan = await client.migrations.plan({
            environmentId,
            provider: form.provider,
            toPath: form.path,
          });
          if (mine === asked) set({ plan, planning: false });
        } catch (error) {
          if (mine === asked) set({ planning: false, error: errorReport(error) });
        }
      },
      start: async () => {
        const { environmentId, plan, run } = get();
        if (environmentId === undefined || plan === undefined || plan.refused !== undefined) return;
        if (run?.phase === 'running' || run?.phase === 'cancelling') return;
        if (!(await options.mayChange(environmentId, true))) return;
        if (get().plan !== plan || isMigrating(get())) return;
        const { provider, path: toPath } = plan.to;
        await follow(environmentId, (signal) =>
          client.migrations.run({ environmentId, provider, toPath }, { signal }),
        );
      },
      cancel: () => {
        controller?.abort();
        set(({ run }) => ({
          run: run && { ...run, phase: run.phase === 'running' ? 'cancelling' : run.phase },
        }));
      },
      backToPlan: () => {
        if (!isMigrating(get())) set({ run: undefined });
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
          set({ run: undefined, plan: undefined });
        }),
      undo: (id) =>
        attend(id, async (migration) => {
          if (!(await options.mayUndo(migration))) return;
          const { copy } = await client.migrations.undo({ id });
          set({ run: undefined, plan: undefined });
          options.say(
            copy === 'left'
              ? `${migration.name} is at ${migration.from.path} again. The copy at ${migration.to.path} differs and was kept.`
              : `${migration.name} is at ${migration.from.path} again.`,
          );
        }),
      keepBoth: (id) =>
        attend(id, async () => {
          await client.migrations.keepBoth({ id });
          set({ run: undefined, plan: undefined });
        }),
      close: () => {
        asked += 1;
        set({ environmentId: undefined, ...fresh });
      },
    };
  });

export const isMigrating = ({ run }: Migrate): boolean =>
  run?.phase === 'running' || run?.phase === 'cancelling';
