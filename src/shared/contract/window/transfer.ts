import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { environmentSchema } from '../../model/environment';
import {
  draftSchema,
  pullProgressSchema,
  pushProgressSchema,
  pushRowSchema,
} from '../../model/transfer';
import { call } from '../base';

const workspaceScope = z.object({ workspaceId: z.uuid() });

export const transferContract = {
  /** Lists the provider's secrets, makes missing environments, fetches the values into memory. */
  pullAll: call.input(workspaceScope).output(eventIterator(pullProgressSchema)),
  /**
   * Pull All, once after each start and only where Auto Sync is on; otherwise the stream ends at once.
   */
  autoSync: call.input(workspaceScope).output(eventIterator(pullProgressSchema)),
  /**
   * Brings back what was deleted at a path, and pulls it; an environment is made for it where there is
   * none. Gives the environment. Throws as `undelete` and `read` of the provider do.
   */
  undelete: call.input(workspaceScope.extend({ path: z.string() })).output(environmentSchema),
  /** What Push All would do, in the order of the environments. Reads, and writes nothing. */
  pushPlan: call
    .input(workspaceScope.extend({ drafts: z.array(draftSchema) }))
    .output(z.array(pushRowSchema)),
  /**
   * Pushes these environments, with their drafts. What one is refused for does not stop the others. An
   * environment that is not synced is linked to its path, as switching sync on does. With `undelete`,
   * what is scheduled for deletion at a path is brought back first, and written over.
   */
  pushAll: call
    .input(
      workspaceScope.extend({
        drafts: z.array(draftSchema),
        ids: z.array(z.uuid()),
        undelete: z.boolean().optional(),
      }),
    )
    .output(eventIterator(pushProgressSchema)),
};
