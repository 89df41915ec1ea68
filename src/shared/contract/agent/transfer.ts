import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { workspaceSelectorSchema } from '../../model/selector';
import { pullProgressSchema, pushProgressSchema, pushRowSchema } from '../../model/transfer';
import { call } from '../base';

const some = workspaceSelectorSchema.extend({
  /** Names or ids. Default: all. */
  environments: z.array(z.string()).optional(),
});

export const transferContract = {
  /** Lists the provider's secrets, creates missing environments, and reads the values into memory. */
  pull: call.input(workspaceSelectorSchema).output(eventIterator(pullProgressSchema)),
  /** What `push` would do, in the order of the environments. Reads only. */
  pushPlan: call.input(some).output(z.array(pushRowSchema)),
  /** Links environments that are not synced to their paths, and writes them there. */
  push: call
    .input(some.extend({ undelete: z.boolean().optional() }))
    .output(eventIterator(pushProgressSchema)),
};
