/** One folder of the local vault as a secrets manager: a client of its file, stateless but for that. */
import { AppError } from '@shared/errors';
import type { CheckStep } from '@shared/model/connection';
import { withDeadline } from '@core/network/deadline';
import { untilAborted } from '@core/network/until-aborted';
import type { Runtime } from '@core/runtime';
import type { SecretDocument } from '@core/secrets/document';
import {
  ownershipOf,
  type CallOptions,
  type Glance,
  type GlanceOptions,
  type History,
  type Listing,
  type ListOptions,
  type Ownership,
  type ReadOutcome,
  type RemoveOutcome,
  type Written,
  type SecretSnapshot,
  type SecretsProvider,
} from '../provider';
import type { Revision } from '@core/secrets/revision';
import { runSteps } from '../check/steps';
import { checkSteps } from './check';
import {
  BIN_KEEPS,
  folderOf,
  revisionOf,
  toDocument,
  toStored,
  type Content,
  type Folder,
  type RemovedSecret,
  type StoredSecret,
} from './content';
import { pathProblem } from './paths';
import type { VaultFile } from './vault-file';

/** Milliseconds. More than a keychain may take, if a person has to type a password. */
const DEADLINE = 90_000;

export class LocalVaultProvider implements SecretsProvider {
  constructor(
    private readonly file: VaultFile,
    /** The only folder of the file that this sees. */
    private readonly folder: string,
    private readonly runtime: Runtime,
  ) {}

