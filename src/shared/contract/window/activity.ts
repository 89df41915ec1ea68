import { z } from 'zod';
import { activityEntrySchema, activityFilterSchema } from '../../model/activity';
import { call } from '../base';

const filterSchema = activityFilterSchema.extend({ workspaceId: z.uuid() });

export const activityContract = {
  /** Newest first. `before` is the id of the last entry that is known, for the next page. */
  list: call
    .input(
      filterSchema.extend({
        limit: z.number().int().min(1).max(1000),
        before: z.number().int().optional(),
      }),
    )
    .output(z.array(activityEntrySchema)),
  /** Everything that fits the filter as JSON lines, oldest first. It holds no value either. */
  export: call.input(filterSchema).output(z.object({ text: z.string(), fileName: z.string() })),
};
