import type { Notice } from '@shared/model/notice';
import type { Salvaged } from './salvage';

/** What people call the rows of a table: one of them, and several. */
const words: Readonly<Record<string, readonly [string, string]>> = {
  workspaces: ['workspace', 'workspaces'],
  environments: ['environment', 'environments'],
  local_documents: ['set of local values', 'sets of local values'],
  kept_edits: ['set of unsaved edits', 'sets of unsaved edits'],
  variable_marks: ['mark of a variable', 'marks of variables'],
  owner_marks: ['owner of an environment', 'owners of environments'],
  moves: ['migration under way', 'migrations under way'],
  vault_selection: ['choice of a provider', 'choices of providers'],
  vault_configurations: ['set of provider settings', 'sets of provider settings'],
  credentials: ['credential', 'credentials'],
  grants: ['grant', 'grants'],
  grant_seals: ['seal of a grant', 'seals of grants'],
  grant_secrets: ['secret of a grant', 'secrets of grants'],
  preferences: ['preference', 'preferences'],
  activity: ['activity entry', 'activity entries'],
  audit: ['audit entry', 'audit entries'],
  audit_head: ['note of the last audit entry', 'notes of the last audit entry'],
  grant_uses: ['noted use of a grant', 'noted uses of grants'],
};

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .map(
      ([table, count]) =>
        `${String(count)} ${(words[table] ?? [table, table])[count === 1 ? 0 : 1]}`,
    )
    .join(', ');

/** A time as people in any zone can read it. `at` is in milliseconds since 1970, UTC. */
const told = (at: number): string => new Date(at).toISOString().replace(/T(.{5}).*/, ' $1 UTC');

/** Says what became of a damaged database that could be read in part. */
export function salvagedNotice(
  { kept, fromBackup, lost, gaps, doubtful }: Salvaged,
  aside: string,
  backupAt: number | undefined,
): Notice {
  const unread = gaps.map((table) => (words[table] ?? [table, table])[1]);
  const sentences = [
    `Strongroom recovered what it could, and keeps the damaged file as ${aside}.`,
    kept.size > 0 && `Recovered: ${listed(kept)}.`,
    fromBackup.size > 0 &&
      backupAt !== undefined &&
      `From the backup of ${told(backupAt)}: ${listed(fromBackup)}. Changes since then are lost, and what was deleted since may be back.`,
    lost.size > 0 && `Not recovered: ${listed(lost)}.`,
    unread.length > 0 && `Parts could not be read of: ${unread.join(', ')}.`,
    doubtful.length > 0 &&
      `The name may be wrong, and the link to a path was removed: ${doubtful.join(', ')}.`,
    lost.size + gaps.length + doubtful.length > 0 &&
      'Check your settings and environments. If something is missing, restore a backup. The secrets in your secrets manager are safe.',
  ];
  return {
    id: 'database-salvaged',
    level: 'warning',
    title: 'The database was damaged, and repaired',
    text: sentences.filter((sentence) => sentence !== false).join(' '),
  };
}

/** Says that the last backup took the place of a database of which nothing could be read. */
export const backupUsedNotice = (aside: string, at: number): Notice => ({
  id: 'database-from-backup',
  level: 'warning',
  title: 'The database was damaged',
  text: `Nothing in it could be read. Strongroom keeps it as ${aside}, and uses the backup of ${told(at)}. Changes since then are lost. The secrets in your secrets manager are safe, and can be pulled again.`,
});

/** Says that a damaged database was replaced by an empty one. */
export const damagedNotice = (aside: string): Notice => ({
  id: 'database-damaged',
  level: 'warning',
  title: 'The database was damaged',
  text: `Nothing in it could be read, and there is no backup. Strongroom set it aside as ${aside} and created a new one. Enter your settings, local environments and credentials again. The secrets in your secrets manager are safe, and can be pulled again.`,
});
