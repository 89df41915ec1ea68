/** Runs the steps of Test Connection one after another, and reports each as it starts and ends. */
import type { CheckStep } from '@shared/model/connection';
import type { Runtime } from '@core/runtime';
import { isAppError, toErrorReport, type AppError } from '@shared/errors';

export interface StepResult {
  /** `skipped` if there was nothing to test, or no way to test it: the detail says which. */
  readonly status: 'passed' | 'warned' | 'skipped';
  /** What was found, in a few words. */
  readonly detail?: string;
  /** What a warning is about, if there is something to do about it. */
  readonly error?: AppError;
}

export interface Step {
  readonly id: string;
  readonly label: string;
  /** Whether the step is there at all. `run` meets and reports what this throws. Default: it is. */
  readonly isNeeded?: () => Promise<boolean>;
  /** A throw is a failure: no later step is reached then. */
  readonly run: (signal: AbortSignal) => Promise<StepResult>;
}

export const passed = (detail?: string): StepResult => ({
  status: 'passed',
  ...(detail !== undefined && { detail }),
});

export const skipped = (why: string): StepResult => ({ status: 'skipped', detail: why });

/** It works, but not as well as it might. */
export const warned = (detail: string | undefined, error?: AppError): StepResult => ({
  status: 'warned',
  ...(detail !== undefined && { detail }),
  ...(error !== undefined && { error }),
});

async function outcomeOf(
  { id, label, run }: Step,
  runtime: Pick<Runtime, 'monotonic'>,
  signal: AbortSignal,
): Promise<CheckStep> {
  const startedAt = runtime.monotonic();
  const durationMs = (): number => Math.round((runtime.monotonic() - startedAt) * 10) / 10;
  try {
    const { error, ...result } = await run(signal);
    return {
      id,
      label,
      ...result,
      durationMs: durationMs(),
      ...(error !== undefined && { error: error.report() }),
    };
  } catch (error) {
    if (isAppError(error, 'CANCELLED')) throw error;
    return { id, label, status: 'failed', durationMs: durationMs(), error: toErrorReport(error) };
  }
}

/**
 * Yields each step twice: `running`, then how it ended. After a failure the rest is `not-reached`.
 * Throws nothing but `CANCELLED`.
 */
export async function* runSteps(
  steps: readonly Step[],
  runtime: Pick<Runtime, 'monotonic'>,
  signal: AbortSignal,
): AsyncGenerator<CheckStep, void, undefined> {
  let hasFailed = false;
  for (const step of steps) {
    const { id, label, isNeeded = async () => true } = step;
    if (!(await isNeeded().catch(() => true))) continue;
    if (hasFailed) {
      yield { id, label, status: 'not-reached' };
      continue;
    }
    yield { id, label, status: 'running' };
    const outcome = await outcomeOf(step, runtime, signal);
    hasFailed = outcome.status === 'failed';
    yield outcome;
  }
}
