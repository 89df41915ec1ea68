/** A mount and its engine, and the requests to it. */
import type { JsonObject } from '@shared/model/json';
import type { Reply } from './reply';

export type Operation = 'read' | 'list' | 'create' | 'update' | 'patch' | 'delete';

export interface EngineRequest {
  readonly operation: Operation;
  /** Decoded, relative to the mount. */
  readonly path: string;
  readonly body: JsonObject;
  readonly query: URLSearchParams;
}

export interface Engine {
  handle(request: EngineRequest): Reply;
  /** Decides between `create` and `update`; true for an engine that never creates. */
  exists(path: string): boolean;
}

export interface Mount {
  /** With a trailing slash, relative to its namespace. */
  readonly path: string;
  readonly type: string;
  readonly description: string;
  readonly options: Readonly<Record<string, string>> | null;
  readonly accessor: string;
  readonly uuid: string;
  readonly engine: Engine;
}

export const trimSlashes = (path: string): string => path.replaceAll(/^\/+|\/+$/g, '');

/** The keys below a folder, folders with a trailing slash. A folder is '' or ends in a slash. */
export function childrenOf(paths: Iterable<string>, folder: string): string[] {
  const children = new Set<string>();
  for (const path of paths) {
    if (!path.startsWith(folder)) continue;
    const rest = path.slice(folder.length);
    const slash = rest.indexOf('/');
    children.add(slash === -1 ? rest : rest.slice(0, slash + 1));
  }
  return [...children];
}
