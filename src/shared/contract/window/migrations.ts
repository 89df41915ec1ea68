import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  migrationPlanSchema,
  migrationProgressSchema,
  migrationRequestSchema,
  migrationTargetSchema,
  pendingMigrationSchema,
} from '../../model/migration';
import { call } from '../base';

const byId = z.object({ id: z.uuid() });

export const migrationsContract = {
  /** The providers that are set up in the scope of the workspace's settings; the one in use comes first. */
  targets: call
    .input(z.object({ workspaceId: z.uuid(), environmentId: z.uuid() }))
    .output(z.array(migrationTargetSchema)),
  /** What both ends hold, and whether the migration is possible. Writes nothing. */
  plan: call.input(migrationRequestSchema).output(migrationPlanSchema),
  /**
   * Copies without overwriting, reads the copy back and compares it, links the environment to the new path,
   * and only then removes the source. Ends with a summary. If it is interrupted, it is listed by `pending`.
   */
  run: call.input(migrationRequestSchema).output(eventIterator(migrationProgressSchema)),
  pending: call.input(z.object({ workspaceId: z.uuid() })).output(z.array(pendingMigrationSchema)),
  /** Continues a migration. Throws `COPY_DIFFERS` if source and copy are no longer the same. */
  resume: call.input(byId).output(eventIterator(migrationProgressSchema)),
  /**
   * Links the environment to the source again, and removes the copy if it is the same as the source. Throws
   * `NOT_FOUND` if the source is gone: then the copy is all there is.
   */
  undo: call.input(byId).output(
    z.object({
      /** `left`: it differs from the source, so it was kept. */
      copy: z.enum(['removed', 'absent', 'left']),
      /** Whether the removed copy can be undeleted, and until when, in milliseconds since 1970, UTC. */
      recoverable: z.boolean().optional(),
      until: z.number().optional(),
    }),
  ),
  /** Ends a migration as it is: nothing is removed, and the environment keeps its current link. */
  keepBoth: call.input(byId).output(z.void()),
};
