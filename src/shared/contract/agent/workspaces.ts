import { z } from 'zod';
import { workspaceSelectorSchema } from '../../model/selector';
import { workspaceSchema } from '../../model/workspace';
import { workspaceNameSchema } from '../../model/names';
import { SETUP_FILE_MAX, setupChangeSchema } from '../../model/setup-file';
import { call } from '../base';

const setupInput = z.object({
  text: z.string().max(SETUP_FILE_MAX),
  /** The name of the workspace. Default: the one in the file. */
  name: workspaceNameSchema.optional(),
});
const setupOutput = z.object({ name: z.string(), changes: z.array(setupChangeSchema) });

const listedSchema = workspaceSchema.extend({
  /** Whether it is the workspace in use. */
  current: z.boolean(),
});

export const workspacesContract = {
  /** In the order that people gave them. */
  list: call.output(z.array(listedSchema)),
  /** One workspace; without a name the one in use. Throws `NO_SUCH_WORKSPACE`. */
  find: call.input(workspaceSelectorSchema).output(listedSchema),
  /** Does not switch to it. Throws `NAME_TAKEN`. */
  create: call.input(z.object({ name: workspaceNameSchema })).output(listedSchema),
  /** Throws `NAME_TAKEN` and `NO_SUCH_WORKSPACE`. */
  rename: call
    .input(workspaceSelectorSchema.extend({ name: workspaceNameSchema }))
    .output(listedSchema),
  /** The set-up of a workspace, without secrets, as the text of a file. Throws `LOCKED`. */
  exportSetup: call
    .input(workspaceSelectorSchema)
    .output(z.object({ text: z.string(), fileName: z.string() })),
  /** What `importSetup` would do. Throws `INVALID_INPUT`. */
  planSetup: call.input(setupInput).output(setupOutput),
  /**
   * Adds what is missing, in the workspace of the file’s name or of the given one, or in a new one. Changes nothing that is
   * there. Throws `INVALID_INPUT`, and what saving throws.
   */
  importSetup: call.input(setupInput).output(setupOutput.extend({ id: z.uuid() })),
  /** Makes it the workspace in use, in the window too. Throws `NO_SUCH_WORKSPACE`. */
  use: call.input(workspaceSelectorSchema).output(listedSchema),
  /**
   * Deletes it on this computer, with its environments, settings and credentials; never anything at a
   * provider. Throws `NOT_EMPTY` if it has environments, unless `force` is set, and `INVALID_INPUT` for the
   * last workspace.
   */
  remove: call.input(workspaceSelectorSchema.extend({ force: z.boolean() })).output(z.void()),
};
