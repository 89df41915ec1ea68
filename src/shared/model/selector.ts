/** What a program says to name an environment: a name that a person gave it, or an id. */
import { z } from 'zod';

export const workspaceSelectorSchema = z.object({
  /** Name or id. Default: the workspace in use. */
  workspace: z.string().optional(),
});
export type WorkspaceSelector = z.infer<typeof workspaceSelectorSchema>;

export const selectorSchema = workspaceSelectorSchema.extend({
  /** Name or id. Default: the active environment of the workspace, or its only one. */
  environment: z.string().optional(),
});
export type Selector = z.infer<typeof selectorSchema>;
