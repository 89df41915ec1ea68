import { z } from 'zod';
import { selectorSchema, workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';

const named = selectorSchema.omit({ workspace: true }).extend({ key: z.string() });

/**
 * The values of variables by name, in the order of the list. Follows references. Reads each synced environment
 * once, from its provider. Logged, without the values. Throws `NO_SUCH_ENVIRONMENT` and `NO_SUCH_VARIABLE`, which name all
 * variables that are missing and suggest near names, `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`.
 */
export const resolveContract = call
  .input(workspaceSelectorSchema.extend({ references: z.array(named).max(1000) }))
  .output(z.array(named.extend({ value: z.string() })));
