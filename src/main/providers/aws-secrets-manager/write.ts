/**
 * Writing with a version check. Secrets Manager has no check-and-set, so it is made of what there is:
 *
 * - With UpdateSecretVersionStage the new version is put under a label of our own, and AWSCURRENT is
 *   then moved to it from the version it was based on, which AWS refuses when that is no longer current.
 * - With the guide's five permissions alone, the current version is compared before the put, and
 *   AWSPREVIOUS after it. What another writer slipped in between is put back, and the answer is CONFLICT.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html.
 */
import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '@shared/errors';
import { fingerprint, type SecretDocument } from '../../secrets/document';
import { asRevision, type Revision, type Written } from '../provider';
import type { Connection } from './connection';
import { isUnavailable, unexpectedAnswer } from './errors';
import { checkName, contentOf, type Content } from './limits';
import { readVersion, storedContent, versionLabel, type StoredVersion } from './read';

/** The label of a version until it becomes the current one. One for all, since AWS allows only twenty. */
export const PENDING_LABEL = 'STRONGROOM_PENDING';

/** How often yet another writer may get in the way of giving a write back. */
const REPAIRS = 5;

/** One intent to write. It keeps its token as long as nobody knows how the last try at it ended. */
interface Attempt {
  /** Becomes the VersionId: the same token with the same content is one write, however often it is sent. */
  readonly token: string;
  readonly expected: Revision | null;
  readonly fingerprint: string;
  /** Tokens of tries with other content from the same base, which may have landed as well. */
  readonly earlier: readonly string[];
}

/** What is sent, and where to. */
interface Write {
  readonly path: string;
  readonly content: Content;
  readonly token: string;
  /** What it may replace: the version it is based on, or own tries from there. Empty on a create. */
  readonly bases: readonly string[];
  readonly signal: AbortSignal;
}

