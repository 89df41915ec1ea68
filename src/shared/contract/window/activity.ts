import { z } from 'zod';
import { call } from '../base';

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
  'restored',
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
});
export type ActivityEntry = z.infer<typeof activityEntrySchema>;

export const activityOutcomes = activityEntrySchema.shape.outcome.options;

const filterSchema = z.object({
  workspaceId: z.uuid(),
  /** Left out: all of them. */
  actions: z.array(z.enum(activityActions)).optional(),
  outcome: activityEntrySchema.shape.outcome.optional(),
  /** Is to be found in the environment, the path or the detail. */
  text: z.string().max(200).optional(),
});
/** What all entries that are asked for have in common, beside their workspace. */
export type ActivityFilter = Omit<z.infer<typeof filterSchema>, 'workspaceId'>;

export const activityContract = {
  /** Newest first. `before` is the id of the last entry that is known, for the next page. */
  list: call
    .input(
      filterSchema.extend({
        limit: z.number().int().min(1).max(1000),
        before: z.number().int().optional(),
      }),
    )
    .output(z.array(activityEntrySchema)),
  /** Everything that fits the filter as JSON lines, oldest first. It holds no value either. */
  export: call.input(filterSchema).output(z.object({ text: z.string(), fileName: z.string() })),
};
