import { expect, it } from 'vitest';
import { recentEntryOf, recentEnvironments } from './recent';

const recent = [recentEntryOf('b'), 'compare', recentEntryOf('gone'), recentEntryOf('a')];

it('begins with the environment that is open, and names each once', () => {
  const ids = new Set(['a', 'b', 'c']);
  expect(recentEnvironments({ recent, lastEnvironments: { w: 'a' } }, 'w', ids)).toEqual([
    'a',
    'b',
  ]);
  expect(recentEnvironments({ recent, lastEnvironments: { w: 'c' } }, 'w', ids)).toEqual([
    'c',
    'b',
    'a',
  ]);
});

it('leaves out environments of other workspaces', () => {
  const lastEnvironments = { w: 'a', other: 'b' };
  expect(recentEnvironments({ recent, lastEnvironments }, 'other', new Set(['b']))).toEqual(['b']);
  expect(recentEnvironments({ recent: [], lastEnvironments: {} }, 'w', new Set(['a']))).toEqual([]);
});
