/** The environments as a tree: names are paths, and `/` separates their folders. */
import type { Environment } from '@shared/model/environment';
import type { EnvironmentOrder } from '@shared/model/preferences';
import type { Hit } from '@shared/model/search';

/** The paths under which the folds of the groups are remembered. No folder begins with a space. */
export const FAVOURITES = ' favourites';
export const RECENT = ' recent';

/** Whether a row is a group of environments that are repeated above the tree. */
export const isGroup = (path: string): boolean => path === FAVOURITES || path === RECENT;

interface Placed {
  /** Unique among the rows on show. */
  readonly id: string;
  readonly label: string;
  /** 0 for a row without a folder. */
  readonly depth: number;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
  /** The id of the row of its folder. */
  readonly parent: string | undefined;
}

export interface FolderRow extends Placed {
  readonly kind: 'folder';
  readonly path: string;
  /** The number of environments in it and its folders. */
  readonly count: number;
  readonly isOpen: boolean;
  /** The ids of these environments, in their order. */
  readonly members: readonly string[];
  /** What is wrong with one of them. */
  readonly problem: 'failed' | 'changed' | undefined;
}

export interface EnvironmentTreeRow extends Placed {
  readonly kind: 'environment';
  readonly environment: Environment;
}

/** A variable that a search found. */
export interface HitRow extends Placed {
  readonly kind: 'hit';
  readonly hit: Hit;
  readonly detail: string;
}

/** Searches secret values too. */
export interface SecretsRow extends Placed {
  readonly kind: 'secrets';
}

export type TreeRow = FolderRow | EnvironmentTreeRow | HitRow | SecretsRow;

export interface Folder {
  readonly path: string;
  readonly label: string;
  readonly children: readonly (Folder | Environment)[];
  readonly environments: readonly Environment[];
}

const isFolder = (node: Folder | Environment): node is Folder => 'children' in node;

/** Orders numbers in names by their value: bulk-2 comes before bulk-10. */
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Empty parts are no folders: `a//b` and `/a` are names without one. */
const partsOf = (name: string): readonly string[] => {
  const parts = name.split('/');
  return parts.some((part) => part.trim() === '') ? [name] : parts;
};

/** The name without its folders. */
const leafOf = (name: string): string => partsOf(name).at(-1) ?? name;

interface Making {
  readonly path: string;
  readonly folders: Map<string, Making>;
  readonly children: (Making | Environment)[];
}

const isMaking = (node: Making | Environment): node is Making => 'folders' in node;

const emptyFolder = (path: string): Making => ({ path, folders: new Map(), children: [] });

/** In alphabetical order, folders come first; in manual order, a folder is where its first environment is. */
export function treeOf(list: readonly Environment[], order: EnvironmentOrder): Folder {
  const root = emptyFolder('');
  for (const environment of list) {
    let folder = root;
    for (const part of partsOf(environment.name).slice(0, -1)) {
      let next = folder.folders.get(part);
      if (next === undefined) {
        next = emptyFolder(folder.path === '' ? part : `${folder.path}/${part}`);
        folder.folders.set(part, next);
        folder.children.push(next);
      }
      folder = next;
    }
    folder.children.push(environment);
  }
  return finished(root, '', order);
}

function finished(made: Making, above: string, order: EnvironmentOrder): Folder {
  const label = above === '' ? made.path : made.path.slice(above.length + 1);
  const [only] = made.children;
  // A folder that only holds a folder shares its row.
  if (made.path !== '' && made.children.length === 1 && only !== undefined && isMaking(only)) {
    return finished(only, above, order);
  }
  const children = made.children.map((node) =>
    isMaking(node) ? finished(node, made.path, order) : node,
  );
  const sorted = order === 'manual' ? children : children.toSorted(byName);
  return {
    path: made.path,
    label,
    children: sorted,
    environments: sorted.flatMap((node) => (isFolder(node) ? node.environments : [node])),
  };
}

function byName(a: Folder | Environment, b: Folder | Environment): number {
  if (isFolder(a) !== isFolder(b)) return isFolder(a) ? -1 : 1;
  return isFolder(a) && isFolder(b)
    ? collator.compare(a.label, b.label)
    : collator.compare(nameOf(a), nameOf(b));
}

const nameOf = (node: Folder | Environment): string => (isFolder(node) ? node.path : node.name);

interface Shown {
  /** The paths of folded folders. */
  readonly folded: ReadonlySet<string>;
  readonly favourites: readonly string[];
  /** The ids of environments that were used last. */
  readonly recent: readonly string[];
}

