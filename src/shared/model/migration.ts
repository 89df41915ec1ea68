/** Moving a secret to another path or provider. */
import { z } from 'zod';
import { providerIds } from '../providers/descriptor';
import { errorReportSchema } from './error-report';
import { secretPathSchema } from './link';

export const placeSchema = z.object({ provider: z.enum(providerIds), path: z.string() });
export type Place = z.infer<typeof placeSchema>;

/** A provider that a secret can be moved to. */
export const moveTargetSchema = z.object({
  provider: z.enum(providerIds),
  label: z.string(),
  /** Whether it is the one the workspace uses. */
  current: z.boolean(),
});
export type MoveTarget = z.infer<typeof moveTargetSchema>;

export const moveRequestSchema = z.object({
  environmentId: z.uuid(),
  provider: z.enum(providerIds),
  toPath: secretPathSchema,
});
export type MoveRequest = z.infer<typeof moveRequestSchema>;

/** What stands at one end of a move. */
export const placeStateSchema = placeSchema.extend({
  label: z.string(),
  exists: z.boolean(),
  /** How many variables it has, where it is a list of those. */
  variables: z.number().int().optional(),
  /** As people say it, such as `v14`. */
  revision: z.string().optional(),
});

export const movePlanSchema = z.object({
  from: placeStateSchema,
  to: placeStateSchema,
  /** Keys of what would be copied; empty where it is not a list of variables. */
  keys: z.array(z.string()),
  /**
   * Whether the environment can be used right after the move. Where the target is not the provider the
   * workspace uses it cannot, until the workspace is switched to that provider.
   */
  reachable: z.boolean(),
  /** Why it would not be done. */
  refused: errorReportSchema.optional(),
});
export type MovePlan = z.infer<typeof movePlanSchema>;

export const moveStages = ['reading', 'writing', 'verifying', 'switching', 'removing'] as const;
export type MoveStage = (typeof moveStages)[number];

export const moveSummarySchema = z.object({
  type: z.literal('summary'),
  from: placeSchema,
  to: placeSchema,
  /** As in the plan. */
  reachable: z.boolean(),
  /** Whether the provider can bring back what was removed; absent where it was gone already. */
  recoverable: z.boolean().optional(),
  /** Until when, milliseconds since 1970, UTC, where that is known. */
  until: z.number().optional(),
  durationMs: z.number(),
});
export type MoveSummary = z.infer<typeof moveSummarySchema>;

/** A stage is told when it begins. */
export const moveProgressSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stage'), stage: z.enum(moveStages) }),
  moveSummarySchema,
]);
export type MoveProgress = z.infer<typeof moveProgressSchema>;

/** A move that was begun and is not finished. */
export const pendingMoveSchema = z.object({
  id: z.uuid(),
  environmentId: z.uuid(),
  /** Of the environment. */
  name: z.string(),
  from: placeSchema,
  to: placeSchema,
  /** The stage that was begun last. */
  stage: z.enum(moveStages),
  /** Whether the source is still complete: from `removing` on it may be gone. */
  source: z.enum(['there', 'maybe']),
  /** Whether there is a complete copy at the target. */
  copy: z.enum(['none', 'maybe', 'there']),
  /** When that stage was begun, milliseconds since 1970, UTC. */
  at: z.number(),
  /** Whether it is under way right now. */
  running: z.boolean(),
});
export type PendingMove = z.infer<typeof pendingMoveSchema>;
