/** Lists a KV mount with all its folders. */
import { concernsOneRequest, isAppError, type AppError, type ErrorCode } from '@shared/errors';
import { z } from 'zod';
import { mapWithSecondTurn, type AdaptiveLimit } from '@core/network/concurrency';
import type { ListOptions, Listing } from '../provider';
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

type FolderOutcome =
  | { readonly folder: string; readonly names: readonly string[] }
  | { readonly folder: string; readonly error: AppError };

/**
 * Goes down level by level, as many folders at a time as `limit` allows. A folder that cannot be listed ends up in
 * `unlisted`; a root that cannot is thrown, as is whatever concerns the server as a whole.
 */
export async function listRecursively(
  api: VaultApi,
  engine: KvEngine,
  limit: AdaptiveLimit,
  { signal, onFound }: ListOptions,
): Promise<Listing> {
  const secrets: { path: string }[] = [];
  const unlisted: { path: string; error: AppError }[] = [];
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);

  const visit = async (folder: string): Promise<FolderOutcome> => {
    try {
      return { folder, names: await listFolder(api, engine, folder, either) };
    } catch (error) {
      if (folder !== '' && isAppError(error) && isOfOneFolder(error.code)) {
        return { folder, error };
      }
      throw error;
    }
  };

  try {
    for (let level = ['']; level.length > 0;) {
      const next: string[] = [];
      for await (const outcome of mapWithSecondTurn(level, limit, visit)) {
        if ('error' in outcome) {
          unlisted.push({ path: outcome.folder, error: outcome.error });
          continue;
        }
        for (const name of outcome.names) {
          const path = outcome.folder === '' ? name : `${outcome.folder}/${name}`;
          if (path.endsWith('/')) next.push(path.slice(0, -1));
          else secrets.push({ path });
        }
        onFound?.(secrets.length);
      }
      level = next;
    }
  } finally {
    left.abort();
  }
  return { secrets: secrets.toSorted(byPath), unlisted: unlisted.toSorted(byPath) };
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : 1;
