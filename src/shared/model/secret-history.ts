import { z } from 'zod';
import { sideChanges } from './merge';
import { variableSchema } from './variable';

/** How the secret itself stands. */
const secretStandingSchema = z.object({
  state: z.enum(['present', 'deleted', 'scheduled', 'absent']),
  /** Of one that is gone: whether `restore` can bring its newest version back. */
  recoverable: z.boolean().optional(),
  /** When it can no longer be, milliseconds since 1970, UTC, where that is known. */
  until: z.number().optional(),
});
export type SecretStanding = z.infer<typeof secretStandingSchema>;

export const environmentHistorySchema = z.discriminatedUnion('isKept', [
  z.object({ isKept: z.literal(false) }),
  z.object({
    isKept: z.literal(true),
    secret: secretStandingSchema,
    /** False where the credentials may see only some of them. */
    isComplete: z.boolean(),
    /** The newest first. Times in milliseconds since 1970, UTC. */
    versions: z.array(
      z.object({
        revision: z.string(),
        /** As people say it, such as `v14`. */
        version: z.string(),
        state: z.enum(['current', 'past', 'deleted', 'destroyed']),
        labels: z.array(z.string()),
        /** Whether it is the one in memory. */
        isHeld: z.boolean(),
        createdAt: z.number().optional(),
        createdBy: z.string().optional(),
        deletedAt: z.number().optional(),
      }),
    ),
  }),
]);
export type EnvironmentHistory = z.infer<typeof environmentHistorySchema>;

export const versionDifferenceSchema = z.object({
  /** Values only of plain variables. */
  rows: z.array(
    z.object({
      key: z.string(),
      change: z.enum(sideChanges),
      before: variableSchema.optional(),
      after: variableSchema.optional(),
    }),
  ),
  unchanged: z.number().int(),
});
export type VersionDifference = z.infer<typeof versionDifferenceSchema>;
