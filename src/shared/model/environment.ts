import { z } from 'zod';
import { errorReportSchema } from './error-report';

/** What is known of an environment's values right now. */
const environmentStates = [
  /** Not linked to a provider. */
  'local',
  /** Values are in memory, as they were at `pulledAt`. */
  'loaded',
  /** Linked, values not in memory. */
  'not-loaded',
  /** Linked, and the last attempt to fetch it failed. */
  'failed',
] as const;

export const environmentSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whether its values live in the provider. */
  synced: z.boolean(),
  /** Where they live there. */
  path: z.string(),
  /** The one of its workspace that is in use. */
  active: z.boolean(),
  state: z.enum(environmentStates),
  /** As people say it, such as `v14`; absent if the provider has no versions. */
  revision: z.string().optional(),
  pulledAt: z.number().optional(),
  /** How the server differs from what is in memory; absent if no difference was seen. */
  server: z
    .object({
      state: z.enum(['changed', 'deleted']),
      /** The version that is there, as people say it. */
      version: z.string().optional(),
      /** Of one that is deleted: whether it can be brought back, as far as was seen. */
      recoverable: z.boolean().optional(),
      /** When it can no longer be, milliseconds since 1970, UTC. */
      until: z.number().optional(),
    })
    .optional(),
  /** Why `state` is `failed`. */
  problem: errorReportSchema.optional(),
});

export type Environment = z.infer<typeof environmentSchema>;

export const ENVIRONMENT_NAME_MAX = 200;

export const environmentNameSchema = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(ENVIRONMENT_NAME_MAX, `A name can have at most ${String(ENVIRONMENT_NAME_MAX)} characters.`);
