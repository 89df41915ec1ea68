import { defaultPolicy, parseHours, type Policy } from '@shared/model/policy';
import { describe, expect, it } from 'vitest';
import {
  linesIn,
  localText,
  newHours,
  policyFormOf,
  readPolicy,
  type PolicyForm,
} from './policy-form';

const NOW = Date.UTC(2026, 10, 30, 12);

const read = (changes: Partial<PolicyForm>, policy: Policy = defaultPolicy) =>
  readPolicy({ ...policyFormOf(policy), ...changes }, NOW);

const hoursOf = (text: string): NonNullable<Policy['hours']> => {
  const hours = parseHours(text);
  return hours === undefined ? [] : [hours];
};

describe('the form of a policy', () => {
  const full: Policy = {
    ...defaultPolicy,
    ask: true,
    clients: ['report'],
    methods: ['GET', 'PROPFIND'],
    paths: ['/v1', '/v2'],
    addresses: ['10.0.0.0/8'],
    hours: hoursOf('mon-fri 09:00-17:00 Europe/Berlin'),
    expiresAt: Date.UTC(2026, 11, 31, 18),
    rate: { requests: 100, seconds: 60 },
  };

  it.each([['the default', defaultPolicy] as const, ['one with everything', full] as const])(
    'says what the policy says: %s',
    (_, policy) => {
      expect(read({}, policy)).toEqual({ policy, issues: {} });
    },
  );

  it('has no 24:00: the same hours end on the next day', () => {
    const { policy } = read({}, { ...defaultPolicy, hours: hoursOf('mon 09:00-24:00 UTC') });
    expect(policy.hours).toEqual(hoursOf('mon 09:00-00:00 UTC'));
  });

  it('leaves out what is not valid, and says so', () => {
    const { policy, issues } = read({
      paths: 'v1',
      addresses: '10.0.0.0/33',
      clients: 'x'.repeat(101),
      requests: 'many',
      hours: [{ ...newHours('Europe/Nowhere') }],
    });
    expect(policy).toEqual(defaultPolicy);
    expect(Object.keys(issues).toSorted()).toEqual([
      'addresses',
      'clients',
      'hours',
      'paths',
      'rate',
    ]);
  });

  it.each([
    ['no day', { days: [] }, 'Choose at least one day.'],
    ['no time', { from: '' }, 'Give both times.'],
    ['another zone', { zone: 'here' }, 'There is no such time zone.'],
  ])('says what hours lack: %s', (_, changes, issue) => {
    expect(read({ hours: [{ ...newHours('UTC'), ...changes }] }).issues.hours).toBe(issue);
  });

  it('refuses an end that has passed', () => {
    expect(read({ expires: localText(NOW) }).issues.expires).toBe('This time has passed.');
    const later = read({ expires: localText(NOW + 60_000) });
    expect(later).toEqual({ policy: { ...defaultPolicy, expiresAt: NOW + 60_000 }, issues: {} });
  });

  it('ignores the seconds of a rate without requests', () => {
    expect(read({ requests: '', seconds: '0' })).toEqual({ policy: defaultPolicy, issues: {} });
  });
});

it('takes lines and commas', () => {
  expect(linesIn(' a, b\n\n c ,')).toEqual(['a', 'b', 'c']);
});
