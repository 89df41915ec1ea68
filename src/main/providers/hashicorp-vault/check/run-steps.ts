/** Runs the steps of Test Connection one after another and tells of each as it starts and ends. */
import type { CheckStep } from '@shared/contract/vault';
import { isAppError, toErrorReport } from '@shared/errors';

export interface StepResult {
  readonly status: 'passed' | 'warned';
  /** What was found, in a few words. */
  readonly detail: string;
}

export interface Step {
  readonly id: string;
  readonly label: string;
  /** A throw is a failure: no later step is reached then. */
  readonly run: (signal: AbortSignal) => Promise<StepResult>;
}

export const passed = (detail: string): StepResult => ({ status: 'passed', detail });
export const warned = (detail: string): StepResult => ({ status: 'warned', detail });

async function outcomeOf(step: Step, signal: AbortSignal): Promise<CheckStep> {
  const { id, label } = step;
  const startedAt = performance.now();
  const durationMs = (): number => Math.round((performance.now() - startedAt) * 10) / 10;
  try {
    const { status, detail } = await step.run(signal);
    return { id, label, status, detail, durationMs: durationMs() };
  } catch (error) {
    if (isAppError(error, 'CANCELLED')) throw error;
    return { id, label, status: 'failed', durationMs: durationMs(), error: toErrorReport(error) };
  }
}

/** Each step is given twice: `running`, then how it ended. Throws nothing but `CANCELLED`. */
export async function* runSteps(
  steps: readonly Step[],
  signal: AbortSignal,
): AsyncGenerator<CheckStep, void, undefined> {
  let hasFailed = false;
  for (const step of steps) {
    const { id, label } = step;
    if (hasFailed) {
      yield { id, label, status: 'not-reached' };
      continue;
    }
    yield { id, label, status: 'running' };
    const outcome = await outcomeOf(step, signal);
    hasFailed = outcome.status === 'failed';
    yield outcome;
  }
}
