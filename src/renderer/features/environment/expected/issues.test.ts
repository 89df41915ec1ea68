import { expect, it } from 'vitest';
import { expectedOf } from '@shared/model/expected';
import type { Variable } from '@shared/model/variable';
import { addVariables, editVariable, emptyDraft, removeRows, rowsOf } from '../draft';
import { expectedIssues, missingIn } from './issues';

const secret = (key: string, misfit?: string): Variable => ({
  key,
  kind: 'text',
  secret: true,
  ...(misfit !== undefined && { misfit }),
});
const url = secret('URL', 'The value should be a URL.');
const variables = [url, secret('OTHER')];
const expected = expectedOf(
  [
    { key: 'URL', type: 'url' },
    { key: 'PORT', type: 'integer' },
  ],
  'x',
);
const draft = emptyDraft('1');

const messages = (of = draft, expands = false): Record<string, string> =>
  Object.fromEntries(
    [...expectedIssues(rowsOf(variables, of), expected, expands)].map(([id, { message }]) => [
      id,
      message,
    ]),
  );

it('repeats what the core says of saved values, and checks typed ones', () => {
  expect(messages()).toEqual({ 'key URL': 'The value should be a URL.' });
  expect(messages(editVariable(draft, url, { value: 'https://x' }))).toEqual({});
  expect(messages(editVariable(draft, url, { value: 'x' }))).toEqual({
    'key URL': 'The value should be a URL.',
  });
  expect(messages(addVariables(draft, [{ key: 'PORT', value: '' }]))).toMatchObject({
    'new 1': 'The value is empty.',
  });
});

it('leaves alone what programs do not get as it is typed', () => {
  expect(messages(editVariable(draft, url, { value: '@there/URL' }))).toEqual({});
  const braces = editVariable(draft, url, { value: '{{HOST}}' });
  expect(messages(braces, true)).toEqual({});
  expect(messages(braces)).toEqual({ 'key URL': 'The value should be a URL.' });
});

it('knows nothing of a renamed value, and says that a disabled one is not there', () => {
  expect(messages(editVariable(draft, url, { rename: 'PORT' }))).toEqual({});
  expect(messages(editVariable(draft, url, { disabled: true }))).toEqual({
    'key URL': 'It is disabled: programs that expect it do not get it.',
  });
});

it('misses what would not be there after saving', () => {
  const keys = (of = draft): string[] =>
    missingIn(rowsOf(variables, of), expected).map(({ key }) => key);
  expect(keys()).toEqual(['PORT']);
  expect(keys(addVariables(draft, [{ key: 'PORT', value: '' }]))).toEqual([]);
  expect(keys(removeRows(draft, rowsOf(variables, draft)))).toEqual(['URL', 'PORT']);
});
