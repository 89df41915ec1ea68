/** JSON as Go's encoding/json writes it. Every answer of a Vault server is in this form. */
import { JsonNumber, parseJson, type JsonObject, type JsonValue } from '@shared/model/json';

/** The parts of an answer: plain values, and stored JSON. */
export type Plain =
  | number
  | JsonValue
  | readonly Plain[]
  | ReadonlyMap<string, Plain>
  | { readonly [key: string]: Plain | undefined };

// Go escapes these beyond the grammar (HTMLEscape), and keeps U+007F as it is.
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** A lone surrogate becomes U+FFFD, as in every string that Go decodes. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

const goString = (text: string): string =>
  JSON.stringify(wellFormed(text)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => ESCAPES[character] ?? character,
  );

/** Go sorts map keys by their UTF-8 bytes, JavaScript by UTF-16 units: they differ above U+FFFF. */
export const byBytes = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

const goNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const object = (entries: Iterable<readonly [string, Plain | undefined]>): string =>
  `{${[...entries]
    .flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
    .toSorted(([a], [b]) => byBytes(a, b))
    .map(([key, value]) => `${goString(key)}:${goJson(value)}`)
    .join(',')}}`;

/** The JSON of a Go struct: the fields in their order, without undefined ones. */
export const goStruct = (fields: Readonly<Record<string, Plain | undefined>>): string =>
  `{${Object.entries(fields)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${JSON.stringify(name)}:${goJson(value)}`],
    )
    .join(',')}}`;

/** Compact JSON, keys sorted. */
export function goJson(value: Plain): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return goString(value);
  if (typeof value === 'number') return goNumber(value);
  if (value instanceof JsonNumber) return value.source;
  if (value instanceof Map) return object(value as ReadonlyMap<string, Plain>);
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map(goJson).join(',')}]`;
  return object(Object.entries(value as Readonly<Record<string, Plain>>));
}

/** Turns a value of a test into stored JSON. */
export const toJsonValue = (value: unknown): JsonValue => parseJson(JSON.stringify(value));

export const fromJsonValue = (value: JsonValue): unknown => JSON.parse(goJson(value));

/**
 * The value as KV v2 stores it: the engine decodes numbers as float64, so 9007199254740993 comes back as
 * …992. KV v1 keeps the digits.
 */
export function asFloat64(value: JsonValue): JsonValue {
  if (value instanceof JsonNumber) return new JsonNumber(goNumber(Number(value.source)));
  if (value instanceof Map) return mapValues(value as JsonObject, asFloat64);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(asFloat64);
  return value;
}

export const mapValues = (
  object_: JsonObject,
  change: (value: JsonValue) => JsonValue,
): JsonObject => new Map([...object_].map(([key, value]) => [key, change(value)] as const));

/** RFC 7396. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(target);
  for (const [key, value] of patch) {
    if (value === null) merged.delete(key);
    else if (value instanceof Map) {
      const before = merged.get(key);
      merged.set(
        key,
        mergePatch(before instanceof Map ? (before as JsonObject) : new Map(), value as JsonObject),
      );
    } else merged.set(key, value);
  }
  return merged;
}
