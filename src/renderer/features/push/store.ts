/** Push All: the plan, the run, and the results. */
import type { Client } from '@shared/contract/window';
import { joinedFollowed, type Followed } from '@shared/model/stored-reference';
import type { Draft, PushProgress, PushRow, PushSummary } from '@shared/model/transfer';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';
import type { UnsavedWork } from '../../app/unsaved-work';

/** The result for one environment. */
export type PushResult =
  | { readonly state: 'pushed' }
  | { readonly state: 'unchanged' }
  | { readonly state: 'failed'; readonly error: ErrorReport };

interface PushRun {
  readonly done: number;
  readonly total: number;
  readonly cancelling: boolean;
}

/** How the last run ended. */
type PushEnd =
  | { readonly outcome: 'done'; readonly durationMs: number }
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'failed'; readonly error: ErrorReport };

export interface Push {
  /** The plan, in the order of the environments; absent until it is known. */
  readonly plan: readonly PushRow[] | undefined;
  readonly planning: boolean;
  /** Why there is no plan. */
  readonly planError: ErrorReport | undefined;
  /** By environment, of this run and of earlier ones that were tried again. */
  readonly results: ReadonlyMap<string, PushResult>;
  readonly run: PushRun | undefined;
  readonly end: PushEnd | undefined;
  /** Makes a new plan, unless something is being pushed. */
  makePlan(this: void): Promise<void>;
  /**
   * Pushes these environments of the plan; without a list, all that it would push. With `undelete`, first
   * undeletes a secret that is scheduled for deletion, then overwrites it.
   */
  push(this: void, ids?: readonly string[], undelete?: boolean): Promise<void>;
  cancel(this: void): void;
}

export interface PushEvents {
  /** With what became of references to renamed variables. */
  readonly onEnded: (followed: Followed) => Promise<void>;
}

interface PushOptions extends PushEvents {
  /** Whether a person may change an environment: see `Owners`. */
  readonly mayChange: (id: string) => Promise<boolean>;
  readonly unsaved: UnsavedWork;
}

export const isPushable = ({ action }: PushRow): boolean =>
  action === 'create' || action === 'update' || action === 'link';

export const createPush = (client: Client, workspaceId: string, options: PushOptions) =>
  createStore<Push>()((set, get) => {
    let controller: AbortController | undefined;
    let planning = 0;
    /** Of the saves of this run. */
    let renames: Followed[] = [];

    const settle = (id: string, result: PushResult): void =>
      set(({ results }) => ({ results: new Map(results).set(id, result) }));

    const settleAll = ({ pushed, failed, unchanged }: PushSummary): void => {
      for (const { id } of pushed) settle(id, { state: 'pushed' });
      for (const { id } of unchanged) settle(id, { state: 'unchanged' });
      for (const { id, error } of failed) settle(id, { state: 'failed', error });
    };

    const note = (event: PushProgress): void => {
      if (event.type === 'summary') return settleAll(event);
      set(({ run }) => ({ run: run && { ...run, done: event.done, total: event.total } }));
      if (event.finished === undefined) return;
      const { id, error, followed } = event.finished;
      if (followed !== undefined) renames.push(followed);
      settle(id, error === undefined ? { state: 'pushed' } : { state: 'failed', error });
    };

    const follow = async (
      drafts: readonly Draft[],
      ids: readonly string[],
      undelete: boolean,
      { signal }: AbortController,
    ): Promise<PushEnd> => {
      try {
        const input = { workspaceId, drafts: [...drafts], ids: [...ids], undelete };
        for await (const event of await client.transfer.pushAll(input, { signal })) {
          note(event);
          if (event.type === 'summary') return { outcome: 'done', durationMs: event.durationMs };
        }
      } catch (error) {
        if (!signal.aborted && !isCancelled(error)) {
          return { outcome: 'failed', error: errorReport(error) };
        }
      }
      return { outcome: 'cancelled' };
    };

    /** Forgets the pushed edits. Edits that were made during the run are others, and stay. */
    const forgetPushed = (sent: readonly Draft[]): void => {
      const now = new Map(options.unsaved.drafts().map((draft) => [draft.id, draft]));
      const { results } = get();
      options.unsaved.pushed(
        sent
          .filter(
            (draft) =>
              results.get(draft.id)?.state !== 'failed' &&
              results.has(draft.id) &&
              JSON.stringify(now.get(draft.id)) === JSON.stringify(draft),
          )
          .map(({ id }) => id),
      );
    };

    /** Without those that a person does not want to release: they stay as they are. */
    const permitted = async (ids: readonly string[]): Promise<string[]> => {
      const some: string[] = [];
      for (const id of ids) if (await options.mayChange(id)) some.push(id);
      return some;
    };

    return {
      plan: undefined,
      planning: false,
      planError: undefined,
      results: new Map(),
      run: undefined,
      end: undefined,
      makePlan: async () => {
        if (get().run !== undefined) return;
        planning += 1;
        const asked = planning;
        set({ planning: true, planError: undefined, results: new Map(), end: undefined });
        try {
          const drafts = [...options.unsaved.drafts()];
          const plan = await client.transfer.pushPlan({ workspaceId, drafts });
          if (asked === planning) set({ plan, planning: false });
        } catch (error) {
          if (asked === planning) {
            set({ plan: undefined, planning: false, planError: errorReport(error) });
          }
        }
      },
      push: async (wanted, undelete = false) => {
        const { plan, results } = get();
        if (plan === undefined || get().run !== undefined) return;
        const ids = await permitted(wanted ?? plan.filter(isPushable).map(({ id }) => id));
        if (ids.length === 0 || get().plan !== plan || get().run !== undefined) return;
        const aborter = new AbortController();
        controller = aborter;
        renames = [];
        set({
          run: { done: 0, total: ids.length, cancelling: false },
          end: undefined,
          results: new Map([...results].filter(([id]) => !ids.includes(id))),
        });
        const chosen = new Set(ids);
        const drafts = options.unsaved.drafts().filter(({ id }) => chosen.has(id));
        const end = await follow(drafts, ids, undelete, aborter);
        forgetPushed(drafts);
        // The results are on show before the run is reported as ended.
        await options.onEnded(joinedFollowed(renames));
        set({ run: undefined, end });
      },
      cancel: () => {
        controller?.abort();
        set(({ run }) => ({ run: run && { ...run, cancelling: true } }));
      },
    };
  });
