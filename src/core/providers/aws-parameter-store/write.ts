/**
 * Writing parameters. Parameter Store has no check-and-set: a write with Overwrite replaces whatever is
 * there, and its answer tells the number of the new version. Numbers have no gaps, so a version that does
 * not directly follow the one that was read tells that somebody else wrote in between; theirs is in the
 * history. See https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
import { AppError, isAppError } from '@shared/errors';
import {
  documentFromText,
  documentToText,
  entriesOf,
  type SecretDocument,
} from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { unexpectedAnswer } from '../aws/errors';
import { textOfEntry, writeEntries, type EntryStore, type StoredEntry } from '../entries';
import { isFolder } from '@shared/model/layout';
import { writeDetecting, type DetectingStore, type Put, type Settled } from '../overtaken';
import type { Written } from '../provider';
import { WritesInDoubt } from '../writes-in-doubt';
import type { ParameterStoreConnection } from './connection';
import {
  describeIfPermitted,
  isObject,
  OBJECT_DESCRIPTION,
  TEXT_DESCRIPTION,
  type Description,
} from './describe';
import { checkNew, checkPath, tierFor } from './limits';
import { knownAs, knownWithoutDescribing } from './known';
import { nameInFolder } from './names';
import { numberIn, readFolder, readParameter, readParameterVersion, versionOf } from './read';
import { deleteParameters } from './remove';

/** Milliseconds to wait before a write is tried again. */
const UPDATE_WAITS = [250, 500, 1000];

/** One parameter that is written. */
interface Target {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly read: (text: string) => SecretDocument;
  /** What it is before it is written over. */
  readonly known: () => Promise<Description>;
  /** `undefined` leaves the description as it is. */
  readonly describe: (
    document: SecretDocument,
    known: Description | undefined,
  ) => string | undefined;
  /** What was sent and may have arrived. */
  readonly tries: Secret[];
}

export class ParameterWriter {
  readonly #connection: ParameterStoreConnection;
  readonly #objects = new WritesInDoubt<Secret>();
  readonly #folders = new WritesInDoubt<Map<string, string | undefined>>();

