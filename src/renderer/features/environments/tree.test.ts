import type { Environment } from '@shared/model/environment';
import { describe, expect, it } from 'vitest';
import { FAVOURITES, RECENT, foldersAround, rowsOfTree, siblingOf, treeOf } from './tree';

const environment = (name: string): Environment =>
  ({ id: name, name, path: name, synced: true, state: 'loaded' }) as Environment;

/** Each row as a person sees it: indented, with `+` for a folded folder and `-` for an open one. */
const drawn = (
  names: readonly string[],
  {
    order = 'name',
    folded = [],
    favourites = [],
    recent = [],
  }: {
    readonly order?: 'name' | 'manual';
    readonly folded?: readonly string[];
    readonly favourites?: readonly string[];
    readonly recent?: readonly string[];
  } = {},
): readonly string[] =>
  rowsOfTree(treeOf(names.map(environment), order), {
    folded: new Set(folded),
    favourites,
    recent,
  }).map((row) => {
    const mark = row.kind !== 'folder' ? '' : row.isOpen ? '- ' : '+ ';
    return `${'  '.repeat(row.depth)}${mark}${row.label}`;
  });

describe('the tree', () => {
  it('has a folder for each part of a name, folders first', () => {
    expect(drawn(['web', 'api/prod', 'api/eu/prod', 'api/dev'])).toEqual([
      '- api',
      '  - eu',
      '    prod',
      '  dev',
      '  prod',
      'web',
    ]);
  });

  it('sorts numbers by their value, and in any case', () => {
    expect(drawn(['bulk-10', 'Bulk-2', 'bulk-1'])).toEqual(['bulk-1', 'Bulk-2', 'bulk-10']);
  });

  it('keeps the manual order, with a folder where its first environment is', () => {
    expect(drawn(['b', 'x/2', 'a', 'x/1'], { order: 'manual' })).toEqual([
      'b',
      '- x',
      '  2',
      '  1',
      'a',
    ]);
  });

  it('gives folders that only hold a folder one row', () => {
    expect(drawn(['org/team/api/prod', 'org/team/api/dev'])).toEqual([
      '- org/team/api',
      '  dev',
      '  prod',
    ]);
  });

  it('leaves out what is folded, and repeats favourites at the top', () => {
    expect(
      drawn(['api/prod', 'web'], { folded: ['api'], favourites: ['api/prod', 'gone'] }),
    ).toEqual(['- Favourites', '  api/prod', '+ api', 'web']);
    expect(drawn(['web'], { folded: [FAVOURITES], favourites: ['web'] })).toEqual([
      '+ Favourites',
      'web',
    ]);
  });

  it('repeats what was used last below the favourites', () => {
    expect(
      drawn(['api/prod', 'web', 'job'], { favourites: ['web'], recent: ['api/prod', 'job'] }),
    ).toEqual([
      '- Favourites',
      '  web',
      '- Recent',
      '  api/prod',
      '  job',
      '- api',
      '  prod',
      'job',
      'web',
    ]);
    expect(drawn(['web'], { folded: [RECENT], recent: ['web'] })).toEqual(['+ Recent', 'web']);
  });

  it.each(['/a', 'a/', 'a//b', 'a/ /b'])('takes %j as a name without folders', (name) => {
    expect(drawn([name])).toEqual([name]);
  });

  it('counts places among siblings for those who cannot see them', () => {
    const rows = rowsOfTree(treeOf(['a/1', 'b'].map(environment), 'name'), {
      folded: new Set(),
      favourites: ['b'],
      recent: [],
    });
    expect(rows.map(({ position, siblings }) => `${String(position)}/${String(siblings)}`)).toEqual(
      ['1/3', '1/1', '2/3', '1/1', '3/3'],
    );
  });
});

it('finds the folders around an environment', () => {
  const tree = treeOf(['api/eu/prod', 'api/dev'].map(environment), 'name');
  expect(foldersAround(tree, 'api/eu/prod')).toEqual(['api', 'api/eu']);
  expect(foldersAround(tree, 'gone')).toEqual([]);
});

it('finds the neighbour among siblings, over the rows of open folders', () => {
  const rows = rowsOfTree(treeOf(['a/1', 'a/2', 'b'].map(environment), 'name'), {
    folded: new Set(),
    favourites: [],
    recent: [],
  });
  const last = rows.at(-1);
  if (last === undefined) throw new Error('There is no row.');
  expect(siblingOf(rows, last, -1)).toMatchObject({ kind: 'folder', path: 'a' });
  expect(siblingOf(rows, last, 1)).toBeUndefined();
});
