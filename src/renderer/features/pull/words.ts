import type { PullSummary } from '@shared/model/transfer';
import { formatCount, formatDuration, plural } from '../../lib/format';
import type { PullCause, PullRun } from './store';

export const causeLabel = {
  'pull-all': 'Pull All',
  'auto-sync': 'Auto Sync',
} as const satisfies Record<PullCause, string>;

type Running = Extract<PullRun, { phase: 'running' }>;

/** The progress in words. */
export function progressText({ progress, cancelling }: Running): string {
  if (cancelling) return 'Cancelling';
  if (progress === undefined) return 'Asking the provider';
  return progress.type === 'listing'
    ? `Listing: found ${formatCount(progress.found)}`
    : `Reading ${formatCount(progress.done)} of ${formatCount(progress.total)}`;
}

export function summaryText(summary: PullSummary): string {
  const pulled = summary.created.length + summary.existing.length;
  const time = formatDuration(summary.durationMs);
  if (pulled === 0 && summary.skipped.length === 0) return 'The provider has no secrets here yet.';
  return `${plural(pulled, 'secret')} pulled in ${time}.`;
}
