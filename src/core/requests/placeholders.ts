/** Replaces the placeholders of a program by the secrets of its grant: see docs/decisions/0047-brokered-programs.md. */
import { Readable } from 'node:stream';
import type { SecretValue } from '@core/secrets/redact';
import {
  assertHeaderValue,
  patternsOf,
  withCredential,
  type Headers,
  type Outgoing,
  type Parts,
  type SecretValues,
} from './outgoing';
import { inHeader } from './placeholder-text';
import { refusal } from './refusals';

export interface Placeholder {
  /** What the program has. */
  readonly text: string;
  /** The name of the secret of the grant. */
  readonly secret: string;
}

/** What takes the place of each text, written for where it is put. */
type Replacements = readonly { readonly text: string; readonly value: string }[];

type Encode = (value: string) => string;

const asItIs: Encode = (value) => value;

const replacementsOf = (
  placeholders: readonly Placeholder[],
  values: SecretValues,
  encode: Encode,
): Replacements =>
  placeholders.flatMap(({ text, secret }) => {
    const value = values.get(secret);
    return value === undefined ? [] : [{ text, value: encode(value.reveal()) }];
  });

const replacedIn = (text: string, replacements: Replacements): string =>
  replacements.reduce(
    // A function, since a text could have the patterns of a replacement.
    (done, { text: placeholder, value }) => done.replaceAll(placeholder, () => value),
    text,
  );

export interface BrokeredParts extends Parts {
  readonly placeholders: readonly Placeholder[];
  /** The secrets of the other grants of the program. */
  readonly others: readonly SecretValue[];
}

/** The request with the values in its query and its headers. Throws `HEADER_REFUSED`. */
export function withPlaceholders(parts: BrokeredParts): Outgoing {
  const { settings, placeholders, url, headers, values, others } = parts;
  const isUse = placeholders.length > 0;
  if (isUse && settings.type === 'sigv4' && isSigned(headers)) return signedAgain(parts);
  const inQuery = replacementsOf(placeholders, values, encodeURIComponent);
  const inHeaders = replacementsOf(placeholders, values, asItIs);
  const target = new URL(url);
  const search = replacedIn(url.search, inQuery);
  if (search !== url.search) target.search = search;
  const encoded: SecretValue[] = [];
  const sent = headers.map(([name, value]): readonly [string, string] => {
    const changed = inHeader(value, (text) => replacedIn(text, inHeaders));
    if (changed === value) return [name, value];
    assertHeaderValue(name, changed);
    const basic = /^Basic +(\S+)$/i.exec(changed)?.[1];
    if (basic !== undefined) encoded.push({ name: 'authorization', value: basic });
    return [name, changed];
  });
  return {
    url: target,
    headers: sent,
    patterns: patternsOf(values, [...encoded, ...others]),
  };
}

const SIGNATURE = /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\//i;
const OF_SIGNATURE = /^(authorization|x-amz-date|x-amz-security-token|x-amz-content-sha256)$/i;

const isSigned = (headers: Headers): boolean =>
  headers.some(([name, value]) => /^authorization$/i.test(name) && SIGNATURE.test(value));

/** The program has signed with a placeholder as its key, so the signature is made again with the key. */
function signedAgain(parts: BrokeredParts): Outgoing {
  const { headers, placeholders, values } = parts;
  const valueOf = (wanted: string): string =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
  const id = SIGNATURE.exec(valueOf('authorization'))?.[1] ?? '';
  const isOurs =
    id === values.get('accessKeyId')?.reveal() ||
    placeholders.some(({ text, secret }) => secret === 'accessKeyId' && text === id);
  if (!isOurs) {
    throw refusal('HEADER_REFUSED', 'header', {
      message: 'The request is signed with another access key than that of the grant.',
      hint: 'Give the program the access key of the grant.',
    });
  }
  if (/^STREAMING-/i.test(valueOf('x-amz-content-sha256'))) {
    throw refusal('HEADER_REFUSED', 'header', {
      message: 'The program signs its body in parts, which cannot be signed again.',
      hint: 'Let it sign the body as a whole, or send it unsigned.',
    });
  }
  return withCredential({
    ...parts,
    headers: headers.filter(([name]) => !OF_SIGNATURE.test(name)),
  });
}

