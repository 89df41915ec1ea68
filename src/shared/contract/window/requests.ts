import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { reasonSchema } from '../../model/caller';
import { requestEventSchema, requestHeadersSchema } from '../../model/request';
import { call } from '../base';

/** The longest body that a person types, in characters. */
const LONGEST_BODY = 256 * 1024;

export const requestsContract = {
  /**
   * Makes a request with a grant, as a person who tries it. Throws the codes of the area “grant” with the rule that
   * refused in `details.rule`, and those of the network. An answer of any status is an answer.
   */
  send: call
    .input(
      z.object({
        grant: z.uuid(),
        method: z.string().max(100),
        url: z.string().max(20_000),
        headers: requestHeadersSchema,
        body: z.string().max(LONGEST_BODY).optional(),
        reason: reasonSchema.optional(),
      }),
    )
    .output(eventIterator(requestEventSchema)),
};
