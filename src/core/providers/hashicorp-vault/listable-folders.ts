/** Which folders the credentials may list, for policies that leave out the root of the engine. */
import { z } from 'zod';
import type { VaultApi } from './api';
import { splits, type EngineAddress, type KvVersion } from './mounts';
import { encodePath } from './paths';
import { ifVaultAnswers } from './shared';

const rulesSchema = z
  .record(z.string(), z.object({ capabilities: z.array(z.string()).nullish() }))
  .nullish();

const aclSchema = z.object({
  data: z.object({ exact_paths: rulesSchema, glob_paths: rulesSchema }),
});

type Acl = z.infer<typeof aclSchema>;

/**
 * Paths of folders in the engine, sorted, the root left out. Asks `sys/internal/ui/resultant-acl`, which the policy
 * `default` permits; no promise is made for it. Empty if it does not answer, or names no folder. Rules with `+`
 * are not in its answer.
 */
export async function listableFolders(
  api: VaultApi,
  address: EngineAddress,
  version: KvVersion,
  signal: AbortSignal,
): Promise<string[]> {
  const { enginePath } = address;
  const area = version === 2 ? `${enginePath}/metadata/` : `${enginePath}/`;
  for (const namespace of splits(address)) {
    const path = encodePath(namespace, 'sys/internal/ui/resultant-acl');
    const answer = await ifVaultAnswers(api.probe({ method: 'GET', path }, signal));
    if (answer?.isSuccess === true) return foldersIn(answer.parse(aclSchema), area);
  }
  return [];
}

/** The rules name full paths, namespaces included. A glob comes without its star. */
function foldersIn({ data }: Acl, area: string): string[] {
  const rules = [data.exact_paths, data.glob_paths].flatMap((some) => Object.entries(some ?? {}));
  const folders = rules
    .filter(([path, { capabilities }]) => path.startsWith(area) && capabilities?.includes('list'))
    // Of `team*`, the folder that is surely meant is `team`.
    .map(([path]) => path.slice(area.length).replace(/\/$/, ''))
    .filter((folder) => folder !== '');
  return [...new Set(folders)].toSorted();
}
