import type { CheckStep } from '@shared/contract/vault';
import { providerDescriptors } from '@shared/providers';
import { formatDuration } from '../../../lib/format';
import type { TestRun } from './store';

export const statusWords = {
  running: 'running',
  passed: 'passed',
  failed: 'failed',
  warned: 'passed with a warning',
  skipped: 'skipped',
  'not-reached': 'not reached',
} as const satisfies Record<CheckStep['status'], string>;

const totalMs = (steps: readonly CheckStep[]): number =>
  steps.reduce((sum, step) => sum + (step.durationMs ?? 0), 0);

/** How a run stands, in a few words: `failed at Engine, 184 ms`. */
export function testSummary({ phase, steps }: TestRun): string {
  if (phase === 'running') {
    const current = steps.findLast((step) => step.status === 'running');
    return current === undefined ? 'starting' : current.label;
  }
  if (phase === 'cancelled') return 'cancelled';
  if (phase === 'failed') return 'could not run';
  const time = formatDuration(totalMs(steps));
  const failed = steps.find((step) => step.status === 'failed');
  if (failed !== undefined) return `failed at ${failed.label}, ${time}`;
  return steps.some((step) => step.status === 'warned')
    ? `passed with a warning, ${time}`
    : `passed, ${time}`;
}

/** A text of one line or several, as a policy. */
const indented = (text: string): string => `  ${text.replaceAll('\n', '\n  ')}`;

/** The run as text to hand to somebody else. It is made of what was found, never of the form. */
export function testReport(run: TestRun): string {
  const lines = run.steps.flatMap((step) => {
    const time = step.durationMs === undefined ? '' : ` (${formatDuration(step.durationMs)})`;
    const { error } = step;
    const { details } = error ?? {};
    return [
      `${step.label}: ${statusWords[step.status]}${time}`,
      ...(step.detail === undefined ? [] : [indented(step.detail)]),
      ...(error === undefined ? [] : [`  ${error.code}: ${error.message}`, indented(error.hint)]),
      ...(details?.serverCode === undefined
        ? []
        : [`  Server’s name for it: ${details.serverCode}`]),
      ...(details?.status === undefined ? [] : [`  Status: ${String(details.status)}`]),
      ...(details?.requestId === undefined ? [] : [`  Request ID: ${details.requestId}`]),
    ];
  });
  const { label } = providerDescriptors[run.provider];
  const ending =
    run.error === undefined
      ? []
      : [`${run.error.code}: ${run.error.message}`, `  ${run.error.hint}`];
  return [`Test Connection, ${label}: ${testSummary(run)}`, ...lines, ...ending].join('\n');
}
