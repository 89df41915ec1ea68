/**
 * Writing with a version check. Secrets Manager has no check-and-set, so it is made of what there is:
 *
 * - The id of a new version is derived from the id of the one it replaces. AWS refuses a second version
 *   of the same id and other content, so that of all who write over one version only one can.
 * - With UpdateSecretVersionStage the new version is put under a label of our own, and AWSCURRENT is
 *   then moved to it from the version it was based on, which AWS refuses when that is no longer current.
 * - With the guide's five permissions alone, the current version is compared before the put, and
 *   AWSPREVIOUS after it. What a writer of another kind slipped in between is put back, and the answer
 *   is CONFLICT.
 *
 * Sources: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 * (ClientRequestToken) and API_UpdateSecretVersionStage.html.
 */
import { createHash, randomUUID } from 'node:crypto';
import { AppError, isAppError, isConflict } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import type { SecretDocument } from '@core/secrets/document';
import { type Written } from '../provider';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { SecretsManagerConnection } from './connection';
import { deletionDate } from './describe';
import { isUnavailable, unexpectedAnswer } from '../aws/errors';
import { checkName, contentOf, type Content } from './limits';
import { WritesInDoubt } from '../writes-in-doubt';
import { readVersion, storedContent, versionLabel, type StoredVersion } from './read';

/** The label of a version until it becomes the current one. One for all, since AWS allows only twenty. */
export const PENDING_LABEL = 'STRONGROOM_PENDING';

/** Milliseconds after which a version that still has that label is taken for abandoned. */
const PENDING_FOR = 60_000;

/** How often it is looked whether it still has it, before that is called a conflict. */
const PATIENCE = 4;

/** How often yet another writer may get in the way of giving a write back. */
const REPAIRS = 5;

/** Milliseconds. The limit doubles with each further round. */
const LONGEST_FIRST_PAUSE = 40;

/** How many versions may follow one: each that was made current again was written over another time. */
const SUCCESSORS = 32;

/** The version before the first one. */
const NOTHING = '';

/** One version that was sent, of which it is not known whether it arrived. */
interface Try {
  readonly id: string;
  readonly fingerprint: string;
}

/** What is sent, and where to. */
interface Write {
  readonly path: string;
  readonly content: Content;
  readonly fingerprint: string;
  readonly expected: Revision | null;
  /** From the same base, those of earlier calls that ended without an answer too. */
  readonly tries: Try[];
  readonly signal: AbortSignal;
}

export class SecretWriter {
  readonly #connection: SecretsManagerConnection;
  /** Whether AWSCURRENT can be moved, as far as has been seen: by permission, and by the server. */
  #swap: 'unknown' | 'works' | 'unavailable' = 'unknown';
  readonly #inDoubt = new WritesInDoubt<Try>();

