/** The calls of KV v2, each one request or two, with what their answers mean. */
import { AppError, isAppError } from '@shared/errors';
import { isJsonObject } from '@shared/model/json';
import { documentFromJsonObject } from '@core/secrets/document';
import type { SecretSnapshot } from '../provider';
import type { VaultAnswer } from './answer';
import type { VaultApi } from './api';
import { answerError } from './errors';
import { objectAt, secretUrl } from './kv';
import {
  dateOf,
  metadataOf,
  revisionOf,
  versionBeside,
  versionLabel,
  type Metadata,
  type VersionBeside,
} from './kv-v2-metadata';
import { notesIn, type CustomChanges } from './kv-v2-notes';
import { withParameter } from './paths';

/** What is at a path: a deleted or destroyed newest version still counts as the current one. */
export type Found =
  | {
      readonly state: 'present';
      readonly version: VersionBeside;
      readonly snapshot: SecretSnapshot;
    }
  | { readonly state: 'deleted'; readonly version: VersionBeside; readonly error: AppError }
  | { readonly state: 'absent'; readonly error: AppError };

export class KvV2Calls {
  constructor(
    private readonly api: VaultApi,
    private readonly mount: string,
  ) {}

  /** The newest version, or the one with a number. */
  async find(path: string, signal: AbortSignal, number?: string): Promise<Found> {
    const newest = secretUrl(`${this.mount}/data`, path);
    const url = number === undefined ? newest : withParameter(newest, 'version', number);
    const answer = await this.api.call({ method: 'GET', path: url }, signal);
    if (answer.isSuccess) return presentOf(path, answer);
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

  /** Throws `NOT_FOUND`, `PERMISSION_DENIED` … */
  async metadata(path: string, signal: AbortSignal): Promise<Metadata> {
    const url = secretUrl(`${this.mount}/metadata`, path);
    const answer = await this.api.call({ method: 'GET', path: url }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    return metadataOf(answer);
  }

  /** The same; `undefined` if it is not permitted, or nothing is there any more. */
  async metadataIfPermitted(path: string, signal: AbortSignal): Promise<Metadata | undefined> {
    const url = secretUrl(`${this.mount}/metadata`, path);
    const answer = await this.api.probe({ method: 'GET', path: url }, signal);
    if (answer.status === 403 || answer.status === 404) return undefined;
    if (!answer.isSuccess) throw answerError(answer);
    return metadataOf(answer);
  }

  /**
   * Sets entries of the custom metadata, or removes them with `null`; the others stay. Throws `NOT_FOUND`,
   * `PERMISSION_DENIED`, `REQUEST_REFUSED` if there would be too many …
   */
  async setCustom(path: string, changes: CustomChanges, signal: AbortSignal): Promise<void> {
    const url = secretUrl(`${this.mount}/metadata`, path);
    const body = JSON.stringify({ custom_metadata: Object.fromEntries(changes) });
    const answer = await this.api
      .call({ method: 'PATCH', path: url, body }, signal)
      .catch((error: unknown) => {
        // For a path that holds nothing, Vault answers 404 without a body.
        if (!isAppError(error, 'UNEXPECTED_ANSWER') || error.details?.status !== 404) throw error;
        throw new AppError('NOT_FOUND', { details: error.details, cause: error });
      });
    if (answer.isDone) return;
    // Many policies permit “update” and not “patch”, which Vault has had only since 1.9.
    if (answer.status !== 403 && answer.status !== 405) throw answerError(answer);
    await this.#replaceCustom(path, changes, signal);
  }

  /** As `setCustom`, by writing all entries. One that somebody else adds in between is lost. */
  async #replaceCustom(path: string, changes: CustomChanges, signal: AbortSignal): Promise<void> {
    const custom = new Map((await this.metadata(path, signal)).custom);
    for (const [name, text] of changes) {
      if (text === null) custom.delete(name);
      else custom.set(name, text);
    }
    const url = secretUrl(`${this.mount}/metadata`, path);
    const body = JSON.stringify({ custom_metadata: Object.fromEntries(custom) });
    const answer = await this.api.call({ method: 'POST', path: url, body }, signal);
    if (!answer.isDone) throw answerError(answer);
  }

  /** Writes over the version `cas`; `0` creates. `content` is a JSON object. Throws `CONFLICT`. */
  async put(
    path: string,
    content: string,
    cas: string,
    signal: AbortSignal,
  ): Promise<VersionBeside> {
    const url = secretUrl(`${this.mount}/data`, path);
    const body = `{"options":{"cas":${cas}},"data":${content}}`;
    const answer = await this.api.call({ method: 'POST', path: url, body }, signal);
    if (!answer.isSuccess) throw answerError(answer);
    return versionBeside(answer, objectAt(answer, answer.parseLossless(), 'data'));
  }

  /**
   * Deletes one version softly, or, if the policies allow only that, the newest, whichever it is by
   * then. Tells which of the two it did.
   */
  async delete(path: string, number: string, signal: AbortSignal): Promise<'version' | 'newest'> {
    const one = await this.#change('delete', path, number, signal);
    if (one.isDone) return 'version';
    const error = answerError(one);
    if (error.code !== 'PERMISSION_DENIED') throw error;
    const url = secretUrl(`${this.mount}/data`, path);
    const newest = await this.api.call({ method: 'DELETE', path: url }, signal);
    if (!newest.isDone) throw answerError(newest);
    return 'newest';
  }

  /** Does nothing to what is not deleted. Throws `PERMISSION_DENIED` … */
  async undelete(path: string, number: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#change('undelete', path, number, signal);
    if (answer.isDone) return;
    const error = answerError(answer);
    throw error.code === 'PERMISSION_DENIED'
      ? answerError(answer, {
          message: 'The credentials are valid but may not undelete versions.',
          hint: `Ask for the capability “update” on ${this.mount}/undelete/${path}, or use other credentials.`,
        })
      : error;
  }

  #change(
    how: 'delete' | 'undelete',
    path: string,
    number: string,
    signal: AbortSignal,
  ): Promise<VaultAnswer> {
    const url = secretUrl(`${this.mount}/${how}`, path);
    return this.api.call({ method: 'POST', path: url, body: `{"versions":[${number}]}` }, signal);
  }
}

function presentOf(path: string, answer: VaultAnswer): Found {
  const data = objectAt(answer, answer.parseLossless(), 'data');
  const version = versionBeside(answer, objectAt(answer, data, 'metadata'));
  const snapshot = {
    path,
    document: documentFromJsonObject(objectAt(answer, data, 'data')),
    revision: revisionOf(version),
    version: versionLabel(version),
    modifiedAt: dateOf(version.createdAt),
    ...(version.custom && { notes: notesIn(version.custom) }),
  };
  return { state: 'present', version, snapshot };
}