export class SecretWriter {
  readonly #connection: Connection;
  /** Whether AWSCURRENT can be moved, as far as has been seen: by permission, and by the server. */
  #swap: 'unknown' | 'works' | 'unavailable' = 'unknown';
  /** By path: the last attempt, where it ended without an answer. */
  readonly #inDoubt = new Map<string, Attempt>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    if (expected === null) checkName(path);
    const content = contentOf(document);
    const attempt = this.#attemptAt(path, expected, fingerprint(document));
    const { token, earlier } = attempt;
    const write = { path, content, token, signal };
    try {
      const id =
        expected === null
          ? await this.#create({ ...write, bases: earlier })
          : await this.#update({ ...write, bases: [expected, ...earlier] });
      this.#inDoubt.delete(path);
      return { revision: asRevision(id), version: versionLabel(id) };
    } catch (error) {
      if (isAppError(error, 'CONFLICT') || isAppError(error, 'ALREADY_EXISTS')) {
        this.#inDoubt.delete(path);
      } else {
        this.#inDoubt.set(path, attempt);
      }
      throw error;
    }
  }

  #attemptAt(path: string, expected: Revision | null, content: string): Attempt {
    const last = this.#inDoubt.get(path);
    const continues = last?.expected === expected;
    if (continues && last.fingerprint === content) return last;
    const earlier = continues ? [...last.earlier, last.token] : [];
    return { token: randomUUID(), expected, fingerprint: content, earlier };
  }

  async #create(write: Write): Promise<string> {
    const { path, content, token, signal } = write;
    const operation = 'CreateSecret';
    try {
      const answer = await this.#connection.call({ operation, path, signal }, (client, http) =>
        client.createSecret({ Name: path, ClientRequestToken: token, ...content }, http),
      );
      if (answer.VersionId === undefined) throw unexpectedAnswer(operation, path);
      return answer.VersionId;
    } catch (error) {
      if (!isAppError(error, 'ALREADY_EXISTS')) throw error;
      return await this.#createOver(write, error);
    }
  }

  /** There is one already: our own, an empty one, one scheduled for deletion, or simply another. */
  async #createOver(write: Write, exists: AppError): Promise<string> {
    let current: StoredVersion;
    try {
      current = await readVersion(this.#connection, write.path, write.signal);
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return await this.#putChecked(write);
      throw isAppError(error, 'PERMISSION_DENIED') ? exists : error;
    }
    if (current.id === write.token) return current.id;
    if (write.bases.includes(current.id)) return await this.#replace(write, current.id);
    throw exists;
  }

  async #update(write: Write): Promise<string> {
    const current = await readVersion(this.#connection, write.path, write.signal);
    if (current.id === write.token) return await this.#settle(write, current.id);
    if (!write.bases.includes(current.id)) throw conflict(write);
    return await this.#replace(write, current.id);
  }

  /** Puts a new version in place of `base`, which has just been seen to be the current one. */
  async #replace(write: Write, base: string): Promise<string> {
    if (!(await this.#maySwap(write, base))) return await this.#putChecked(write);
    const id = await this.#putAndSwap(write, base);
    // The version under the token stays behind as it is, so a plain put needs another one.
    return id ?? (await this.#putChecked({ ...write, token: randomUUID() }));
  }

  /**
   * Asks by taking our label off the base, which normally does not have it: a call that changes nothing,
   * and fails either by permission or for that reason.
   */
  async #maySwap(write: Write, base: string): Promise<boolean> {
    if (this.#swap !== 'unknown') return this.#swap === 'works';
    try {
      await this.#moveLabel(write, PENDING_LABEL, { RemoveFromVersionId: base });
      return true;
    } catch (error) {
      if (isRefusal(error)) return true;
      if (!isUnavailable(error)) throw error;
      this.#swap = 'unavailable';
      return false;
    }
  }

  /** `undefined` where this secret, or this server, turns out not to allow it after all. */
  async #putAndSwap(write: Write, base: string): Promise<string | undefined> {
    const id = await this.#put(write, [PENDING_LABEL]);
    const refusal = await this.#moveLabel(write, 'AWSCURRENT', {
      MoveToVersionId: id,
      RemoveFromVersionId: base,
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (isUnavailable(refusal)) return undefined;
    if (refusal !== undefined && !isRefusal(refusal)) throw refusal;

    if (refusal !== undefined || this.#swap === 'unknown') {
      // A refusal can be the echo of a move whose answer was lost. And some compatible servers move the
      // label, yet go on giving out the version that had it: then every other client would miss ours.
      const current = await readVersion(this.#connection, write.path, write.signal);
      if (refusal === undefined && current.id === base) {
        this.#swap = 'unavailable';
        await this.#moveLabel(write, 'AWSCURRENT', {
          MoveToVersionId: base,
          RemoveFromVersionId: id,
        });
        await this.#dropLabel(write, id);
        return undefined;
      }
      if (current.id !== id) {
        await this.#dropLabel(write, id);
        throw conflict(write);
      }
    }
    this.#swap = 'works';
    await this.#dropLabel(write, id);
    return id;
  }

  async #putChecked(write: Write, repairs = REPAIRS): Promise<string> {
    return await this.#settle(write, await this.#put(write), repairs);
  }

  /**
   * Looks at what the version `id`, which is ours, has replaced. Where that is none of the bases,
   * somebody else's write lies under ours: it is given back, and the answer is CONFLICT.
   */
  async #settle(write: Write, id: string, repairs = REPAIRS): Promise<string> {
    // In this order: while ours is current, what AWSPREVIOUS said before is what ours replaced.
    const previous = await this.#previous(write);
    const current = await readVersion(this.#connection, write.path, write.signal);
    if (current.id !== id) throw conflict(write);
    // Nothing under it: a first version, or a compatible server that keeps no AWSPREVIOUS.
    if (previous === undefined || write.bases.includes(previous.id)) return id;
    if (repairs > 0) {
      const theirs = {
        ...write,
        content: storedContent(previous),
        token: randomUUID(),
        bases: [id],
      };
      try {
        await this.#putChecked(theirs, repairs - 1);
      } catch (error) {
        // Yet another writer came, whose version is current now: ours covers nothing up any more.
        if (!isAppError(error, 'CONFLICT')) throw error;
      }
    }
    throw conflict(write);
  }

  async #previous({ path, signal }: Write): Promise<StoredVersion | undefined> {
    try {
      return await readVersion(this.#connection, path, signal, {
        VersionStage: 'AWSPREVIOUS',
      });
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async #put({ path, content, token, signal }: Write, labels?: string[]): Promise<string> {
    const operation = 'PutSecretValue';
    const answer = await this.#connection.call({ operation, path, signal }, (client, http) =>
      client.putSecretValue(
        {
          SecretId: path,
          ClientRequestToken: token,
          ...(labels !== undefined && { VersionStages: labels }),
          ...content,
        },
        http,
      ),
    );
    if (answer.VersionId === undefined) throw unexpectedAnswer(operation, path);
    return answer.VersionId;
  }

  async #moveLabel(
    { path, signal }: Write,
    label: string,
    versions: { MoveToVersionId?: string; RemoveFromVersionId: string },
  ): Promise<void> {
    const operation = 'UpdateSecretVersionStage';
    await this.#connection.call({ operation, path, signal }, (client, http) =>
      client.updateSecretVersionStage({ SecretId: path, VersionStage: label, ...versions }, http),
    );
  }

  /** The outcome stands by now, and a label that stays behind goes over to the next version put. */
  async #dropLabel(write: Write, id: string): Promise<void> {
    try {
      await this.#moveLabel(write, PENDING_LABEL, { RemoveFromVersionId: id });
    } catch (error) {
      if (!isAppError(error)) throw error;
    }
  }
}

const conflict = ({ path }: Write): AppError => new AppError('CONFLICT', { details: { path } });

/** The server's no to moving a label that is not where it was said to be. */
const isRefusal = (error: unknown): boolean =>
  isAppError(error) &&
  !isUnavailable(error) &&
  (error.code === 'REQUEST_REFUSED' || error.code === 'NOT_FOUND');
