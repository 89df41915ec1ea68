import type { RequestEvent } from '@shared/model/request';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { carried } from '../carried';
import { orNever } from '../signal';

export const requestHandlers = ({ requests, uploads }: Core) => ({
  send: agentOs.requests.send.handler(({ input: { body, ...input }, signal }) => {
    // Taken when the stream begins: one that nobody reads must not hold a body for ever.
    const send = (): AsyncIterable<RequestEvent> =>
      requests.send(
        input,
        {
          ...input,
          ...(body !== undefined && {
            body: 'upload' in body ? uploads.take(body.upload) : Buffer.from(body.base64, 'base64'),
          }),
        },
        orNever(signal),
      );
    return carried(send);
  }),
  upload: agentOs.requests.upload.handler(() => ({ upload: uploads.begin() })),
  write: agentOs.requests.write.handler(async ({ input: { upload, base64, last } }) => ({
    wanted: await uploads.write(upload, Buffer.from(base64, 'base64'), last),
  })),
});
