/**
 * A folder of JSON files, one for each environment, for development. Nothing is encrypted. Files can be read
 * by their owner only, and are replaced as a whole.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { AppError, isAppError } from '@shared/errors';
import type { CheckStep } from '@shared/model/connection';
import { platformLimits } from '@shared/model/platform-limits';
import type { PlainFilesValues } from '@shared/providers/plain-files';
import { readNamedFile } from '@core/network/named-file';
import type { Runtime } from '@core/runtime';
import {
  documentFromBytes,
  documentFromText,
  documentToText,
  fingerprint,
  type SecretDocument,
} from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import {
  createDirectories,
  storageFailed,
  systemCode,
  writeFileAtomically,
} from '@core/storage/files';
import { Turns } from '@core/storage/turns';
import { passed, runSteps, warned } from '../check/steps';
import { assertSizes, sizeProblem } from '../value-sizes';
import { countText } from '../check/texts';
import type {
  CallOptions,
  Glance,
  GlanceOptions,
  History,
  Listing,
  ListOptions,
  ReadOutcome,
  RemoveOutcome,
  SecretSnapshot,
  SecretsProvider,
  Written,
} from '../provider';
import { assertNotCommitted } from './git';
import { fileOf, pathOf, pathProblem } from './names';

/** Nobody has as many environments; a folder of something else was chosen. */
const MOST_FILES = 100_000;

/** Permissions of the group and of everybody else. */
const OTHERS = 0o077;

/** Writes to one file, one after the other: all connections share the files. */
const turns = new Turns();

export class PlainFilesProvider implements SecretsProvider {
  readonly #folder: string;

  constructor(
    { folder }: PlainFilesValues,
    private readonly runtime: Runtime,
  ) {
    this.#folder = /^~[\\/]/.test(folder) ? join(homedir(), folder.slice(2)) : folder;
  }

