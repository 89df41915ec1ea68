/** How calls get their token, and what to make of a 403. */
import { AppError } from '@shared/errors';
import type { Secret } from '../../secrets/secret';
import { untilAborted } from '../until-aborted';
import type { ApproleCredentials, ApproleLogin, IssuedToken } from './approle-login';
import type { VaultClient } from './client';
import { detached } from './shared';
import { lookUpToken, type TokenFacts, type TokenVerdict } from './token';

export interface Authentication {
  readonly method: 'Token' | 'AppRole';
  /** The token for a call. Logs in or renews where that is needed. */
  token(signal: AbortSignal): Promise<Secret>;
  /**
   * After `token` was refused with 403 in a call sent at `sentAt` (`performance.now()`): a fresh token
   * to try once more with, or `undefined` where the token is good and its policies do not permit it.
   * Throws `TOKEN_INVALID` or `APPROLE_REFUSED` where neither is to be had.
   */
  afterForbidden(token: Secret, sentAt: number, signal: AbortSignal): Promise<Secret | undefined>;
  /** Makes sure of the token and tells what is known of it; `undefined` where Vault does not tell. */
  verify(signal: AbortSignal): Promise<TokenFacts | undefined>;
  dispose(): void;
}

/** Finds out whether a token is bad, with as few lookups as many refusals at a time allow. */
class TokenExaminer {
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
    const startedAt = performance.now();
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

export class TokenAuthentication implements Authentication {
  readonly method = 'Token';
  readonly #token: Secret;
  readonly #examiner: TokenExaminer;

  /** Throws `TOKEN_INVALID` where the text cannot be a token, nor be sent in a header. */
  constructor(token: Secret, client: VaultClient, enginePath: string) {
    if (!/^[\x21-\x7e]+$/.test(token.reveal())) {
      throw new AppError('TOKEN_INVALID', {
        message: 'The token holds a character that no token has.',
        hint: 'Copy it once more. A token is one word of letters, digits and dots.',
      });
    }
    this.#token = token;
    this.#examiner = new TokenExaminer(client, ['', ...namespacePrefixes(enginePath)]);
  }

  token(): Promise<Secret> {
    return Promise.resolve(this.#token);
  }

  async afterForbidden(_token: Secret, sentAt: number, signal: AbortSignal): Promise<undefined> {
    if (await this.#examiner.isBad(this.#token, sentAt, signal))
      throw new AppError('TOKEN_INVALID');
    return undefined;
  }

  async verify(signal: AbortSignal): Promise<TokenFacts | undefined> {
    const verdict = await this.#examiner.lookUp(this.#token, signal);
    if (verdict.state === 'invalid') {
      throw new AppError('TOKEN_INVALID', { details: verdict.answer.details });
    }
    return verdict.state === 'valid' ? verdict.facts : undefined;
  }

  dispose(): void {
    // A token from the form has nothing to end: it belongs to whoever entered it.
  }
}

export class ApproleAuthentication implements Authentication {
  readonly method = 'AppRole';
  readonly #issued = new WeakMap<Secret, IssuedToken>();
  readonly #examiner: TokenExaminer;

  constructor(
    private readonly login: ApproleLogin,
    private readonly credentials: ApproleCredentials,
    client: VaultClient,
  ) {
    this.#examiner = new TokenExaminer(client, [credentials.namespace]);
    login.retain();
  }

  async token(signal: AbortSignal): Promise<Secret> {
    return this.#remember(await this.login.token(this.credentials, signal));
  }

  async afterForbidden(
    token: Secret,
    sentAt: number,
    signal: AbortSignal,
  ): Promise<Secret | undefined> {
    const issued = this.#issued.get(token);
    if (issued === undefined || this.login.lookupTellsNothing) return undefined;
    if (!(await this.#examiner.isBad(token, sentAt, signal))) return undefined;
    return this.#remember(await this.#replace(issued, signal));
  }

  async verify(signal: AbortSignal): Promise<TokenFacts> {
    const issued = await this.login.token(this.credentials, signal);
    const verdict = await this.#examiner.lookUp(issued.token, signal);
    if (verdict.state === 'valid') return verdict.facts;
    if (verdict.state === 'withheld' || this.login.lookupTellsNothing) {
      return this.login.facts(issued);
    }
    return this.login.facts(await this.#replace(issued, signal));
  }

  dispose(): void {
    this.login.release();
  }

  #remember(issued: IssuedToken): Secret {
    this.#issued.set(issued.token, issued);
    return issued.token;
  }

  async #replace(bad: IssuedToken, signal: AbortSignal): Promise<IssuedToken> {
    const fresh = await this.login.replace(bad, this.credentials, signal);
    // Where even a token this fresh is "bad", the server does not let this role look tokens up:
    // believing it would spend a use of the Secret ID with every refusal.
    if (await this.#examiner.isBad(fresh.token, performance.now(), signal)) {
      this.login.lookupTellsNothing = true;
    }
    return fresh;
  }
}
