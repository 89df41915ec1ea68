import type { MoveStage, PendingMove } from '@shared/model/migration';

export const stageWords = {
  reading: 'Read the source',
  writing: 'Write the copy, only if nothing is there',
  verifying: 'Read the copy back and compare',
  switching: 'Link the environment to the new path',
  removing: 'Remove the source',
} as const satisfies Record<MoveStage, string>;

/** Where the values are complete, as far as it is known. */
export function whereText({ from, to, source, copy }: PendingMove): string {
  if (source === 'there' && copy === 'there') return `Complete at ${from.path} and at ${to.path}.`;
  if (source === 'there') {
    return copy === 'none'
      ? `Complete at ${from.path}. Nothing was written to ${to.path}.`
      : `Complete at ${from.path}. There may be a copy at ${to.path}.`;
  }
  return `Complete at ${to.path}. The source at ${from.path} may be gone already.`;
}
