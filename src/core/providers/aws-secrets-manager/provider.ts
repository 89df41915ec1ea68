import type { AwsSecretsManagerValues } from '@shared/providers/aws-secrets-manager';
import type { AppError } from '@shared/errors';
import type { CheckStep, Expiry } from '@shared/model/connection';
import type { SecretDocument } from '@core/secrets/document';
import type {
  CallOptions,
  Glance,
  GlanceOptions,
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
import type { Revision } from '@core/secrets/revision';
import { reachPort } from '@core/network/reach';
import { checkConnection } from './check/check';
import { SecretsManagerConnection } from './connection';
import { problemOf } from './limits';
import { glanceAtSecret } from './glance';
import { listVersions } from './history';
import { listSecrets } from './list';
import type { AwsOptions } from '../aws/options';
import { ownerOfSecret, setOwnerOfSecret } from './owner';
import { BatchReader } from './read-many';
import { readSecret, readSecretVersion } from './read';
import { undeleteSecret } from './undelete';
import { removeSecret } from './remove';
import { SecretWriter } from './write';

/** AWS Secrets Manager, or what speaks its protocol at another endpoint. A path is a secret's name. */
export class AwsSecretsManagerProvider implements SecretsProvider {
  readonly #connection: SecretsManagerConnection;
  readonly #reader: BatchReader;
  readonly #writer: SecretWriter;

  constructor(settings: ProviderSettings<AwsSecretsManagerValues>, options: AwsOptions = {}) {
    this.#connection = new SecretsManagerConnection(settings, options);
    this.#reader = new BatchReader(this.#connection);
    this.#writer = new SecretWriter(this.#connection);
  }

  check({ signal }: CallOptions): AsyncIterable<CheckStep> {
    return checkConnection(this.#connection, this.#connection.bound(signal));
  }

  list(options: ListOptions): Promise<Listing> {
    return listSecrets(this.#connection, {
      ...options,
      signal: this.#connection.bound(options.signal),
    });
  }

  read(path: string, { signal }: CallOptions): Promise<SecretSnapshot> {
    return readSecret(this.#connection, path, this.#connection.bound(signal));
  }

  readMany(paths: readonly string[], { signal }: CallOptions): AsyncIterable<ReadOutcome> {
    return this.#reader.read(paths, this.#connection.bound(signal));
  }

  glance(path: string, { signal, known }: GlanceOptions): Promise<Glance> {
    return glanceAtSecret(this.#connection, path, known, this.#connection.bound(signal));
  }

  versions(path: string, { signal }: CallOptions): Promise<History> {
    return listVersions(this.#connection, path, this.#connection.bound(signal));
  }

  readVersion(path: string, revision: Revision, { signal }: CallOptions): Promise<SecretSnapshot> {
    return readSecretVersion(this.#connection, path, revision, this.#connection.bound(signal));
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
    return problemOf(path, document);
  }

  remove(path: string, expected: Revision, { signal }: CallOptions): Promise<RemoveOutcome> {
    return removeSecret(this.#connection, path, expected, this.#connection.bound(signal));
  }

  undelete(path: string, { signal }: CallOptions): Promise<void> {
    return undeleteSecret(this.#connection, path, this.#connection.bound(signal));
  }

  owner(path: string, { signal }: CallOptions): Promise<Ownership> {
    return ownerOfSecret(this.#connection, path, this.#connection.bound(signal));
  }

  setOwner(path: string, owner: string | null, { signal }: CallOptions): Promise<Ownership> {
    return setOwnerOfSecret(this.#connection, path, owner, this.#connection.bound(signal));
  }

  expiry(): Expiry | undefined {
    return this.#connection.expiry;
  }

  async reach({ signal }: CallOptions): Promise<void> {
    const { network } = this.#connection;
    await reachPort(network, await this.#connection.endpoint(), signal);
  }

  dispose(): void {
    this.#connection.dispose();
  }
}
