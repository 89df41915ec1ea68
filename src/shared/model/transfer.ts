/** Progress and outcome of Pull All and Push All. */
import { z } from 'zod';
import { providerIds } from '../providers/descriptor';
import { changeSetSchema } from './change-set';
import { errorReportSchema } from './error-report';
import { followedSchema } from './stored-reference';

const providerId = z.enum(providerIds);

const skippedSchema = z.object({
  path: z.string(),
  error: errorReportSchema,
});
export type Skipped = z.infer<typeof skippedSchema>;

const pullSummarySchema = z.object({
  type: z.literal('summary'),
  provider: providerId,
  /** Paths for which an environment was created. */
  created: z.array(z.string()),
  /** Paths that had an environment already; their values were read again. */
  existing: z.array(z.string()),
  /** Secrets and folders that were found but could not be read, and why. */
  skipped: z.array(skippedSchema),
  /** Deleted secrets that no environment uses, and that can perhaps be undeleted. */
  deleted: z.array(skippedSchema),
  /** Synced environments whose path the provider no longer lists. */
  missing: z.array(z.string()),
  durationMs: z.number(),
});
export type PullSummary = z.infer<typeof pullSummarySchema>;

export const pullProgressSchema = z.discriminatedUnion('type', [
  /** The first event is one of these: it names the provider that the workspace uses. */
  z.object({ type: z.literal('listing'), provider: providerId, found: z.number().int() }),
  z.object({ type: z.literal('reading'), done: z.number().int(), total: z.number().int() }),
  pullSummarySchema,
]);
export type PullProgress = z.infer<typeof pullProgressSchema>;

/** Unsaved edits of one environment, as the window holds them. */
export const draftSchema = z.object({
  id: z.uuid(),
  /** The base of the edits. */
  base: z.string(),
  changes: changeSetSchema,
});
export type Draft = z.infer<typeof draftSchema>;

const pushActions = [
  /** Nothing is there: it is written, and linked if it was not. */
  'create',
  /** The secret there is replaced by the edited version. */
  'update',
  /** The secret there is the same: nothing is written, the environment is only linked. */
  'link',
  /** There is nothing to push. */
  'none',
  /** The push would be refused: `error` says why. */
  'refused',
] as const;

/** What Push All would do with one environment. */
export const pushRowSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  path: z.string(),
  action: z.enum(pushActions),
  /** The keys that would be added, changed and removed at the provider. */
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
  error: errorReportSchema.optional(),
});
export type PushRow = z.infer<typeof pushRowSchema>;

const pushedSchema = z.object({ id: z.uuid(), name: z.string(), path: z.string() });

const notPushedSchema = pushedSchema.extend({ error: errorReportSchema });

const pushSummarySchema = z.object({
  type: z.literal('summary'),
  pushed: z.array(pushedSchema),
  /** Nothing has changed for these: their edits are still unsaved, and each can be tried again. */
  failed: z.array(notPushedSchema),
  /** There was nothing to push. */
  unchanged: z.array(pushedSchema),
  durationMs: z.number(),
});
export type PushSummary = z.infer<typeof pushSummarySchema>;

export const pushProgressSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('pushing'),
    done: z.number().int(),
    total: z.number().int(),
    /** The environment that was pushed last. With an error, its edits are still unsaved. */
    finished: pushedSchema
      .extend({
        error: errorReportSchema.optional(),
        /** What became of the references to variables that its edits rename. */
        followed: followedSchema.optional(),
      })
      .optional(),
  }),
  pushSummarySchema,
]);
export type PushProgress = z.infer<typeof pushProgressSchema>;
