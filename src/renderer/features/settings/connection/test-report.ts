import type { CheckStep } from '@shared/model/connection';
import { providerFacts } from '@shared/providers/facts';
import type { ErrorReport } from '@shared/errors';
import { formatDuration } from '@renderer/lib/format';
import { conceal } from './conceal';
import type { ProviderDraft } from './form';
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

/** The state of a run in a few words: `failed at Engine, 184 ms`. */
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

/** Indents a text, which may have several lines, such as a policy. */
const indented = (text: string): string => `  ${text.replaceAll('\n', '\n  ')}`;

/** What a report contains besides the run. */
export interface ReportContext {
  /** Of Strongroom. */
  readonly version: string;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  /** The form now, so that credentials typed into it are left out. */
  readonly form: ProviderDraft;
}

function errorLines({ code, message, cause, hint, details }: ErrorReport): string[] {
  const request = [details?.method, details?.path].filter(Boolean).join(' ');
  return [
    `${code}: ${message}`,
    ...(cause === undefined ? [] : [`Likely cause: ${cause}`]),
    `What to do: ${hint}`,
    ...(details?.serverCode === undefined ? [] : [`Server’s name for it: ${details.serverCode}`]),
    ...(details?.status === undefined ? [] : [`Status: ${String(details.status)}`]),
    ...(request === '' ? [] : [`Request: ${request}`]),
    ...(details?.requestId === undefined ? [] : [`Request ID: ${details.requestId}`]),
  ];
}

function stepLines({ label, status, durationMs, detail, error }: CheckStep): string[] {
  const time = durationMs === undefined ? '' : ` (${formatDuration(durationMs)})`;
  const found = detail === undefined ? [] : [detail];
  const wrong = error === undefined ? [] : errorLines(error);
  return [`${label}: ${statusWords[status]}${time}`, ...[...found, ...wrong].map(indented)];
}

/** The run as text to give to somebody else: the findings, and no credentials. */
export function testReport(run: TestRun, { version, at, form }: ReportContext): string {
  const { label } = providerFacts[run.provider];
  const lines = [
    `Test Connection, ${label}: ${testSummary(run)}`,
    `Strongroom ${version}, ${new Date(at).toISOString()}`,
    ...run.steps.flatMap(stepLines),
    ...(run.error === undefined ? [] : errorLines(run.error)),
  ];
  return conceal(lines.join('\n'), run.provider, form);
}
