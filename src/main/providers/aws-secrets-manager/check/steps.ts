/** How Test Connection goes through its steps. Knows nothing of what they do. */
import type { CheckStep } from '@shared/contract/vault';
import { isAppError, toErrorReport, type AppError } from '@shared/errors';

/** What a step found; a failure it throws. */
export interface StepResult {
  readonly detail?: string;
  /** It works, but not as well as it might. */
  readonly warning?: AppError;
}

export interface Step {
  readonly id: string;
  readonly label: string;
  readonly run: (signal: AbortSignal) => Promise<StepResult>;
}

/**
 * Tells of each step when it starts and when it ends. After a failure the rest is `not-reached`.
 * Throws `CANCELLED` and nothing else.
 */
export async function* runSteps(
  steps: readonly Step[],
  signal: AbortSignal,
): AsyncGenerator<CheckStep, void, undefined> {
  let hasFailed = false;
  for (const { id, label, run } of steps) {
    if (hasFailed) {
      yield { id, label, status: 'not-reached' };
      continue;
    }
    yield { id, label, status: 'running' };
    const startedAt = performance.now();
    const durationMs = (): number => Math.round((performance.now() - startedAt) * 10) / 10;
    try {
      const { detail, warning } = await run(signal);
      yield {
        id,
        label,
        status: warning === undefined ? 'passed' : 'warned',
        durationMs: durationMs(),
        ...(detail !== undefined && { detail }),
        ...(warning !== undefined && { error: warning.report() }),
      };
    } catch (error) {
      if (isAppError(error, 'CANCELLED')) throw error;
      hasFailed = true;
      yield {
        id,
        label,
        status: 'failed',
        durationMs: durationMs(),
        error: toErrorReport(error),
      };
    }
  }
}
