import { z } from 'zod';
import { expectedVariablesSchema } from './expected';
import { plainPatternsSchema } from './plain-patterns';

export const workspaceSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whether it has its own provider and credentials instead of the global defaults. */
  ownConfiguration: z.boolean(),
  /** Its own folder in the local vault. It stays the same when the workspace is renamed. */
  localFolder: z.string(),
  /** The rules for plain variables; absent until somebody has decided on them. */
  plainPatterns: z.optional(plainPatternsSchema),
  /** Whether it is the one with sample data, on this computer only. */
  sample: z.literal(true).optional(),
  /** The variables that its environments are expected to have; absent: none. */
  expected: z.optional(expectedVariablesSchema),
});

export type Workspace = z.infer<typeof workspaceSchema>;
