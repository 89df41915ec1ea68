/** Which Engine Path a person most likely wanted to enter, if there is no KV engine at it. */
import { AppError } from '@shared/errors';
import { editDistance } from '@shared/model/edit-distance';
import { listText } from '../check/texts';
import type { VaultApi } from './api';
import {
  askMount,
  isKv,
  splits,
  visibleKvEngines,
  type EngineAddress,
  type KvVersion,
} from './mounts';

/** More engines than this are counted, not named. */
const ENGINES_TOLD = 5;

/** The parts of the KV v2 API that come behind the mount in an address. */
const API_PARTS = /\/(data|metadata|delete|undelete|destroy|subkeys)$/;

/** Full Engine Path without such a part at its end; `undefined` if there is none. */
export const withoutApiPart = (enginePath: string): string | undefined =>
  API_PARTS.test(enginePath) ? enginePath.replace(API_PARTS, '') : undefined;

/** How far an engine is from what was typed; `undefined` if it is not near. */
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

/** Replaces the error's own texts. `path` is what to enter as Engine Path. */
interface Suggestion {
  readonly message?: string;
  readonly likelyCause?: string;
  readonly hint: string;
  readonly path?: string | undefined;
}

/** Found on the server, and not only likely. */
export interface CertainSuggestion extends Suggestion {
  readonly message: string;
  readonly path: string;
}

/** A KV engine at Engine Path as a namespace sees it; its full path is `NAMESPACE/PATH`. */
async function findUnder(
  api: VaultApi,
  namespace: string,
  enginePath: string,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly kvVersion: KvVersion } | undefined> {
  if (namespace === '' || `${enginePath}/`.startsWith(`${namespace}/`)) return undefined;
  const mount = await askMount(api, namespace, enginePath, signal, 'probe');
  const path = `${namespace}/${enginePath}`;
  if (mount === undefined || !isKv(mount) || (mount.path ?? path) !== path) return undefined;
  return { path, kvVersion: mount.kvVersion };
}

/** A namespace typed into a field that counts for logins only. */
export async function fromIgnoredNamespace(
  api: VaultApi,
  { enginePath, ignoredNamespace = '' }: EngineAddress,
  signal: AbortSignal,
): Promise<CertainSuggestion | undefined> {
  const found = await findUnder(api, ignoredNamespace, enginePath, signal);
  if (found === undefined) return undefined;
  return {
    message: `Namespace contains “${ignoredNamespace}”, and it counts for logins only.`,
    likelyCause: 'With a token, the namespace is the beginning of Engine Path.',
    hint: `There is a KV v${String(found.kvVersion)} engine at ${found.path}: enter that as Engine Path.`,
    path: found.path,
  };
}

/** A login or token of a namespace, and Engine Path written as that namespace sees it. */
async function fromNamespace(
  api: VaultApi,
  { enginePath, namespace }: EngineAddress,
  home: string,
  signal: AbortSignal,
): Promise<Suggestion | undefined> {
  const found = await findUnder(api, home, enginePath, signal);
  if (found === undefined) return undefined;
  const { path, kvVersion } = found;
  const what = namespace === '' ? 'token' : 'login';
  return {
    message: `This ${what} was made in namespace ${home}, and Engine Path is counted from the root.`,
    likelyCause: 'It was written as the namespace sees it.',
    hint: `There is a KV v${String(kvVersion)} engine at ${path}: enter that as Engine Path.`,
    path,
  };
}

/** For a namespace whose engine was left out. */
async function fromInside(
  api: VaultApi,
  enginePath: string,
  signal: AbortSignal,
): Promise<Suggestion | undefined> {
  const inside = await visibleKvEngines(api, enginePath, signal);
  if (inside.length === 0) return undefined;
  return {
    message: `“${enginePath}” is a namespace, not a secrets engine.`,
    likelyCause: 'The engine was left out.',
    hint: `Add the engine behind it. In this namespace these credentials see: ${listText(inside, ENGINES_TOLD)}.`,
    path: inside.length === 1 ? inside[0] : undefined,
  };
}

function fromApiPart(enginePath: string): Suggestion | undefined {
  const bare = withoutApiPart(enginePath);
  return bare === undefined
    ? undefined
    : {
        message: `“${enginePath.slice(bare.length)}” at the end belongs to addresses of the API, not to Engine Path.`,
        likelyCause: 'It was copied from the address of a secret.',
        hint: `Enter ${bare} as Engine Path.`,
        path: bare,
      };
}

/** The nearest of what the credentials see, or some of all that. */
async function fromVisible(
  api: VaultApi,
  address: EngineAddress,
  home: string,
  signal: AbortSignal,
): Promise<Suggestion | undefined> {
  const namespaces = [...new Set([home, ...splits(address)])];
  const engines = await enginesIn(api, namespaces, signal);
  const near = nearest(address.enginePath, engines);
  if (near.length > 0) return { hint: didYouMean(near), path: near[0] };
  if (engines.length === 0) return undefined;
  return {
    hint: `Enter one of the KV engines that these credentials see: ${listText(engines, ENGINES_TOLD)}.`,
  };
}

/**
 * The error of an engine that was not found, with a suggestion in place of its hint. Asks the server;
 * without a suggestion the error stays as it is.
 */
export async function withSuggestion(
  api: VaultApi,
  address: EngineAddress,
  error: AppError,
  signal: AbortSignal,
): Promise<AppError> {
  const { enginePath, namespace } = address;
  const home = namespace === '' ? await api.namespace(signal) : namespace;
  const suggestion =
    (await fromIgnoredNamespace(api, address, signal)) ??
    (await fromNamespace(api, address, home, signal)) ??
    fromApiPart(enginePath) ??
    // Another engine at the path would take the question for one of its calls.
    (error.code === 'ENGINE_NOT_KV' ? undefined : await fromInside(api, enginePath, signal)) ??
    (await fromVisible(api, address, home, signal));
  if (suggestion === undefined) return error;
  const { message, likelyCause = error.likelyCause, path } = suggestion;
  const details = { ...error.details, field: 'enginePath', suggestion: path };
  if (message === undefined) {
    // Only likely: what the error itself advises, such as a policy, may still be right.
    const isPolicyAdvised = error.remedy !== undefined && 'handOver' in error.remedy;
    const hint = isPolicyAdvised ? `${suggestion.hint} ${error.hint}` : suggestion.hint;
    const { remedy } = error;
    return new AppError(error.code, {
      message: error.message,
      likelyCause,
      hint,
      remedy,
      details,
      cause: error,
    });
  }
  const { hint } = suggestion;
  return new AppError('ENGINE_NOT_FOUND', { message, likelyCause, hint, details, cause: error });
}
