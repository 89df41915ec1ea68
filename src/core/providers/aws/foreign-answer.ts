/**
 * Answers that are not in JSON, such as the XML of another protocol or the text of a web server. The SDK reads
 * JSON, fails at them and keeps nothing of what they say.
 */
import { readBounded } from '@core/network/read-bounded';

/** Bytes: codes and texts that tell an answer are at its beginning. */
const KEPT = 4096;

/** By the stream of the body, which the SDK hangs on its error. */
const kept = new WeakMap<object, string>();

/** For the SDK's `streamCollector`: reads a body, and keeps the beginning of one that is not JSON. */
export async function collectBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const bytes = await readBounded(body);
  const beginning = bytes.subarray(0, KEPT).toString('utf8').trimStart();
  if (beginning !== '' && !beginning.startsWith('{')) kept.set(body, beginning);
  return bytes;
}

/** What was kept of a body; `undefined` if it was JSON. For telling answers apart, never for display. */
export const foreignText = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null ? kept.get(body) : undefined;

/** The code of an error in XML, with which some compatible servers answer calls in JSON too. */
export const codeInXml = (text: string | undefined): string | undefined =>
  text !== undefined && /^(?:<\?xml[^>]*>\s*)?<(?:ErrorResponse|Error|Response)[\s>]/.test(text)
    ? /<Code>([^<]*)<\/Code>/.exec(text)?.[1]
    : undefined;
