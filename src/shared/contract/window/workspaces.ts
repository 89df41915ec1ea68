import { z } from 'zod';
import { workspaceNameSchema, workspaceSchema } from '../../model/workspace';
import { call } from '../base';

const byId = z.object({ id: z.uuid() });

export const workspacesContract = {
  /** In the order people gave them; `currentId` is the one that was switched to last. */
  list: call.output(z.object({ workspaces: z.array(workspaceSchema), currentId: z.uuid() })),
  /** Empty, and on the global defaults. Does not switch to it. Throws `NAME_TAKEN`. */
  create: call.input(z.object({ name: workspaceNameSchema })).output(workspaceSchema),
  rename: call.input(byId.extend({ name: workspaceNameSchema })).output(workspaceSchema),
  reorder: call.input(z.object({ ids: z.array(z.uuid()) })).output(z.void()),
  /** Remembers it as the one to start with. */
  switchTo: call.input(byId).output(z.void()),
  /**
   * Deletes it here with its environments, settings, credentials and log; never anything at a
   * provider. What is under way for it ends with `NO_SUCH_WORKSPACE`. Throws `INVALID_INPUT` for the
   * last one. `currentId` is the workspace to show from now on.
   */
  remove: call.input(byId).output(z.object({ currentId: z.uuid() })),
};
