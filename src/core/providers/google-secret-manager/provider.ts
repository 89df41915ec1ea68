import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';
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
  Ownership,
  ProviderSettings,
  ReadOutcome,
  ReadManyOptions,
  RemoveOutcome,
  SecretSnapshot,
  SecretsProvider,
  UndeleteOptions,
  Written,
} from '../provider';
import { RemovalsInDoubt } from '../writes-in-doubt';
import { apiUrl } from './api';
import { checkConnection } from './check/check';
import { GoogleConnection, type GoogleOptions } from './connection';
import { glanceAt } from './glance';
import { versionsOf } from './history';
import { problemOf } from './limits';
import { listEnvironments } from './list';
import { ownerAt, setOwnerAt } from './owner';
import { listOnce, readPath, readPathVersion } from './read';
import { undeletePath } from './undelete';
import { GoogleWriter } from './write';

/**
 * Google Secret Manager. A path is the id of a secret; one that ends in a slash is the beginning of the ids
 * of several, one for each variable.
 */
export class GoogleSecretManagerProvider implements SecretsProvider {
  readonly #connection: GoogleConnection;
  readonly #writer: GoogleWriter;
  readonly #removals = new RemovalsInDoubt();

  constructor(settings: ProviderSettings<GoogleSecretManagerValues>, options: GoogleOptions = {}) {
    this.#connection = new GoogleConnection(settings, options);
    this.#writer = new GoogleWriter(this.#connection);
  }

  check({ signal }: CallOptions): AsyncIterable<CheckStep> {
    return checkConnection(this.#connection, signal);
  }

  list(options: ListOptions): Promise<Listing> {
    return listEnvironments(this.#connection, options);
  }

  read(path: string, { signal }: CallOptions): Promise<SecretSnapshot> {
    return readPath(this.#connection, path, signal);
  }

  readMany(
    paths: readonly string[],
    { signal, listing }: ReadManyOptions,
  ): AsyncIterable<ReadOutcome> {
    const { limit, listings } = this.#connection;
    const known = listing && listings.get(listing);
    // One listing of all costs as much as that of one folder.
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

  /**
   * Enables a disabled version; in a folder, those of all variables. A deleted secret or a destroyed version
   * cannot be brought back.
   */
  undelete(path: string, { signal, revision }: UndeleteOptions): Promise<void> {
    return undeletePath(this.#connection, path, revision, signal);
  }

  owner(path: string, { signal }: CallOptions): Promise<Ownership> {
    return ownerAt(this.#connection, path, signal);
  }

  setOwner(path: string, owner: string | null, { signal }: CallOptions): Promise<Ownership> {
    return setOwnerAt(this.#connection, path, owner, signal);
  }

  async reach({ signal }: CallOptions): Promise<void> {
    await reachPort(this.#connection.network, apiUrl(this.#connection.settings.values), signal);
  }

  dispose(): void {
    this.#connection.api.close();
  }
}
