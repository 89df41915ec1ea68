/** The activity log: what was done, by whom, and with what outcome. */
import { z } from 'zod';
import { callerSchema } from './caller';

export const activityActions = [
  'pulled',
  'pulled-all',
  'revealed',
  'searched',
  'copied',
  'tested',
  'configured',
  'environment-created',
  'environment-renamed',
  'environment-set',
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
  'applied',
  'released',
  'workspace-created',
  'workspace-renamed',
  'workspace-set',
  'workspace-deleted',
  'setup-exported',
  'setup-imported',
  'configuration-overridden',
  'global-defaults-used',
  'protection-changed',
  'key-replaced',
  'went-offline',
] as const;
export type ActivityAction = (typeof activityActions)[number];

/** One entry of the log. It never holds a value. */
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
  /** Absent for what Strongroom did by itself, and for entries from before this field existed. */
  caller: callerSchema.optional(),
  /** The reason that the caller gave. */
  reason: z.string().optional(),
});
export type ActivityEntry = z.infer<typeof activityEntrySchema>;

export const activityOutcomes = activityEntrySchema.shape.outcome.options;

/** Which entries of a workspace are listed or exported. */
export const activityFilterSchema = z.object({
  /** Default: all. */
  actions: z.array(z.enum(activityActions)).optional(),
  outcome: activityEntrySchema.shape.outcome.optional(),
  /** The environment, path, detail, caller or reason must contain this text. */
  text: z.string().max(200).optional(),
});
export type ActivityFilter = z.infer<typeof activityFilterSchema>;
