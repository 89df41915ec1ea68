/** Copies variables from one environment to another, where they become unsaved edits: see decision 33. */
import { AppError } from '@shared/errors';
import type { Addition } from '@shared/model/change-set';
import type { CopiedVariables } from '@shared/model/comparison';
import type { Client } from '@shared/contract/window';
import type { CopiedAcross } from './copied-across';
import { putValues } from './draft';
import type { DraftsStore } from './drafts-store';

interface Copy {
  readonly fromId: string;
  readonly toId: string;
  readonly variables: readonly CopiedAcross[];
}

/** Resolves with the name of the target. Throws `ALREADY_RUNNING` while it is being saved, and what the call throws. */
export async function copyAcross(
  client: Client,
  drafts: DraftsStore,
  { fromId, toId, variables }: Copy,
): Promise<string> {
  const keys = variables.flatMap(({ key, as }) => (as?.value === undefined ? [key] : []));
  const { variables: given, target } = await client.compare.copyVariables({ fromId, toId, keys });
  const stored = new Map(given.map((one) => [one.key, one]));
  const copied = variables.map(({ key, as }): Addition => ({
    key,
    value: '',
    ...stored.get(key),
    ...as,
  }));
  return putCopied(drafts, toId, { variables: copied, target });
}

/**
 * Makes variables unsaved edits of the environment that the core gave them for. Returns its name. Throws
 * `ALREADY_RUNNING` while it is being saved.
 */
export function putCopied(
  drafts: DraftsStore,
  id: string,
  { variables, target: { environment, variables: there, base } }: CopiedVariables,
): string {
  if (drafts.getState().saving.has(id)) {
    throw new AppError('ALREADY_RUNNING', {
      message: `${environment.name} is being saved.`,
      hint: 'Copy again when that has ended.',
    });
  }
  drafts.getState().change(id, base, (draft) => putValues(draft, there, variables));
  return environment.name;
}
