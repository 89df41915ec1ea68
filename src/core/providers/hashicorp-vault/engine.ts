/** What is mounted at Engine Path, and which version of the KV API it speaks. */
import { AppError } from '@shared/errors';
import type { VaultAnswer } from './answer';
import type { VaultApi } from './api';
import { policyForUnseen } from './check/rights';
import { withSuggestion, withoutApiPart } from './engine-suggestion';
import { answerError } from './errors';
import {
  askMount,
  behind,
  inPolicy,
  isKv,
  splits,
  type EngineAddress,
  type KvVersion,
  type Mount,
} from './mounts';
import { encodePath } from './paths';

async function findMount(
  api: VaultApi,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<Mount | undefined> {
  let how: 'call' | 'probe' = 'call';
  for (const namespace of splits(address)) {
    const mount = await askMount(
      api,
      namespace,
      behind(namespace, address.enginePath),
      signal,
      how,
    );
    if (mount) return mount;
    // The first call has made sure of the token; a refusal of the others is one of policy.
    how = 'probe';
  }
  return undefined;
}

/**
 * Where the mount cannot be asked about: lists its root in the way of either version. Nothing is read,
 * so that `/data/` is never asked of a v1 mount, where it would be a secret.
 */
async function tryBoth(
  api: VaultApi,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<KvVersion | AppError> {
  const { enginePath } = address;
  const asV2 = await api.call({ method: 'LIST', path: encodePath(enginePath, 'metadata') }, signal);
  if (isUnknownRoute(asV2)) return notFound(enginePath, asV2);
  if (isOtherEngine(asV2)) return notKv(enginePath, undefined);
  const asV1 = await api.probe({ method: 'LIST', path: encodePath(enginePath) }, signal);
  if (isOtherEngine(asV1)) return notKv(enginePath, undefined);
  for (const answer of [asV2, asV1]) {
    if (![200, 403, 404].includes(answer.status)) return answerError(answer);
  }
  // A v2 mount gives its root no list, and a v1 mount may well have a folder named "metadata".
  if (asV1.status === 200) return 1;
  if (asV1.complaints.some((text) => /versioned K\/V/i.test(text))) return 2;
  if (asV2.status === 200) return 2;
  if (asV1.status === 404) return 1;
  if (asV2.status === 404) return 2;
  const policy = policyForUnseen(inPolicy(address));
  return new AppError('PERMISSION_DENIED', {
    message: `These credentials see no secrets engine at “${enginePath}”.`,
    likelyCause:
      'Engine Path is misspelt, or no policy names it: Vault gives the same answer to both.',
    hint: `Check Engine Path. If it is right, ask your Vault administrator for a policy with:\n${policy}`,
    remedy: { handOver: policy },
    details: { ...asV2.details, field: 'enginePath' },
  });
}

const isUnknownRoute = (answer: VaultAnswer): boolean =>
  answer.status === 404 && answer.complaints.some((text) => /no handler for route/i.test(text));

const isOtherEngine = (answer: VaultAnswer): boolean =>
  answer.status === 405 ||
  (answer.status === 404 && answer.complaints.some((text) => /unsupported path/i.test(text)));

const notFound = (enginePath: string, answer?: VaultAnswer): AppError =>
  new AppError('ENGINE_NOT_FOUND', {
    message: `There is no secrets engine at “${enginePath}”.`,
    details: { ...answer?.details, field: 'enginePath' },
  });

const notKv = (enginePath: string, type: string | undefined): AppError =>
  new AppError('ENGINE_NOT_KV', {
    message:
      type === undefined
        ? `The secrets engine at “${enginePath}” is not a KV engine.`
        : `At “${enginePath}” there is a secrets engine of the kind “${type}”, not a KV engine.`,
    details: { field: 'enginePath' },
  });

/**
 * Finds the version of the KV engine. Throws `ENGINE_NOT_FOUND`, `ENGINE_NOT_KV`, `PERMISSION_DENIED`,
 * and what any call may throw.
 */
export async function detectKvVersion(
  api: VaultApi,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<KvVersion> {
  const found = await detect(api, address, signal);
  if (!(found instanceof AppError)) return found;
  throw await withSuggestion(api, address, found, signal);
}

async function detect(
  api: VaultApi,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<KvVersion | AppError> {
  const { enginePath } = address;
  const mount = await findMount(api, address, signal);
  if (mount === undefined) return tryBoth(api, address, signal);
  if (mount.path !== undefined && mount.path !== enginePath) throw beyond(enginePath, mount.path);
  return isKv(mount) ? mount.kvVersion : notKv(enginePath, mount.type);
}

/** The path of the mount is known, so that there is nothing to suggest but that. */
const beyond = (enginePath: string, mountPath: string): AppError =>
  new AppError('ENGINE_NOT_FOUND', {
    message:
      withoutApiPart(enginePath) === mountPath
        ? `“${enginePath.slice(mountPath.length)}” at the end belongs to addresses of the API, not to Engine Path.`
        : `Engine Path goes on beyond the engine, which is mounted at “${mountPath}”.`,
    likelyCause: 'It was copied from the address of a secret or folder.',
    hint: `Enter ${mountPath} as Engine Path. Strongroom finds the folders that the credentials may list.`,
    details: { field: 'enginePath', suggestion: mountPath },
  });
