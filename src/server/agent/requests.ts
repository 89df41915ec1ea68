import type { Core } from '@core/core';
import { agentOs } from '../base';
import { asCarried, carried } from '../carried';
import { orNever } from '../signal';

export const requestHandlers = ({ requests, uploads }: Core) => ({
  send: agentOs.requests.send.handler(async ({ input: { body, gathered, ...input }, signal }) => {
    const request = () => ({
      ...input,
      ...(body !== undefined && {
        body: 'upload' in body ? uploads.take(body.upload) : Buffer.from(body.base64, 'base64'),
      }),
    });
    const isSentLater = body !== undefined && 'upload' in body;
    if (gathered !== true || isSentLater) {
      // Taken when the stream begins: one that nobody reads must not hold a body for ever.
      return carried(() => requests.send(input, request(), orNever(signal)));
    }
    const events = await requests.gathered(input, request(), orNever(signal));
    return isList(events) ? events.map(asCarried) : carried(() => events);
  }),
  upload: agentOs.requests.upload.handler(() => ({ upload: uploads.begin() })),
  write: agentOs.requests.write.handler(async ({ input: { upload, base64, last } }) => ({
    wanted: await uploads.write(upload, Buffer.from(base64, 'base64'), last),
  })),
});

const isList = <T>(events: readonly T[] | AsyncIterable<T>): events is readonly T[] =>
  Array.isArray(events);
