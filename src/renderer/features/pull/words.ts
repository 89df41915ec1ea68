import type { PullSummary } from '@shared/model/transfer';
import { providerFacts } from '@shared/providers/facts';
import { formatCount, formatDuration, plural } from '../../lib/format';
import type { PullCause, PullRun } from './store';

export const causeLabel = {
  'pull-all': 'Pull All',
  'auto-sync': 'Auto Sync',
} as const satisfies Record<PullCause, string>;

type Running = Extract<PullRun, { phase: 'running' }>;

/** The progress in words. */
export function progressText({ provider, progress, cancelling }: Running): string {
  if (cancelling) return 'Cancelling';
  if (progress === undefined) return `Asking ${providerFacts[provider].label}`;
  return progress.type === 'listing'
    ? `Listing: found ${formatCount(progress.found)}`
    : `Reading ${formatCount(progress.done)} of ${formatCount(progress.total)}`;
}

export function summaryText(summary: PullSummary): string {
  const { created, existing, skipped, deleted, durationMs } = summary;
  const { label } = providerFacts[summary.provider];
  const pulled = created.length + existing.length;
  if (pulled === 0 && skipped.length + deleted.length === 0) return `No secrets yet in ${label}.`;
  return `${plural(pulled, 'secret')} pulled from ${label} in ${formatDuration(durationMs)}.`;
}
