import { z } from 'zod';
import { call } from './base';

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
  'pushed',
  'exported',
  'sync-enabled',
  'sync-disabled',
  'migrated',
  'workspace-created',
  'workspace-renamed',
  'workspace-deleted',
  'protection-changed',
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

export const activityContract = {
  /** Newest first. */
  list: call
    .input(z.object({ workspaceId: z.uuid(), limit: z.number().int().min(1).max(1000) }))
    .output(z.array(activityEntrySchema)),
};
