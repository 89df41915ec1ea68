import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectedOf,
  expectedTypes,
  expectedVariablesSchema,
  misfitOf,
  missingOf,
  type ExpectedVariable,
} from './expected';

const one = (
  type: ExpectedVariable['type'],
  more: Partial<ExpectedVariable> = {},
): ExpectedVariable => ({
  key: 'KEY',
  type,
  ...more,
});

describe('misfitOf', () => {
  it.each([
    [one('url'), 'https://a.example/b'],
    [one('url'), 'postgres://u:p@db:5432/app'],
    [one('url'), 'mongodb://a:1,b:2/app'],
    [one('number'), '-1.5e3'],
    [one('number'), '.5'],
    [one('integer'), '08080'],
    [one('boolean'), 'TRUE'],
    [one('one-of', { choices: ['debug', 'info'] }), 'info'],
    [one('pattern', { pattern: 'sk_[a-z]+' }), 'sk_abc'],
    [one(undefined), 'anything'],
    [one('url', { optional: true }), ''],
  ])('%o takes %s', (rule, value) => {
    expect(misfitOf(rule, value)).toBeUndefined();
  });

  it.each([
    [one('url'), 'localhost:3000', 'The value should be a URL.'],
    [one('url'), 'https://a b', 'The value should be a URL.'],
    [one('number'), '1,5', 'The value should be a number.'],
    [one('number'), ' 1', 'The value should be a number.'],
    [one('integer'), '1.5', 'The value should be a whole number.'],
    [one('boolean'), 'maybe', 'The value should be true or false.'],
    [one('one-of', { choices: ['a', 'b'] }), 'A', 'The value should be one of a, b.'],
    [one('pattern', { pattern: 'a+' }), 'ab', 'The value should be like a+.'],
    [
      one('pattern', { pattern: 'a+' }),
      'a'.repeat(2001),
      'The value is too long for a pattern: it has more than 2000 characters.',
    ],
    [one(undefined), '', 'The value is empty.'],
  ])('%o does not take %s', (rule, value, problem) => {
    expect(misfitOf(rule, value)).toBe(problem);
  });

  it('says the same of every value that does not fit', () => {
    const rule = fc.constantFrom(
      ...expectedTypes.map((type) =>
        one(type, {
          ...(type === 'one-of' && { choices: ['x'] }),
          ...(type === 'pattern' && { pattern: 'x' }),
        }),
      ),
    );
    fc.assert(
      fc.property(rule, fc.string({ minLength: 1, maxLength: 100 }), (each, value) => {
        expect([undefined, misfitOf(each, '\u0000')]).toContain(misfitOf(each, value));
      }),
    );
  });
});

it('gives an environment the rules of its workspace and of its folders, the deeper one first', () => {
  const rules: ExpectedVariable[] = [
    { key: 'A' },
    { key: 'A', under: 'team/api', type: 'url' },
    { key: 'A', under: 'team', type: 'number' },
    { key: 'B', under: 'team/api/', optional: true },
  ];
  expect([...expectedOf(rules, 'production').values()]).toEqual([rules[0]]);
  expect([...expectedOf(rules, 'team/apis').values()]).toEqual([rules[2]]);
  expect([...expectedOf(rules, 'team/api/prod').values()]).toEqual([rules[1], rules[3]]);
  const expected = expectedOf(rules, 'team/api/prod');
  expect(missingOf(expected, () => false).map(({ key }) => key)).toEqual(['A']);
  expect(missingOf(expected, (key) => key === 'A')).toEqual([]);
});

it.each([
  [[{ key: 'A' }, { key: 'A' }], 'A is there twice.'],
  [[{ key: 'A B' }], 'A key has no spaces and no “=”.'],
  [[{ key: 'A', type: 'one-of' }], 'Enter the values that are allowed.'],
  [[{ key: 'A', type: 'url', choices: ['x'] }], 'Only the type one-of has choices.'],
  [[{ key: 'A', type: 'pattern' }], 'Enter a pattern.'],
  [[{ key: 'A', pattern: 'x' }], 'Only the type pattern has a pattern.'],
  [[{ key: 'A', type: 'pattern', pattern: '(' }], 'A “(” is not closed.'],
])('refuses %j', (rules, message) => {
  expect(expectedVariablesSchema.safeParse(rules).error?.issues[0]?.message).toBe(message);
});
