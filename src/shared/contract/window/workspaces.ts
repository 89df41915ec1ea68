import { z } from 'zod';
import { expectedVariablesSchema } from '../../model/expected';
import { plainPatternsSchema } from '../../model/plain-patterns';
import { workspaceSchema } from '../../model/workspace';
import { workspaceNameSchema } from '../../model/names';
import { SETUP_FILE_MAX, setupChangeSchema } from '../../model/setup-file';
import { call } from '../base';

const byId = z.object({ id: z.uuid() });

const setupInput = z.object({ text: z.string().max(SETUP_FILE_MAX) });
const setupOutput = z.object({ name: z.string(), changes: z.array(setupChangeSchema) });

export const workspacesContract = {
  /** In the order that people gave them; `currentId` is the workspace that was switched to last. */
  list: call.output(z.object({ workspaces: z.array(workspaceSchema), currentId: z.uuid() })),
  /** Creates an empty workspace with the global defaults. Does not switch to it. Throws `NAME_TAKEN`. */
  create: call.input(z.object({ name: workspaceNameSchema })).output(workspaceSchema),
  /**
   * Returns the workspace with sample data, which is on this computer only, and creates it if it is missing. Does not
   * switch to it. `remove` also removes its values from the local vault. Throws what the key throws.
   */
  createSample: call.output(workspaceSchema),
  /** The set-up of a workspace, without secrets, as the text of a file. Throws `LOCKED`. */
  exportSetup: call.input(byId).output(z.object({ text: z.string(), fileName: z.string() })),
  /** What `importSetup` would do. Throws `INVALID_INPUT`. */
  planSetup: call.input(setupInput).output(setupOutput),
  /**
   * Adds what is missing in the workspace of the file’s name, or in a new one. Changes nothing that is there. Throws
   * `INVALID_INPUT`, and what saving throws.
   */
  importSetup: call.input(setupInput).output(setupOutput.extend({ id: z.uuid() })),
  rename: call.input(byId.extend({ name: workspaceNameSchema })).output(workspaceSchema),
  /** Sets the rules for plain variables of a workspace. Values that they make plain reach the window from then on. */
  setPlainPatterns: call
    .input(byId.extend({ patterns: plainPatternsSchema }))
    .output(workspaceSchema),
  /** Sets the variables that the environments of a workspace are expected to have. */
  setExpected: call
    .input(byId.extend({ expected: expectedVariablesSchema }))
    .output(workspaceSchema),
  reorder: call.input(z.object({ ids: z.array(z.uuid()) })).output(z.void()),
  /** Makes it the workspace to start with. */
  switchTo: call.input(byId).output(z.void()),
  /**
   * Deletes the workspace on this computer, with its environments, settings, credentials and log; never
   * anything at a provider. Work under way for it ends with `NO_SUCH_WORKSPACE`. Throws `INVALID_INPUT` for
   * the last workspace. `currentId` is the workspace to show from now on.
   */
  remove: call.input(byId).output(z.object({ currentId: z.uuid() })),
};
