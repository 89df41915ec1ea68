import { expect, it } from 'vitest';
import type { TestRun } from './store';
import { testReport, testSummary, type ReportContext } from './test-report';

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
        cause: 'Engine Path is misspelt.',
        hint: 'Check Engine Path.',
        details: { status: 404, requestId: 'r-1', method: 'GET', path: 'sys/mounts' },
      },
    },
    { id: 'c', label: 'Permissions', status: 'not-reached' },
  ],
};

const context: ReportContext = {
  version: '1.2.3',
  at: Date.UTC(2026, 10, 22, 4),
  form: { values: {}, credentials: {} },
};

it('says at which step a run failed, and after how long', () => {
  expect(testSummary(run)).toBe('failed at Engine, 21 ms');
  expect(testSummary({ ...run, steps: run.steps.slice(0, 1) })).toBe('passed with a warning, 9 ms');
  expect(testSummary({ ...run, phase: 'cancelled' })).toBe('cancelled');
});

it('reports each step with its findings and the next step', () => {
  expect(testReport(run, context)).toBe(
    [
      'Test Connection, HashiCorp Vault: failed at Engine, 21 ms',
      'Strongroom 1.2.3, 2026-11-22T04:00:00.000Z',
      'Health: passed with a warning (9 ms)',
      '  Standby',
      'Engine: failed (12 ms)',
      '  ENGINE_NOT_FOUND: No engine at kv.',
      '  Likely cause: Engine Path is misspelt.',
      '  What to do: Check Engine Path.',
      '  Status: 404',
      '  Request: GET sys/mounts',
      '  Request ID: r-1',
      'Permissions: not reached',
    ].join('\n'),
  );
});

it('contains no credential, whatever a step says', () => {
  const typed = {
    token: 'a-token-of-no-known-shape',
    roleId: '0f3c7d9e-role-id',
    proxyPassword: 'proxy password',
  };
  const others = {
    userInfo: 'user:pass-word@',
    service: 'hvs.CAESIJmzvUTbIEaB3zG0hHkxGq8t',
    legacy: 's.1234567890abcdefABCDEF12',
    keyId: 'AKIAIOSFODNN7EXAMPLE',
  };
  const says = [
    ...Object.values(typed),
    others.service,
    others.legacy,
    others.keyId,
    `https://${others.userInfo}vault.example.com/ui`,
    'policies: root',
  ].join(' and ');
  const error = {
    code: 'INTERNAL',
    message: says,
    cause: says,
    hint: says,
    details: { path: says },
  } as const;
  const step = { id: 'x', label: 'Health', status: 'failed', detail: says, error } as const;
  const report = testReport(
    { ...run, steps: [step], error },
    {
      ...context,
      form: {
        values: { roleId: typed.roleId },
        credentials: {
          token: { state: 'typed', text: typed.token, replaces: false },
          proxyPassword: { state: 'typed', text: typed.proxyPassword, replaces: false },
          // Too short to be distinguished from a word.
          secretId: { state: 'typed', text: 'root', replaces: false },
        },
      },
    },
  );
  for (const credential of [...Object.values(typed), ...Object.values(others)]) {
    expect(report).not.toContain(credential);
  }
  expect(report).toContain('https://vault.example.com/ui');
  expect(report).toContain('AKIA…MPLE');
  expect(report).toContain('policies: root');
});
