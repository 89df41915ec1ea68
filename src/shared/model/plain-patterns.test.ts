import { expect, it } from 'vitest';
import { matchesOf, plainKeys, plainPatternSchema, suggestedPatterns } from './plain-patterns';
import type { Variable } from './variable';

it('matches whole keys, in any case, and takes other characters as they are', () => {
  const isPlain = plainKeys(['*_ENV', 'PORT', 'a.b-*']);
  expect(['NODE_ENV', 'node_env', '_ENV', 'port', 'A.B-c'].every(isPlain)).toBe(true);
  expect(['NODE_ENV2', 'PORTS', 'aXb-c', ''].some(isPlain)).toBe(false);
  expect(plainKeys([])('PORT')).toBe(false);
});

it('leaves out keys that name a credential, unless they are named in full', () => {
  const names = ['LOG_TOKEN', 'LOG_API_KEY', 'LOG_PASSWORD', 'LOG_SENTRY_DSN', 'LOG_AUTH'];
  expect(names.some(plainKeys(['LOG_*']))).toBe(false);
  expect(plainKeys(['LOG_*'])('LOG_LEVEL')).toBe(true);
  expect(plainKeys(['LOG_TOKEN'])('LOG_TOKEN')).toBe(true);
  expect(['API_KEY', 'DATABASE_URL', 'STRIPE'].some(plainKeys(suggestedPatterns))).toBe(false);
});

it('counts each masked text for the first pattern that matches it', () => {
  const text = (key: string, more: Partial<Variable> = {}): Variable => ({
    key,
    kind: 'text',
    secret: true,
    ...more,
  });
  const variables = [
    text('LOG_PORT'),
    text('LOG_LEVEL'),
    text('APP_PORT', { secret: false, literal: '1' }),
    text('DB_PORT', { kind: 'nested' }),
    text('WEB_PORT'),
  ];
  expect(matchesOf(['LOG_*', '*_PORT', 'TZ'], variables)).toEqual([
    { pattern: 'LOG_*', keys: ['LOG_PORT', 'LOG_LEVEL'] },
    { pattern: '*_PORT', keys: ['WEB_PORT'] },
  ]);
});

it.each(['', ' ', '*', '**', 'A B', 'A=B', 'x'.repeat(101)])(
  'refuses the pattern %j',
  (pattern) => {
    expect(plainPatternSchema.safeParse(pattern).success).toBe(false);
  },
);
