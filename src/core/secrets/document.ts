/**
 * The content of one secret, kept exactly as it came: an ordered map of typed values if it is a JSON
 * object, else one text, else bytes. Values are `Secret`s, so nothing here can be logged by accident.
 */
import { createHash } from 'node:crypto';
import {
  JsonNumber,
  isJsonObject,
  parseJson,
  stringifyJson,
  type JsonObject,
  type JsonValue,
} from '@shared/model/json';
import { WHOLE_SECRET_KEY, type VariableKind } from '@shared/model/variable';
import { Secret } from './secret';

/** One value. The secret of a `text` is the text itself; of other kinds it is the JSON source. */
export interface SecretEntry {
  readonly kind: Exclude<VariableKind, 'binary'>;
  readonly value: Secret;
}

export type SecretDocument =
  | { readonly shape: 'map'; readonly entries: ReadonlyMap<string, SecretEntry> }
  /** A secret that is not a JSON object; providers of plain strings allow that. */
  | { readonly shape: 'text'; readonly text: Secret }
  | { readonly shape: 'binary'; readonly base64: Secret; readonly bytes: number };

export const textEntry = (text: string): SecretEntry => ({ kind: 'text', value: new Secret(text) });

const kindOf = (value: JsonValue): SecretEntry['kind'] => {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (value === null) return 'null';
  return value instanceof JsonNumber ? 'number' : 'nested';
};

const entryOf = (value: JsonValue): SecretEntry => ({
  kind: kindOf(value),
  value: new Secret(typeof value === 'string' ? value : stringifyJson(value)),
});

export const mapDocument = (entries: Iterable<readonly [string, SecretEntry]>): SecretDocument => ({
  shape: 'map',
  entries: new Map(entries),
});

export const documentFromJsonObject = (object: JsonObject): SecretDocument =>
  mapDocument([...object].map(([key, value]) => [key, entryOf(value)] as const));

/** The variables of a document that is a list of variables; none for any other document. */
export const entriesOf = (document: SecretDocument): ReadonlyMap<string, SecretEntry> =>
  document.shape === 'map' ? document.entries : new Map<string, never>();

/** As `entriesOf`; a document that is one text counts as one variable. */
export const entriesOrText = (document: SecretDocument): ReadonlyMap<string, SecretEntry> =>
  document.shape === 'text'
    ? new Map([[WHOLE_SECRET_KEY, { kind: 'text', value: document.text }]])
    : entriesOf(document);

/** A JSON object becomes a map; any other text, JSON or not, stays one text. */
export function documentFromText(text: string): SecretDocument {
  try {
    const value = parseJson(text);
    if (isJsonObject(value)) return documentFromJsonObject(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { shape: 'text', text: new Secret(text) };
}

export const documentFromBytes = (bytes: Uint8Array): SecretDocument => ({
  shape: 'binary',
  base64: new Secret(Buffer.from(bytes).toString('base64')),
  bytes: bytes.byteLength,
});

/** The JSON source of one value. */
export const entryToJson = ({ kind, value }: SecretEntry): string =>
  kind === 'text' ? JSON.stringify(value.reveal()) : value.reveal();

/** A map document as a JSON object, with its keys in order and its numbers as they were written. */
export const mapToJson = (entries: ReadonlyMap<string, SecretEntry>): string =>
  `{${[...entries]
    .map(([key, entry]) => `${JSON.stringify(key)}:${entryToJson(entry)}`)
    .join(',')}}`;

/** The text for a provider of plain strings. Not for binary documents. */
export function documentToText(
  document: Exclude<SecretDocument, { readonly shape: 'binary' }>,
): string {
  return document.shape === 'map' ? mapToJson(document.entries) : document.text.reveal();
}

/** A fingerprint of content and order; it is the revision for providers that have no revisions. */
export function fingerprint(document: SecretDocument): string {
  const content = document.shape === 'binary' ? document.base64.reveal() : documentToText(document);
  return createHash('sha256')
    .update(document.shape)
    .update('\0')
    .update(content)
    .digest('base64url');
}
