/** What the audit has of signing in to providers: that one accepted a credential, and that one refused it. */
import { isAuthenticationFailure, type ErrorCode } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import type { ProviderId } from '@shared/providers/descriptor';
import type { AuditLog } from '@core/audit/audit-log';
import { credentialNames } from './credential-changes';

/** A connection as the audit knows it. */
export interface SignedInConnection {
  readonly id: string;
  readonly workspaceId: string;
  readonly providerId: ProviderId;
}

/** Providers on this computer have nobody to sign in to. */
const hasLogin = (provider: ProviderId): boolean => credentialNames(provider).length > 0;

/**
 * Keeps one entry for each login, and not one for each call: the first answer of a connection, and each other outcome
 * after that. A connection that ends, as when Strongroom is locked, signs in again.
 */
export class SignIns {
  /** How signing in went last: the code of the refusal, or `in`. By connection id. */
  readonly #last = new Map<string, ErrorCode | 'in'>();

  constructor(private readonly audit: Pick<AuditLog, 'record'>) {}

  /** The provider has given an answer to this connection. */
  accepted({ id, workspaceId, providerId }: SignedInConnection): void {
    if (this.#last.get(id) === 'in') return;
    this.#last.set(id, 'in');
    this.#record('signed-in', workspaceId, providerId);
  }

  /** A call has failed. Only what is wrong with the credential counts. */
  failed({ id, workspaceId, providerId }: SignedInConnection, error: ErrorCode): void {
    if (!isAuthenticationFailure(error) || this.#last.get(id) === error) return;
    this.#last.set(id, error);
    this.#record('sign-in-failed', workspaceId, providerId, error);
  }

  /** Test Connection has ended. `error`: the code of the step that failed. */
  tested(workspaceId: string, providerId: ProviderId, error: ErrorCode | undefined): void {
    this.#record(
      error === undefined ? 'signed-in' : 'sign-in-failed',
      workspaceId,
      providerId,
      error,
      'Test Connection',
    );
  }

  /** A person has signed in with a browser. */
  signedIn(workspaceId: string, providerId: ProviderId): void {
    this.#record('signed-in', workspaceId, providerId, undefined, 'in the browser');
  }

  ended(id: string): void {
    this.#last.delete(id);
  }

  #record(
    event: 'signed-in' | 'sign-in-failed',
    workspaceId: string,
    provider: ProviderId,
    error?: ErrorCode,
    how?: string,
  ): void {
    if (!hasLogin(provider)) return;
    const { label } = providerDescriptors[provider];
    this.audit.record({
      event,
      workspaceId,
      detail: how === undefined ? label : `${label}, ${how}`,
      ...(error !== undefined && { error }),
    });
  }
}
