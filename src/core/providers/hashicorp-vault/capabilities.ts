/** What the credentials may do with which path, as Vault itself computes it. */
import { z } from 'zod';
import type { VaultApi } from './api';
import { behind, splits, type EngineAddress } from './mounts';
import { encodePath } from './paths';
import { ifVaultAnswers } from './shared';

const capabilitiesSchema = z.object({ data: z.record(z.string(), z.array(z.string())) });

/** By the path that was asked about. */
export type Capabilities = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Asks `sys/capabilities-self` about full paths, which include the namespace. What a policy
 * grants holds for the full path, but the asking itself is granted in the token's own namespace, in most
 * installations by the policy `default`: so each namespace on the path is tried. `undefined` if the
 * credentials may not ask.
 * Source: https://developer.hashicorp.com/vault/api-docs/system/capabilities-self
 */
export async function askCapabilities(
  api: VaultApi,
  address: EngineAddress,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Capabilities | undefined> {
  for (const namespace of splits(address)) {
    const asked = paths.map((path) => behind(namespace, path));
    const request = {
      method: 'POST',
      path: encodePath(namespace, 'sys/capabilities-self'),
      body: JSON.stringify({ paths: asked }),
    } as const;
    const answer = await ifVaultAnswers(api.probe(request, signal));
    if (answer?.isSuccess !== true) continue;
    const { data } = answer.parse(capabilitiesSchema);
    return new Map(paths.map((path, index) => [path, new Set(data[asked[index] ?? ''])]));
  }
  return undefined;
}
