import type { RequestEvent } from '@shared/model/request';

/** An event of a request as the contracts carry it: bytes as base64. */
export const asCarried = (event: RequestEvent) =>
  event.type === 'chunk'
    ? { type: event.type, base64: Buffer.from(event.bytes).toString('base64') }
    : event;

export async function* carried(send: () => AsyncIterable<RequestEvent>) {
  for await (const event of send()) yield asCarried(event);
}
