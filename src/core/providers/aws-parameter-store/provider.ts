import type { AwsParameterStoreValues } from '@shared/providers/aws-parameter-store';
import { AppError } from '@shared/errors';
import type { CheckStep, Expiry } from '@shared/model/connection';
import { reachPort } from '@core/network/reach';
import type { SecretDocument } from '@core/secrets/document';
import type { Revision } from '@core/secrets/revision';
import type { AwsOptions } from '../aws/options';
import type {
  CallOptions,
  Glance,
  History,
  Listing,
  ListOptions,
  Ownership,
  ProviderSettings,
  ReadOutcome,
  RemoveOutcome,
  SecretSnapshot,
  SecretsProvider,
  Written,
} from '../provider';
import { RemovalsInDoubt } from '../writes-in-doubt';
import { checkConnection } from './check/check';
import { ParameterStoreConnection } from './connection';
import { glanceAt } from './glance';
import { listVersions } from './history';
import { problemOf } from './limits';
import { listEnvironments } from './list';
import { ownerAt, setOwnerAt } from './owner';
import { readPath, readPathVersion } from './read';
import { readMany } from './read-many';
import { removePath } from './remove';
import { ParameterWriter } from './write';

/**
 * AWS Systems Manager Parameter Store, or what speaks its protocol at another endpoint. A path that ends in
 * a slash is a folder of parameters, one for each variable; any other path is one parameter.
 */
export class AwsParameterStoreProvider implements SecretsProvider {
  readonly #connection: ParameterStoreConnection;
  readonly #writer: ParameterWriter;
  readonly #removals = new RemovalsInDoubt();

  constructor(settings: ProviderSettings<AwsParameterStoreValues>, options: AwsOptions = {}) {
    this.#connection = new ParameterStoreConnection(settings, options);
    this.#writer = new ParameterWriter(this.#connection);
  }

  check({ signal }: CallOptions): AsyncIterable<CheckStep> {
    return checkConnection(this.#connection, this.#connection.bound(signal));
  }

  list(options: ListOptions): Promise<Listing> {
    const signal = this.#connection.bound(options.signal);
    return listEnvironments(this.#connection, { ...options, signal });
  }

  read(path: string, { signal }: CallOptions): Promise<SecretSnapshot> {
    return readPath(this.#connection, path, this.#connection.bound(signal));
  }

  readMany(paths: readonly string[], { signal }: CallOptions): AsyncIterable<ReadOutcome> {
    return readMany(this.#connection, paths, this.#connection.bound(signal));
  }

  glance(path: string, { signal }: CallOptions): Promise<Glance> {
    return glanceAt(this.#connection, path, this.#connection.bound(signal));
  }

  versions(path: string, { signal }: CallOptions): Promise<History> {
    return listVersions(this.#connection, path, this.#connection.bound(signal));
  }

  readVersion(path: string, revision: Revision, { signal }: CallOptions): Promise<SecretSnapshot> {
    return readPathVersion(this.#connection, path, revision, this.#connection.bound(signal));
  }

  write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    { signal }: CallOptions,
  ): Promise<Written> {
    return this.#writer.write(path, document, expected, this.#connection.bound(signal));
  }

  validate(path: string, document: SecretDocument): AppError | undefined {
    return problemOf(this.#connection.names, path, document);
  }

  remove(path: string, expected: Revision, { signal }: CallOptions): Promise<RemoveOutcome> {
    return this.#removals.run(path, expected, () =>
      removePath(this.#connection, path, expected, this.#connection.bound(signal)),
    );
  }

  /** Does nothing if there is something at the path, and cannot bring back what is not. */
  async undelete(path: string, { signal }: CallOptions): Promise<void> {
    const glance = await this.glance(path, { signal });
    if (glance.state === 'present') return;
    throw new AppError('NOT_FOUND', {
      message: 'Parameter Store keeps nothing of a parameter that was deleted.',
      hint: 'Write it again.',
      details: { path },
    });
  }

  owner(path: string, { signal }: CallOptions): Promise<Ownership> {
    return ownerAt(this.#connection, path, this.#connection.bound(signal));
  }

  setOwner(path: string, owner: string | null, { signal }: CallOptions): Promise<Ownership> {
    return setOwnerAt(this.#connection, path, owner, this.#connection.bound(signal));
  }

  expiry(): Expiry | undefined {
    return this.#connection.expiry;
  }

  async reach({ signal }: CallOptions): Promise<void> {
    await reachPort(this.#connection.network, await this.#connection.endpoint(), signal);
  }

  dispose(): void {
    this.#connection.dispose();
  }
}