  check({ signal }: CallOptions): AsyncIterable<CheckStep> {
    return runSteps(
      [
        {
          id: 'folder',
          label: 'Folder',
          run: async (signal) => {
            await assertNotCommitted(this.#folder, signal);
            const files = await this.#files(signal);
            const open = await this.#readByOthers(files);
            const count = `${this.#folder}, ${countText(files.length, 'environment')}`;
            if (open === undefined) return passed(count);
            return warned(
              count,
              new AppError('PERMISSION_DENIED', {
                message: `Others on this computer can read ${open}.`,
                likelyCause: 'It was created by another program.',
                hint: `Run chmod 600 ${open}, or save the environment once.`,
              }),
            );
          },
        },
        {
          id: 'encryption',
          label: 'Encryption',
          run: async () =>
            warned(
              'None: anyone who can read your disk, or a backup of it, can read the values.',
              new AppError('ENCRYPTION_FAILED', {
                message: 'Plain files are not encrypted.',
                likelyCause: 'They are meant for values of development that are worth nothing.',
                hint: 'For anything else choose the local vault, which is encrypted, or a server.',
              }),
            ),
        },
      ],
      this.runtime,
      signal,
    );
  }

  async list({ signal, onFound }: ListOptions): Promise<Listing> {
    await assertNotCommitted(this.#folder, signal);
    const files = await this.#files(signal);
    onFound?.(files.length);
    return { secrets: files.map((path) => ({ path })), unlisted: [] };
  }

  async read(path: string, { signal }: CallOptions): Promise<SecretSnapshot> {
    const file = fileOf(this.#folder, path);
    try {
      const bytes = await readNamedFile({ path: file, label: path, field: 'folder' }, signal);
      const { mtime } = await lstat(file);
      const document = documentOf(bytes);
      return { path, document, revision: revisionOf(document), modifiedAt: mtime };
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (isMissing(error) || isMissing(cause)) throw notFound(path);
      throw error;
    }
  }

  async *readMany(
    paths: readonly string[],
    options: CallOptions,
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    for (const path of paths) {
      try {
        yield { path, snapshot: await this.read(path, options) };
      } catch (error) {
        if (!isAppError(error) || error.code === 'CANCELLED') throw error;
        yield { path, error };
      }
    }
  }

  /** Reads the file, which is here: its values go nowhere for it. */
  async glance(path: string, { signal }: GlanceOptions): Promise<Glance> {
    try {
      const { revision, modifiedAt } = await this.read(path, { signal });
      return { state: 'present', revision, modifiedAt };
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return { state: 'absent' };
      throw error;
    }
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
      message: 'A file keeps only its newest content.',
      hint: 'Pull the newest version.',
      details: { path },
    });
  }

  /** Compares and replaces. What another program writes in between the two is lost. */
  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    { signal }: CallOptions,
  ): Promise<Written> {
    const file = fileOf(this.#folder, path);
    await assertNotCommitted(this.#folder, signal);
    return turns.take(file, async () => {
      const found = await this.#find(path, signal);
      const revision = revisionOf(document);
      // A write whose answer was lost is asked for again.
      if (expected !== null && found?.revision === revision) return { revision };
      assertExpected(path, found, expected);
      assertSizes(platformLimits, document, found?.document);
      try {
        createDirectories(dirname(file));
      } catch (error) {
        throw storageFailed(dirname(file), error);
      }
      await writeFileAtomically(file, bytesOf(document));
      return { revision };
    });
  }

  validate(path: string, document: SecretDocument): AppError | undefined {
    return pathProblem(path) ?? sizeProblem(platformLimits, document);
  }

  async remove(path: string, expected: Revision, { signal }: CallOptions): Promise<RemoveOutcome> {
    const file = fileOf(this.#folder, path);
    return turns.take(file, async () => {
      const found = await this.#find(path, signal);
      if (found === undefined) throw notFound(path);
      assertExpected(path, found, expected);
      try {
        await rm(file);
      } catch (error) {
        throw storageFailed(file, error);
      }
      return { recoverable: false };
    });
  }

  async undelete(path: string, { signal }: CallOptions): Promise<void> {
    if ((await this.#find(path, signal)) !== undefined) return;
    throw new AppError('NOT_FOUND', {
      message: 'A deleted file is gone.',
      hint: 'Write it again.',
      details: { path },
    });
  }

  dispose(): void {
    // Nothing is held open between calls.
  }

  async #find(path: string, signal: AbortSignal): Promise<SecretSnapshot | undefined> {
    try {
      return await this.read(path, { signal });
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** The paths of all environments in the folder. A folder that does not exist yet has none. */
  async #files(signal: AbortSignal): Promise<string[]> {
    const found: string[] = [];
    const waiting = [this.#folder];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      signal.throwIfAborted();
      for (const entry of await this.#entriesOf(at)) {
        const file = join(at, entry.name);
        // Links are not followed: they may lead out of the folder, or around in it.
        if (entry.isDirectory()) waiting.push(file);
        const path = entry.isFile() ? pathOf(relative(this.#folder, file)) : undefined;
        if (path !== undefined) found.push(path);
        if (found.length + waiting.length > MOST_FILES) throw tooMany(this.#folder);
      }
    }
    return found.toSorted();
  }

  async #entriesOf(folder: string) {
    try {
      return await readdir(folder, { withFileTypes: true });
    } catch (error) {
      if (isMissing(error) && folder === this.#folder) return [];
      throw new AppError('INVALID_CONFIGURATION', {
        message: `The folder ${folder} cannot be read.`,
        likelyCause: systemCode(error) === 'ENOTDIR' ? 'It is a file.' : 'You may not read it.',
        hint: 'Choose another folder, or change who may read it.',
        details: { field: 'folder' },
        cause: error,
      });
    }
  }

  /** A file that others than its owner can read. Windows has no such permissions. */
  async #readByOthers(paths: readonly string[]): Promise<string | undefined> {
    if (process.platform === 'win32') return undefined;
    for (const path of paths) {
      const file = fileOf(this.#folder, path);
      const { mode } = await lstat(file);
      if ((mode & OTHERS) !== 0) return file;
    }
    return undefined;
  }
}

const isMissing = (error: unknown): boolean => systemCode(error) === 'ENOENT';

const notFound = (path: string): AppError => new AppError('NOT_FOUND', { details: { path } });

const tooMany = (folder: string): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    message: `${folder} has more than ${MOST_FILES.toLocaleString('en')} files and folders in it.`,
    likelyCause: 'It is the folder of something else.',
    hint: 'Choose a folder for your environments alone.',
    details: { field: 'folder' },
  });

function assertExpected(
  path: string,
  found: SecretSnapshot | undefined,
  expected: Revision | null,
): void {
  if ((found?.revision ?? null) === expected) return;
  throw new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT', { details: { path } });
}

const revisionOf = (document: SecretDocument): Revision => asRevision(fingerprint(document));

function documentOf(bytes: Buffer): SecretDocument {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes)
    ? documentFromText(text)
    : documentFromBytes(bytes);
}

const bytesOf = (document: SecretDocument): Buffer =>
  document.shape === 'binary'
    ? Buffer.from(document.base64.reveal(), 'base64')
    : Buffer.from(documentToText(document), 'utf8');
