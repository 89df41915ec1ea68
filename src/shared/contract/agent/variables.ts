import { z } from 'zod';
import { changeSetSchema } from '../../model/change-set';
import { openEnvironmentSchema } from '../../model/open-environment';
import { selectorSchema } from '../../model/selector';
import { importReportSchema, importedVariableSchema } from '../../model/variable-import';
import { variableKinds } from '../../model/variable';
import { call } from '../base';
import { doubtfulSchema } from './run';

/** Each call but `names` reads a synced environment from its provider first. */
export const variablesContract = {
  /** Keys, kinds and marks, and the values of plain variables; `base` is the base of edits. */
  list: call.input(selectorSchema).output(openEnvironmentSchema.required({ base: true })),
  /** Keys alone. Asks the provider only if nothing is in memory. */
  names: call.input(selectorSchema).output(z.array(z.string())),
  /**
   * One value as text; nested values as their JSON. References are followed, unless `raw` is set. Logged, without
   * the value. Throws `NO_SUCH_VARIABLE`, `BINARY_VALUE`, `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`.
   */
  get: call.input(selectorSchema.extend({ key: z.string(), raw: z.boolean().optional() })).output(
    z.object({
      value: z.string(),
      kind: z.enum(variableKinds),
      /** Variables whose values have the form of a reference, but name no environment. */
      doubtful: doubtfulSchema,
    }),
  ),
  /**
   * All variables that are not disabled, in order, as they are stored: `run.references` follows those that refer to
   * others. Logged, without the values.
   */
  values: call
    .input(selectorSchema)
    .output(z.array(z.object({ key: z.string(), value: z.string() }))),
  /**
   * Saves edits. A synced environment is written to its provider. Throws `CONFLICT` if `base`, which comes
   * from `list`, is no longer the current revision; then nothing was written.
   */
  save: call
    .input(selectorSchema.extend({ base: z.string(), changes: changeSetSchema }))
    .output(openEnvironmentSchema),
  /**
   * Adds variables, in one save. Those that exist are kept unless `overwrite` is set, and empty values are
   * skipped unless `empty` is set. With `dryRun`, writes nothing. Throws as `save` does.
   */
  import: call
    .input(
      selectorSchema.extend({
        variables: z.array(importedVariableSchema),
        overwrite: z.boolean(),
        empty: z.boolean(),
        dryRun: z.boolean(),
      }),
    )
    .output(importReportSchema),
};
