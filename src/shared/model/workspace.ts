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
  plainPatterns: plainPatternsSchema.optional(),
  /** Whether it is the one with sample data, on this computer only. */
  sample: z.literal(true).optional(),
  /** The variables that its environments are expected to have; absent: none. */
  expected: expectedVariablesSchema.optional(),
});

export type Workspace = z.infer<typeof workspaceSchema>;

export const WORKSPACE_NAME_MAX = 100;

export const workspaceNameSchema = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(WORKSPACE_NAME_MAX, `A name can have at most ${String(WORKSPACE_NAME_MAX)} characters.`);
