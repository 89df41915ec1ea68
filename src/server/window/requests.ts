import type { Core } from '@core/core';
import { os, streamInCall } from '../base';
import { carried } from '../carried';
import { orNever } from '../signal';

export const requestHandlers = ({ requests }: Core) => ({
  send: os.requests.send.handler(({ input: { body, reason, ...input }, context, signal }) =>
    streamInCall(
      { ...context, reason },
      carried(() =>
        requests.send(
          input,
          { ...input, ...(body !== undefined && { body: Buffer.from(body) }) },
          orNever(signal),
        ),
      ),
    ),
  ),
});
