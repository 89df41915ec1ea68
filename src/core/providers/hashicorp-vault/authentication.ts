/** How calls get their token, and what a 403 means. */
import { AppError, type AppErrorOptions } from '@shared/errors';
import type { Expiry } from '@shared/model/connection';
import type { Secret } from '@core/secrets/secret';
import { untilAborted } from '@core/network/until-aborted';
import type { VaultClient } from './client';
import { detached } from './shared';
import { lookUpToken, type TokenFacts, type TokenVerdict } from './token';

/** As the form names them. */
export type MethodName = 'Token' | 'AppRole' | 'Userpass' | 'LDAP' | 'Kubernetes' | 'OIDC';

/** What a refused login is reported as. */
export const loginRefused = (method: MethodName, options: AppErrorOptions): AppError =>
  method === 'AppRole'
    ? new AppError('APPROLE_REFUSED', options)
    : new AppError('LOGIN_REFUSED', options);

export interface Authentication {
  readonly method: MethodName;
  /** The token for a call. Logs in or renews if that is needed. */
  token(signal: AbortSignal): Promise<Secret>;
  /**
   * After `token` was refused with 403 in a call sent at `sentAt` (by `Runtime.monotonic`): a fresh token
   * to try once more with, or `undefined` if the token is good and its policies do not permit it.
   * Throws `TOKEN_INVALID`, `APPROLE_REFUSED` or `LOGIN_REFUSED` if there is neither.
   */
  afterForbidden(token: Secret, sentAt: number, signal: AbortSignal): Promise<Secret | undefined>;
  /** Makes sure of the token and returns what is known about it; `undefined` if Vault does not say. */
  verify(signal: AbortSignal): Promise<TokenFacts | undefined>;
  /** When it ends for good, as far as it is known. Makes no call. */
  expiry(): Expiry | undefined;
  /** What a person should know about how the token was obtained. */
  readonly remark?: string | undefined;
  dispose(): void;
}

/** Finds out whether a token is bad, with as few lookups as many refusals at a time allow. */
export class TokenExaminer {
  readonly #goodAt = new WeakMap<Secret, number>();
  readonly #running = new WeakMap<Secret, { startedAt: number; verdict: Promise<TokenVerdict> }>();

  constructor(
    private readonly client: VaultClient,
    private readonly namespaces: readonly string[],
  ) {}

  /** A lookup that began after a call was sent speaks for that call: no bad token turns good again. */
  async isBad(token: Secret, sentAt: number, signal: AbortSignal): Promise<boolean> {
    if ((this.#goodAt.get(token) ?? -Infinity) >= sentAt) return false;
    const running = this.#running.get(token);
    const verdict =
      running !== undefined && running.startedAt >= sentAt ? running.verdict : this.#start(token);
    return (await untilAborted(verdict, signal)).state === 'invalid';
  }

  lookUp(token: Secret, signal: AbortSignal): Promise<TokenVerdict> {
    return lookUpToken(this.client, token, this.namespaces, signal);
  }

  async #start(token: Secret): Promise<TokenVerdict> {
    const startedAt = this.client.runtime.monotonic();
    const lookup = this.lookUp(token, detached());
    this.#running.set(token, { startedAt, verdict: lookup });
    const verdict = await lookup;
    if (verdict.state !== 'invalid') this.#goodAt.set(token, startedAt);
    return verdict;
  }
}

/** `a`, `a/b` of `a/b/c`: the namespaces that a mount path may begin with. */
export const namespacePrefixes = (enginePath: string): string[] => {
  const segments = enginePath.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
};
