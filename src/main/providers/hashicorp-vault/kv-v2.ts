/**
 * KV v2: content under `{mount}/data/`, versions and listings under `{mount}/metadata/`. Every write
 * carries `cas`, the version it replaces, so that the server itself refuses to overwrite. Custom
 * metadata lies outside the content and stays as it is.
 * See https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import { AppError } from '@shared/errors';
import { JsonNumber, type JsonObject } from '@shared/model/json';
import { documentFromJsonObject, type SecretDocument } from '../../secrets/document';
import {
  asRevision,
  type RemoveOutcome,
  type Revision,
  type SecretSnapshot,
  type Written,
} from '../provider';
import type { VaultApi } from './api';
import type { VaultAnswer } from './client';
import { answerError } from './errors';
import { documentJson, objectAt, secretUrl, type KvEngine } from './kv';
import { encodePath, type EncodedPath } from './paths';

/** What stands at a path: a deleted or destroyed newest version still counts as the current one. */
type Found =
  | { readonly state: 'present'; readonly snapshot: SecretSnapshot }
  | { readonly state: 'deleted'; readonly version: string; readonly error: AppError }
  | { readonly state: 'absent'; readonly error: AppError };

export class KvV2 implements KvEngine {
  readonly version = 2;

  constructor(
    private readonly api: VaultApi,
    private readonly mount: string,
  ) {}

  folderUrl(folder: string): EncodedPath {
    return encodePath(`${this.mount}/metadata`, folder);
  }

  async read(path: string, signal: AbortSignal): Promise<SecretSnapshot> {
    const found = await this.#find(path, signal);
    if (found.state === 'present') return found.snapshot;
    throw found.error;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const content = documentJson(document);
    if (expected === null) return this.#create(path, content, signal);
    const version = await this.#assertCurrent(path, expected, signal);
    return this.#put(path, content, version, signal);
  }

  /** A soft delete of the newest version. */
  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    await this.#assertCurrent(path, expected, signal);
    const answer = await this.api.call({ method: 'DELETE', path: this.#url(path) }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    return { recoverable: true };
  }

  /** `cas: 0` means "create only", and is refused where a version was deleted: that one is replaced. */
  async #create(path: string, content: string, signal: AbortSignal): Promise<Written> {
    try {
      return await this.#put(path, content, '0', signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
      const found = await this.#find(path, signal);
      if (found.state === 'present') throw new AppError('ALREADY_EXISTS', { cause: error });
      if (found.state === 'absent') throw error;
      return await this.#put(path, content, found.version, signal);
    }
  }

  async #put(path: string, content: string, cas: string, signal: AbortSignal): Promise<Written> {
    const body = `{"options":{"cas":${cas}},"data":${content}}`;
    const answer = await this.api.call({ method: 'POST', path: this.#url(path), body }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    const version = versionOf(answer, objectAt(answer, answer.parseLossless(), 'data'));
    return { revision: revisionOf(version), version: versionLabel(version) };
  }

  /**
   * The version to replace. It is read first although `cas` guards the write: a secret that was removed
   * for good and made anew starts again at version 1, which `cas` alone takes for the old one.
   */
  async #assertCurrent(path: string, expected: Revision, signal: AbortSignal): Promise<string> {
    const found = await this.#find(path, signal);
    if (found.state !== 'present' || found.snapshot.revision !== expected) {
      throw new AppError('CONFLICT');
    }
    return numberIn(expected);
  }

  async #find(path: string, signal: AbortSignal): Promise<Found> {
    const answer = await this.api.call({ method: 'GET', path: this.#url(path) }, signal);
    if (answer.isSuccess) return { state: 'present', snapshot: snapshotOf(path, answer) };
    const error = answerError(answer);
    if (error.code !== 'NOT_FOUND') throw error;
    const { details } = answer;
    const data = answer.parseLossless().get('data');
    if (!(data instanceof Map) || !data.has('metadata')) return { state: 'absent', error };
    return {
      state: 'deleted',
      version: versionOf(answer, objectAt(answer, data as JsonObject, 'metadata')).number,
      error: new AppError('SECRET_DELETED', { details }),
    };
  }

  #url(path: string): EncodedPath {
    return secretUrl(`${this.mount}/data`, path);
  }
}

interface Version {
  readonly number: string;
  readonly createdAt: string;
}

const versionLabel = ({ number }: Version): string => `v${number}`;

function versionOf(answer: VaultAnswer, metadata: JsonObject): Version {
  const version = metadata.get('version');
  const createdAt = metadata.get('created_time');
  if (!(version instanceof JsonNumber) || typeof createdAt !== 'string') throw answer.unexpected();
  return { number: version.source, createdAt };
}

/** `14@2026-07-04T09:41:07.123456789Z`: the time tells two lives of a path apart. */
const revisionOf = ({ number, createdAt }: Version): Revision =>
  asRevision(`${number}@${createdAt}`);

const numberIn = (revision: Revision): string => revision.slice(0, revision.indexOf('@'));

function snapshotOf(path: string, answer: VaultAnswer): SecretSnapshot {
  const data = objectAt(answer, answer.parseLossless(), 'data');
  const version = versionOf(answer, objectAt(answer, data, 'metadata'));
  const modifiedAt = new Date(version.createdAt);
  return {
    path,
    document: documentFromJsonObject(objectAt(answer, data, 'data')),
    revision: revisionOf(version),
    version: versionLabel(version),
    ...(!Number.isNaN(modifiedAt.getTime()) && { modifiedAt }),
  };
}
