import type { RequestEvent } from '@shared/model/request';

/** The events of a request as the contracts carry them: bytes as base64. */
export async function* carried(send: () => AsyncIterable<RequestEvent>) {
  for await (const event of send()) {
    if (event.type === 'chunk') {
      yield { type: event.type, base64: Buffer.from(event.bytes).toString('base64') };
    } else yield event;
  }
}
