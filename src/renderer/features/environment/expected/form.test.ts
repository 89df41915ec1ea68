import { expect, it } from 'vitest';
import type { ExpectedVariable } from '@shared/model/expected';
import { formOf, newRules, readForm, type RuleForm } from './form';

const rules: ExpectedVariable[] = [
  { key: 'URL', type: 'url', note: 'Where it is.', under: 'team' },
  { key: 'LEVEL', type: 'one-of', choices: ['a', 'b'], optional: true },
  { key: 'KEY', type: 'pattern', pattern: 'sk_.*' },
  { key: 'FREE' },
];
const form = formOf(rules, 1, false);
const changed = (at: number, changes: Partial<RuleForm>): RuleForm[] =>
  form.map((line, index) => (index === at ? { ...line, ...changes } : line));

it('gives the rules back as they were', () => {
  expect(readForm(form)).toEqual({ rules });
});

it('keeps what another type needs, and leaves it out of the rule', () => {
  expect(readForm(changed(2, { type: 'any' }))).toMatchObject({
    rules: [rules[0], rules[1], { key: 'KEY' }, rules[3]],
  });
});

it.each([
  [1, { choices: ' \n' }, 'choices', 'Enter the values that are allowed.'],
  [2, { pattern: '(' }, 'pattern', 'A “(” is not closed.'],
  [3, { key: '' }, 'key', 'Enter a key.'],
  [3, { key: 'KEY' }, 'key', 'KEY is there twice.'],
  [0, { note: 'x'.repeat(501) }, 'note', 'A note can have at most 500 characters.'],
])('names the rule %i and its field to correct', (at, changes, field, message) => {
  expect(readForm(changed(at, changes))).toEqual({
    message,
    issue: { id: at + 1, field, message },
  });
});

it('proposes what the form does not have: another folder is another rule', () => {
  const proposed = [{ key: 'URL' }, { key: 'FREE', type: 'number' as const }, { key: 'NEW' }];
  expect(newRules(form, proposed).map(({ key }) => key)).toEqual(['URL', 'NEW']);
});
