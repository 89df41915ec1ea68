import { describe, expect, it } from 'vitest';
import {
  decide,
  defaultPolicy,
  hoursText,
  parseHours,
  policySchema,
  strictest,
  type Policy,
  type PolicyRequest,
} from './policy';

const request: PolicyRequest = {
  caller: { kind: 'sdk', process: { pid: 7, name: 'job' } },
  method: 'GET',
  path: '/v1/orders',
  now: Date.UTC(2026, 10, 30, 12),
};

const decided = (policy: Partial<Policy>, changes: Partial<PolicyRequest> = {}): string => {
  const { verdict, rule } = decide({ ...defaultPolicy, ...policy }, { ...request, ...changes });
  return rule === undefined ? verdict : `${verdict} ${rule}`;
};

describe('a new grant', () => {
  it.each([
    ['window', 'allow'],
    ['cli', 'allow'],
    ['sdk', 'allow'],
    ['mcp', 'ask callers'],
    ['serve', 'deny callers'],
  ] as const)('for a caller of the kind %s: %s', (kind, expected) => {
    expect(decided({}, { caller: { kind } })).toBe(expected);
  });
});

describe('a rule', () => {
  it.each([
    ['expiry', { expiresAt: request.now }, 'deny expiry'],
    ['expiry, a moment before', { expiresAt: request.now + 1 }, 'allow'],
    ['clients', { clients: ['other'] }, 'deny clients'],
    ['clients, by name', { clients: ['job'] }, 'allow'],
    ['methods', { methods: ['POST'] }, 'deny methods'],
    ['paths', { paths: ['/v2'] }, 'deny paths'],
    ['paths, a prefix', { paths: ['/v2', '/v1'] }, 'allow'],
    ['paths, half a segment', { paths: ['/v1/ord'] }, 'deny paths'],
    ['addresses, without one', { addresses: ['10.0.0.0/8'] }, 'deny addresses'],
    ['ask', { ask: true }, 'ask ask'],
  ] satisfies [string, Partial<Policy>, string][])('for %s', (_, policy, expected) => {
    expect(decided(policy)).toBe(expected);
  });

  it('admits callers by address and network', () => {
    const policy = { addresses: ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'] };
    for (const address of ['10.9.9.9', '192.0.2.7', 'fd12::1', '::ffff:10.1.1.1']) {
      expect(decided(policy, { address })).toBe('allow');
    }
    for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1', 'nonsense']) {
      expect(decided(policy, { address })).toBe('deny addresses');
    }
  });

  it('that refuses counts more than one that asks', () => {
    const ask = decide({ ...defaultPolicy, ask: true }, request);
    const deny = decide({ ...defaultPolicy, methods: ['POST'] }, request);
    expect(strictest([ask, deny]).verdict).toBe('deny');
    expect(strictest([ask, { verdict: 'allow' }]).verdict).toBe('ask');
    expect(strictest([{ verdict: 'allow' }]).verdict).toBe('allow');
  });
});

describe('hours', () => {
  const within = (text: string, iso: string): boolean =>
    decided({ hours: [parseHours(text)!] }, { now: Date.parse(iso) }) === 'allow';

  const WORK = 'mon-fri 09:00-17:00 Europe/Berlin';

  it.each([
    // In winter Berlin is one hour ahead of UTC, and in summer two.
    ['2026-01-16T08:00:00Z', true],
    ['2026-01-16T07:59:59Z', false],
    ['2026-07-17T07:00:00Z', true],
    ['2026-07-17T06:59:59Z', false],
    ['2026-07-17T14:59:59Z', true],
    ['2026-07-17T15:00:00Z', false],
    ['2026-01-17T10:00:00Z', false],
  ])(`${WORK} at %s: %s`, (iso, expected) => {
    expect(within(WORK, iso)).toBe(expected);
  });

  it.each([
    // The clocks go forward from 02:00 to 03:00 on 29 March 2026: there is no half past two.
    ['sun 02:00-03:00 Europe/Berlin', '2026-03-29T00:59:59Z', false],
    ['sun 02:00-03:00 Europe/Berlin', '2026-03-29T01:00:00Z', false],
    ['sun 01:00-04:00 Europe/Berlin', '2026-03-29T01:30:00Z', true],
    ['sun 01:00-04:00 Europe/Berlin', '2026-03-29T02:00:00Z', false],
    // They go back from 03:00 to 02:00 on 25 October 2026: half past two is there twice.
    ['sun 02:00-03:00 Europe/Berlin', '2026-10-25T00:30:00Z', true],
    ['sun 02:00-03:00 Europe/Berlin', '2026-10-25T01:30:00Z', true],
    ['sun 02:00-03:00 Europe/Berlin', '2026-10-25T02:00:00Z', false],
    // On the other side of the earth the day is another one.
    ['sat 08:00-09:00 Pacific/Auckland', '2026-07-17T20:30:00Z', true],
    ['fri 08:00-09:00 Pacific/Auckland', '2026-07-17T20:30:00Z', false],
  ])('are right when the clock changes: %s at %s: %s', (text, iso, expected) => {
    expect(within(text, iso)).toBe(expected);
  });

  it('that pass midnight belong to the day on which they begin', () => {
    const night = 'fri 22:00-06:00 UTC';
    expect(within(night, '2026-07-17T23:00:00Z')).toBe(true);
    expect(within(night, '2026-07-18T05:59:00Z')).toBe(true);
    expect(within(night, '2026-07-18T06:00:00Z')).toBe(false);
    expect(within(night, '2026-07-17T05:00:00Z')).toBe(false);
    expect(within(night, '2026-07-18T22:30:00Z')).toBe(false);
    expect(within('sat 00:00-24:00 UTC', '2026-07-18T23:59:00Z')).toBe(true);
  });

  it.each([WORK, 'mon,wed 00:00-24:00 UTC', 'sat,sun 22:00-06:00 America/New_York'])(
    'are read as they are written: %s',
    (text) => {
      expect(hoursText(parseHours(text)!)).toBe(text);
    },
  );

  it.each([
    'always',
    'mon 9-17 UTC',
    'mon 09:00-25:00 UTC',
    'moon 09:00-17:00 UTC',
    'mon 09:00-17:00 Mars/Base',
    'mon 09:00-17:00',
  ])('are not %j', (text) => {
    expect(parseHours(text)).toBeUndefined();
  });

  it('can go around the end of the week', () => {
    expect(parseHours('sat-mon 10:00-11:00 UTC')?.days).toEqual(['sat', 'sun', 'mon']);
  });
});

it('takes methods in any case, and refuses what is none', () => {
  const parsed = policySchema.parse({ ...defaultPolicy, methods: ['get'] });
  expect(parsed.methods).toEqual(['GET']);
  expect(policySchema.safeParse({ ...defaultPolicy, methods: ['GET /'] }).success).toBe(false);
  expect(policySchema.safeParse({ ...defaultPolicy, methods: [] }).success).toBe(false);
});
