import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { approvalAnswers, pendingApprovalSchema } from '../../model/approval';
import { call } from '../base';

/** Only here: no program may answer for a person. */
export const approvalsContract = {
  /**
   * The requests that wait for a person, the oldest first: all of them now, and again after each change. While nobody
   * listens, a host that cannot show a window refuses what would have to wait.
   */
  watch: call.output(eventIterator(z.array(pendingApprovalSchema))),
  /** `counted`: false if the request does not wait any more, since somebody was faster or its time was over. */
  answer: call
    .input(z.object({ id: z.uuid(), answer: z.enum(approvalAnswers) }))
    .output(z.object({ counted: z.boolean() })),
};
