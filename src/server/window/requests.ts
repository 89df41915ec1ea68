import type { Core } from '@core/core';
import { os, streamInCall } from '../base';
import { carried } from '../carried';
import { orNever } from '../signal';

export const requestHandlers = ({ requests }: Core) => ({
  send: os.requests.send.handler(async function* ({ input, context, signal }) {
    const { body, reason, ...request } = input;
    const send = () =>
      requests.send(
        request,
        { ...request, ...(body !== undefined && { body: Buffer.from(body) }) },
        orNever(signal),
      );
    yield* streamInCall({ ...context, reason }, carried(send));
  }),
});
