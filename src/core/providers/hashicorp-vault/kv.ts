/** What the two versions of the KV engine have in common. */
import { AppError, isAppError, isOutcomeUnknown } from '@shared/errors';
import { isRounded } from '@shared/model/exact-number';
import {
  JsonNumber,
  isJsonObject,
  parseJson,
  type JsonObject,
  type JsonValue,
} from '@shared/model/json';
import {
  documentFromJsonObject,
  fingerprint,
  mapToJson,
  type SecretDocument,
} from '@core/secrets/document';
import type {
  Glance,
  History,
  NoteRefusals,
  Ownership,
  RemoveOutcome,
  SecretSnapshot,
  Written,
} from '../provider';
import type { NoteChanges } from '../notes';
import type { Revision } from '@core/secrets/revision';
import type { VaultAnswer } from './answer';
import type { KvVersion } from './mounts';
import { encodePath, unprintableError, type EncodedPath } from './paths';

/** Calls of one KV mount. Paths are relative to it; errors are as in `SecretsProvider`. */
export interface KvEngine {
  readonly version: KvVersion;
  /** The URL that lists a folder; empty for the root. */
  folderUrl(folder: string): EncodedPath;
  read(path: string, signal: AbortSignal): Promise<SecretSnapshot>;
  glance(path: string, signal: AbortSignal): Promise<Glance>;
  versions(path: string, signal: AbortSignal): Promise<History>;
  readVersion(path: string, revision: Revision, signal: AbortSignal): Promise<SecretSnapshot>;
  write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written>;
  remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome>;
  undelete(path: string, signal: AbortSignal, revision?: Revision): Promise<void>;
  owner(path: string, signal: AbortSignal): Promise<Ownership>;
  setOwner(path: string, owner: string | null, signal: AbortSignal): Promise<Ownership>;
  setNotes(path: string, notes: NoteChanges, signal: AbortSignal): Promise<NoteRefusals>;
}

/** The URL of one secret. Throws `NAME_NOT_ALLOWED` for a path that names none. */
export function secretUrl(area: string, path: string): EncodedPath {
  if (path === '') throw new AppError('NAME_NOT_ALLOWED', { message: 'The path is empty.' });
  return encodePath(area, path);
}

/** The JSON text of a document. Throws `INVALID_INPUT` for what a KV engine cannot hold. */
export function documentJson(document: SecretDocument): string {
  if (document.shape === 'map') return mapToJson(document.entries);
  throw new AppError('INVALID_INPUT', {
    message: `A KV engine stores keys and values, but this is one ${document.shape} value.`,
    hint: 'Give it a key, and save it as a variable.',
  });
}

/** Why a secret cannot be created at this path with this content. */
export function problemOf(path: string, document: SecretDocument): AppError | undefined {
  try {
    secretUrl('', path);
    documentJson(document);
    return unprintableError(path);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

/**
 * Why this cannot be created with KV v2, which decodes numbers into 64-bit floating point: see
 * https://pkg.go.dev/encoding/json#Unmarshal. KV v1 keeps the text of a number.
 */
export function roundingProblem(document: SecretDocument): AppError | undefined {
  const keys = roundedKeys(document);
  if (keys.length === 0) return undefined;
  return new AppError('NUMBER_ROUNDED', {
    message: `Vault would round ${keys.length === 1 ? 'the number' : 'the numbers'} in ${keys.join(', ')}: it keeps about 16 digits.`,
  });
}

/** The keys whose value, or a number somewhere in it, would be another one. */
export const roundedKeys = (document: SecretDocument): string[] =>
  document.shape === 'map'
    ? [...document.entries].flatMap(([key, { kind, value }]) =>
        (kind === 'number' || kind === 'nested') && isRounded(value.reveal()) ? [key] : [],
      )
    : [];

export function objectAt(answer: VaultAnswer, object: JsonObject, key: string): JsonObject {
  const value: JsonValue | undefined = object.get(key);
  if (!isJsonObject(value)) throw answer.unexpected();
  return value;
}

/** Vault gives keys back sorted, whatever their order was: it cannot count. */
export const sortedObject = (object: JsonObject): JsonObject =>
  new Map(
    [...object]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, sortedValue(value)] as const),
  );

function sortedValue(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return sortedObject(value);
  return Array.isArray(value) ? value.map(sortedValue) : value;
}

/** A fingerprint of a JSON object as KV v2 keeps it: keys in any order, numbers as float64. */
export function floatFingerprint(json: string): string {
  const value = parseJson(json);
  const rounded = isJsonObject(value) ? roundedObject(value) : new Map<string, JsonValue>();
  return fingerprint(documentFromJsonObject(sortedObject(rounded)));
}

const roundedObject = (object: JsonObject): JsonObject =>
  new Map([...object].map(([key, value]) => [key, roundedValue(value)] as const));

function roundedValue(value: JsonValue): JsonValue {
  if (value instanceof JsonNumber) return new JsonNumber(String(Number(value.source)));
  if (isJsonObject(value)) return roundedObject(value);
  return Array.isArray(value) ? value.map(roundedValue) : value;
}

/** Whether a request may have taken effect: not if the server, or a proxy, refused it outright. */
export function mayHaveLanded(error: unknown): boolean {
  if (!isAppError(error)) return false;
  const status = error.details?.status;
  return status === undefined ? isOutcomeUnknown(error.code) : status < 300 || status >= 500;
}