  constructor(connection: ParameterStoreConnection) {
    this.#connection = connection;
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const check = expected === null ? checkNew : checkPath;
    check(this.#connection.names, path, document);
    return isFolder(path)
      ? this.#writeFolder(path, document, expected, signal)
      : this.#writeObject(path, document, expected, signal);
  }

  #writeObject(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const name = this.#connection.names.nameOf(path);
    return this.#objects.run(path, expected, async (tries) => {
      const target: Target = {
        name,
        signal,
        tries,
        read: documentFromText,
        known: () => knownAs(this.#connection, name, signal),
        describe: descriptionOf,
      };
      const { revision, document: now } = await this.#settle(target, document, expected);
      return { revision, document: now, version: `v${String(numberIn(revision))}` };
    });
  }

  /** Throws `CONFLICT` if another version than `expected` is there that was not sent by an earlier try. */
  async #settle(
    target: Target,
    document: SecretDocument,
    expected: Revision | null,
  ): Promise<Settled> {
    const { name, signal, tries } = target;
    const earlier = [...tries];
    if (expected === null) {
      try {
        return await writeDetecting(this.#store(target, expected), document, expected);
      } catch (error) {
        if (!isAppError(error, 'ALREADY_EXISTS')) throw error;
        const found = await readParameter(this.#connection, name, signal);
        const revision = asRevision(versionOf(found));
        // The answer to an attempt was lost, and the next attempt has met it.
        if (found.text === textOf(document)) return { revision, document };
        if (!isAmong(earlier, found.text)) throw error;
        return writeDetecting(this.#store(target, revision), document, revision);
      }
    }
    const found = await readParameter(this.#connection, name, signal);
    const revision = asRevision(versionOf(found));
    if (revision === expected) {
      return writeDetecting(this.#store(target, expected), document, expected);
    }
    if (!isAmong(earlier, found.text)) throw new AppError('CONFLICT', { details: { path: name } });
    const isThere = found.text === textOf(document);
    const store = this.#store(target, expected, isThere ? found.number : undefined);
    return writeDetecting(store, document, expected);
  }

  /** For a try whose answer was lost: sees whether somebody else's version was before it. */
  #settleLanded(
    target: Target,
    { number, text }: { readonly number: number; readonly text: string },
    expected: Revision | null,
  ): Promise<Settled> {
    return writeDetecting(this.#store(target, expected, number), target.read(text), expected);
  }

  /** `landed` is the version that the first put finds already written. */
  #store(target: Target, expected: Revision | null, landed?: number): DetectingStore {
    const seen = new Set<string | null>([expected]);
    const isAgain = target.tries.length > 0;
    let number = landed;
    return {
      put: async (content) => {
        const written =
          number ?? (await this.#put(target, content, expected === null && seen.size === 1));
        number = undefined;
        const isFirst = expected === null;
        const put = await this.#placed(target, written, { isFirst, seen, isAgain });
        seen.add(put.revision);
        return put;
      },
      readVersion: async (version) =>
        target.read(
          (await readParameterVersion(this.#connection, target.name, version, target.signal)).text,
        ),
    };
  }

  async #writeFolder(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const folder = this.#connection.names.nameOf(path);
    const described = this.#describedIn(folder, signal);
    await this.#checkSizes(folder, document, expected, described);
    return this.#folders.run(path, expected, async (tries) => {
      const [written = new Map<string, string | undefined>()] = tries;
      if (tries.length === 0) tries.push(written);
      const { revision, document: now } = await writeEntries(
        this.#folder(folder, described, signal),
        { path, document, expected, written, limit: this.#connection.limits.PutParameter, signal },
      );
      return { revision, document: now };
    });
  }

  /** Throws `VALUE_TOO_LARGE` before anything is written. */
  async #checkSizes(
    folder: string,
    document: SecretDocument,
    expected: Revision | null,
    described: Described,
  ): Promise<void> {
    const setting = this.#connection.store.values.tier;
    for (const [key, entry] of entriesOf(document)) {
      const text = textOfEntry(entry);
      try {
        tierFor(text, { known: undefined, setting, what: key });
      } catch (error) {
        // Too large for a new parameter; the one that is there may be of another tier.
        if (expected === null) throw error;
        const known = (await described())?.get(nameInFolder(folder, key));
        if (known !== undefined) tierFor(text, { known, setting, what: key });
        else if ((await described()) !== undefined) throw error;
      }
    }
  }

  #folder(folder: string, described: Described, signal: AbortSignal): EntryStore {
    const targetOf = (key: string): Target => {
      const name = nameInFolder(folder, key);
      return {
        name,
        signal,
        read: asText,
        tries: [],
        known: async () =>
          (await described())?.get(name) ?? knownWithoutDescribing(this.#connection, name, signal),
        describe: () => undefined,
      };
    };
    return {
      read: () => readFolder(this.#connection, folder, signal),
      put: async (key, value, before) => {
        const expected = before === undefined ? null : asRevision(before.version);
        return this.#putEntry(targetOf(key), value, expected);
      },
      settle: async (key, base, found) => {
        const target = targetOf(key);
        target.tries.push(found.value);
        const landed = { number: numberIn(found.version), text: found.value.reveal() };
        await this.#settleLanded(target, landed, base === undefined ? null : asRevision(base));
      },
      remove: (keys, gone) => {
        const byName = new Map(keys.map((key) => [nameInFolder(folder, key), key]));
        return deleteParameters(this.#connection, [...byName.keys()], signal, (name) => {
          gone(byName.get(name) ?? name);
        });
      },
    };
  }

  async #putEntry(
    target: Target,
    value: Secret,
    expected: Revision | null,
  ): Promise<Pick<StoredEntry, 'version'>> {
    const document: SecretDocument = { shape: 'text', text: value };
    try {
      const { revision } = await writeDetecting(this.#store(target, expected), document, expected);
      return { version: revision };
    } catch (error) {
      if (expected !== null || !isAppError(error, 'ALREADY_EXISTS')) throw error;
      const found = await readParameter(this.#connection, target.name, target.signal);
      // The answer to an attempt was lost, and the next attempt has met it.
      if (found.text === value.reveal()) return { version: versionOf(found) };
      throw new AppError('CONFLICT', { details: { path: target.name }, cause: error });
    }
  }

  /** Creates the parameter, or writes over whatever is there. Returns the number of the new version. */
  async #put(target: Target, document: SecretDocument, isNew: boolean): Promise<number> {
    const { name, signal } = target;
    const operation = 'PutParameter';
    const { kmsKey, tier: setting } = this.#connection.store.values;
    const text = textOf(document);
    const known = isNew ? undefined : await target.known();
    const tier = tierFor(text, { known, setting, what: name });
    const keyId = known?.keyId ?? (kmsKey === '' ? undefined : kmsKey);
    const isEncrypted = known === undefined || known.type === 'SecureString';
    const description = target.describe(document, known);
    target.tries.push(new Secret(text));
    const send = () =>
      this.#connection.call({ operation, path: name, signal }, (client, http) =>
        client.putParameter(
          {
            Name: name,
            Value: text,
            // Left out, the type stays, and a parameter that was deleted meanwhile is not created again.
            ...(isNew && { Type: 'SecureString' }),
            Overwrite: !isNew,
            ...(tier !== undefined && { Tier: tier }),
            // Left out, the key would be the one that AWS manages.
            ...(isEncrypted && keyId !== undefined && { KeyId: keyId }),
            ...(description !== undefined && { Description: description }),
          },
          http,
        ),
      );
    const { Version: number } = await this.#whenFree(send, signal);
    if (number === undefined) throw unexpectedAnswer(operation, name);
    return number;
  }

  /**
   * Waits a moment and tries again while another change of the same parameter is under way, or if all attempts
   * of a call were throttled: others may use the same rate.
   */
  async #whenFree<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const milliseconds of UPDATE_WAITS) {
      try {
        return await send();
      } catch (error) {
        if (!isAppError(error, 'RATE_LIMITED')) throw error;
        await this.#connection.options.runtime
          .wait(milliseconds, signal)
          .catch((cause: unknown) => {
            throw new AppError('CANCELLED', { cause });
          });
      }
    }
    return send();
  }

  /**
   * Which version is before the new one, leaving out those that lost tries of ours have made. Those may have
   * overwritten somebody: then every version since the one that was read counts.
   */
  async #placed(
    { name, signal, tries }: Target,
    number: number,
    {
      isFirst,
      seen,
      isAgain,
    }: {
      readonly isFirst: boolean;
      readonly seen: ReadonlySet<string | null>;
      readonly isAgain: boolean;
    },
  ): Promise<Put> {
    const revision = asRevision(
      versionOf(await readParameter(this.#connection, name, signal, number)),
    );
    if (isFirst && seen.size === 1) return { revision, previous: null };
    const between: Revision[] = [];
    for (let before = number - 1; before > 0; before -= 1) {
      const found = await this.#keptVersion(name, before, signal);
      // It was deleted and written again in between: there is nothing to merge with.
      if (found === undefined) break;
      const version = asRevision(versionOf(found));
      const isKnown = seen.has(version);
      if (isKnown && between.length > 0) break;
      if (isKnown || !isAmong(tries, found.text)) between.unshift(version);
      if (isKnown || (between.length > 0 && !isAgain)) break;
    }
    return { revision, previous: between.at(-1) ?? null, others: between.slice(0, -1) };
  }

  async #keptVersion(name: string, number: number, signal: AbortSignal) {
    try {
      return await readParameter(this.#connection, name, signal, number);
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** Asks once, when it is first needed. */
  #describedIn(folder: string, signal: AbortSignal): Described {
    let described: ReturnType<Described> | undefined;
    const ask = async () => {
      const all = await describeIfPermitted(this.#connection, { folder }, signal);
      return all && new Map(all.map((one) => [one.name, one]));
    };
    return () => (described ??= ask());
  }
}

/** The parameters of a folder by name; `undefined` if ssm:DescribeParameters is not permitted. */
type Described = () => Promise<ReadonlyMap<string, Description> | undefined>;

const isAmong = (tries: readonly Secret[], text: string): boolean =>
  tries.some((one) => one.reveal() === text);

const asText = (text: string): SecretDocument => ({ shape: 'text', text: new Secret(text) });

/** Marks what holds an environment, and leaves the description that somebody else gave it. */
function descriptionOf(
  document: SecretDocument,
  known: Description | undefined,
): string | undefined {
  const isOurs = known === undefined || isObject(known) || known.description === TEXT_DESCRIPTION;
  if (!isOurs) return undefined;
  return document.shape === 'map' ? OBJECT_DESCRIPTION : TEXT_DESCRIPTION;
}

function textOf(document: SecretDocument): string {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  return documentToText(document);
}
