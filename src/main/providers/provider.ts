/** What every secrets manager looks like to the rest of the core. */
import type { AppError } from '@shared/errors';
import type { ProviderId } from '@shared/providers/descriptor';
import type { CheckStep } from '@shared/contract/vault';
import type { SecretDocument } from '../secrets/document';
import type { Secret } from '../secrets/secret';

/** Opaque: a KV v2 version, an AWS VersionId, a fingerprint. Only ever compared for equality. */
export type Revision = string & { readonly __revision: true };

export const asRevision = (value: string): Revision => value as Revision;

export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Called with the number of secrets found so far, as a listing of several pages or folders grows. */
  readonly onFound?: (count: number) => void;
}

export interface ListedSecret {
  /**
   * Relative to what the configuration names: never holds the mount, and starts with `/` only where
   * the name itself does, which AWS allows.
   */
  readonly path: string;
  /** Why it cannot be read, where the listing already tells. */
  readonly unavailable?: 'scheduled-for-deletion';
}

export interface Listing {
  readonly secrets: readonly ListedSecret[];
  /** Folders that could not be listed while others could. A root that cannot be listed is thrown. */
  readonly unlisted: readonly { readonly path: string; readonly error: AppError }[];
}

export interface SecretSnapshot {
  readonly path: string;
  readonly document: SecretDocument;
  readonly revision: Revision;
  /** The revision as people say it, such as `v14`; absent where the provider has no versions. */
  readonly version?: string | undefined;
  /** When this revision was written, where the provider tells. */
  readonly modifiedAt?: Date | undefined;
}

/** What a write left behind. */
export interface Written {
  readonly revision: Revision;
  /** As in `SecretSnapshot`. */
  readonly version?: string | undefined;
}

export type ReadOutcome =
  | { readonly path: string; readonly snapshot: SecretSnapshot }
  | { readonly path: string; readonly error: AppError };

export type RemoveOutcome =
  /** Gone from use, and can be brought back. `until` is when it can no longer be, where that is known. */
  | { readonly recoverable: true; readonly until?: Date | undefined }
  | { readonly recoverable: false };

/**
 * A connection to one configured secrets manager. Methods throw `AppError`, honour the signal with
 * `CANCELLED`, and end within a deadline of their own with `TIMED_OUT`.
 */
export interface SecretsProvider {
  /** Tests the connection step by step. Failures are steps, not throws; nothing is written. */
  check(options: CallOptions): AsyncIterable<CheckStep>;
  list(options: ListOptions): Promise<Listing>;
  /** Throws `NOT_FOUND`, `SECRET_DELETED`, `SCHEDULED_FOR_DELETION`, `PERMISSION_DENIED` … */
  read(path: string, options: CallOptions): Promise<SecretSnapshot>;
  /** Reads many with bounded concurrency, in any order; one failure does not stop the others. */
  readMany(paths: readonly string[], options: CallOptions): AsyncIterable<ReadOutcome>;
  /**
   * Writes the whole document. `expected` is the revision it was read at, `null` to create only.
   * Throws `CONFLICT` where the server holds another revision, `ALREADY_EXISTS` on a create that finds one.
   */
  write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    options: CallOptions,
  ): Promise<Written>;
  /**
   * What stands against creating this, as far as the provider's rules tell without a call: the name or
   * the size. `undefined` is no promise that a write succeeds.
   */
  validate(path: string, document: SecretDocument): AppError | undefined;
  /** Removes the secret, recoverably where the provider can. Throws `CONFLICT` as `write` does. */
  remove(path: string, expected: Revision, options: CallOptions): Promise<RemoveOutcome>;
  /** Ends background work and closes connections. The provider is not used afterwards. */
  dispose(): void;
}

/** What a provider is made from: parsed settings and the credentials beside them. */
export interface ProviderSettings<Values> {
  readonly values: Values;
  readonly credentials: Readonly<Record<string, Secret | undefined>>;
}

export interface ProviderFactory<Values = unknown> {
  readonly id: ProviderId;
  /**
   * Makes no connection and no call by itself. A method, so that factories of different values fit
   * into one registry: the descriptor of the same id has parsed what comes in.
   */
  create(settings: ProviderSettings<Values>): SecretsProvider;
  /** Forgets logins that outlive the provider they were made for. */
  forgetLogins?(): void;
}
