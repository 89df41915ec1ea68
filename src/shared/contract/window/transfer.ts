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
  /** Lists the provider's secrets, creates missing environments, and reads the values into memory. */
  pullAll: call.input(workspaceScope).output(eventIterator(pullProgressSchema)),
  /** Pull All, once after each start and only if Auto Sync is on; otherwise the stream ends at once. */
  autoSync: call.input(workspaceScope).output(eventIterator(pullProgressSchema)),
  /**
   * Undeletes the secret at a path and pulls it; creates an environment for it if there is none. Returns the
   * environment. Throws as `undelete` and `read` of the provider do.
   */
  undelete: call.input(workspaceScope.extend({ path: z.string() })).output(environmentSchema),
  /** What Push All would do, in the order of the environments. Reads only. */
  pushPlan: call
    .input(workspaceScope.extend({ drafts: z.array(draftSchema) }))
    .output(z.array(pushRowSchema)),
  /**
   * Pushes these environments, with their drafts. If one is refused, the others are still pushed. An
   * environment that is not synced is linked to its path, as when sync is switched on. With `undelete`, a
   * secret that is scheduled for deletion is first undeleted, then overwritten.
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
