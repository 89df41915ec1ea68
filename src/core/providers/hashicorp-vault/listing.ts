/** Lists a KV mount with all its folders. */
import { AppError, concernsOneRequest, isAppError, type ErrorCode } from '@shared/errors';
import { z } from 'zod';
import { mapWithSecondTurn } from '@core/network/concurrency';
import type { RequestLimit } from '@core/network/request-limit';
import type { ListedSecret, ListOptions, Listing } from '../provider';
import { listText } from '../check/texts';
import type { VaultApi } from './api';
import { answerError } from './errors';
import type { KvEngine } from './kv';

const listSchema = z.object({ data: z.object({ keys: z.array(z.string()) }) });

/** The names in one folder; those of folders end in `/`. An empty or missing folder has none. */
export async function listFolder(
  api: VaultApi,
  engine: KvEngine,
  folder: string,
  signal: AbortSignal,
): Promise<string[]> {
  const answer = await api.call({ method: 'LIST', path: engine.folderUrl(folder) }, signal);
  if (answer.isSuccess) return answer.parse(listSchema).data.keys;
  const error = answerError(answer);
  if (error.code === 'NOT_FOUND') return [];
  throw error;
}

/** A list sends no values: a 413 comes from something in front of Vault, for every folder alike. */
const isOfOneFolder = (code: ErrorCode): boolean =>
  concernsOneRequest(code) && code !== 'VALUE_TOO_LARGE';

/** How far a listing goes before it is taken for one that does not end. */
export interface ListBounds {
  /** Folders in each other. */
  readonly depth: number;
  /** In all, as many list requests. */
  readonly folders: number;
  /** Secrets in all. */
  readonly secrets: number;
}

/** Far more than people have: a folder at every step of a path as long as Vault takes, and KV stores of years. */
const DEFAULT_BOUNDS: ListBounds = { depth: 100, folders: 100_000, secrets: 1_000_000 };

type FolderOutcome =
  | { readonly folder: string; readonly names: readonly string[] }
  | { readonly folder: string; readonly error: AppError };

const depthOf = (folder: string): number => (folder === '' ? 0 : folder.split('/').length);

const tooDeep = ({ depth }: ListBounds): AppError =>
  new AppError('LISTING_ENDLESS', {
    message: `This folder is ${String(depth)} folders deep, and holds further ones.`,
    likelyCause: 'The server, or something in front of it, gives the same folder again and again.',
  });

/** Named in the error of a root that may not be listed; more are counted. */
const FOLDERS_TOLD = 5;

const onlyFolders = (folders: readonly string[], cause: AppError): AppError =>
  new AppError('PERMISSION_DENIED', {
    message: `Only these folders may be listed: ${listText(folders, FOLDERS_TOLD)}.`,
    likelyCause: 'The policies of these credentials leave out the root of the engine.',
    hint: 'If that is as it should be, all is well. A secret elsewhere can be synced if its path is entered as the Vault path of an environment.',
    details: cause.details,
    cause,
  });

/** What to do without “list”, whichever folder that is for. */
export const SYNC_BY_PATH =
  'Without it, enter the path of each secret as the Vault path of an environment, and sync that: it needs no list.';

const noFolder = (cause: AppError): AppError =>
  new AppError('PERMISSION_DENIED', {
    message: 'The credentials are valid, but no folder is known that they may list.',
    likelyCause: 'Their policies name single secrets, or do not grant “list”.',
    hint: `Pull All needs “list” on a folder at least: ask your Vault administrator for it. ${SYNC_BY_PATH}`,
    details: cause.details,
    cause,
  });

export interface ListParts {
  readonly api: VaultApi;
  readonly engine: KvEngine;
  /** Requests at a time. */
  readonly limit: Pick<RequestLimit, 'current'>;
  /** The folders to begin with if the root may not be listed. */
  readonly listableFolders: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly bounds?: ListBounds;
}

/**
 * Goes down level by level, and into each folder once. A folder that cannot be listed ends up in `unlisted`, and so
 * does a root that may not be listed if some folders may. Throws `PERMISSION_DENIED` if none may, `LISTING_ENDLESS`
 * beyond the bounds, and whatever concerns the server as a whole.
 */
export async function listRecursively(
  { api, engine, limit, listableFolders, bounds = DEFAULT_BOUNDS }: ListParts,
  { signal, onFound }: ListOptions,
): Promise<Listing> {
  const secrets = new Map<string, ListedSecret>();
  const unlisted: { path: string; error: AppError }[] = [];
  const folders = new Set(['']);
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);

  const visit = async (folder: string): Promise<FolderOutcome> => {
    try {
      return { folder, names: await listFolder(api, engine, folder, either) };
    } catch (error) {
      const isHere = isAppError(error) && isOfOneFolder(error.code);
      if (isHere && (folder !== '' || error.code === 'PERMISSION_DENIED')) return { folder, error };
      throw error;
    }
  };

  const otherRoots = async (refused: AppError): Promise<readonly string[]> => {
    const roots = await listableFolders(either);
    if (roots.length === 0) throw noFolder(refused);
    for (const root of roots) folders.add(root);
    unlisted.push({ path: '', error: onlyFolders(roots, refused) });
    return roots;
  };

  /** Takes what a folder holds, and returns the folders in it that are new. */
  const take = (folder: string, names: readonly string[]): string[] => {
    const inside: string[] = [];
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (name === '' || name === '/') {
        // Asked for, it would be its own folder once more.
        const nameless = `${folder}/${name}`;
        secrets.set(nameless, { path: nameless, unavailable: 'without-name' });
      } else if (!name.endsWith('/')) {
        secrets.set(path, { path });
      } else if (!folders.has(path.slice(0, -1))) {
        folders.add(path.slice(0, -1));
        inside.push(path.slice(0, -1));
      }
    }
    if (folders.size > bounds.folders || secrets.size > bounds.secrets) {
      throw new AppError('LISTING_ENDLESS');
    }
    if (inside.length === 0 || depthOf(folder) < bounds.depth) return inside;
    unlisted.push({ path: folder, error: tooDeep(bounds) });
    return [];
  };

  try {
    for (let level = ['']; level.length > 0;) {
      const next: string[] = [];
      for await (const outcome of mapWithSecondTurn(level, limit, visit)) {
        if ('error' in outcome) {
          if (outcome.folder === '') next.push(...(await otherRoots(outcome.error)));
          else unlisted.push({ path: outcome.folder, error: outcome.error });
          continue;
        }
        next.push(...take(outcome.folder, outcome.names));
        onFound?.(secrets.size);
      }
      level = next;
    }
  } finally {
    left.abort();
  }
  return { secrets: [...secrets.values()].toSorted(byPath), unlisted: unlisted.toSorted(byPath) };
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : 1;
