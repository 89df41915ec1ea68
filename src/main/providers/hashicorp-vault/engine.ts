/** What is mounted at Engine Path, and which version of the KV API it speaks. */
import { AppError } from '@shared/errors';
import { z } from 'zod';
import type { VaultApi } from './api';
import { namespacePrefixes } from './authentication';
import type { VaultAnswer } from './client';
import { answerError } from './errors';
import { encodePath } from './paths';

export type KvVersion = 1 | 2;

export interface EngineAddress {
  /** The full mount path, namespaces included. */
  readonly enginePath: string;
  /** Of the AppRole login; empty for none. */
  readonly namespace: string;
}

interface Mount {
  readonly type: string;
  readonly kvVersion: KvVersion;
  /** The full path, where the answer names it. */
  readonly path: string | undefined;
}

const mountSchema = z.object({
  data: z.object({
    path: z.string().optional(),
    type: z.string().optional(),
    options: z.object({ version: z.coerce.string().nullish() }).nullish(),
  }),
});

/** What `sys/internal/ui/mounts` tells without any right to `sys/mounts`; no promise is made for it. */
async function askMount(
  api: VaultApi,
  namespace: string,
  path: string,
  signal: AbortSignal,
  how: 'call' | 'probe',
): Promise<Mount | undefined> {
  const url = encodePath(namespace, 'sys/internal/ui/mounts', path);
  const answer = await api[how]({ method: 'GET', path: url }, signal);
  if (answer.isSuccess) return mountOf(answer, namespace, path);
  // 403 "preflight capability check" also stands for a mount that does not exist.
  if ([400, 403, 404, 405].includes(answer.status)) return undefined;
  throw answerError(answer);
}

function mountOf(answer: VaultAnswer, namespace: string, asked: string): Mount {
  const { data } = answer.parse(mountSchema);
  const withNamespace = (path: string): string => [namespace, path].filter(Boolean).join('/');
  const path = data.path?.replace(/\/$/, '');
  return {
    type: data.type ?? 'kv',
    kvVersion: data.options?.version === '2' ? 2 : 1,
    // OpenBao gives the full path where a further namespace lies below the one that was asked.
    path: path === undefined || path === withNamespace(asked) ? path : withNamespace(path),
  };
}

const isKv = (mount: Mount): boolean => mount.type === 'kv' || mount.type === 'generic';

const rest = (path: string, prefix: string): string =>
  prefix === '' ? path : path.slice(prefix.length + 1);

/** Where in the path the namespaces may end: the login's first, then none, then each further one. */
function splits({ enginePath, namespace }: EngineAddress): string[] {
  const all = ['', ...namespacePrefixes(enginePath)];
  return all.includes(namespace) ? [...new Set([namespace, ...all])] : all;
}

async function findMount(
  api: VaultApi,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<Mount | undefined> {
  let how: 'call' | 'probe' = 'call';
  for (const namespace of splits(address)) {
    const mount = await askMount(api, namespace, rest(address.enginePath, namespace), signal, how);
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
  { enginePath }: EngineAddress,
  signal: AbortSignal,
): Promise<KvVersion | AppError> {
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
  return new AppError('PERMISSION_DENIED', {
    message: `These credentials see no secrets engine at “${enginePath}”.`,
    hint: 'Check Engine Path first: Vault gives the same answer to a path that does not exist and to one that the policies do not name.',
    details: asV2.details,
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

/** The commonest slip: the namespace stands in its field, and Engine Path was written without it. */
async function withSuggestion(
  api: VaultApi,
  { enginePath, namespace }: EngineAddress,
  error: AppError,
  signal: AbortSignal,
): Promise<AppError> {
  if (namespace === '' || `${enginePath}/`.startsWith(`${namespace}/`)) return error;
  const mount = await askMount(api, namespace, enginePath, signal, 'probe');
  const path = `${namespace}/${enginePath}`;
  if (mount === undefined || !isKv(mount) || (mount.path ?? path) !== path) return error;
  return new AppError('ENGINE_NOT_FOUND', {
    message: `This login was made in namespace ${namespace}, and Engine Path is counted from the root.`,
    hint: `There is a KV v${String(mount.kvVersion)} engine at ${path}: enter that as Engine Path.`,
    details: { ...error.details, field: 'enginePath' },
  });
}

/**
 * Finds the version of the KV engine. Throws `ENGINE_NOT_FOUND`, `ENGINE_NOT_KV`, `PERMISSION_DENIED`,
 * and what any call may throw.
 */
export async function detectKvVersion(
  api: VaultApi,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<KvVersion> {
  const { enginePath } = address;
  const mount = await findMount(api, address, signal);
  if (mount === undefined) {
    const version = await tryBoth(api, address, signal);
    if (!(version instanceof AppError)) return version;
    throw await withSuggestion(api, address, version, signal);
  }
  if (mount.path !== undefined && mount.path !== enginePath) {
    throw new AppError('ENGINE_NOT_FOUND', {
      message: `Engine Path goes on beyond the engine, which is mounted at “${mount.path}”.`,
      hint: `Enter ${mount.path} as Engine Path. The folders in it are found by themselves.`,
      details: { field: 'enginePath' },
    });
  }
  if (!isKv(mount)) throw notKv(enginePath, mount.type);
  return mount.kvVersion;
}
