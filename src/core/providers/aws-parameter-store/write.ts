/**
 * Writing parameters. Parameter Store has no check-and-set: a write with Overwrite replaces whatever is
 * there, and its answer tells the number of the new version. Numbers have no gaps, so a version that does
 * not directly follow the one that was read tells that somebody else wrote in between; theirs is in the
 * history. See https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
import type { ParameterTier } from '@aws-sdk/client-ssm';
import { AppError, isAppError } from '@shared/errors';
import { documentFromText, documentToText, type SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { unexpectedAnswer } from '../aws/errors';
import { writeEntries, type EntryStore, type StoredEntry } from '../entries';
import { isFolder } from '../layout';
import { writeDetecting, type Put } from '../overtaken';
import type { RemoveOutcome, Written } from '../provider';
import { WritesInDoubt } from '../writes-in-doubt';
import type { ParameterStoreConnection } from './connection';
import { describeAll, OBJECT_DESCRIPTION, type Description } from './describe';
import { checkPath, checkValue } from './limits';
import { keyOf } from './names';
import {
  numberIn,
  readFolder,
  readParameter,
  readParameterVersion,
  readPath,
  versionOf,
} from './read';

/** The most that DeleteParameters takes. */
const DELETE_BATCH = 10;

const tiers: Readonly<Record<string, ParameterTier>> = {
  standard: 'Standard',
  advanced: 'Advanced',
  intelligent: 'Intelligent-Tiering',
};

interface One {
  readonly name: string;
  readonly signal: AbortSignal;
  /** Of the parameter that is written over. A write would set what it does not name to its default. */
  readonly known: Description | undefined;
  readonly description: string | undefined;
}

export class ParameterWriter {
  readonly #connection: ParameterStoreConnection;
  readonly #inDoubt = new WritesInDoubt<Map<string, string>>();

  constructor(connection: ParameterStoreConnection) {
    this.#connection = connection;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    checkPath(this.#connection.names, path, document);
    return isFolder(path)
      ? this.#writeFolder(path, document, expected, signal)
      : this.#writeObject(path, document, expected, signal);
  }

