import { expect, it } from 'vitest';
import type { TestRun } from './store';
import { testReport, testSummary } from './test-report';

const run: TestRun = {
  provider: 'hashicorp-vault',
  phase: 'ended',
  error: undefined,
  stale: false,
  steps: [
    { id: 'a', label: 'Health', status: 'warned', durationMs: 9, detail: 'Standby' },
    {
      id: 'b',
      label: 'Engine',
      status: 'failed',
      durationMs: 12,
      error: {
        code: 'ENGINE_NOT_FOUND',
        message: 'No engine at kv.',
        hint: 'Check Engine Path.',
        details: { status: 404, requestId: 'r-1' },
      },
    },
    { id: 'c', label: 'Permissions', status: 'not-reached' },
  ],
};

it('says where a run failed, and after how long', () => {
  expect(testSummary(run)).toBe('failed at Engine, 21 ms');
  expect(testSummary({ ...run, steps: run.steps.slice(0, 1) })).toBe('passed with a warning, 9 ms');
  expect(testSummary({ ...run, phase: 'cancelled' })).toBe('cancelled');
});

it('reports each step with what was found and what to do', () => {
  expect(testReport(run)).toBe(
    [
      'Test Connection, HashiCorp Vault: failed at Engine, 21 ms',
      'Health: passed with a warning (9 ms)',
      '  Standby',
      'Engine: failed (12 ms)',
      '  ENGINE_NOT_FOUND: No engine at kv.',
      '  Check Engine Path.',
      '  Status: 404',
      '  Request ID: r-1',
      'Permissions: not reached',
    ].join('\n'),
  );
});
