/**
 * Writing and removing with KV v2. `cas` refuses to overwrite a version that was not read, and does not
 * see three things, which are looked for in the metadata after the write, and undone:
 *
 * - A delete between the look and the write: it makes no version, so `cas` would bring the secret back.
 * - An undelete while a deleted version is being replaced, for the same reason.
 * - A path that was removed for good and made again: its versions are counted from 1 again.
 *
 * Without the right to read metadata these are found only when they came before the look.
 */
import { AppError, isAppError } from '@shared/errors';
import { mapToJson, type SecretDocument } from '@core/secrets/document';
import type { RemoveOutcome, Written } from '../provider';
import type { Revision } from '@core/secrets/revision';
import { WritesInDoubt } from '../writes-in-doubt';
import { documentJson, floatFingerprint, mayHaveLanded } from './kv';
import type { Found, KvV2Calls } from './kv-v2-calls';
import {
  revisionOf,
  versionLabel,
  wasDeletedBefore,
  type Version,
  type VersionBeside,
} from './kv-v2-metadata';
import { notesIn } from './kv-v2-notes';

/** The version that a write goes over. */
interface Base {
  readonly number: string;
  readonly revision: Revision;
  readonly isAlive: boolean;
}

/** One request to write, of which it is not known whether it took effect. */
interface Try {
  /** `undefined` if it was to be the first version. */
  readonly base: Base | undefined;
  readonly fingerprint: string;
}

interface Write {
  readonly path: string;
  /** JSON text. */
  readonly content: string;
  readonly fingerprint: string;
  readonly expected: Revision | null;
  /** Tries from the same base, those of earlier calls too. */
  readonly tries: Try[];
  readonly signal: AbortSignal;
}

interface Landed extends Try {
  readonly version: VersionBeside;
}

export class KvV2Writer {
  readonly #calls: KvV2Calls;
  readonly #inDoubt = new WritesInDoubt<Try>();

