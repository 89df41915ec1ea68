/** What the server says is mounted where. */
import { z } from 'zod';
import type { VaultAnswer } from './answer';
import type { VaultApi } from './api';
import { namespacePrefixes } from './authentication';
import { answerError } from './errors';
import { encodePath } from './paths';
import { ifVaultAnswers } from './shared';

export type KvVersion = 1 | 2;

export interface EngineAddress {
  /** The full mount path, namespaces included. */
  readonly enginePath: string;
  /** Of the login; empty for none. */
  readonly namespace: string;
  /** What the Namespace field holds although it does not count, since authentication is by token. */
  readonly ignoredNamespace?: string | undefined;
}

export interface Mount {
  readonly type: string;
  readonly kvVersion: KvVersion;
  /** The full path, if the answer names it. */
  readonly path: string | undefined;
}

const mountFields = {
  type: z.string().optional(),
  options: z.object({ version: z.coerce.string().nullish() }).nullish(),
};

/** Vault always gives the type: an answer without it comes from another service. */
const mountSchema = z.object({
  data: z.object({ path: z.string().optional(), ...mountFields, type: z.string() }),
});

const mountsSchema = z.record(z.string(), z.object(mountFields));
const visibleSchema = z.object({ data: z.object({ secret: mountsSchema }) });
const allSchema = z.object({ data: mountsSchema });

export const isKv = ({ type }: Pick<Mount, 'type'>): boolean => type === 'kv' || type === 'generic';

/** The part of a path behind a namespace that it begins with. */
export const behind = (namespace: string, path: string): string =>
  namespace === '' ? path : path.slice(namespace.length + 1);

/** Engine Path as a policy writes it: its paths count from the namespace that it lives in. */
export const inPolicy = ({ enginePath, namespace }: EngineAddress): string =>
  enginePath.startsWith(`${namespace}/`) ? behind(namespace, enginePath) : enginePath;

const within = (namespace: string, path: string): string =>
  [namespace, path].filter(Boolean).join('/');

/** Where in the path the namespaces may end: the login's first, then none, then each further one. */
export function splits({ enginePath, namespace }: EngineAddress): string[] {
  const all = ['', ...namespacePrefixes(enginePath)];
  return all.includes(namespace) ? [...new Set([namespace, ...all])] : all;
}

/** What `sys/internal/ui/mounts` tells without any right to `sys/mounts`; no promise is made for it. */
export async function askMount(
  api: VaultApi,
  namespace: string,
  path: string,
  signal: AbortSignal,
  how: 'call' | 'probe',
): Promise<Mount | undefined> {
  const url = encodePath(namespace, 'sys/internal/ui/mounts', path);
  const answer = await api[how]({ method: 'GET', path: url }, signal);
  if (answer.isSuccess) return mountOf(answer, namespace, path);
  // 403 “preflight capability check” is also the answer for a mount that does not exist.
  if ([400, 403, 404, 405].includes(answer.status)) return undefined;
  throw answerError(answer);
}

function mountOf(answer: VaultAnswer, namespace: string, asked: string): Mount {
  const { data } = answer.parse(mountSchema);
  const path = data.path?.replace(/\/$/, '');
  return {
    type: data.type,
    kvVersion: data.options?.version === '2' ? 2 : 1,
    // OpenBao gives the full path if a further namespace lies below the one that was asked.
    path: path === undefined || path === within(namespace, asked) ? path : within(namespace, path),
  };
}

/** Full paths of the KV engines that the credentials see anything of in a namespace, sorted. */
export async function visibleKvEngines(
  api: VaultApi,
  namespace: string,
  signal: AbortSignal,
): Promise<string[]> {
  const ask = async (path: string): Promise<VaultAnswer | undefined> => {
    const url = encodePath(namespace, path);
    const answer = await ifVaultAnswers(api.probe({ method: 'GET', path: url }, signal));
    return answer?.isSuccess === true ? answer : undefined;
  };
  // The second is for servers without the first, and wants a right that few credentials have.
  const mounts =
    (await ask('sys/internal/ui/mounts'))?.parse(visibleSchema).data.secret ??
    (await ask('sys/mounts'))?.parse(allSchema).data ??
    {};
  return Object.entries(mounts)
    .filter(([, { type = '' }]) => isKv({ type }))
    .map(([path]) => within(namespace, path.replace(/\/$/, '')))
    .toSorted();
}
