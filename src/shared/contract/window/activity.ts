import { z } from 'zod';
import { activityEntrySchema, activityFilterSchema } from '../../model/activity';
import { call } from '../base';

const filterSchema = activityFilterSchema.extend({ workspaceId: z.uuid() });

export const activityContract = {
  /** Newest first. `before` is the id of the last entry on the previous page. */
  list: call
    .input(
      filterSchema.extend({
        limit: z.number().int().min(1).max(1000),
        before: z.number().int().optional(),
      }),
    )
    .output(z.array(activityEntrySchema)),
  /** All entries that match the filter as JSON lines, oldest first, without values. */
  export: call.input(filterSchema).output(z.object({ text: z.string(), fileName: z.string() })),
};
