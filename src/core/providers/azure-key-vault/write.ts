/**
 * Writing secrets. A vault has no check-and-set, and the ids of versions tell no order: a write adds a version
 * whatever came before. So the versions are listed before and after a write. One that is new and not ours
 * tells that somebody else wrote in between.
 */
import { AppError, isAppError } from '@shared/errors';
import { documentFromText, documentToText, type SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { writeEntries, type EntryStore, type StoredEntry } from '../entries';
import { isFolder } from '../layout';
import { writeDetecting, type Put } from '../overtaken';
import type { RemoveOutcome, Written } from '../provider';
import { WritesInDoubt } from '../writes-in-doubt';
import type { KeyVaultConnection } from './connection';
import { managed } from './errors';
import { checkPath } from './limits';
import { FOLDER_TAG, KEY_TAG, nameOf } from './names';
import { labelOf, namesIn, readFolder, readPath } from './read';
import {
  deleteSecret,
  getDeleted,
  getSecret,
  listVersions,
  setSecret,
  type Bundle,
  type Item,
} from './secrets';

const CONTENT_TYPE = 'application/json';

/** The secret that is written, as it was before. A write would drop tags and dates that it does not name. */
interface Target {
  readonly name: string;
  readonly before: Bundle | undefined;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export class KeyVaultWriter {
  readonly #connection: KeyVaultConnection;
  readonly #inDoubt = new WritesInDoubt<Map<string, string>>();

  constructor(connection: KeyVaultConnection) {
    this.#connection = connection;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    checkPath(path, document);
    return isFolder(path)
      ? this.#writeFolder(path, document, expected, signal)
      : this.#writeObject(path, document, expected, signal);
  }

  async #writeObject(
    name: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const before = await this.#find(name, signal);
    if (before?.isManaged === true) throw refusal();
    if ((before?.version ?? null) !== expected) {
      throw new AppError(expected === null ? 'ALREADY_EXISTS' : 'CONFLICT', {
        details: { path: name },
      });
    }
    const target = {
      name,
      before,
      contentType: before === undefined ? CONTENT_TYPE : before.contentType,
      tags: {},
      signal,
    };
    const { revision, document: now } = await this.#detecting(
      target,
      document,
      expected,
      documentFromText,
    );
    return { revision, document: now, version: labelOf(revision) };
  }

  #writeFolder(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    return this.#inDoubt.run(path, expected, async (tries) => {
      const [written = new Map<string, string>()] = tries;
      if (tries.length === 0) tries.push(written);
      const { revision, document: now } = await writeEntries(await this.#folder(path, signal), {
        path,
        document,
        expected,
        written,
        limit: this.#connection.limit,
        signal,
      });
      return { revision, document: now };
    });
  }

  async #folder(path: string, signal: AbortSignal): Promise<EntryStore> {
    const names = await namesIn(this.#connection, path, signal);
    return {
      read: () => readFolder(this.#connection, path, signal),
      put: async (key, value, before) => {
        const name = names.get(key) ?? nameOf(path, key);
        const tags = { [FOLDER_TAG]: path, [KEY_TAG]: key };
        return { version: await this.#putEntry(name, tags, value, before, signal) };
      },
      remove: async (keys) => {
        for (const key of keys) {
          const name = names.get(key);
          if (name !== undefined) await deleteSecret(this.#connection.api, name, signal);
        }
      },
    };
  }

  async #putEntry(
    name: string,
    tags: Readonly<Record<string, string>>,
    value: Secret,
    known: StoredEntry | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const before = await this.#find(name, signal);
    if (before?.isManaged === true) throw refusal();
    if (before?.version !== known?.version)
      throw new AppError('CONFLICT', { details: { path: name } });
    const target = { name, before, contentType: before?.contentType, tags, signal };
    const asText = (text: string): SecretDocument => ({ shape: 'text', text: new Secret(text) });
    const base = known === undefined ? null : asRevision(known.version);
    const { revision } = await this.#detecting(target, asText(value.reveal()), base, asText);
    return revision;
  }

  async #detecting(
    target: Target,
    document: SecretDocument,
    expected: Revision | null,
    parse: (text: string) => SecretDocument,
  ): Promise<{ readonly revision: Revision; readonly document: SecretDocument }> {
    const { api } = this.#connection;
    const { name, signal } = target;
    let known = expected === null ? [] : await listVersions(api, name, signal);
    let base = expected;
    return writeDetecting(
      {
        put: async (content) => {
          const put = await this.#put(target, content, known, base);
          known = put.versions;
          base = put.revision;
          return put;
        },
        readVersion: async (version) => parse((await getSecret(api, name, signal, version)).value),
      },
      document,
      expected,
    );
  }

  /** `known` are the versions that were there before, and `base` is the newest of them. */
  async #put(
    { name, before, contentType, tags, signal }: Target,
    document: SecretDocument,
    known: readonly Item[],
    base: Revision | null,
  ): Promise<Put & { readonly versions: Item[] }> {
    const { api } = this.#connection;
    const { version } = await setSecret(
      api,
      name,
      {
        value: textOf(document),
        contentType,
        tags: { ...before?.tags, ...tags },
        attributes: before?.attributes,
      },
      signal,
    );
    const versions = await listVersions(api, name, signal);
    const seen = new Set([...known.map((item) => item.version), version]);
    const at = ({ createdAt }: Item): number => createdAt?.getTime() ?? 0;
    const [stranger] = versions
      .filter((item) => !seen.has(item.version))
      .toSorted((a, b) => at(b) - at(a));
    return {
      revision: asRevision(version),
      previous: stranger === undefined ? base : asRevision(stranger.version),
      versions,
    };
  }

  /** `undefined` if there is no such secret. Throws `SCHEDULED_FOR_DELETION`. */
  async #find(name: string, signal: AbortSignal): Promise<Bundle | undefined> {
    const { api } = this.#connection;
    try {
      return await getSecret(api, name, signal);
    } catch (error) {
      if (!isAppError(error, 'NOT_FOUND')) throw error;
      const deleted = await getDeleted(api, name, signal).catch((failure: unknown) => {
        // Then the write itself says it.
        if (isAppError(failure, 'PERMISSION_DENIED')) return undefined;
        throw failure;
      });
      if (deleted === undefined) return undefined;
      throw new AppError('SCHEDULED_FOR_DELETION', {
        message: 'The secret of this name was deleted, and the vault still keeps it.',
        hint: 'Undelete it and write over it, or choose another name.',
        details: { path: name, until: deleted.until?.getTime() },
      });
    }
  }

  /** A soft delete, unless the vault has that switched off. Throws `CONFLICT`. */
  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    const { api } = this.#connection;
    if (!isFolder(path)) {
      const before = await getSecret(api, path, signal);
      if (before.isManaged) throw refusal();
      if (before.version !== expected) throw new AppError('CONFLICT', { details: { path } });
      const { recoverable, until } = await deleteSecret(api, path, signal);
      return recoverable ? { recoverable, until } : { recoverable: false };
    }
    const names = await namesIn(this.#connection, path, signal);
    const { revision } = await readPath(this.#connection, path, signal);
    if (revision !== expected) throw new AppError('CONFLICT', { details: { path } });
    let outcome: RemoveOutcome = { recoverable: false };
    for (const name of names.values()) {
      const { recoverable, until } = await deleteSecret(api, name, signal);
      if (recoverable) outcome = { recoverable, until };
    }
    return outcome;
  }
}

const refusal = (): AppError => {
  const [code, options] = managed();
  return new AppError(code, options);
};

function textOf(document: SecretDocument): string {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  return documentToText(document);
}
