/** A token from a login of this session. */
import type { AppError } from '@shared/errors';
import type { Secret } from '@core/secrets/secret';
import {
  TokenExaminer,
  loginRefused,
  type Authentication,
  type MethodName,
} from './authentication';
import type { VaultClient } from './client';
import type { IssuedToken, Login, LoginCredentials } from './login';
import { encodePath } from './paths';
import { Shared, ifVaultAnswers } from './shared';
import type { TokenFacts } from './token';

export class LoginAuthentication implements Authentication {
  readonly method: MethodName;
  readonly #issued = new WeakMap<Secret, IssuedToken>();
  readonly #examiner: TokenExaminer;

  constructor(
    private readonly login: Login,
    private readonly credentials: LoginCredentials,
    private readonly client: VaultClient,
  ) {
    this.method = credentials.method.name;
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
    if (this.login.isRefusedFromHere) throw refusedFromHere(this.method);
    if (issued === undefined || this.login.lookupTellsNothing) return undefined;
    if (!(await this.#examiner.isBad(token, sentAt, signal))) return undefined;
    return this.#remember(await this.#replace(issued, signal));
  }

  async verify(signal: AbortSignal): Promise<TokenFacts> {
    const issued = await this.#logIn(signal);
    const verdict = await this.#examiner.lookUp(issued.token, signal);
    if (verdict.state === 'valid') return verdict.facts;
    if (verdict.state === 'withheld') return this.login.facts(issued);
    // The addresses that a token is bound to are fixed when it is made.
    if (this.login.isRefusedFromHere) this.login.isRefusedFromHere = false;
    else if (this.login.lookupTellsNothing) return this.login.facts(issued);
    const fresh = await this.#replace(issued, signal);
    if (this.login.isRefusedFromHere) throw refusedFromHere(this.method);
    return this.login.facts(fresh);
  }

  /** The credentials are good for another login. */
  expiry(): undefined {
    return undefined;
  }

  dispose(): void {
    this.login.release();
  }

  async #logIn(signal: AbortSignal): Promise<IssuedToken> {
    try {
      return await this.login.token(this.credentials, signal);
    } catch (error) {
      throw (await this.credentials.method.explain?.(error, this.client, signal)) ?? error;
    }
  }

  #remember(issued: IssuedToken): Secret {
    this.#issued.set(issued.token, issued);
    return issued.token;
  }

  async #replace(bad: IssuedToken, signal: AbortSignal): Promise<IssuedToken> {
    const fresh = await this.login.replace(bad, this.credentials, signal);
    // Where even a token this fresh is "bad", the server does not let this role look tokens up:
    // believing it would spend a use of the Secret ID with every refusal.
    if (await this.#examiner.isBad(fresh.token, this.client.runtime.monotonic(), signal)) {
      this.login.lookupTellsNothing = true;
      this.login.isRefusedFromHere = await this.#isRefusedEverywhere(fresh.token, signal);
    } else {
      this.login.lookupTellsNothing = false;
    }
    return fresh;
  }

  /** Asks what every valid token may ask, whatever its policies: which mounts it sees. */
  async #isRefusedEverywhere(token: Secret, signal: AbortSignal): Promise<boolean> {
    const path = encodePath(this.credentials.namespace, 'sys/internal/ui/mounts');
    const answer = await ifVaultAnswers(this.client.send({ method: 'GET', path, token }, signal));
    return answer?.status === 403;
  }
}

/** See `token_bound_cidrs` in https://developer.hashicorp.com/vault/api-docs/auth/approle */
const refusedFromHere = (method: MethodName): AppError =>
  loginRefused(method, {
    message: `The ${method} login works, but its token is refused from the network address of this computer.`,
    likelyCause: 'The role binds its tokens to other addresses (token_bound_cidrs).',
    hint: 'Ask your Vault administrator to add your address to token_bound_cidrs of the role, or connect by a network that it allows.',
    remedy: { open: 'connection' },
  });

/** An AppRole whose Secret ID has to be unwrapped first. */
export class WrappedApproleAuthentication implements Authentication {
  readonly method = 'AppRole';
  readonly remark =
    'The Secret ID was unwrapped, which works only once: save to keep it, since until then it is in memory alone';
  readonly #inner: Shared<LoginAuthentication>;
  #opened: LoginAuthentication | undefined;
  #isDisposed = false;

  constructor(unwrap: () => Promise<LoginAuthentication>) {
    this.#inner = new Shared(async () => {
      const inner = await unwrap();
      if (this.#isDisposed) inner.dispose();
      else this.#opened = inner;
      return inner;
    });
  }

  async token(signal: AbortSignal): Promise<Secret> {
    return (await this.#inner.get(signal)).token(signal);
  }

  async afterForbidden(
    token: Secret,
    sentAt: number,
    signal: AbortSignal,
  ): Promise<Secret | undefined> {
    return (await this.#inner.get(signal)).afterForbidden(token, sentAt, signal);
  }

  async verify(signal: AbortSignal): Promise<TokenFacts> {
    return (await this.#inner.get(signal)).verify(signal);
  }

  expiry(): undefined {
    return undefined;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#opened?.dispose();
  }
}
