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
  /** The providers that are set up where the workspace has its settings; the one in use first. */
  targets: call
    .input(z.object({ workspaceId: z.uuid(), environmentId: z.uuid() }))
    .output(z.array(migrationTargetSchema)),
  /** What is at both ends, and whether it can be done. Writes nothing. */
  plan: call.input(migrationRequestSchema).output(migrationPlanSchema),
  /**
   * Copies, create-only; reads back and compares; links the environment to the new path; and only then
   * removes the source. Ends in a summary. Broken off at any point it is among `pending`.
   */
  run: call.input(migrationRequestSchema).output(eventIterator(migrationProgressSchema)),
  pending: call.input(z.object({ workspaceId: z.uuid() })).output(z.array(pendingMigrationSchema)),
  /** Goes on with a migration. Throws `COPY_DIFFERS` where the two are not the same by now. */
  resume: call.input(byId).output(eventIterator(migrationProgressSchema)),
  /**
   * Links the environment to the source again and removes the copy, where it is the same as the source.
   * Throws `NOT_FOUND` where the source is gone: then the copy is all there is.
   */
  undo: call.input(byId).output(
    z.object({
      /** `left`: it is not the same as the source, so it was not touched. */
      copy: z.enum(['removed', 'absent', 'left']),
      /** Of what was removed. */
      recoverable: z.boolean().optional(),
      until: z.number().optional(),
    }),
  ),
  /** Ends a migration where it stands: nothing is removed, and the environment stays linked as it is. */
  keepBoth: call.input(byId).output(z.void()),
};
