/** The answer as the caller gets it: decoded, bounded, and without the credential. */
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { AppError, isAppError } from '@shared/errors';
import { redacted, Redactor, type Patterns } from '@core/secrets/redact';
import type { OpenAnswer } from '@core/network/http';
import type { Runtime } from '@core/runtime';

/** Of a connection, or of a body that Strongroom decodes and changes. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'content-length',
  'content-encoding',
  'content-md5',
  'digest',
]);

/**
 * The headers of an answer, in order, without the credential in their names or values. `kept`: names in lower case that
 * are passed on although they are about the connection or the length.
 */
export function headersOf(
  { rawHeaders }: OpenAnswer,
  patterns: Patterns,
  kept: readonly string[] = [],
): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    const known = name.toLowerCase();
    if (DROPPED.has(known) && !kept.includes(known)) continue;
    // Node reads headers as Latin-1, and the patterns are UTF-8.
    const text = Buffer.from(value, 'latin1').toString('utf8');
    const clean = redacted(patterns, text);
    headers.push([redacted(patterns, name), clean === text ? value : clean]);
  }
  return headers;
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Two may be used at once by a service and what is in front of it. */
const MOST_ENCODINGS = 2;

/** The decoders of an answer, in the order in which they apply. Throws `UNEXPECTED_ANSWER`. */
function decodersOf({ headers, status, details }: OpenAnswer, method: string): Transform[] {
  if (method === 'HEAD' || status === 101 || status === 204 || status === 304) return [];
  const names = (headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  const made = names.map((name) => (Object.hasOwn(decoders, name) ? decoders[name] : undefined));
  if (names.length > MOST_ENCODINGS || made.includes(undefined)) {
    throw new AppError('UNEXPECTED_ANSWER', {
      message: 'The service compressed its answer in a way that Strongroom does not know.',
      likelyCause: 'Strongroom asks for no compression, and the service used one anyway.',
      hint: 'Nothing of the answer was passed on, because the credential could be in it.',
      details,
    });
  }
  return made.toReversed().flatMap((make) => make?.() ?? []);
}

export interface CleanBody {
  /** The whole body, if it has arrived already; otherwise it comes in chunks. */
  arrived(): Buffer | undefined;
  /** Ends the connection, unless the body was read. */
  end(): void;
  readonly chunks: AsyncGenerator<Buffer, void, undefined>;
  /** How often the credential was found and replaced, so far. */
  replaced(): number;
}

/** Milliseconds without a byte after which what is held back may be all that there is for now. */
const QUIET_AFTER_MS = 50;

/** The body of an answer. Reading it throws `RESPONSE_TOO_LARGE`, `UNEXPECTED_ANSWER`, and what the network does. */
export function cleanBody(
  answer: OpenAnswer,
  {
    method,
    patterns,
    most,
    pauses,
  }: {
    readonly method: string;
    readonly patterns: Patterns;
    readonly most: number;
    /** If the reader may wait for each byte, such as in an exchange of messages. */
    readonly pauses?: Pick<Runtime, 'after'> | undefined;
  },
): CleanBody {
  const decoding = decodersOf(answer, method);
  const redactor = new Redactor(patterns, answer.status === 101);
  async function* read(): AsyncGenerator<Buffer, void, undefined> {
    let size = 0;
    const chunks = decoded(answer, decoding);
    const isHolding = (): boolean => redactor.isHolding;
    for await (const chunk of pauses ? withPauses(chunks, isHolding, pauses) : chunks) {
      if (chunk === 'pause') {
        const quiet = redactor.quiet();
        if (quiet.byteLength > 0) yield quiet;
        continue;
      }
      size += chunk.byteLength;
      if (size > most) throw tooLarge(answer, most);
      const clean = patterns.isEmpty ? chunk : redactor.take(chunk);
      if (clean.byteLength > 0) yield clean;
    }
    const rest = redactor.end();
    if (rest.byteLength > 0) yield rest;
  }
  const arrived = (): Buffer | undefined => {
    const whole = decoding.length === 0 ? answer.arrived() : undefined;
    if (whole === undefined || patterns.isEmpty) return whole;
    return Buffer.concat([redactor.take(whole), redactor.end()]);
  };
  return {
    arrived,
    end: answer.destroy,
    chunks: read(),
    replaced: () => redactor.replaced,
  };
}

/** The chunks, and a pause after each that no other follows at once while something is held back. */
async function* withPauses(
  chunks: AsyncGenerator<Buffer, void, undefined>,
  isHolding: () => boolean,
  { after }: Pick<Runtime, 'after'>,
): AsyncGenerator<Buffer | 'pause', void, undefined> {
  try {
    for (;;) {
      const next = chunks.next();
      // It may fail while the pause is being read.
      next.catch(() => undefined);
      if (isHolding()) {
        let cancel = (): void => undefined;
        const pause = new Promise<'pause'>((resolve) => {
          cancel = after(QUIET_AFTER_MS, () => {
            resolve('pause');
          });
        });
        const first = await Promise.race([next, pause]);
        cancel();
        if (first === 'pause') yield first;
      }
      const { done, value } = await next;
      if (done === true) return;
      yield value;
    }
  } finally {
    // Not awaited: it waits for the chunk that is on its way.
    void chunks.return();
  }
}

async function* decoded(
  { body, details }: OpenAnswer,
  decoding: readonly Transform[],
): AsyncGenerator<Buffer, void, undefined> {
  if (decoding.length === 0) {
    yield* body;
    return;
  }
  const stages = [Readable.from(body), ...decoding];
  const last = decoding.at(-1);
  pipeline(stages, () => undefined);
  try {
    for await (const chunk of last as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError('UNEXPECTED_ANSWER', {
      message: 'The compressed answer of the service could not be decoded.',
      hint: 'Try again. If it keeps happening, ask the provider of the service.',
      details,
      cause: error,
    });
  }
}

const tooLarge = ({ details }: OpenAnswer, most: number): AppError =>
  new AppError('RESPONSE_TOO_LARGE', {
    message: `The answer of the service is longer than ${String(most)} bytes.`,
    hint: 'Ask for less at a time.',
    details,
  });