  constructor(connection: SecretsManagerConnection) {
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
    const fingerprint = fingerprintOf(content);
    try {
      const id = await this.#inDoubt.run(path, expected, (tries) => {
        const write = { path, content, fingerprint, expected, tries, signal };
        return expected === null ? this.#create(write) : this.#update(write, expected);
      });
      return { revision: asRevision(id), version: versionLabel(id) };
    } catch (error) {
      throw isAppError(error, 'SCHEDULED_FOR_DELETION')
        ? await this.#scheduled(error, path, signal)
        : error;
    }
  }

  async #scheduled(error: AppError, path: string, signal: AbortSignal): Promise<AppError> {
    const until = await deletionDate(this.#connection, path, signal);
    return new AppError('SCHEDULED_FOR_DELETION', {
      message: 'The secret of this name is scheduled for deletion.',
      hint: 'Undelete it and write over it, or choose another name.',
      details: { ...error.details, until: until?.getTime() },
      cause: error,
    });
  }

  async #create(write: Write): Promise<string> {
    const { path, content, fingerprint, tries, signal } = write;
    const operation = 'CreateSecret';
    // The same token with the same content is one create, however often it is sent.
    const again = tries.find((earlier) => earlier.fingerprint === fingerprint);
    const token = again?.id ?? randomUUID();
    if (again === undefined) tries.push({ id: token, fingerprint });
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
      if (isAppError(error, 'NOT_FOUND')) return await this.#putChecked(write, NOTHING);
      throw isAppError(error, 'PERMISSION_DENIED') ? exists : error;
    }
    if (!isOwn(write, current)) {
      const id = await this.#tryBuiltOn(write);
      if (id === undefined) throw exists;
      return id;
    }
    return holds(current, write) ? current.id : await this.#replace(write, current.id);
  }

  async #update(write: Write, expected: Revision): Promise<string> {
    const current = await readVersion(this.#connection, write.path, write.signal);
    // Also a write of before a restart, which nobody here remembers.
    const isEcho = isOwn(write, current) || successorsOf(expected).includes(current.id);
    if (isEcho && holds(current, write)) {
      return await this.#settle(write, current.id, expected, await this.#previous(write));
    }
    if (current.id !== expected && !isOwn(write, current)) {
      const id = await this.#tryBuiltOn(write);
      if (id === undefined) throw conflict(write);
      return id;
    }
    if (current.id !== expected) {
      await this.#settle(write, current.id, expected, await this.#previous(write));
    }
    return await this.#replace(write, current.id);
  }

  /** Puts a new version in place of `base`, which has just been seen to be the current one. */
  async #replace(write: Write, base: string): Promise<string> {
    const id = (await this.#maySwap(write, base)) ? await this.#putAndSwap(write, base) : undefined;
    return id ?? (await this.#putChecked(write, base));
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

  /** `undefined` if this secret, or this server, turns out not to allow it after all. */
  async #putAndSwap(write: Write, base: string): Promise<string | undefined> {
    const id = await this.#putPending(write, base);
    let isConfirmed = false;
    const refusal = await this.#moveLabel(write, 'AWSCURRENT', {
      MoveToVersionId: id,
      RemoveFromVersionId: base,
    }).then(
      (confirmed) => {
        isConfirmed = confirmed;
        return undefined;
      },
      (error: unknown) => error,
    );
    if (isUnavailable(refusal)) return undefined;
    if (refusal !== undefined && !isRefusal(refusal)) throw refusal;

    if (!isConfirmed || this.#swap === 'unknown') {
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
        const wasCurrent = await this.#wasBuiltOn(write, id);
        await this.#dropLabel(write, id);
        if (wasCurrent) return id;
        throw conflict(write);
      }
    }
    this.#swap = 'works';
    await this.#dropLabel(write, id);
    return id;
  }

  /** Puts a version that is to follow `base`, not current yet. */
  async #putPending(write: Write, base: string): Promise<string> {
    for (const id of successorsOf(base)) {
      if (await this.#put(write, id, [PENDING_LABEL])) return id;
      // Taken. While the base is current, its holder has not got further either: the move decides.
      const current = await readVersion(this.#connection, write.path, write.signal);
      if (current.id !== base) break;
    }
    throw conflict(write);
  }

  /** Puts a version that is current at once, and looks what it has replaced. */
  async #putChecked(write: Write, base: string, repairs = REPAIRS): Promise<string> {
    for (const id of successorsOf(base)) {
      const isPut = await this.#put(write, id);
      if (!isPut && (await this.#isPending(write, id, base))) break;
      // In this order: while ours is current, what AWSPREVIOUS said before is what ours replaced.
      const previous = await this.#previous(write);
      const current = await readVersion(this.#connection, write.path, write.signal);
      if (isPut && current.id === id) return await this.#settle(write, id, base, previous, repairs);
      if (current.id !== base) {
        if (isPut && (await this.#wasBuiltOn(write, id))) return id;
        break;
      }
      // The base has had this successor before, and was made current again since.
    }
    throw conflict(write);
  }

  /** The version of an earlier try with the same content that others have built on meanwhile. */
  async #tryBuiltOn(write: Write): Promise<string | undefined> {
    const same = write.tries.filter(({ fingerprint }) => fingerprint === write.fingerprint);
    for (const { id } of same.toReversed()) {
      // Somebody else's content may have taken the id that ours was sent with.
      const sent = await this.#versionIfThere(write, id);
      if (sent !== undefined && holds(sent, write) && (await this.#wasBuiltOn(write, id)))
        return id;
    }
    return undefined;
  }

  /**
   * Whether a version of ours, which is not the current one any more, has been: somebody who found it
   * there wrote over it, so that it is no conflict, however late we look.
   */
  async #wasBuiltOn(write: Write, id: string): Promise<boolean> {
    const [next = ''] = successorsOf(id);
    return (await this.#versionIfThere(write, next)) !== undefined;
  }

  async #versionIfThere(
    { path, signal }: Pick<Write, 'path' | 'signal'>,
    id: string,
  ): Promise<StoredVersion | undefined> {
    try {
      return await readVersion(this.#connection, path, signal, { VersionId: id });
    } catch (error) {
      if (isUnseen(error)) return undefined;
      throw error;
    }
  }

  /**
   * Whether somebody is about to make a version current in place of `base`. Waits a little for the end
   * of that, so that whoever reads after a CONFLICT finds what it was about.
   */
  async #isPending({ path, signal }: Write, id: string, base: string): Promise<boolean> {
    const { runtime } = this.#connection.options;
    for (let round = 1; round <= PATIENCE; round += 1) {
      const found = await this.#versionIfThere({ path, signal }, id);
      if (found === undefined) return false;
      const { answer } = found;
      const age = runtime.now() - (answer.CreatedDate?.getTime() ?? 0);
      if (answer.VersionStages?.includes(PENDING_LABEL) !== true || age > PENDING_FOR) return false;
      const current = await readVersion(this.#connection, path, signal);
      if (current.id !== base) return true;
      await outOfStep(round, runtime, signal);
    }
    return true;
  }

  /**
   * Judges the version `id`, which is ours and current, by what it has replaced. Where that is not what
   * it was based on, somebody else's write lies under ours: it is given back, and the answer is CONFLICT.
   */
  async #settle(
    write: Write,
    id: string,
    base: string,
    previous: StoredVersion | undefined,
    repairs = REPAIRS,
  ): Promise<string> {
    // Nothing under it: a first version, or a compatible server that keeps no AWSPREVIOUS.
    if (previous === undefined || previous.id === base || isOwn(write, previous)) return id;
    if (repairs > 0) {
      if (repairs < REPAIRS)
        await outOfStep(REPAIRS - repairs, this.#connection.options.runtime, write.signal);
      const content = storedContent(previous);
      const theirs = { ...write, content, fingerprint: fingerprintOf(content), tries: [] };
      try {
        await this.#putChecked(theirs, id, repairs - 1);
      } catch (error) {
        // Yet another writer came, whose version is current now: ours covers nothing up any more.
        if (!isAppError(error) || !isConflict(error.code)) throw error;
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
      if (isUnseen(error)) return undefined;
      throw error;
    }
  }

  /** False if there is a version of this id with other content. Put again, it changes nothing. */
  async #put(write: Write, id: string, labels?: string[]): Promise<boolean> {
    const { path, content, fingerprint, tries, signal } = write;
    const operation = 'PutSecretValue';
    const attempt = { id, fingerprint };
    tries.push(attempt);
    try {
      await this.#connection.call({ operation, path, signal }, (client, http) =>
        client.putSecretValue(
          {
            SecretId: path,
            ClientRequestToken: id,
            ...(labels !== undefined && { VersionStages: labels }),
            ...content,
          },
          http,
        ),
      );
      return true;
    } catch (error) {
      if (!isAppError(error, 'ALREADY_EXISTS')) throw error;
      tries.splice(tries.indexOf(attempt), 1);
      return false;
    }
  }

  /** Whether the answer says that it was done: any other service may answer 200 as well. */
  async #moveLabel(
    { path, signal }: Write,
    label: string,
    versions: { MoveToVersionId?: string; RemoveFromVersionId: string },
  ): Promise<boolean> {
    const operation = 'UpdateSecretVersionStage';
    const answer = await this.#connection.call({ operation, path, signal }, (client, http) =>
      client.updateSecretVersionStage({ SecretId: path, VersionStage: label, ...versions }, http),
    );
    return answer.Name !== undefined;
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

/** Waits for a random time, so that writers who collide do not collide for ever. */
async function outOfStep(
  round: number,
  runtime: Pick<Runtime, 'random' | 'wait'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await runtime.wait(runtime.random() * LONGEST_FIRST_PAUSE * 2 ** (round - 1), signal);
  } catch {
    throw new AppError('CANCELLED');
  }
}

const conflict = ({ path, expected }: Write): AppError =>
  new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT', { details: { path } });

/** The ids that a version which follows this one may have, the first first. In the form of a UUID. */
const successorsOf = (id: string): string[] =>
  Array.from({ length: SUCCESSORS }, (_, turn) =>
    createHash('sha256')
      .update(`strongroom\0${id}\0${String(turn)}`)
      .digest('hex')
      .slice(0, 32)
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  );

function fingerprintOf(content: Content): string {
  const [kind, bytes] =
    'SecretString' in content ? ['text', content.SecretString] : ['binary', content.SecretBinary];
  return createHash('sha256').update(kind).update('\0').update(bytes).digest('base64url');
}

const holds = (version: StoredVersion, { fingerprint }: Pick<Try, 'fingerprint'>): boolean =>
  fingerprintOf(storedContent(version)) === fingerprint;

/** Whether a version is one that was sent by this write. */
const isOwn = ({ tries }: Write, version: StoredVersion): boolean =>
  tries.some((attempt) => attempt.id === version.id && holds(version, attempt));

/** A policy may permit the current version only: what else is there cannot be looked at then. */
const isUnseen = (error: unknown): boolean =>
  isAppError(error, 'NOT_FOUND') || isAppError(error, 'PERMISSION_DENIED');

/** The server's no to moving a label that is not where it was said to be. */
const isRefusal = (error: unknown): boolean =>
  isAppError(error) &&
  !isUnavailable(error) &&
  (error.code === 'REQUEST_REFUSED' || error.code === 'NOT_FOUND');
