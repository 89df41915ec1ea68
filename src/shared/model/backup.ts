import { z } from 'zod';

/** `update`: made before a new version of Strongroom changed the database. */
export const backupReasons = ['daily', 'update'] as const;
export type BackupReason = (typeof backupReasons)[number];

/** A copy of the database. */
export const backupSchema = z.object({
  /** The name of its file. */
  name: z.string(),
  /** Milliseconds since 1970, UTC. */
  at: z.number(),
  /** In bytes. */
  size: z.number(),
  reason: z.enum(backupReasons),
});
export type Backup = z.infer<typeof backupSchema>;

export const backupListSchema = z.object({
  /** The newest first. */
  backups: z.array(backupSchema),
  /** Whether one takes the place of the database at the next start. */
  isWaiting: z.boolean(),
});
export type BackupList = z.infer<typeof backupListSchema>;
