import type { AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import type { AppError } from '@shared/errors';
import type { CheckStep } from '@shared/model/connection';
import { reachPort } from '@core/network/reach';
import type { SecretDocument } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import { readEach } from '../read-each';
import type {
  CallOptions,
  Glance,
  History,
  Listing,
  ListOptions,
  NoteRefusals,
  Ownership,
  ProviderSettings,
  ReadOutcome,
  ReadManyOptions,
  RemoveOutcome,
  SecretSnapshot,
  SecretsProvider,
  Written,
} from '../provider';
import type { NoteChanges } from '../notes';
import { RemovalsInDoubt } from '../writes-in-doubt';
import { checkConnection } from './check/check';
import { KeyVaultConnection, type AzureOptions } from './connection';
import { glanceAt } from './glance';
import { versionsOf } from './history';
import { problemOf } from './limits';
import { listEnvironments } from './list';
import { setNotesAt } from './notes';
import { ownerAt, setOwnerAt } from './owner';
import { listOnce, readPath, readPathVersion } from './read';
import { undeletePath } from './undelete';
import { KeyVaultWriter } from './write';

/**
 * Azure Key Vault. A path is the name of a secret; one that ends in a slash is the beginning of the names of
 * several, one for each variable.
 */
export class AzureKeyVaultProvider implements SecretsProvider {
  readonly #connection: KeyVaultConnection;
  readonly #writer: KeyVaultWriter;
  readonly #removals = new RemovalsInDoubt();

  constructor(settings: ProviderSettings<AzureKeyVaultValues>, options: AzureOptions = {}) {
    this.#connection = new KeyVaultConnection(settings, options);
    this.#writer = new KeyVaultWriter(this.#connection);
  }

  check({ signal }: CallOptions): AsyncIterable<CheckStep> {
    return checkConnection(this.#connection, signal);
  }

  list(options: ListOptions): Promise<Listing> {
    return listEnvironments(this.#connection, options);
  }

  async read(path: string, { signal }: CallOptions): Promise<SecretSnapshot> {
    return readPath(this.#connection, path, signal);
  }

  readMany(
    paths: readonly string[],
    { signal, listing }: ReadManyOptions,
  ): AsyncIterable<ReadOutcome> {
    const { limit, listings } = this.#connection;
    const known = listing && listings.get(listing);
    const listed = known ? async () => known : listOnce(this.#connection, signal);
    return readEach(paths, limit, (path) => readPath(this.#connection, path, signal, listed));
  }

  glance(path: string, { signal }: CallOptions): Promise<Glance> {
    return glanceAt(this.#connection, path, signal);
  }

  versions(path: string, { signal }: CallOptions): Promise<History> {
    return versionsOf(this.#connection, path, signal);
  }

  readVersion(path: string, revision: Revision, { signal }: CallOptions): Promise<SecretSnapshot> {
    return readPathVersion(this.#connection, path, revision, signal);
  }

  write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    { signal }: CallOptions,
  ): Promise<Written> {
    return this.#writer.write(path, document, expected, signal);
  }

  validate(path: string, document: SecretDocument): AppError | undefined {
    return problemOf(path, document);
  }

  remove(path: string, expected: Revision, { signal }: CallOptions): Promise<RemoveOutcome> {
    return this.#removals.run(path, expected, () => this.#writer.remove(path, expected, signal));
  }

  undelete(path: string, { signal }: CallOptions): Promise<void> {
    return undeletePath(this.#connection, path, signal);
  }

  owner(path: string, { signal }: CallOptions): Promise<Ownership> {
    return ownerAt(this.#connection, path, signal);
  }

  setOwner(path: string, owner: string | null, { signal }: CallOptions): Promise<Ownership> {
    return setOwnerAt(this.#connection, path, owner, signal);
  }

  setNotes(path: string, notes: NoteChanges, { signal }: CallOptions): Promise<NoteRefusals> {
    return setNotesAt(this.#connection, path, notes, signal);
  }

  async reach({ signal }: CallOptions): Promise<void> {
    await reachPort(this.#connection.network, this.#connection.api.url, signal);
  }

  dispose(): void {
    this.#connection.api.close();
  }
}
