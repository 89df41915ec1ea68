import { z } from 'zod';
import { requestEventSchema, requestHeadersSchema } from '../../model/request';
import { workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';
import { eventsOrList } from '../events';

/** The longest base64 in one message, in characters. A message of a client has a mebibyte at most. */
const LONGEST_BASE64 = 768 * 1024;

const base64 = z.base64().max(LONGEST_BASE64);

/** Ten minutes, in milliseconds. */
const LONGEST_TIMEOUT = 600_000;

export const requestsContract = {
  /**
   * Makes a request with a grant, by its id or by its name in a workspace. The reason is that of the call. Throws
   * `NO_SUCH_GRANT`, the codes of the area “grant” with the rule that refused in `details.rule`, and those of the
   * network. An answer of any status is an answer.
   */
  send: call
    .input(
      workspaceSelectorSchema.extend({
        grant: z.string(),
        method: z.string().max(100),
        url: z.string().max(20_000),
        headers: requestHeadersSchema,
        /** The body, or the id of one that `upload` began. */
        body: z.union([z.object({ base64 }), z.object({ upload: z.uuid() })]).optional(),
        /** Milliseconds for the whole request. Default: a minute. */
        timeout: z.number().int().min(1).max(LONGEST_TIMEOUT).optional(),
        /** How many redirects are followed. Default: 5. */
        redirects: z.number().int().min(0).max(20).optional(),
        /**
         * Whether the events of a short answer may come as a list, in one message. Without it they always come as a
         * stream, which costs more.
         */
        gathered: z.boolean().optional(),
      }),
    )
    .output(eventsOrList(requestEventSchema)),
  /** Begins a body that is too large for one message, or not known as a whole. `send` has to take it soon. */
  upload: call.output(z.object({ upload: z.uuid() })),
  /** Adds to a body. Resolves when the server has taken enough of it, with whether more is wanted. */
  write: call
    .input(z.object({ upload: z.uuid(), base64, last: z.boolean() }))
    .output(z.object({ wanted: z.boolean() })),
};
