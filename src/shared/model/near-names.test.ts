import { expect, it } from 'vitest';
import { nearNames } from './near-names';

const names = ['production', 'staging', 'Development', 'production-eu'];

it.each([
  ['prodution', ['production']],
  ['PRODUCTION', ['production', 'production-eu']],
  ['prod', ['production', 'production-eu']],
  ['development', ['Development']],
  ['stagnig', ['staging']],
  ['qa', []],
  ['', []],
])('suggests for “%s”: %j', (typed, expected) => {
  expect(nearNames(typed, names)).toEqual(expected);
});

it.each([
  ['qa', ['aq']],
  ['ulr', ['url']],
  ['prdo', ['prod']],
])('counts two letters in the wrong order as one mistake: “%s”', (typed, names) => {
  expect(nearNames(typed, names)).toEqual(names);
});

it('suggests at most three, the nearest first', () => {
  expect(nearNames('key1', ['key4', 'key3', 'key2', 'key1'])).toEqual(['key1', 'key4', 'key3']);
});