/** The rows of the tree, without those in folded folders; favourites and recently used environments come first. */
export function rowsOfTree(
  root: Folder,
  { folded, favourites, recent }: Shown,
): readonly TreeRow[] {
  const byId = new Map(root.environments.map((environment) => [environment.id, environment]));
  const known = (ids: readonly string[]): Environment[] => ids.flatMap((id) => byId.get(id) ?? []);
  const groups = [
    { path: FAVOURITES, label: 'Favourites', children: [], environments: known(favourites) },
    { path: RECENT, label: 'Recent', children: [], environments: known(recent) },
  ].filter(({ environments }) => environments.length > 0);
  const rows: TreeRow[] = [];
  const siblings = root.children.length + groups.length;
  for (const [place, group] of groups.entries()) {
    const isOpen = !folded.has(group.path);
    const row = folderRow(group);
    rows.push({ ...row, isOpen, depth: 0, position: place + 1, siblings, parent: undefined });
    if (!isOpen) continue;
    for (const [at, environment] of group.environments.entries()) {
      rows.push({
        kind: 'environment',
        id: `${group.path.trim()} ${environment.id}`,
        label: environment.name,
        environment,
        depth: 1,
        position: at + 1,
        siblings: group.environments.length,
        parent: row.id,
      });
    }
  }
  const add = (folder: Folder, depth: number, parent: string | undefined): void => {
    const before = depth === 0 ? siblings - folder.children.length : 0;
    for (const [at, node] of folder.children.entries()) {
      const placed = {
        depth,
        position: before + at + 1,
        siblings: before + folder.children.length,
        parent,
      };
      if (!isFolder(node)) {
        const { id, name } = node;
        const label = leafOf(name);
        rows.push({ kind: 'environment', id, label, environment: node, ...placed });
        continue;
      }
      const isOpen = !folded.has(node.path);
      const row: FolderRow = { ...folderRow(node), isOpen, ...placed };
      rows.push(row);
      if (isOpen) add(node, depth + 1, row.id);
    }
  };
  add(root, 0, undefined);
  return rows;
}

const folderRow = ({ path, label, environments }: Folder) => ({
  kind: 'folder' as const,
  id: `folder ${path}`,
  path,
  label,
  count: environments.length,
  members: environments.map(({ id }) => id),
  problem: environments.some(({ state }) => state === 'failed')
    ? ('failed' as const)
    : environments.some(({ server }) => server !== undefined)
      ? ('changed' as const)
      : undefined,
});

interface FoundParts {
  readonly hits: readonly { readonly id: string; readonly hit: Hit; readonly detail: string }[];
  /** The text of the last row, if there is one. */
  readonly secrets: string | undefined;
}

/** What a search found: environments by their full names, then variables. */
export function foundRows(
  found: readonly Environment[],
  { hits, secrets }: FoundParts,
): readonly TreeRow[] {
  const siblings = found.length + hits.length + (secrets === undefined ? 0 : 1);
  const placed = (at: number) => ({ depth: 0, position: at + 1, siblings, parent: undefined });
  return [
    ...found.map((environment, at) => ({
      kind: 'environment' as const,
      id: environment.id,
      label: environment.name,
      environment,
      ...placed(at),
    })),
    ...hits.map(({ id, hit, detail }, at) => ({
      kind: 'hit' as const,
      id,
      label: hit.key,
      hit,
      detail,
      ...placed(found.length + at),
    })),
    ...(secrets === undefined
      ? []
      : [{ kind: 'secrets' as const, id: 'secrets', label: secrets, ...placed(siblings - 1) }]),
  ];
}

/** All paths of folders under one. */
export const foldersIn = (folder: Folder): readonly string[] =>
  folder.children.flatMap((node) => (isFolder(node) ? [node.path, ...foldersIn(node)] : []));

/** The folders that must be open for an environment to be on show. */
export function foldersAround(root: Folder, id: string): readonly string[] {
  const within = (folder: Folder): readonly string[] => {
    const inside = folder.children.find(
      (node): node is Folder => isFolder(node) && node.environments.some((one) => one.id === id),
    );
    return inside === undefined ? [] : [inside.path, ...within(inside)];
  };
  return within(root);
}

/** The ids that a move of a row takes along. */
export function membersOf(row: TreeRow): readonly string[] {
  if (row.kind === 'folder') return row.members;
  return row.kind === 'environment' ? [row.environment.id] : [];
}

/** The row before or after one among its siblings. */
export function siblingOf(rows: readonly TreeRow[], row: TreeRow, by: 1 | -1): TreeRow | undefined {
  const sibling = rows.find(
    ({ parent, position, depth }) =>
      parent === row.parent && depth === row.depth && position === row.position + by,
  );
  // The groups stay at the top.
  return sibling?.kind === 'folder' && isGroup(sibling.path) ? undefined : sibling;
}
