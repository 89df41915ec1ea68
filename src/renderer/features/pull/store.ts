/** The one run of Pull All or Auto Sync that there can be, and how the last one ended. */
import type { Client } from '@shared/contract/window';
import type { PullProgress, PullSummary } from '@shared/model/transfer';
import type { ErrorCode, ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';
import { withoutMember } from '../../lib/without';

export type PullCause = 'pull-all' | 'auto-sync';

export type PullRun =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'running';
      readonly cause: PullCause;
      readonly progress: Exclude<PullProgress, PullSummary> | undefined;
      readonly cancelling: boolean;
    }
  | { readonly phase: 'done'; readonly cause: PullCause; readonly summary: PullSummary }
  | { readonly phase: 'failed'; readonly cause: PullCause; readonly error: ErrorReport }
  | {
      readonly phase: 'cancelled';
      readonly cause: PullCause;
      /** How many secrets had been read by then. */
      readonly done: number;
    };

export interface Pull {
  readonly run: PullRun;
  /** Paths of skipped secrets that are being brought back. */
  readonly returning: ReadonlySet<string>;
  pullAll(this: void): Promise<void>;
  /** Does nothing visible where Auto Sync is off. */
  autoSync(this: void): Promise<void>;
  /** Brings back a secret that was skipped since it is deleted; then it is pulled, and skipped no more. */
  undelete(this: void, path: string): Promise<void>;
  cancel(this: void): void;
  dismiss(this: void): void;
  /** Where the last run failed with this code. */
  dismissError(this: void, code: ErrorCode): void;
}

export interface PullEvents {
  /** After a run that may have changed what environments there are and what is in memory. */
  readonly onEnded: (run: PullRun) => Promise<void>;
  readonly onUndeleted: (path: string) => Promise<void>;
}

export const createPull = (client: Client, workspaceId: string, events: PullEvents) =>
  createStore<Pull>()((set, get) => {
    let controller: AbortController | undefined;

    const running = (cause: PullCause, progress?: Exclude<PullProgress, PullSummary>): void => {
      set({
        run: { phase: 'running', cause, progress, cancelling: controller?.signal.aborted ?? false },
      });
    };

    const follow = async (cause: PullCause): Promise<PullRun> => {
      const aborter = new AbortController();
      controller = aborter;
      // Auto Sync shows nothing before there is something to show: mostly it is off.
      if (cause === 'pull-all') running(cause);
      let done = 0;
      try {
        const call = cause === 'pull-all' ? client.transfer.pullAll : client.transfer.autoSync;
        for await (const event of await call({ workspaceId }, { signal: aborter.signal })) {
          if (event.type === 'summary') return { phase: 'done', cause, summary: event };
          if (event.type === 'reading') done = event.done;
          running(cause, event);
        }
      } catch (error) {
        if (!aborter.signal.aborted && !isCancelled(error)) {
          return { phase: 'failed', cause, error: errorReport(error) };
        }
      }
      return aborter.signal.aborted ? { phase: 'cancelled', cause, done } : { phase: 'idle' };
    };

    const start = async (cause: PullCause): Promise<void> => {
      if (controller !== undefined) return;
      const run = await follow(cause);
      // What came of it is on show before it is said to have ended.
      if (run.phase !== 'idle') await events.onEnded(run);
      controller = undefined;
      set({ run: isWorthShowing(run) ? run : { phase: 'idle' } });
    };

    const patchSummary = (change: (summary: PullSummary) => PullSummary): void =>
      set(({ run }) => ({
        run: run.phase === 'done' ? { ...run, summary: change(run.summary) } : run,
      }));

    return {
      run: { phase: 'idle' },
      returning: new Set(),
      pullAll: () => start('pull-all'),
      autoSync: () => start('auto-sync'),
      undelete: async (path) => {
        if (get().returning.has(path)) return;
        set(({ returning }) => ({ returning: new Set(returning).add(path) }));
        try {
          await client.transfer.undelete({ workspaceId, path });
          patchSummary((summary) => ({
            ...summary,
            existing: [...summary.existing, path].toSorted(),
            skipped: summary.skipped.filter((one) => one.path !== path),
          }));
          await events.onUndeleted(path);
        } catch (error) {
          const report = errorReport(error);
          patchSummary((summary) => ({
            ...summary,
            skipped: summary.skipped.map((one) =>
              one.path === path ? { ...one, error: report } : one,
            ),
          }));
        } finally {
          set(({ returning }) => ({
            returning: withoutMember(returning, path),
          }));
        }
      },
      cancel: () => {
        const { run } = get();
        controller?.abort();
        if (run.phase === 'running') set({ run: { ...run, cancelling: true } });
      },
      dismiss: () => {
        if (get().run.phase !== 'running') set({ run: { phase: 'idle' } });
      },
      dismissError: (code) => {
        const { run } = get();
        if (run.phase === 'failed' && run.error.code === code) get().dismiss();
      },
    };
  });

/**
 * An Auto Sync that found everything as it was is nothing to report; nor is one that found the server
 * out of reach, which is said once for all, and which runs when the server is back.
 */
function isWorthShowing(run: PullRun): boolean {
  if (run.phase === 'failed') return run.cause === 'pull-all' || run.error.code !== 'OFFLINE';
  if (run.phase !== 'done' || run.cause === 'pull-all') return true;
  const { created, skipped, missing } = run.summary;
  return created.length + skipped.length + missing.length > 0;
}