/** How a body writes a value: as JSON and forms need it, by the type that the request gives. */
function encodingOf(headers: Headers): Encode {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (/json/i.test(type)) return (value) => JSON.stringify(value).slice(1, -1);
  return /^application\/x-www-form-urlencoded/i.test(type) ? encodeURIComponent : asItIs;
}

/**
 * The body with the values. A stream is read as it is sent, whatever the borders of its chunks. If it is sent with a
 * length, reading it throws `REQUEST_TOO_LARGE` at a placeholder, which would change the length.
 */
export function bodyWithPlaceholders(
  body: Uint8Array | Readable | undefined,
  {
    headers,
    placeholders,
    values,
    length,
  }: Pick<BrokeredParts, 'headers' | 'placeholders' | 'values'> & {
    readonly length?: number | undefined;
  },
): Uint8Array | Readable | undefined {
  const replacements = replacementsOf(placeholders, values, encodingOf(headers));
  if (body === undefined || replacements.length === 0) return body;
  const replacer = new Replacer(replacements);
  if (!(body instanceof Readable)) return Buffer.concat([replacer.take(body), replacer.end()]);
  return Readable.from(replaced(body, replacer, length !== undefined), { objectMode: false });
}

async function* replaced(
  body: AsyncIterable<Uint8Array>,
  replacer: Replacer,
  hasLength: boolean,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of body) {
    const bytes = replacer.take(chunk);
    if (hasLength && replacer.replaced > 0) {
      throw refusal('REQUEST_TOO_LARGE', 'body', {
        message: 'A placeholder is in a body that is too large to be measured again.',
        hint: 'Send the body in chunks, without its length, or the secret in a header.',
      });
    }
    if (bytes.byteLength > 0) yield bytes;
  }
  const rest = replacer.end();
  if (rest.byteLength > 0) yield rest;
}

/** Replaces texts in a stream of bytes, and holds back only what may be the beginning of one. */
class Replacer {
  readonly #pairs: readonly { readonly from: Buffer; readonly to: Buffer }[];
  #held: Buffer = Buffer.alloc(0);
  #replaced = 0;

  constructor(replacements: Replacements) {
    this.#pairs = replacements.map(({ text, value }) => ({
      from: Buffer.from(text),
      to: Buffer.from(value),
    }));
  }

  /** How many places were replaced so far. */
  get replaced(): number {
    return this.#replaced;
  }

  take(chunk: Uint8Array): Buffer {
    const bytes = Buffer.concat([this.#held, chunk]);
    const out: Buffer[] = [];
    let done = 0;
    for (let next = this.#next(bytes, done); next !== undefined; next = this.#next(bytes, done)) {
      out.push(bytes.subarray(done, next.at), next.to);
      done = next.at + next.from.byteLength;
      this.#replaced += 1;
    }
    const kept = this.#beginning(bytes.subarray(done));
    out.push(bytes.subarray(done, bytes.byteLength - kept));
    this.#held = bytes.subarray(bytes.byteLength - kept);
    return Buffer.concat(out);
  }

  /** The rest, at the end of the stream. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest;
  }

  #next(bytes: Buffer, after: number) {
    return this.#pairs
      .map((pair) => ({ ...pair, at: bytes.indexOf(pair.from, after) }))
      .filter(({ at }) => at !== -1)
      .toSorted((a, b) => a.at - b.at)[0];
  }

  /** How many bytes at the end may be the beginning of a text. */
  #beginning(bytes: Buffer): number {
    const longest = Math.max(...this.#pairs.map(({ from }) => from.byteLength)) - 1;
    for (let length = Math.min(longest, bytes.byteLength); length > 0; length -= 1) {
      const end = bytes.subarray(bytes.byteLength - length);
      if (this.#pairs.some(({ from }) => from.subarray(0, length).equals(end))) return length;
    }
    return 0;
  }
}
