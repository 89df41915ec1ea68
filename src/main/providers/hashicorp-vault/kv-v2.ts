/**
 * KV v2: content under `{mount}/data/`, versions and listings under `{mount}/metadata/`. Every write
 * carries `cas`, the version it replaces, so that the server itself refuses to overwrite. Custom
 * metadata lies outside the content and stays as it is.
 * See https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import { AppError } from '@shared/errors';
import { isJsonObject } from '@shared/model/json';
import { documentFromJsonObject, type SecretDocument } from '../../secrets/document';
import type {
  Glance,
  History,
  RemoveOutcome,
  Revision,
  SecretSnapshot,
  Written,
} from '../provider';
import type { VaultApi } from './api';
import type { VaultAnswer } from './client';
import { answerError } from './errors';
import { documentJson, objectAt, secretUrl, type KvEngine } from './kv';
import {
  dateOf,
  isGone,
  metadataOf,
  numberIn,
  revisionOf,
  toSecretVersion,
  versionBeside,
  versionLabel,
  type Metadata,
  type Version,
} from './kv-v2-metadata';
import { encodePath, withParameter, type EncodedPath } from './paths';

/** What stands at a path: a deleted or destroyed newest version still counts as the current one. */
type Found =
  | { readonly state: 'present'; readonly snapshot: SecretSnapshot }
  | { readonly state: 'deleted'; readonly version: Version; readonly error: AppError }
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

  async glance(path: string, signal: AbortSignal): Promise<Glance> {
    try {
      const { versions, currentNumber } = await this.#metadata(path, signal);
      const current = versions.get(currentNumber);
      if (current === undefined) return { state: 'absent' };
      if (isGone(current, Date.now())) return { state: 'deleted', recoverable: !current.destroyed };
      return {
        state: 'present',
        revision: revisionOf(current),
        version: versionLabel(current),
        modifiedAt: dateOf(current.createdAt),
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'NOT_FOUND') return { state: 'absent' };
      if (error.code === 'PERMISSION_DENIED') return { state: 'unknown', why: 'not-permitted' };
      throw error;
    }
  }

  async versions(path: string, signal: AbortSignal): Promise<History> {
    const { versions, currentNumber } = await this.#metadata(path, signal);
    const now = Date.now();
    return {
      isKept: true,
      isComplete: true,
      versions: [...versions.values()]
        .toSorted((a, b) => Number(b.number) - Number(a.number))
        .map((version) => toSecretVersion(version, currentNumber, now)),
    };
  }

  async readVersion(
    path: string,
    revision: Revision,
    signal: AbortSignal,
  ): Promise<SecretSnapshot> {
    const number = numberIn(revision);
    if (number === undefined) throw notKept();
    const found = await this.#find(path, signal, number);
    if (found.state === 'absent') throw notKept();
    if (found.state === 'present' && found.snapshot.revision === revision) return found.snapshot;
    if (found.state === 'present' || revisionOf(found.version) !== revision) throw notKept();
    throw found.version.destroyed
      ? new AppError('NOT_FOUND', {
          message: 'This version was destroyed.',
          hint: 'It cannot be brought back. Choose another version.',
        })
      : new AppError('SECRET_DELETED', {
          message: 'This version was deleted.',
          hint: 'Whoever may undelete versions in Vault can bring it back.',
        });
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

  async recover(path: string, signal: AbortSignal): Promise<void> {
    const found = await this.#find(path, signal);
    if (found.state === 'present') return;
    if (found.state === 'absent') throw found.error;
    if (found.version.destroyed) {
      throw new AppError('NOT_FOUND', {
        message: 'The newest version was destroyed.',
        hint: 'It cannot be brought back. Restore an older version from the history.',
      });
    }
    await this.#undelete(path, found.version.number, signal);
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
      return await this.#put(path, content, found.version.number, signal);
    }
  }

  async #put(path: string, content: string, cas: string, signal: AbortSignal): Promise<Written> {
    const body = `{"options":{"cas":${cas}},"data":${content}}`;
    const answer = await this.api.call({ method: 'POST', path: this.#url(path), body }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    const version = versionBeside(answer, objectAt(answer, answer.parseLossless(), 'data'));
    return { revision: revisionOf(version), version: versionLabel(version) };
  }

  /**
   * The version to replace. It is read first although `cas` guards the write: a secret that was removed
   * for good and made anew starts again at version 1, which `cas` alone takes for the old one.
   */
  async #assertCurrent(path: string, expected: Revision, signal: AbortSignal): Promise<string> {
    const found = await this.#find(path, signal);
    const number = numberIn(expected);
    if (found.state !== 'present' || found.snapshot.revision !== expected || number === undefined) {
      throw new AppError('CONFLICT');
    }
    return number;
  }

  async #undelete(path: string, number: string, signal: AbortSignal): Promise<void> {
    const url = secretUrl(`${this.mount}/undelete`, path);
    const body = `{"versions":[${number}]}`;
    const answer = await this.api.call({ method: 'POST', path: url, body }, signal);
    if (!answer.isSuccess) throw answerError(answer);
  }

  /** The newest version, or the one with a number. */
  async #find(path: string, signal: AbortSignal, number?: string): Promise<Found> {
    const url =
      number === undefined ? this.#url(path) : withParameter(this.#url(path), 'version', number);
    const answer = await this.api.call({ method: 'GET', path: url }, signal);
    if (answer.isSuccess) return { state: 'present', snapshot: snapshotOf(path, answer) };
    const error = answerError(answer);
    if (error.code !== 'NOT_FOUND') throw error;
    const { details } = answer;
    const data = answer.parseLossless().get('data');
    if (!isJsonObject(data) || !data.has('metadata')) return { state: 'absent', error };
    return {
      state: 'deleted',
      version: versionBeside(answer, objectAt(answer, data, 'metadata')),
      error: new AppError('SECRET_DELETED', { details }),
    };
  }

  async #metadata(path: string, signal: AbortSignal): Promise<Metadata> {
    const url = secretUrl(`${this.mount}/metadata`, path);
    const answer = await this.api.call({ method: 'GET', path: url }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    return metadataOf(answer);
  }

  #url(path: string): EncodedPath {
    return secretUrl(`${this.mount}/data`, path);
  }
}

const notKept = (): AppError =>
  new AppError('NOT_FOUND', {
    message: 'Vault does not keep this version any more.',
    hint: 'Choose another version.',
  });

function snapshotOf(path: string, answer: VaultAnswer): SecretSnapshot {
  const data = objectAt(answer, answer.parseLossless(), 'data');
  const version = versionBeside(answer, objectAt(answer, data, 'metadata'));
  return {
    path,
    document: documentFromJsonObject(objectAt(answer, data, 'data')),
    revision: revisionOf(version),
    version: versionLabel(version),
    modifiedAt: dateOf(version.createdAt),
  };
}
