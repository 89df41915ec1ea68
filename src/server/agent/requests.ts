import type { RequestEvent } from '@shared/model/request';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const requestHandlers = ({ requests, uploads }: Core) => ({
  send: agentOs.requests.send.handler(({ input: { body, ...input }, signal }) =>
    carried(
      requests.send(
        input,
        {
          ...input,
          ...(body !== undefined && {
            body: 'upload' in body ? uploads.take(body.upload) : Buffer.from(body.base64, 'base64'),
          }),
        },
        orNever(signal),
      ),
    ),
  ),
  upload: agentOs.requests.upload.handler(() => ({ upload: uploads.begin() })),
  write: agentOs.requests.write.handler(async ({ input: { upload, base64, last } }) => ({
    wanted: await uploads.write(upload, Buffer.from(base64, 'base64'), last),
  })),
});

/** The contract carries bytes as base64. */
async function* carried(events: AsyncIterable<RequestEvent>) {
  for await (const event of events) {
    if (event.type === 'chunk') {
      yield { type: event.type, base64: Buffer.from(event.bytes).toString('base64') };
    } else yield event;
  }
}
