import { z } from 'zod';
import { sideChanges } from './merge';
import { variableSchema } from './variable';

/** The state of the secret. */
const secretStandingSchema = z.object({
  state: z.enum(['present', 'deleted', 'scheduled', 'absent']),
  /** Whether the newest version of a deleted secret can be undeleted. */
  recoverable: z.boolean().optional(),
  /** The end of the time to undelete it, in milliseconds since 1970, UTC, if it is known. */
  until: z.number().optional(),
});
export type SecretStanding = z.infer<typeof secretStandingSchema>;

export const environmentHistorySchema = z.discriminatedUnion('isKept', [
  z.object({ isKept: z.literal(false) }),
  z.object({
    isKept: z.literal(true),
    secret: secretStandingSchema,
    /** False if the credentials may see only some versions. */
    isComplete: z.boolean(),
    /** The newest first. Times in milliseconds since 1970, UTC. */
    versions: z.array(
      z.object({
        revision: z.string(),
        /** As people write it, such as `v14`. */
        version: z.string(),
        state: z.enum(['current', 'past', 'deleted', 'destroyed']),
        labels: z.array(z.string()),
        /** Whether it is the version in memory. */
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
  /** Only plain variables have values here. */
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
