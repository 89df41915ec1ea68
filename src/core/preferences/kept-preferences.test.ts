import { expect, it } from 'vitest';
import { defaultPreferences } from '@shared/model/preferences';
import { readPreferences } from './kept-preferences';

it.each([undefined, null, 'dark', [], { theme: 'sepia', sidebarWidth: '300', recent: [1] }])(
  'reads %j as the defaults',
  (kept) => {
    expect(readPreferences(kept)).toEqual(defaultPreferences);
  },
);

it('keeps what is understood where something beside it is not', () => {
  expect(readPreferences({ theme: 'dark', sidebarWidth: 9, recent: ['save'] })).toEqual({
    ...defaultPreferences,
    theme: 'dark',
    recent: ['save'],
  });
});
