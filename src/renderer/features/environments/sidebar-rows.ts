/** The rows of the sidebar, made again only if something about them has changed. */
import type { Environment } from '@shared/model/environment';
import type { EnvironmentOrder, Preferences } from '@shared/model/preferences';
import { recentEnvironments } from '@shared/model/recent';
import type { Found } from '@shared/model/search';
import { remembered } from '../../lib/remembered';
import { hitDetail, hitId } from '../search/store';
import { searchEnvironments } from './store';
import { foundRows, rowsOfTree, siblingOf, treeOf, type Folder, type TreeRow } from './tree';

export interface SidebarView {
  readonly order: EnvironmentOrder;
  readonly folded: readonly string[];
  readonly favourites: readonly string[];
  readonly recent: readonly string[];
}

/** What the core found. It must be the same object while nothing has changed. */
export interface FoundVariables {
  readonly query: string;
  readonly found: Found | undefined;
  /** Whether secret values can be searched too. */
  readonly isMore: boolean;
}

const NONE: readonly string[] = [];

/** With fewer environments, all are in sight, and a list of recent ones would only push them down. */
const RECENT_FROM = 21;
const RECENT_SHOWN = 5;

/** The environments used last that are no favourites, in the order of the tree: a click moves none of them. */
const shownRecent = remembered(
  (
    list: readonly Environment[],
    order: EnvironmentOrder,
    favourites: readonly string[],
    recent: readonly string[],
    lastEnvironments: Preferences['lastEnvironments'],
    workspaceId: string,
  ): readonly string[] => {
    if (list.length < RECENT_FROM) return NONE;
    const ids = new Set(list.map(({ id }) => id));
    for (const id of favourites) ids.delete(id);
    const used = recentEnvironments({ recent, lastEnvironments }, workspaceId, ids);
    const shown = new Set(used.slice(0, RECENT_SHOWN));
    return sidebarTree(list, order).environments.flatMap(({ id }) => (shown.has(id) ? [id] : []));
  },
);

/** How the sidebar of a workspace shows its environments. The parts are the same objects while nothing has changed. */
export function sidebarViewOf(
  {
    environmentOrder: order,
    folded,
    favourites,
    recent,
    lastEnvironments,
  }: Pick<
    Preferences,
    'environmentOrder' | 'folded' | 'favourites' | 'recent' | 'lastEnvironments'
  >,
  list: readonly Environment[],
  workspaceId: string,
): SidebarView {
  const starred = favourites[workspaceId] ?? NONE;
  return {
    order,
    folded: folded[workspaceId] ?? NONE,
    favourites: starred,
    recent: shownRecent(list, order, starred, recent, lastEnvironments, workspaceId),
  };
}

export const sidebarTree = remembered(treeOf);

const treeRows = remembered(
  (
    root: Folder,
    folded: readonly string[],
    favourites: readonly string[],
    recent: readonly string[],
  ) => rowsOfTree(root, { folded: new Set(folded), favourites, recent }),
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
  { order, folded, favourites, recent }: SidebarView,
  variables: FoundVariables = NOTHING_FOUND,
): readonly TreeRow[] {
  const root = sidebarTree(list, order);
  return search.trim() === ''
    ? treeRows(root, folded, favourites, recent)
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

const manualRows = remembered((list: readonly Environment[]) =>
  rowsOfTree(sidebarTree(list, 'manual'), { folded: new Set(), favourites: NONE, recent: NONE }),
);

/** A move of one environment over its neighbour in the same folder. */
export function stepOf(list: readonly Environment[], id: string, by: 1 | -1): Move | undefined {
  const rows = manualRows(list);
  const row = rows.find((one) => one.id === id);
  const sibling = row && siblingOf(rows, row, by);
  if (sibling === undefined) return undefined;
  const members = sibling.kind === 'folder' ? sibling.members : [sibling.id];
  return moveTo([id], members, by === -1 ? 'before' : 'after');
}
