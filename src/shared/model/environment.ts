import { z } from 'zod';
import { errorReportSchema } from './error-report';

/** The state of an environment's values. */
const environmentStates = [
  /** Not linked to a provider. */
  'local',
  /** The values of `pulledAt` are in memory. */
  'loaded',
  /** Linked, values not in memory. */
  'not-loaded',
  /** Linked, and the last pull failed. */
  'failed',
] as const;

export const environmentSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whether its values live in the provider. */
  synced: z.boolean(),
  /** The path of the values there. */
  path: z.string(),
  /** Whether it is the active environment of its workspace. */
  active: z.boolean(),
  /** Whether that variable of this environment replaces `{{NAME}}` in a value. */
  expands: z.boolean().optional(),
  /** The name of the declared set-up that owns it, as far as this computer knows. */
  owner: z.string().optional(),
  state: z.enum(environmentStates),
  /** As people write it, such as `v14`; absent if the provider has no versions. */
  revision: z.string().optional(),
  pulledAt: z.number().optional(),
  /** How the server differs from the values in memory; absent if no difference was seen. */
  server: z
    .object({
      state: z.enum(['changed', 'deleted']),
      /** The version at the server, as people write it. */
      version: z.string().optional(),
      /** Whether a deleted secret can be undeleted, as far as is known. */
      recoverable: z.boolean().optional(),
      /** The end of the time to undelete it, in milliseconds since 1970, UTC. */
      until: z.number().optional(),
    })
    .optional(),
  /** Why `state` is `failed`. */
  problem: z.optional(errorReportSchema),
});

export type Environment = z.infer<typeof environmentSchema>;
