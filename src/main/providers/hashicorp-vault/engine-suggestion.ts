/** What Engine Path was most likely meant to be, where there is no KV engine at it. */
import { AppError, type ErrorCode } from '@shared/errors';
import { editDistance } from '../edit-distance';
import type { VaultApi } from './api';
import { askMount, isKv, splits, visibleKvEngines, type EngineAddress } from './mounts';

/** More engines than this are counted, not told. */
const ENGINES_TOLD = 5;

/** The parts of the KV v2 API that come behind the mount in an address. */
const API_PARTS = /\/(data|metadata|delete|undelete|destroy|subkeys)$/;

/** Full Engine Path without such a part at its end; `undefined` where there is none. */
export const withoutApiPart = (enginePath: string): string | undefined =>
  API_PARTS.test(enginePath) ? enginePath.replace(API_PARTS, '') : undefined;

/** How far an engine is from what was typed; `undefined` where it is not near. */
function distance(typed: string, engine: string): number | undefined {
  const [a, b] = [typed.toLowerCase(), engine.toLowerCase()];
  const [longer, shorter] = a.length > b.length ? [a, b] : [b, a];
  // One is the other with something before it or behind it, as with a namespace left out.
  const isPart = longer.startsWith(`${shorter}/`) || longer.endsWith(`/${shorter}`);
  const edits = editDistance(a, b);
  if (edits <= Math.max(2, Math.floor(a.length / 3))) return edits;
  return isPart ? 2 : undefined;
}

/** The nearest of these engines, nearest first. */
export function nearest(typed: string, engines: readonly string[]): string[] {
  return engines
    .flatMap((engine) => {
      const far = distance(typed, engine);
      return far === undefined ? [] : [{ engine, far }];
    })
    .toSorted((a, b) => a.far - b.far || (a.engine < b.engine ? -1 : 1))
    .map(({ engine }) => engine)
    .slice(0, 3);
}

function listText(engines: readonly string[]): string {
  const more = engines.length - ENGINES_TOLD;
  const told = engines.slice(0, ENGINES_TOLD).join(', ');
  return more > 0 ? `${told} and ${String(more)} more` : told;
}

const didYouMean = (engines: readonly string[]): string =>
  `Did you mean ${engines.map((engine) => `“${engine}”`).join(' or ')}? The credentials see ${engines.length === 1 ? 'a KV engine' : 'KV engines'} there.`;

/** All KV engines that these credentials see in any namespace that may be meant. */
async function enginesIn(
  api: VaultApi,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of namespaces) {
    found.push(...(await visibleKvEngines(api, namespace, signal)));
  }
  return [...new Set(found)];
}

/**
 * The error of an engine that was not found, with what was most likely meant in place of its hint. Asks
 * the server; where that tells nothing, the error stays as it is.
 */
export async function withSuggestion(
  api: VaultApi,
  address: EngineAddress,
  error: AppError,
  signal: AbortSignal,
): Promise<AppError> {
  const { enginePath } = address;
  const details = { ...error.details, field: 'enginePath' };
  const suggest = (code: ErrorCode, message: string, hint: string, suggestion?: string): AppError =>
    new AppError(code, { message, hint, details: { ...details, suggestion }, cause: error });
  /** Where it is known what was meant, and not only what was likely meant. */
  const correct = (message: string, hint: string, suggestion?: string): AppError =>
    suggest('ENGINE_NOT_FOUND', message, hint, suggestion);

  const home = address.namespace === '' ? await api.namespace(signal) : address.namespace;
  const isOutside = home !== '' && !`${enginePath}/`.startsWith(`${home}/`);
  if (isOutside) {
    const mount = await askMount(api, home, enginePath, signal, 'probe');
    const path = `${home}/${enginePath}`;
    if (mount !== undefined && isKv(mount) && (mount.path ?? path) === path) {
      return correct(
        address.namespace === ''
          ? `This token was made in namespace ${home}, and Engine Path is counted from the root.`
          : `This login was made in namespace ${home}, and Engine Path is counted from the root.`,
        `There is a KV v${String(mount.kvVersion)} engine at ${path}: enter that as Engine Path.`,
        path,
      );
    }
  }
  const bare = withoutApiPart(enginePath);
  if (bare !== undefined) {
    return correct(
      `“${enginePath.slice(bare.length)}” at the end belongs to addresses of the API, not to Engine Path.`,
      `Enter ${bare} as Engine Path.`,
      bare,
    );
  }
  // Another engine at the path would be asked for something of its own.
  const inside =
    error.code === 'ENGINE_NOT_KV' ? [] : await visibleKvEngines(api, enginePath, signal);
  if (inside.length > 0) {
    return correct(
      `“${enginePath}” is a namespace, not a secrets engine.`,
      `Add the engine behind it. In this namespace these credentials see: ${listText(inside)}.`,
      inside.length === 1 ? inside[0] : undefined,
    );
  }
  const namespaces = [...new Set([home, ...splits(address)])];
  const engines = await enginesIn(api, namespaces, signal);
  const near = nearest(enginePath, engines);
  if (near.length > 0) {
    return suggest(error.code, error.message, didYouMean(near), near[0]);
  }
  return engines.length > 0
    ? suggest(
        error.code,
        error.message,
        `Enter one of the KV engines that these credentials see: ${listText(engines)}.`,
      )
    : error;
}
