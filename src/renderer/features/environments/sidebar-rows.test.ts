import type { Environment } from '@shared/model/environment';
import { defaultPreferences } from '@shared/model/preferences';
import { recentEntryOf } from '@shared/model/recent';
import { expect, it } from 'vitest';
import { sidebarRows, sidebarViewOf } from './sidebar-rows';

const W = '00000000-0000-4000-8000-00000000000a';

const environments = (count: number): readonly Environment[] =>
  Array.from(
    { length: count },
    (_, at) => ({ id: `id-${String(at)}`, name: `env-${String(at)}` }) as Environment,
  );

const used = (...numbers: readonly number[]): string[] =>
  numbers.map((at) => recentEntryOf(`id-${String(at)}`));

const repeated = (list: readonly Environment[], parts: Partial<typeof defaultPreferences>) => {
  const view = sidebarViewOf({ ...defaultPreferences, ...parts }, list, W);
  return sidebarRows(list, '', view)
    .filter(({ depth, kind }) => depth === 1 || kind === 'folder')
    .map(({ label }) => label);
};

it('repeats the five that were used last, in the order of the tree', () => {
  const recent = used(9, 3, 8, 1, 7, 2);
  expect(repeated(environments(21), { recent, lastEnvironments: { [W]: 'id-5' } })).toEqual([
    'Recent',
    'env-1',
    'env-3',
    'env-5',
    'env-8',
    'env-9',
  ]);
});

it('repeats none twice, and none while all are in sight', () => {
  const parts = { recent: used(1, 2), favourites: { [W]: ['id-1'] } };
  expect(repeated(environments(21), parts)).toEqual(['Favourites', 'env-1', 'Recent', 'env-2']);
  expect(repeated(environments(20), parts)).toEqual(['Favourites', 'env-1']);
});

it('is made again only if something has changed', () => {
  const list = environments(21);
  const preferences = { ...defaultPreferences, recent: used(1) };
  const first = sidebarViewOf(preferences, list, W);
  const other = { ...preferences, theme: 'dark' as const };
  const next = sidebarViewOf(other, list, W);
  expect(next.recent).toBe(first.recent);
});
