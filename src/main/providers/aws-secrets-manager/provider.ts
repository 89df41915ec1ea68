import type { AwsSecretsManagerValues } from '@shared/providers/aws-secrets-manager';
import type { AppError } from '@shared/errors';
import type { CheckStep } from '@shared/contract/vault';
import type { SecretDocument } from '../../secrets/document';
import type {
  CallOptions,
  Listing,
  ListOptions,
  ProviderSettings,
  ReadOutcome,
  RemoveOutcome,
  Revision,
  SecretSnapshot,
  SecretsProvider,
  Written,
} from '../provider';
import { checkConnection } from './check/check';
import { Connection } from './connection';
import { problemOf } from './limits';
import { listSecrets } from './list';
import type { AwsSecretsManagerOptions } from './options';
import { BatchReader } from './read-many';
import { readSecret } from './read';
import { removeSecret } from './remove';
import { SecretWriter } from './write';

/** AWS Secrets Manager, or what speaks its protocol at another endpoint. A path is a secret's name. */
export class AwsSecretsManagerProvider implements SecretsProvider {
  readonly #connection: Connection;
  readonly #reader: BatchReader;
  readonly #writer: SecretWriter;

  constructor(
    settings: ProviderSettings<AwsSecretsManagerValues>,
    options: AwsSecretsManagerOptions = {},
  ) {
    this.#connection = new Connection(settings, options);
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

  dispose(): void {
    this.#connection.dispose();
  }
}
