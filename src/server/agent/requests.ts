import type { Readable } from 'node:stream';
import type { RequestEvent } from '@shared/model/request';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';

export const requestHandlers = ({ requests, uploads }: Core) => ({
  send: agentOs.requests.send.handler(({ input: { body, ...input }, signal }) => {
    // Taken when the stream begins: one that nobody reads must not hold a body for ever.
    const send = (): AsyncIterable<RequestEvent> =>
      requests.send(
        input,
        {
          ...input,
          body: bodyOf(body, uploads),
        },
        orNever(signal),
      );
    return carried(send);
  }),
  broker: agentOs.requests.broker.handler(({ input: { body, grant, ...input }, signal }) => {
    const { method, url, headers, ...brokered } = input;
    const send = (): AsyncIterable<RequestEvent> =>
      requests.send(
        { grant },
        { method, url, headers, body: bodyOf(body, uploads), brokered },
        orNever(signal),
      );
    return carried(send);
  }),
  upload: agentOs.requests.upload.handler(() => ({ upload: uploads.begin() })),
  write: agentOs.requests.write.handler(async ({ input: { upload, base64, last } }) => ({
    wanted: await uploads.write(upload, Buffer.from(base64, 'base64'), last),
  })),
});

type Body = { readonly base64: string } | { readonly upload: string };

/** Throws `INVALID_INPUT` for a body that is gone. */
function bodyOf(
  body: Body | undefined,
  uploads: Core['uploads'],
): Uint8Array | Readable | undefined {
  if (body === undefined) return undefined;
  return 'upload' in body ? uploads.take(body.upload) : Buffer.from(body.base64, 'base64');
}

/** The contract carries bytes as base64. */
async function* carried(send: () => AsyncIterable<RequestEvent>) {
  for await (const event of send()) {
    if (event.type === 'chunk') {
      yield { type: event.type, base64: Buffer.from(event.bytes).toString('base64') };
    } else yield event;
  }
}