  constructor(calls: KvV2Calls) {
    this.#calls = calls;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const content = documentJson(document);
    const fingerprint = floatFingerprint(content);
    const written = await this.#inDoubt.run(path, expected, (tries) =>
      this.#write({ path, content, fingerprint, expected, tries, signal }),
    );
    return {
      revision: revisionOf(written),
      version: versionLabel(written),
      ...(written.custom && { notes: notesIn(written.custom) }),
    };
  }

  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    const found = await this.#calls.find(path, signal);
    if (found.state === 'absent' || revisionOf(found.version) !== expected)
      throw conflict(expected);
    const { number, destroyed } = found.version;
    // The echo of a removal whose answer was lost, or somebody else's, which is as good.
    if (found.state === 'deleted') return { recoverable: !destroyed };
    try {
      const how = await this.#calls.delete(path, number, signal);
      return await this.#settleRemoval(path, number, expected, how, signal);
    } catch (error) {
      if (!mayHaveLanded(error)) throw error;
      const after = await unlessFailed(this.#calls.find(path, signal));
      if (after?.state !== 'deleted' || revisionOf(after.version) !== expected) throw error;
      return { recoverable: true };
    }
  }

  async #write(write: Write): Promise<VersionBeside> {
    const { path, expected, tries, signal } = write;
    // Found out by writing, not by looking: `cas: 0` is refused if there is, or was, a version.
    const created = expected === null ? await this.#createFirst(write) : undefined;
    if (created !== undefined) return created;

    const standing = standingOf(await this.#calls.find(path, signal));
    const mayReplace =
      expected === null
        ? standing?.isAlive === false
        : standing?.isAlive === true && standing.revision === expected;
    if (standing !== undefined && mayReplace) return this.#replace(write, standing);

    const landed = await this.#landed(write, tries);
    if (landed?.fingerprint === write.fingerprint) {
      await this.#settle(write, landed.base, landed.version);
      return landed.version;
    }
    // Own values of before, which are edited further: no conflict, as long as nobody else came.
    if (landed !== undefined && standing?.isAlive && standing.number === landed.version.number) {
      await this.#settle(write, landed.base, landed.version);
      return this.#replace(write, standing);
    }
    throw conflict(expected);
  }

  async #createFirst(write: Write): Promise<VersionBeside | undefined> {
    try {
      return await this.#put(write, undefined);
    } catch (error) {
      if (isAppError(error, 'CONFLICT')) return undefined;
      throw error;
    }
  }

  async #replace(write: Write, base: Base): Promise<VersionBeside> {
    const version = await this.#put(write, base);
    await this.#settle(write, base, version);
    return version;
  }

  /** Sends the write once. Where its answer was lost, what the server holds says whether it was done. */
  async #put(write: Write, base: Base | undefined): Promise<VersionBeside> {
    const { path, content, fingerprint, tries, signal } = write;
    const attempt = { base, fingerprint };
    tries.push(attempt);
    try {
      return await this.#calls.put(path, content, base?.number ?? '0', signal);
    } catch (error) {
      if (!mayHaveLanded(error)) {
        tries.splice(tries.indexOf(attempt), 1);
        throw error;
      }
      const landed = await unlessFailed(this.#landed(write, [attempt]));
      if (landed === undefined) throw error;
      return landed.version;
    }
  }

  /** The last of some tries that took effect: the version after its base holds what it was to write. */
  async #landed(
    { path, signal }: Pick<Write, 'path' | 'signal'>,
    tries: readonly Try[],
  ): Promise<Landed | undefined> {
    for (const attempt of tries.toReversed()) {
      const number = attempt.base && String(BigInt(attempt.base.number) + 1n);
      const found = await this.#calls.find(path, signal, number);
      if (found.state !== 'present' || fingerprintOf(found) !== attempt.fingerprint) continue;
      // Nobody looked before a create: an old first version may be anybody's.
      if (number === undefined && found.version.number !== '1') continue;
      return { ...attempt, version: found.version };
    }
    return undefined;
  }

  /** Looks for what `cas` does not see between the look at `base` and the write of `version`. */
  async #settle(write: Write, base: Base | undefined, version: Version): Promise<void> {
    if (base === undefined) return;
    const { path, expected, signal } = write;
    const metadata = await this.#calls.metadataIfPermitted(path, signal);
    const under = metadata?.versions.get(base.number);
    if (metadata === undefined || under === undefined) return;
    const wasGone = under.destroyed || wasDeletedBefore(under, version);
    if (revisionOf(under) !== base.revision || (!base.isAlive && !wasGone)) {
      await this.#giveBack(path, under.number, version.number, signal);
      throw conflict(expected);
    }
    // Destroying tells no time, and mostly befalls versions that were replaced already.
    if (!base.isAlive || !wasDeletedBefore(under, version)) return;
    if (metadata.currentNumber === version.number) {
      await this.#calls.delete(path, version.number, signal);
    }
    throw conflict(expected);
  }

  /** Writes what a version held over a later one; not if somebody has written over that by now. */
  async #giveBack(path: string, number: string, over: string, signal: AbortSignal): Promise<void> {
    const found = await this.#calls.find(path, signal, number);
    if (found.state !== 'present') return;
    try {
      await this.#calls.put(path, contentOf(found), over, signal);
    } catch (error) {
      if (!isAppError(error, 'CONFLICT')) throw error;
    }
  }

  /** Finds out whether the delete hit the right version, and undoes it if it did not. */
  async #settleRemoval(
    path: string,
    number: string,
    expected: Revision,
    how: 'version' | 'newest',
    signal: AbortSignal,
  ): Promise<RemoveOutcome> {
    const metadata = await this.#calls.metadataIfPermitted(path, signal);
    if (metadata === undefined) return this.#settleUnseen(path, expected, signal);
    const hit = metadata.versions.get(number);
    const next = metadata.versions.get(String(BigInt(number) + 1n));
    const isGone = hit !== undefined && (hit.destroyed || hit.deletedAt !== '');
    if (hit !== undefined && revisionOf(hit) === expected) {
      // Written again since: the other writer finds the delete, as `#settle` does.
      if (next === undefined || wasDeletedBefore(hit, next)) return { recoverable: !hit.destroyed };
    }
    if (isGone && how === 'version') await this.#undeleteIfPermitted(path, number, signal);
    const newest = metadata.versions.get(metadata.currentNumber);
    if (how === 'newest' && newest !== undefined && newest.deletedAt !== '') {
      if (!(await this.#undeleteIfPermitted(path, newest.number, signal))) {
        throw new AppError('CONFLICT', {
          message: `Someone saved a newer version just before, and ${versionLabel(newest)} was deleted in its place.`,
          hint: `Ask your Vault administrator to undelete ${versionLabel(newest)}: your credentials may not.`,
        });
      }
    }
    throw conflict(expected);
  }

  /** Without metadata: only what is there now can be looked at. */
  async #settleUnseen(
    path: string,
    expected: Revision,
    signal: AbortSignal,
  ): Promise<RemoveOutcome> {
    const found = await this.#calls.find(path, signal);
    if (found.state === 'absent') return { recoverable: false };
    if (revisionOf(found.version) !== expected) throw conflict(expected);
    return { recoverable: true };
  }

  async #undeleteIfPermitted(path: string, number: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#calls.undelete(path, number, signal);
      return true;
    } catch (error) {
      if (isAppError(error, 'PERMISSION_DENIED')) return false;
      throw error;
    }
  }
}

const conflict = (expected: Revision | null): AppError =>
  new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT');

const standingOf = (found: Found): Base | undefined =>
  found.state === 'absent'
    ? undefined
    : {
        number: found.version.number,
        revision: revisionOf(found.version),
        isAlive: found.state === 'present',
      };

type Present = Extract<Found, { state: 'present' }>;

const contentOf = ({ snapshot: { document } }: Present): string =>
  document.shape === 'map' ? mapToJson(document.entries) : '{}';

const fingerprintOf = (found: Present): string => floatFingerprint(contentOf(found));

/** For a second look after a failure. If the look fails too, the first failure is the one to report. */
async function unlessFailed<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}
