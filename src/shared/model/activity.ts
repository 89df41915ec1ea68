/** The activity log: what was done, by whom, and how it went. */
import { z } from 'zod';
import { callerSchema } from './caller';

export const activityActions = [
  'pulled',
  'pulled-all',
  'revealed',
  'copied',
  'tested',
  'configured',
  'environment-created',
  'environment-renamed',
  'environment-duplicated',
  'environment-deleted',
  'saved',
  'undeleted',
  'rolled-back',
  'pushed',
  'exported',
  'sync-enabled',
  'sync-disabled',
  'migrated',
  'workspace-created',
  'workspace-renamed',
  'workspace-deleted',
  'configuration-overridden',
  'global-defaults-used',
  'protection-changed',
  'went-offline',
] as const;
export type ActivityAction = (typeof activityActions)[number];

/** One thing that was done. It never holds a value. */
export const activityEntrySchema = z.object({
  id: z.number().int(),
  /** Milliseconds since 1970, UTC. */
  at: z.number(),
  action: z.enum(activityActions),
  outcome: z.enum(['done', 'failed', 'cancelled']),
  environment: z.string().optional(),
  path: z.string().optional(),
  /** The key of a variable, a count, or a failure's sentence. */
  detail: z.string().optional(),
  /** Absent for what Strongroom did by itself, and for entries older than this field. */
  caller: callerSchema.optional(),
  /** What the caller said it was for. */
  reason: z.string().optional(),
});
export type ActivityEntry = z.infer<typeof activityEntrySchema>;

export const activityOutcomes = activityEntrySchema.shape.outcome.options;

/** What all entries of an export or a list have in common, beside their workspace. */
export const activityFilterSchema = z.object({
  /** Left out: all of them. */
  actions: z.array(z.enum(activityActions)).optional(),
  outcome: activityEntrySchema.shape.outcome.optional(),
  /** Is found in the environment, the path, the detail, the caller or the reason. */
  text: z.string().max(200).optional(),
});
export type ActivityFilter = z.infer<typeof activityFilterSchema>;