  async *check({ signal }: CallOptions): AsyncGenerator<CheckStep, void, undefined> {
    const steps = runSteps(checkSteps(this.file, this.folder), this.runtime, signal);
    for (;;) {
      const next = await within(signal, steps.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async list({ signal, onFound }: ListOptions): Promise<Listing> {
    const { secrets } = await this.#load(signal);
    onFound?.(secrets.size);
    return { secrets: [...secrets.keys()].toSorted().map((path) => ({ path })), unlisted: [] };
  }

  async read(path: string, { signal }: CallOptions): Promise<SecretSnapshot> {
    return snapshotOf(await this.#load(signal), path);
  }

  async *readMany(
    paths: readonly string[],
    { signal }: CallOptions,
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    const folder = await this.#load(signal);
    for (const path of paths) {
      if (signal.aborted) throw new AppError('CANCELLED');
      yield folder.secrets.has(path)
        ? { path, snapshot: snapshotOf(folder, path) }
        : { path, error: notFound(path) };
    }
  }

  /** Opens the file, which is here: its values go nowhere for it. */
  async glance(path: string, { signal }: GlanceOptions): Promise<Glance> {
    const { secrets, bin } = await this.#load(signal);
    const secret = secrets.get(path);
    if (secret !== undefined) return { state: 'present', ...standingOf(secret) };
    const removed = newestIn(this.#kept(bin), path);
    if (removed === undefined) return { state: 'absent' };
    return { state: 'deleted', recoverable: true, until: endOf(removed) };
  }

  versions(): Promise<History> {
    return Promise.resolve({ isKept: false });
  }

  async readVersion(
    path: string,
    revision: Revision,
    options: CallOptions,
  ): Promise<SecretSnapshot> {
    const snapshot = await this.read(path, options);
    if (snapshot.revision === revision) return snapshot;
    throw new AppError('NOT_FOUND', {
      message: 'The local vault keeps only the newest version of a secret.',
      hint: 'Pull the newest version.',
      details: { path },
    });
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    { signal }: CallOptions,
  ): Promise<Written> {
    const problem = pathProblem(path);
    if (problem !== undefined) throw problem;
    const write = ({ secrets }: Folder): Written => {
      const current = secrets.get(path);
      if (current === undefined && expected !== null) {
        throw new AppError('CONFLICT', {
          message: 'This secret was removed since it was read.',
          hint: 'Save it under its path as a new one. Nothing was overwritten.',
          details: { path },
        });
      }
      const secret = {
        path,
        stored: toStored(document),
        version: (current?.version ?? 0) + 1,
        modifiedAt: this.runtime.now(),
        ...(current?.owner !== undefined && { owner: current.owner }),
      };
      const revision = revisionOf(toDocument(secret));
      if (current !== undefined) {
        // A write that was given up on, and went on by itself: it is there, and nobody is overwritten.
        const isThere = revisionOf(toDocument(current)) === revision;
        if (expected !== null && isThere) return { revision, version: labelOf(current) };
        assertExpected(current, expected);
      }
      secrets.set(path, secret);
      return { revision, version: labelOf(secret) };
    };
    return this.#update(signal, write);
  }

  validate(path: string): AppError | undefined {
    return pathProblem(path);
  }

  /** What is removed stays in a bin inside the file for 30 days. */
  async remove(path: string, expected: Revision, { signal }: CallOptions): Promise<RemoveOutcome> {
    const remove = ({ secrets, bin }: Folder): RemoveOutcome => {
      const current = secrets.get(path);
      if (current === undefined) throw notFound(path);
      assertExpected(current, expected);
      const removed = { ...current, removedAt: this.runtime.now() };
      secrets.delete(path);
      bin.push(removed);
      return { recoverable: true, until: endOf(removed) };
    };
    return this.#update(signal, remove);
  }

  async undelete(path: string, { signal }: CallOptions): Promise<void> {
    const undelete = (folder: Folder): void => {
      if (folder.secrets.has(path)) return;
      const removed = newestIn(this.#kept(folder.bin), path);
      if (removed === undefined) throw notFound(path);
      const { removedAt: _, ...secret } = removed;
      folder.secrets.set(path, secret);
      folder.bin = folder.bin.filter((other) => other !== removed);
    };
    return this.#update(signal, undelete);
  }

  async owner(path: string, { signal }: CallOptions): Promise<Ownership> {
    const { secrets } = await this.#load(signal);
    return ownershipOf(secrets.get(path)?.owner);
  }

  async setOwner(path: string, owner: string | null, { signal }: CallOptions): Promise<Ownership> {
    const mark = ({ secrets }: Folder): Ownership => {
      const current = secrets.get(path);
      if (current === undefined) throw notFound(path);
      const { owner: _, ...secret } = current;
      secrets.set(path, owner === null ? secret : { ...secret, owner });
      return ownershipOf(owner ?? undefined);
    };
    return this.#update(signal, mark);
  }

  dispose(): void {
    // Nothing is held open between calls.
  }

  async #load(signal: AbortSignal): Promise<Folder> {
    return folderOf(await within(signal, this.file.load()), this.folder);
  }

  /** Changes the folder, and forgets what has been in any bin for long enough. */
  #update<T>(signal: AbortSignal, change: (folder: Folder) => T): Promise<T> {
    const update = (content: Content): T => {
      const result = change(folderOf(content, this.folder));
      for (const folder of content.folders.values()) folder.bin = this.#kept(folder.bin);
      return result;
    };
    return within(signal, this.file.update(signal, update));
  }

  #kept(bin: readonly RemovedSecret[]): RemovedSecret[] {
    const oldest = this.runtime.now() - BIN_KEEPS;
    return bin.filter(({ removedAt }) => removedAt >= oldest);
  }
}

const newestIn = (bin: readonly RemovedSecret[], path: string): RemovedSecret | undefined =>
  bin.findLast((removed) => removed.path === path);

const endOf = ({ removedAt }: RemovedSecret): Date => new Date(removedAt + BIN_KEEPS);

const labelOf = ({ version }: StoredSecret): string => `v${String(version)}`;

const notFound = (path: string): AppError => new AppError('NOT_FOUND', { details: { path } });

function assertExpected(current: StoredSecret, expected: Revision | null): void {
  const details = { path: current.path };
  if (expected === null) throw new AppError('ALREADY_EXISTS', { details });
  if (revisionOf(toDocument(current)) !== expected) throw new AppError('CONFLICT', { details });
}

function snapshotOf({ secrets }: Folder, path: string): SecretSnapshot {
  const secret = secrets.get(path);
  if (secret === undefined) throw notFound(path);
  return { path, document: toDocument(secret), ...standingOf(secret) };
}

const standingOf = (
  secret: StoredSecret,
): Pick<SecretSnapshot, 'revision' | 'version' | 'modifiedAt'> => ({
  revision: revisionOf(toDocument(secret)),
  version: labelOf(secret),
  modifiedAt: new Date(secret.modifiedAt),
});

/** Stops waiting when the caller does, or at the deadline; nobody can tell a file to stop. */
const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  withDeadline(signal, DEADLINE, (either) => untilAborted(work, either), {
    message: `The local vault did not answer within ${String(DEADLINE / 1000)} seconds.`,
    hint: 'Check the disk that the data directory is on.',
  });
