import { AppError } from '@shared/errors';
import { checkStepSchema, type CheckStep } from '@shared/model/connection';
import { expect, it } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { passed, runSteps, skipped, warned, type Step } from './steps';

const step = (id: string, run: Step['run']): Step => ({ id, label: id.toUpperCase(), run });

async function run(steps: readonly Step[], signal = new AbortController().signal) {
  const told: CheckStep[] = [];
  for await (const one of runSteps(steps, systemRuntime, signal))
    told.push(checkStepSchema.parse(one));
  return told;
}

it('tells of each step as it starts and as it ends, and goes on after what is no failure', async () => {
  const told = await run([
    step('a', async () => passed('found')),
    step('b', async () => warned('odd', new AppError('TLS_EXPIRED'))),
    step('c', async () => skipped('not used')),
    step('d', async () => passed()),
  ]);
  expect(told.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'a running',
    'a passed',
    'b running',
    'b warned',
    'c running',
    'c skipped',
    'd running',
    'd passed',
  ]);
  const ends = told.filter(({ status }) => status !== 'running');
  expect(ends.map(({ label, detail, error }) => [label, detail, error?.code])).toEqual([
    ['A', 'found', undefined],
    ['B', 'odd', 'TLS_EXPIRED'],
    ['C', 'not used', undefined],
    ['D', undefined, undefined],
  ]);
  for (const { durationMs = -1 } of ends) expect(durationMs).toBeGreaterThanOrEqual(0);
});

it('does not reach what comes after a failure, and shows no bug as it is', async () => {
  const told = await run([
    step('a', async () => {
      throw new Error('secret text');
    }),
    step('b', async () => passed()),
  ]);
  expect(told.slice(1)).toMatchObject([
    { id: 'a', status: 'failed', error: { code: 'INTERNAL' } },
    { id: 'b', status: 'not-reached' },
  ]);
  expect(JSON.stringify(told)).not.toContain('secret text');
});

it('ends with CANCELLED', async () => {
  const cancelled = run([
    step('a', async () => {
      throw new AppError('CANCELLED');
    }),
    step('b', async () => passed()),
  ]);
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
});