  async #writeObject(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const name = this.#connection.names.nameOf(path);
    if (expected !== null) {
      const { revision } = await readPath(this.#connection, path, signal);
      if (revision !== expected) throw new AppError('CONFLICT', { details: { path } });
    }
    const known = expected === null ? undefined : await this.#known(name, signal);
    const one = { name, signal, known, description: OBJECT_DESCRIPTION };
    const { revision, document: now } = await writeDetecting(
      {
        put: (content) => this.#put(one, textOf(content), expected),
        readVersion: async (version) =>
          documentFromText(
            (await readParameterVersion(this.#connection, name, version, signal)).text,
          ),
      },
      document,
      expected,
    );
    return { revision, document: now, version: `v${String(numberIn(revision))}` };
  }

  #writeFolder(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const folder = this.#connection.names.nameOf(path);
    return this.#inDoubt.run(path, expected, async (tries) => {
      const [written = new Map<string, string>()] = tries;
      if (tries.length === 0) tries.push(written);
      const { revision, document: now } = await writeEntries(this.#folder(folder, signal), {
        path,
        document,
        expected,
        written,
        limit: this.#connection.limits.PutParameter,
        signal,
      });
      return { revision, document: now };
    });
  }

  #folder(folder: string, signal: AbortSignal): EntryStore {
    let described: Promise<Map<string, Description>> | undefined;
    const nameOf = (key: string): string => (folder === '/' ? `/${key}` : `${folder}/${key}`);
    return {
      read: () => readFolder(this.#connection, folder, signal),
      put: async (key, value, before) => {
        described ??= this.#describedIn(folder, signal);
        const name = nameOf(key);
        const known = before && (await described).get(name);
        const version = await this.#putEntry(
          { name, signal, known, description: undefined },
          value,
          before,
        );
        return { version };
      },
      remove: (keys, gone) =>
        this.#delete(keys.map(nameOf), signal, (name) => {
          gone(keyOf(name));
        }),
    };
  }

  async #putEntry(one: One, value: Secret, before: StoredEntry | undefined): Promise<string> {
    const { revision } = await writeDetecting(
      {
        put: (content) =>
          this.#put(one, textOf(content), before === undefined ? null : asRevision(before.version)),
        readVersion: async (version) => ({
          shape: 'text',
          text: new Secret(
            (await readParameterVersion(this.#connection, one.name, version, one.signal)).text,
          ),
        }),
      },
      { shape: 'text', text: value },
      before === undefined ? null : asRevision(before.version),
    );
    return revision;
  }

  /** Creates the parameter if `expected` is `null`, and otherwise writes over whatever is there. */
  async #put(
    { name, signal, known, description }: One,
    text: string,
    expected: Revision | null,
  ): Promise<Put> {
    const operation = 'PutParameter';
    const { kmsKey, tier } = this.#connection.store.values;
    checkValue(text, name);
    const type =
      known?.type === 'String' || known?.type === 'StringList' ? known.type : 'SecureString';
    const key = known?.keyId ?? (kmsKey === '' ? undefined : kmsKey);
    const answer = await this.#connection.call({ operation, path: name, signal }, (client, http) =>
      client.putParameter(
        {
          Name: name,
          Value: text,
          Type: type,
          Overwrite: expected !== null,
          // A parameter never goes back from Advanced to Standard.
          Tier: known?.tier === 'Advanced' ? 'Advanced' : tiers[tier],
          ...(type === 'SecureString' && key !== undefined && { KeyId: key }),
          ...(description !== undefined && { Description: description }),
        },
        http,
      ),
    );
    if (answer.Version === undefined) throw unexpectedAnswer(operation, name);
    return this.#follows(name, answer.Version, expected, signal);
  }

  /** Which version is directly before the new one. */
  async #follows(
    name: string,
    number: number,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Put> {
    const { modifiedAt } = await readParameter(this.#connection, name, signal, number);
    const revision = asRevision(versionOf(number, modifiedAt));
    if (expected === null) return { revision, previous: null };
    if (number === numberIn(expected) + 1) return { revision, previous: expected };
    const before = await readParameter(this.#connection, name, signal, number - 1).catch(
      (error: unknown) => {
        if (isAppError(error, 'NOT_FOUND')) return undefined;
        throw error;
      },
    );
    // It was deleted and written again in between: there is nothing to merge with.
    if (before === undefined) return { revision, previous: null };
    return { revision, previous: asRevision(versionOf(before.number, before.modifiedAt)) };
  }

  /** `undefined` if DescribeParameters is not permitted. */
  async #known(name: string, signal: AbortSignal): Promise<Description | undefined> {
    try {
      const [known] = await describeAll(this.#connection, { name }, signal);
      return known;
    } catch (error) {
      if (isAppError(error, 'PERMISSION_DENIED')) return undefined;
      throw error;
    }
  }

  async #describedIn(folder: string, signal: AbortSignal): Promise<Map<string, Description>> {
    try {
      const all = await describeAll(this.#connection, { folder }, signal);
      return new Map(all.map((one) => [one.name, one]));
    } catch (error) {
      if (isAppError(error, 'PERMISSION_DENIED')) return new Map();
      throw error;
    }
  }

  /** Deletes for good: AWS keeps no history of a deleted parameter. Throws `CONFLICT`. */
  async remove(path: string, expected: Revision, signal: AbortSignal): Promise<RemoveOutcome> {
    const name = this.#connection.names.nameOf(path);
    const { revision, document } = await readPath(this.#connection, path, signal);
    if (revision !== expected) throw new AppError('CONFLICT', { details: { path } });
    const keys = document.shape === 'map' ? [...document.entries.keys()] : [];
    const names = isFolder(path)
      ? keys.map((key) => (name === '/' ? `/${key}` : `${name}/${key}`))
      : [name];
    await this.#delete(names, signal);
    return { recoverable: false };
  }

  async #delete(
    names: readonly string[],
    signal: AbortSignal,
    gone?: (name: string) => void,
  ): Promise<void> {
    const operation = 'DeleteParameters';
    const left = [...names];
    while (left.length > 0) {
      const batch = left.splice(0, DELETE_BATCH);
      const answer = await this.#connection.call(
        { operation, path: batch[0] ?? '', signal },
        (client, http) => client.deleteParameters({ Names: batch }, http),
      );
      // What is in InvalidParameters was not there any more.
      if (answer.DeletedParameters === undefined && answer.InvalidParameters === undefined) {
        throw unexpectedAnswer(operation, batch[0]);
      }
      for (const name of batch) gone?.(name);
    }
  }
}

function textOf(document: SecretDocument): string {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  return documentToText(document);
}
