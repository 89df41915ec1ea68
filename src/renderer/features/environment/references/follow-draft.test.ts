import { expect, it } from 'vitest';
import { addVariables, emptyDraft } from '../draft';
import { followedDraft } from './follow-draft';

const around = { vault: 'staging', expands: true, names: new Set(['staging', 'live']) };
const draft = addVariables(
  { ...emptyDraft('1'), edits: new Map([['A', { key: 'A', value: '@production/KEY' }]]) },
  [
    { key: 'B', value: '{{@production/KEY}}' },
    { key: 'C', value: 'text' },
  ],
);

it('changes typed references to what was renamed', () => {
  const renamed = [{ from: { vault: 'production' }, to: { vault: 'live' } }];
  const after = followedDraft(draft, renamed, around);
  expect(after.edits.get('A')?.value).toBe('@live/KEY');
  expect(after.additions.map(({ value }) => value)).toEqual(['{{@live/KEY}}', 'text']);
});

it('returns the same draft if nothing in it was renamed', () => {
  const renamed = [
    { from: { vault: 'production', key: 'OTHER' }, to: { vault: 'production', key: 'NEW' } },
  ];
  const names = new Set([...around.names, 'production']);
  expect(followedDraft(draft, renamed, { ...around, names })).toBe(draft);
});
