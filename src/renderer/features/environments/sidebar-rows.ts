/** The rows of the sidebar, made again only if something about them has changed. */
import type { Environment } from '@shared/model/environment';
import type { EnvironmentOrder } from '@shared/model/preferences';
import type { Found } from '@shared/model/search';
import { remembered } from '../../lib/remembered';
import { hitDetail, hitId } from '../search/store';
import { searchEnvironments } from './store';
import { foundRows, rowsOfTree, siblingOf, treeOf, type Folder, type TreeRow } from './tree';

export interface SidebarView {
  readonly order: EnvironmentOrder;
  readonly folded: readonly string[];
  readonly favourites: readonly string[];
}

/** What the core found. It must be the same object while nothing has changed. */
export interface FoundVariables {
  readonly query: string;
  readonly found: Found | undefined;
  /** Whether secret values can be searched too. */
  readonly isMore: boolean;
}

export const NONE: readonly string[] = [];

export const sidebarTree = remembered(treeOf);

const treeRows = remembered(
  (root: Folder, folded: readonly string[], favourites: readonly string[]) =>
    rowsOfTree(root, { folded: new Set(folded), favourites }),
);

const searched = remembered((root: Folder, search: string) =>
  searchEnvironments(root.environments, search),
);

const NOTHING_FOUND: FoundVariables = { query: '', found: undefined, isMore: false };

const searchRows = remembered(
  (
    environments: readonly Environment[],
    all: readonly Environment[],
    { query, found, isMore }: FoundVariables,
  ) =>
    foundRows(environments, {
      hits: (found?.hits ?? []).map((hit) => ({
        id: hitId(hit),
        hit,
        detail: hitDetail(hit, all),
      })),
      secrets: isMore ? `Search secret values for “${query}”` : undefined,
    }),
);

export function sidebarRows(
  list: readonly Environment[],
  search: string,
  { order, folded, favourites }: SidebarView,
  variables: FoundVariables = NOTHING_FOUND,
): readonly TreeRow[] {
  const root = sidebarTree(list, order);
  return search.trim() === ''
    ? treeRows(root, folded, favourites)
    : searchRows(searched(root, search), list, variables);
}

/** A move of environments before or after another one, in the manual order. */
export interface Move {
  readonly ids: ReadonlySet<string>;
  readonly target: string;
  readonly where: 'before' | 'after';
}

/** A folder is where its first environment is. */
export function moveTo(
  moved: readonly string[],
  members: readonly string[],
  where: Move['where'],
): Move | undefined {
  const [target] = members;
  return target === undefined ? undefined : { ids: new Set(moved), target, where };
}

/** A move of one environment over its neighbour in the same folder. */
export function stepOf(list: readonly Environment[], id: string, by: 1 | -1): Move | undefined {
  const rows = rowsOfTree(sidebarTree(list, 'manual'), { folded: new Set(), favourites: NONE });
  const row = rows.find((one) => one.id === id);
  const sibling = row && siblingOf(rows, row, by);
  if (sibling === undefined) return undefined;
  const members = sibling.kind === 'folder' ? sibling.members : [sibling.id];
  return moveTo([id], members, by === -1 ? 'before' : 'after');
}
