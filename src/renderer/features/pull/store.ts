/** The run of Pull All or Auto Sync, of which there is one at a time, and how the last one ended. */
import type { Client } from '@shared/contract/window';
import type { PullProgress, PullSummary, Skipped } from '@shared/model/transfer';
import type { ErrorCode, ErrorReport } from '@shared/errors';
import type { ProviderId } from '@shared/providers/descriptor';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';
import { withoutMember } from '../../lib/without';

export type PullCause = 'pull-all' | 'auto-sync';

/** What every run has from its start. */
interface Started {
  readonly cause: PullCause;
  /** The provider that is pulled from. */
  readonly provider: ProviderId;
}

export type PullRun =
  | { readonly phase: 'idle' }
  | (Started & {
      readonly phase: 'running';
      readonly progress: Exclude<PullProgress, PullSummary> | undefined;
      readonly cancelling: boolean;
    })
  | (Started & { readonly phase: 'done'; readonly summary: PullSummary })
  | (Started & { readonly phase: 'failed'; readonly error: ErrorReport })
  | (Started & {
      readonly phase: 'cancelled';
      /** The number of secrets that were read before. */
      readonly done: number;
    });

export interface Pull {
  readonly run: PullRun;
  /** Paths of deleted secrets that are being undeleted. */
  readonly undeleting: ReadonlySet<string>;
  pullAll(this: void): Promise<void>;
  /** Shows nothing if Auto Sync is off. */
  autoSync(this: void): Promise<void>;
  /** Undeletes and pulls a secret that the last run found deleted. */
  undelete(this: void, path: string): Promise<void>;
  cancel(this: void): void;
  dismiss(this: void): void;
  /** Dismisses the last run if it failed; with a code, only if it failed with that. */
  dismissFailure(this: void, code?: ErrorCode): void;
}

export interface PullEvents {
  /** The provider that the workspace uses now. */
  readonly providerInUse: () => ProviderId;
  /** A run ended. It may have created environments and loaded values. */
  readonly onEnded: (run: PullRun) => Promise<void>;
  readonly onUndeleted: (path: string) => Promise<void>;
}

export const createPull = (client: Client, workspaceId: string, events: PullEvents) =>
  createStore<Pull>()((set, get) => {
    let controller: AbortController | undefined;

    const running = (started: Started, progress?: Exclude<PullProgress, PullSummary>): void => {
      const cancelling = controller?.signal.aborted ?? false;
      set({ run: { ...started, phase: 'running', progress, cancelling } });
    };

    const follow = async (cause: PullCause): Promise<PullRun> => {
      const aborter = new AbortController();
      controller = aborter;
      let started: Started = { cause, provider: events.providerInUse() };
      // Auto Sync is mostly off, so nothing is shown before its first event.
      if (cause === 'pull-all') running(started);
      let done = 0;
      try {
        const call = cause === 'pull-all' ? client.transfer.pullAll : client.transfer.autoSync;
        for await (const event of await call({ workspaceId }, { signal: aborter.signal })) {
          if (event.type === 'summary') return { ...started, phase: 'done', summary: event };
          if (event.type === 'reading') done = event.done;
          else started = { cause, provider: event.provider };
          running(started, event);
        }
      } catch (error) {
        if (!aborter.signal.aborted && !isCancelled(error)) {
          return { ...started, phase: 'failed', error: errorReport(error) };
        }
      }
      return aborter.signal.aborted ? { ...started, phase: 'cancelled', done } : { phase: 'idle' };
    };

    const run = async (cause: PullCause): Promise<void> => {
      const ended = await follow(cause);
      // The results are on show before the run is reported as ended.
      if (ended.phase !== 'idle') await events.onEnded(ended);
      controller = undefined;
      const isOutdated = ended.phase !== 'idle' && ended.provider !== events.providerInUse();
      set({ run: isWorthShowing(ended) && !isOutdated ? ended : { phase: 'idle' } });
    };

    let underWay = Promise.resolve();
    const start = async (cause: PullCause): Promise<void> => {
      if (controller !== undefined) {
        if (cause === 'auto-sync' || get().run.phase === 'running') return;
        // Of an Auto Sync that shows nothing yet: whoever presses Pull All meanwhile gets it.
        await underWay;
        return start(cause);
      }
      underWay = run(cause);
      await underWay;
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
            deleted: summary.deleted.filter((one) => one.path !== path),
          }));
          await events.onUndeleted(path);
        } catch (error) {
          const report = errorReport(error);
          const explained = (one: Skipped): Skipped =>
            one.path === path ? { ...one, error: report } : one;
          patchSummary((summary) => ({
            ...summary,
            skipped: summary.skipped.map(explained),
            deleted: summary.deleted.map(explained),
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
      dismissFailure: (code) => {
        const { run } = get();
        if (run.phase === 'failed' && (code ?? run.error.code) === run.error.code) get().dismiss();
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
