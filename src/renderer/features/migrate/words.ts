import type { MigrationStage, PendingMigration } from '@shared/model/migration';

export const stageWords = {
  reading: 'Read the source',
  writing: 'Write the copy, only if nothing is there',
  verifying: 'Read the copy back and compare',
  switching: 'Link the environment to the new path',
  removing: 'Remove the source',
} as const satisfies Record<MigrationStage, string>;

/** The places where the values are complete, as far as known. */
export function whereText({ from, to, source, copy }: PendingMigration): string {
  if (source === 'there' && copy === 'there') {
    return `The values are complete at ${from.path} and at ${to.path}.`;
  }
  if (source === 'there') {
    return copy === 'none'
      ? `The values are complete at ${from.path}. Nothing was written to ${to.path}.`
      : `The values are complete at ${from.path}. There may be a copy at ${to.path}.`;
  }
  return `The values are complete at ${to.path}. The source at ${from.path} may be removed already.`;
}
