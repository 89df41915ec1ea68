import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { keptEditsSchema } from '../../model/kept-edits';
import { draftSchema } from '../../model/transfer';
import { call } from '../base';

/** The window: the same after Lock, when its page is another. */
const windowSchema = z.uuid();

/** Unsaved edits, which Lock keeps. */
export const editsContract = {
  /**
   * Says that the window is there until the stream ends. Yields once at first, and then each time when Strongroom did
   * not lock by itself, because that would have lost something: a notice says so. Edits of a window that closes are
   * forgotten.
   */
  attend: call.input(z.object({ window: windowSchema })).output(eventIterator(z.null())),
  /**
   * Leaves a copy of the edits of an environment with the core, in memory, for Lock; `null`: there are none any more.
   * `more`: there are others of this environment, from a window that is gone.
   */
  hold: call
    .input(z.object({ window: windowSchema, id: z.uuid(), edits: keptEditsSchema.nullable() }))
    .output(z.object({ more: z.boolean() })),
  /**
   * The edits that Lock took from this window, or from one that is gone, with the values that were typed. They stay on
   * the disk, encrypted, until the window leaves them with `hold`.
   */
  take: call
    .input(z.object({ window: windowSchema, workspaceId: z.uuid() }))
    .output(z.array(draftSchema)),
};
