import { AppError, type ErrorDetails } from '@shared/errors';

/**
 * More than any answer that a secrets manager gives: a listing page or twenty values of AWS take a few MiB,
 * and Vault refuses secrets of more than 1 MiB unless somebody raises its limit.
 */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

interface Bounds {
  /** Bytes. */
  readonly most?: number;
  /** Of the error. */
  readonly details?: ErrorDetails;
}

/** Reads a body. Throws `RESPONSE_TOO_LARGE` if it is longer than that, which ends its connection. */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  { most = MAX_ANSWER_BYTES, details }: Bounds = {},
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw destroys the stream, and its connection with it.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw new AppError('RESPONSE_TOO_LARGE', { details });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
