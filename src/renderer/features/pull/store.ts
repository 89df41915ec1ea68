/** The run of Pull All or Auto Sync, of which there is one at a time, and how the last one ended. */
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
      /** The number of secrets that were read before. */
      readonly done: number;
    };

export interface Pull {
  readonly run: PullRun;
  /** Paths of skipped secrets that are being undeleted. */
  readonly undeleting: ReadonlySet<string>;
  pullAll(this: void): Promise<void>;
  /** Shows nothing if Auto Sync is off. */
  autoSync(this: void): Promise<void>;
  /** Undeletes and pulls a secret that was skipped because it is deleted. */
  undelete(this: void, path: string): Promise<void>;
  cancel(this: void): void;
  dismiss(this: void): void;
  /** Dismisses the last run if it failed with this code. */
  dismissError(this: void, code: ErrorCode): void;
}

export interface PullEvents {
  /** A run ended. It may have created environments and loaded values. */
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
      // Auto Sync is mostly off, so nothing is shown before its first event.
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
      // The results are on show before the run is reported as ended.
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
      undeleting: new Set(),
      pullAll: () => start('pull-all'),
      autoSync: () => start('auto-sync'),
      undelete: async (path) => {
        if (get().undeleting.has(path)) return;
        set(({ undeleting }) => ({ undeleting: new Set(undeleting).add(path) }));
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
          set(({ undeleting }) => ({
            undeleting: withoutMember(undeleting, path),
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
 * An Auto Sync that changed nothing is not worth showing. Nor is one that found the server out of reach: a
 * banner says so, and Auto Sync runs again when the server is back.
 */
function isWorthShowing(run: PullRun): boolean {
  if (run.phase === 'failed') return run.cause === 'pull-all' || run.error.code !== 'OFFLINE';
  if (run.phase !== 'done' || run.cause === 'pull-all') return true;
  const { created, skipped, missing } = run.summary;
  return created.length + skipped.length + missing.length > 0;
}
