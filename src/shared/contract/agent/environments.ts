import { z } from 'zod';
import { environmentSchema } from '../../model/environment';
import { environmentNameSchema } from '../../model/names';
import { followedSchema } from '../../model/stored-reference';
import { exportFormats } from '../../model/open-environment';
import { expectedVariableSchema } from '../../model/expected';
import { variableSchema } from '../../model/variable';
import { comparisonSchema } from '../../model/comparison';
import { selectorSchema, workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';
import { doubtfulSchema } from './run';

export const listedEnvironmentSchema = environmentSchema
  .pick({
    id: true,
    name: true,
    synced: true,
    path: true,
    active: true,
    expands: true,
    state: true,
    revision: true,
    pulledAt: true,
  })
  .extend({
    /** The name of its workspace. */
    workspace: z.string(),
  });
export type ListedEnvironment = z.infer<typeof listedEnvironmentSchema>;

export const environmentsContract = {
  /**
   * The environments of one workspace, by its name or id, or of all workspaces, in the order that people gave
   * them, without values. Throws `NO_SUCH_WORKSPACE`.
   */
  list: call
    .input(z.object({ workspace: z.string().optional() }).optional())
    .output(z.array(listedEnvironmentSchema)),
  /** One environment. Throws `NO_SUCH_WORKSPACE`, `NO_SUCH_ENVIRONMENT` and `AMBIGUOUS_NAME`, as do all below. */
  find: call.input(selectorSchema).output(listedEnvironmentSchema),
  /** An environment on this computer, not linked to a provider. Throws `NAME_TAKEN`. */
  create: call
    .input(workspaceSelectorSchema.extend({ name: environmentNameSchema }))
    .output(listedEnvironmentSchema),
  /** References to its variables follow: `followed` says which. Throws `NAME_TAKEN`. */
  rename: call
    .input(selectorSchema.extend({ name: environmentNameSchema }))
    .output(listedEnvironmentSchema.extend({ followed: followedSchema })),
  /**
   * Deletes it here; with `onServer`, first at the provider. Throws `NOT_EMPTY` if it has variables, unless
   * `force` is set: then nothing is read first.
   */
  remove: call.input(selectorSchema.extend({ onServer: z.boolean(), force: z.boolean() })).output(
    z.object({
      /** Set if it was to be deleted at the provider, and its path held nothing. */
      absent: z.literal(true).optional(),
      /** Whether the provider can undelete it. */
      recoverable: z.boolean().optional(),
      /** The end of the time to undelete it, in milliseconds since 1970, UTC. */
      until: z.number().optional(),
    }),
  ),
  /** Whether that variable of it replaces `{{NAME}}` in a value, for programs and on reveal. */
  setExpands: call
    .input(selectorSchema.extend({ expands: z.boolean() }))
    .output(listedEnvironmentSchema),
  /** Makes it the active environment of its workspace. */
  activate: call.input(selectorSchema).output(listedEnvironmentSchema),
  /** Reads a synced environment from its provider. Throws `INVALID_INPUT` if it is not synced. */
  pull: call.input(selectorSchema).output(listedEnvironmentSchema),
  /**
   * The variables that are not disabled, as text in one format. A synced environment is pulled first. References
   * are followed, unless `raw` is set. `warnings` say what the format cannot hold. Logged. Throws
   * `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`.
   */
  export: call
    .input(selectorSchema.extend({ format: z.enum(exportFormats), raw: z.boolean().optional() }))
    .output(
      z.object({
        text: z.string(),
        fileName: z.string(),
        warnings: z.array(z.string()),
        /** As that of `variables.get`. */
        doubtful: doubtfulSchema,
      }),
    ),
  /** Compares environments of one workspace, key by key, without values. Pulls the synced ones first. */
  compare: call
    .input(workspaceSelectorSchema.extend({ environments: z.array(z.string()).min(1).max(20) }))
    .output(comparisonSchema),
  /**
   * The variables that are expected, and those whose values are not as expected. Pulls a synced environment first, and those
   * that it refers to. Of `keys`, only these references are followed. Gives no value.
   */
  check: call.input(selectorSchema.extend({ keys: z.array(z.string()).optional() })).output(
    z.object({
      /** Its name. */
      environment: z.string(),
      variables: z.array(
        variableSchema.pick({ key: true, empty: true, disabled: true, misfit: true }),
      ),
      /** The rules for this environment. */
      expected: z.array(expectedVariableSchema),
    }),
  ),
};
