/** Migrating a secret to another path or another provider. */
import { z } from 'zod';
import { providerIds } from '../providers/descriptor';
import { errorReportSchema } from './error-report';
import { secretPathSchema } from './link';

export const placeSchema = z.object({ provider: z.enum(providerIds), path: z.string() });
export type Place = z.infer<typeof placeSchema>;

/** A provider that a secret can be migrated to. */
export const migrationTargetSchema = z.object({
  provider: z.enum(providerIds),
  label: z.string(),
  /** Whether it is the one the workspace uses. */
  current: z.boolean(),
});
export type MigrationTarget = z.infer<typeof migrationTargetSchema>;

export const migrationRequestSchema = z.object({
  environmentId: z.uuid(),
  provider: z.enum(providerIds),
  toPath: secretPathSchema,
});
export type MigrationRequest = z.infer<typeof migrationRequestSchema>;

/** What one end of a migration holds. */
const placeStateSchema = placeSchema.extend({
  label: z.string(),
  exists: z.boolean(),
  /** How many variables the secret has, if it is a list of variables. */
  variables: z.number().int().optional(),
  /** As people write it, such as `v14`. */
  revision: z.string().optional(),
});

export const migrationPlanSchema = z.object({
  from: placeStateSchema,
  to: placeStateSchema,
  /** Keys of the variables that would be copied; empty if the secret is not a list of variables. */
  keys: z.array(z.string()),
  /**
   * Whether the environment can be used right after the migration. If the workspace uses another
   * provider than the target, it cannot be used until the workspace is switched to that provider.
   */
  reachable: z.boolean(),
  /** Why the migration would be refused. */
  refused: errorReportSchema.optional(),
});
export type MigrationPlan = z.infer<typeof migrationPlanSchema>;

export const migrationStages = [
  'reading',
  'writing',
  'verifying',
  'switching',
  'removing',
] as const;
export type MigrationStage = (typeof migrationStages)[number];

const migrationSummarySchema = z.object({
  type: z.literal('summary'),
  from: placeSchema,
  to: placeSchema,
  /** As in the plan. */
  reachable: z.boolean(),
  /** Whether the provider can undelete the source; absent if the source was gone already. */
  recoverable: z.boolean().optional(),
  /** Until when, in milliseconds since 1970, UTC; absent if that is not known. */
  until: z.number().optional(),
  durationMs: z.number(),
});
export type MigrationSummary = z.infer<typeof migrationSummarySchema>;

/** Each stage is reported when it begins. */
export const migrationProgressSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stage'), stage: z.enum(migrationStages) }),
  migrationSummarySchema,
]);
export type MigrationProgress = z.infer<typeof migrationProgressSchema>;

/** A migration that was started and is not finished. */
export const pendingMigrationSchema = z.object({
  id: z.uuid(),
  environmentId: z.uuid(),
  /** The name of the environment. */
  name: z.string(),
  from: placeSchema,
  to: placeSchema,
  /** The stage that was started last. */
  stage: z.enum(migrationStages),
  /** Whether the source is still complete: from `removing` on it may be gone. */
  source: z.enum(['there', 'maybe']),
  /** Whether there is a complete copy at the target. */
  copy: z.enum(['none', 'maybe', 'there']),
  /** When that stage was started, in milliseconds since 1970, UTC. */
  at: z.number(),
  /** Whether the migration is running now. */
  running: z.boolean(),
});
export type PendingMigration = z.infer<typeof pendingMigrationSchema>;
