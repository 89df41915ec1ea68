import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  auditEntrySchema,
  auditFilterSchema,
  auditFormats,
  auditVerdictSchema,
} from '../../model/audit';
import { call } from '../base';

export const auditContract = {
  /** Newest first; `before` is the number of the oldest entry that is known. */
  list: call
    .input(
      auditFilterSchema.extend({
        limit: z.number().int().min(1).max(1000),
        before: z.number().int().optional(),
      }),
    )
    .output(z.array(auditEntrySchema)),
  /** Checks the chain, and whether it contains an entry with the hash `contains`. */
  verify: call.input(z.object({ contains: z.string().optional() })).output(auditVerdictSchema),
  /** All entries that match, oldest first, in parts of one text. */
  export: call
    .input(auditFilterSchema.extend({ format: z.enum(auditFormats) }))
    .output(eventIterator(z.string())),
};
