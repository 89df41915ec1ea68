/**
 * KV v2: content under `{mount}/data/`, versions and listings under `{mount}/metadata/`. Every write
 * carries `cas`, the version it replaces, so that the server itself refuses to overwrite. Custom
 * metadata lies outside the content and stays as it is.
 * See https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import { AppError, isAppError } from '@shared/errors';
import type { SecretDocument } from '@core/secrets/document';
import {
  OWNER_MARK,
  ownershipOf,
  type Glance,
  type History,
  type NoteRefusals,
  type Ownership,
  type RemoveOutcome,
  type SecretSnapshot,
  type Written,
} from '../provider';
import { refusalOf, type NoteChanges } from '../notes';
import type { Revision } from '@core/secrets/revision';
import type { VaultApi } from './api';
import { roundedKeys, roundingProblem, type KvEngine } from './kv';
import { KvV2Calls, type Found } from './kv-v2-calls';
import {
  dateOf,
  isGone,
  numberIn,
  revisionOf,
  toSecretVersion,
  versionLabel,
} from './kv-v2-metadata';
import { changesFor } from './kv-v2-notes';
import { KvV2Writer } from './kv-v2-write';
import { encodePath, type EncodedPath } from './paths';

export class KvV2 implements KvEngine {
  readonly version = 2;

  readonly #calls: KvV2Calls;
  readonly #writer: KvV2Writer;

  constructor(
    private readonly api: VaultApi,
    private readonly mount: string,
  ) {
    this.#calls = new KvV2Calls(api, mount);
    this.#writer = new KvV2Writer(this.#calls);
  }

  folderUrl(folder: string): EncodedPath {
    return encodePath(`${this.mount}/metadata`, folder);
  }

  async read(path: string, signal: AbortSignal): Promise<SecretSnapshot> {
    const found = await this.#calls.find(path, signal);
    if (found.state === 'present') return found.snapshot;
    throw found.error;
  }

  async glance(path: string, signal: AbortSignal): Promise<Glance> {
    try {
      const { versions, currentNumber } = await this.#calls.metadata(path, signal);
      const current = versions.get(currentNumber);
      if (current === undefined) return { state: 'absent' };
      if (isGone(current, this.api.runtime.now()))
        return { state: 'deleted', recoverable: !current.destroyed };
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
    const { versions, currentNumber } = await this.#calls.metadata(path, signal);
    const now = this.api.runtime.now();
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
    const found = await this.#findVersion(path, revision, signal);
    if (found.state === 'present') return found.snapshot;
    if (found.version.destroyed) throw destroyed();
    throw new AppError('SECRET_DELETED', {
      message: 'This version was deleted.',
      hint: 'A person who may undelete versions in Vault can bring it back.',
    });
  }

  /** Throws `NUMBER_ROUNDED` for a new secret; an edit may have it, and learns what became of it. */
  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const problem = expected === null ? roundingProblem(document) : undefined;
    if (problem !== undefined) throw problem;
    const written = await this.#writer.write(path, document, expected, signal);
    if (roundedKeys(document).length === 0) return written;
    const kept = await this.readVersion(path, written.revision, signal).catch(() => undefined);
    return { ...written, ...(kept && { document: kept.document }) };
  }

  /** A soft delete of the version that was read. */
  remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    return this.#writer.remove(path, expected, signal);
  }

  async undelete(path: string, signal: AbortSignal, revision?: Revision): Promise<void> {
    const found =
      revision === undefined
        ? await this.#calls.find(path, signal)
        : await this.#findVersion(path, revision, signal);
    if (found.state === 'present') return;
    if (found.state === 'absent') throw found.error;
    if (found.version.destroyed) throw revision === undefined ? newestDestroyed() : destroyed();
    await this.#calls.undelete(path, found.version.number, signal);
  }

  async owner(path: string, signal: AbortSignal): Promise<Ownership> {
    try {
      const { custom } = await this.#calls.metadata(path, signal);
      return ownershipOf(custom.get(OWNER_MARK));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'NOT_FOUND') return { state: 'unowned' };
      if (error.code === 'PERMISSION_DENIED') return { state: 'unknown', why: 'not-permitted' };
      throw error;
    }
  }

  async setOwner(path: string, owner: string | null, signal: AbortSignal): Promise<Ownership> {
    try {
      await this.#calls.setCustom(path, new Map([[OWNER_MARK, owner]]), signal);
      return ownershipOf(owner ?? undefined);
    } catch (error) {
      if (isAppError(error, 'PERMISSION_DENIED')) return { state: 'unknown', why: 'not-permitted' };
      throw error;
    }
  }

  /**
   * Looks for what is there first: a patch may go over the number of entries that Vault allows, and a later write of
   * all entries would then be refused.
   */
  async setNotes(path: string, notes: NoteChanges, signal: AbortSignal): Promise<NoteRefusals> {
    try {
      // A policy may permit writing values and not reading them.
      const found = await this.#calls.find(path, signal);
      if (found.state === 'absent') throw found.error;
      const { custom } = found.version;
      if (custom === undefined) return refusalOf(notes, 'not-supported');
      const { changes, refused } = changesFor(notes, custom);
      if (changes.size === 0) return refused;
      await this.#calls.setCustom(path, changes, signal);
      return refused;
    } catch (error) {
      if (isAppError(error, 'PERMISSION_DENIED')) return refusalOf(notes, 'not-permitted');
      throw error;
    }
  }

  /** Throws `NOT_FOUND` if there is no such version, or only one of another life of the path. */
  async #findVersion(
    path: string,
    revision: Revision,
    signal: AbortSignal,
  ): Promise<Exclude<Found, { state: 'absent' }>> {
    const number = numberIn(revision);
    if (number === undefined) throw notKept();
    const found = await this.#calls.find(path, signal, number);
    if (found.state === 'absent' || revisionOf(found.version) !== revision) throw notKept();
    return found;
  }
}

const destroyed = (): AppError =>
  new AppError('NOT_FOUND', {
    message: 'This version was destroyed.',
    hint: 'It cannot be brought back. Choose another version.',
  });

const newestDestroyed = (): AppError =>
  new AppError('NOT_FOUND', {
    message: 'The newest version was destroyed.',
    hint: 'It cannot be undeleted. Roll back to an older version from its history.',
  });

const notKept = (): AppError =>
  new AppError('NOT_FOUND', {
    message: 'Vault does not keep this version any more.',
    hint: 'Choose another version.',
  });
