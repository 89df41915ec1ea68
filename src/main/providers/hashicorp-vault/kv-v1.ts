/**
 * KV v1: `GET | POST | DELETE {mount}/{path}`, the body is the map itself. It has no versions and no
 * check-and-set, so a write compares what it finds with what was read, and then writes: between the
 * two calls another client can still come in.
 */
import { AppError } from '@shared/errors';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '@shared/model/json';
import { documentFromJsonObject, fingerprint, type SecretDocument } from '../../secrets/document';
import {
  asRevision,
  type Glance,
  type History,
  type RemoveOutcome,
  type Revision,
  type SecretSnapshot,
  type Written,
} from '../provider';
import type { VaultApi } from './api';
import { answerError } from './errors';
import { documentJson, objectAt, secretUrl, type KvEngine } from './kv';
import { encodePath, type EncodedPath } from './paths';

export class KvV1 implements KvEngine {
  readonly version = 1;

  constructor(
    private readonly api: VaultApi,
    private readonly mount: string,
  ) {}

  folderUrl(folder: string): EncodedPath {
    return encodePath(this.mount, folder);
  }

  async read(path: string, signal: AbortSignal): Promise<SecretSnapshot> {
    const content = await this.#find(path, signal);
    if (content === undefined) throw new AppError('NOT_FOUND');
    return { path, document: documentFromJsonObject(content), revision: revisionOf(content) };
  }

  /** Nothing but the values themselves would tell. */
  glance(): Promise<Glance> {
    return Promise.resolve({ state: 'unknown', why: 'not-supported' });
  }

  versions(): Promise<History> {
    return Promise.resolve({ isKept: false });
  }

  async readVersion(
    path: string,
    revision: Revision,
    signal: AbortSignal,
  ): Promise<SecretSnapshot> {
    const snapshot = await this.read(path, signal);
    if (snapshot.revision === revision) return snapshot;
    throw new AppError('NOT_FOUND', {
      message: 'A KV v1 engine keeps only the newest version of a secret.',
      hint: 'Pull the newest version.',
    });
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const body = documentJson(document);
    const found = await this.#find(path, signal);
    if (expected === null && found !== undefined) throw new AppError('ALREADY_EXISTS');
    if (expected !== null) assertUnchanged(found, expected);
    const answer = await this.api.call({ method: 'POST', path: this.#url(path), body }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    const written = parseJson(body);
    return { revision: revisionOf(isJsonObject(written) ? written : new Map()) };
  }

  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    assertUnchanged(await this.#find(path, signal), expected);
    const answer = await this.api.call({ method: 'DELETE', path: this.#url(path) }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    return { recoverable: false };
  }

  async recover(path: string, signal: AbortSignal): Promise<void> {
    if ((await this.#find(path, signal)) !== undefined) return;
    throw new AppError('NOT_FOUND', {
      message: 'A KV v1 engine keeps nothing of a secret that was deleted.',
      hint: 'Write it anew.',
    });
  }

  async #find(path: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    const answer = await this.api.call({ method: 'GET', path: this.#url(path) }, signal);
    if (answer.isSuccess) return objectAt(answer, answer.parseLossless(), 'data');
    const error = answerError(answer);
    if (error.code === 'NOT_FOUND') return undefined;
    throw error;
  }

  #url(path: string): EncodedPath {
    return secretUrl(this.mount, path);
  }
}

function assertUnchanged(found: JsonObject | undefined, expected: Revision): void {
  if (found === undefined || revisionOf(found) !== expected) throw new AppError('CONFLICT');
}

/** Vault gives keys back sorted, whatever their order was: it cannot count. */
const revisionOf = (content: JsonObject): Revision =>
  asRevision(fingerprint(documentFromJsonObject(sortedObject(content))));

const sortedObject = (object: JsonObject): JsonObject =>
  new Map(
    [...object]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, sortedValue(value)] as const),
  );

function sortedValue(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return sortedObject(value);
  return Array.isArray(value) ? value.map(sortedValue) : value;
}
