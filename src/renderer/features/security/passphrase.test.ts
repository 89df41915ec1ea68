import { expect, it } from 'vitest';
import { newPassphraseIssues } from './passphrase';

it.each([
  ['short', 'short', { first: 'Use at least 8 characters.' }],
  ['long enough', 'long enouhg', { second: 'The two are not the same.' }],
  ['long enough', 'long enough', {}],
])('%j and %j', (first, second, issues) => {
  expect(newPassphraseIssues({ first, second })).toEqual(issues);
});
