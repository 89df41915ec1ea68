/**
 * KV v1: `GET | POST | DELETE {mount}/{path}`, the body is the map itself. It has no versions and no
 * check-and-set. A write compares what it finds with what was read, writes, and looks whether what it
 * wrote is there. One window stays open, which no client can close: what another one writes between the
 * comparison and the write is lost, as is a change between the comparison and a delete.
 */
import { AppError, isAppError } from '@shared/errors';
import { isJsonObject, parseJson, type JsonObject } from '@shared/model/json';
import { documentFromJsonObject, fingerprint, type SecretDocument } from '@core/secrets/document';
import {
  type Glance,
  type History,
  type NoteRefusals,
  type Ownership,
  type RemoveOutcome,
  type SecretSnapshot,
  type Written,
} from '../provider';
import { refusalOf, type NoteChanges } from '../notes';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { VaultApi } from './api';
import type { VaultRequest } from './client';
import { answerError } from './errors';
import {
  documentJson,
  mayHaveLanded,
  objectAt,
  secretUrl,
  sortedObject,
  type KvEngine,
} from './kv';
import { encodePath, type EncodedPath } from './paths';

const REMOVED = Symbol('removed');

/** What a change leaves. */
type Outcome = Revision | typeof REMOVED;

interface Doubt {
  readonly expected: Revision | null;
  readonly outcomes: readonly Outcome[];
}

export class KvV1 implements KvEngine {
  readonly version = 1;
  /** By path: changes of one base of which nobody knows how they ended. */
  readonly #inDoubt = new Map<string, Doubt>();

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
    const parsed = parseJson(body);
    const revision = revisionOf(isJsonObject(parsed) ? parsed : new Map());
    const found = await this.#revisionAt(path, signal);
    const isOwn = found !== undefined && this.#isOwn(path, expected, found);
    // There already, so that nobody is overwritten: a lost answer, or somebody with the same idea.
    const isThere = found === revision && (isOwn || (expected !== null && expected !== found));
    if (!isThere) {
      if (!isOwn && (found ?? null) !== expected) throw conflict(expected);
      const post = { method: 'POST', path: this.#url(path), body } as const;
      await this.#send(post, path, expected, revision, signal);
      // Another client that came at the same time may have written over this without having seen it.
      if ((await this.#revisionAt(path, signal)) !== revision) {
        this.#inDoubt.delete(path);
        throw conflict(expected);
      }
    }
    this.#inDoubt.delete(path);
    return { revision };
  }

  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    const found = (await this.#revisionAt(path, signal)) ?? REMOVED;
    if (found !== REMOVED || !this.#isOwn(path, expected, REMOVED)) {
      if (found !== expected) throw conflict(expected);
      const remove = { method: 'DELETE', path: this.#url(path) } as const;
      await this.#send(remove, path, expected, REMOVED, signal);
    }
    this.#inDoubt.delete(path);
    return { recoverable: false };
  }

  async undelete(path: string, signal: AbortSignal): Promise<void> {
    if ((await this.#find(path, signal)) !== undefined) return;
    throw new AppError('NOT_FOUND', {
      message: 'A KV v1 engine keeps nothing of a secret that was deleted.',
      hint: 'Write it again.',
    });
  }

  owner(): Promise<Ownership> {
    return Promise.resolve({ state: 'unknown', why: 'not-supported' });
  }

  setOwner(): Promise<Ownership> {
    return this.owner();
  }

  setNotes(_path: string, notes: NoteChanges): Promise<NoteRefusals> {
    return Promise.resolve(refusalOf(notes, 'not-supported'));
  }

  /** Sends a change. Where its answer was lost, what the server holds says whether it was made. */
  async #send(
    request: VaultRequest,
    path: string,
    expected: Revision | null,
    outcome: Outcome,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const answer = await this.api.call(request, signal);
      if (!answer.isDone) throw answerError(answer);
    } catch (error) {
      if (mayHaveLanded(error)) {
        if ((await this.#outcomeAt(path, signal)) === outcome) return;
        const doubt = this.#inDoubt.get(path);
        const outcomes = doubt?.expected === expected ? doubt.outcomes : [];
        this.#inDoubt.set(path, { expected, outcomes: [...outcomes, outcome] });
      }
      throw error;
    }
  }

  /** Whether what is there may be what an own change left, from the same base, that had no answer. */
  #isOwn(path: string, expected: Revision | null, found: Outcome): boolean {
    const doubt = this.#inDoubt.get(path);
    return doubt?.expected === expected && doubt.outcomes.includes(found);
  }

  /** What is there; `undefined` if that cannot be found out. */
  async #outcomeAt(path: string, signal: AbortSignal): Promise<Outcome | undefined> {
    try {
      return (await this.#revisionAt(path, signal)) ?? REMOVED;
    } catch (error) {
      if (isAppError(error)) return undefined;
      throw error;
    }
  }

  async #revisionAt(path: string, signal: AbortSignal): Promise<Revision | undefined> {
    const found = await this.#find(path, signal);
    return found && revisionOf(found);
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

const conflict = (expected: Revision | null): AppError =>
  new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT');

const revisionOf = (content: JsonObject): Revision =>
  asRevision(fingerprint(documentFromJsonObject(sortedObject(content))));
