/**
 * A login is made once a session. Each of AppRole uses up one of a Secret ID's uses, and each of LDAP asks the
 * directory, so Test, Save and Pull All share one, and so does everybody who asks while it is under way.
 */
import { createHash } from 'node:crypto';
import type { AppError } from '@shared/errors';
import { Secret } from '@core/secrets/secret';
import { RequestLimit } from '@core/network/request-limit';
import type { Network } from '@core/network/network';
import type { Runtime } from '@core/runtime';
import { untilAborted } from '@core/network/until-aborted';
import type { VaultAnswer } from './answer';
import type { MethodName } from './authentication';
import { VaultClient, type VaultRequest } from './client';
import { LeaseKeeper, authSchema, leaseTimes, type LeasedToken, type RenewCall } from './lease';
import { asksForMore, secondFactor } from './login-errors';
import { encodePath, type EncodedPath } from './paths';
import { detached } from './shared';
import type { TokenFacts } from './token';

/** A Vault, and how it is reached. */
export interface VaultAccess {
  readonly url: string;
  readonly network: Network;
  readonly deadlineMs: number;
  readonly runtime: Runtime;
}

/** One way to log in, with what it takes. */
export interface LoginMethod {
  readonly name: MethodName;
  readonly path: EncodedPath;
  /** What tells this login from others: mount, names and credentials. Only its hash is kept. */
  readonly identity: readonly string[];
  /** The JSON text to send. Called for each login, so that a file is read again. */
  body(): Promise<string>;
  /** What an answer other than success means. `wasAccepted`: the same login has worked before. */
  refusal(answer: VaultAnswer, wasAccepted: boolean): AppError;
  /** A better explanation of a refusal, if another call can give it. */
  explain?(error: unknown, client: VaultClient, signal: AbortSignal): Promise<unknown>;
}

export interface LoginCredentials extends VaultAccess {
  /** Sent as a header; empty for the root. */
  readonly namespace: string;
  readonly method: LoginMethod;
}

/** A token that a login gave. */
export interface IssuedToken extends LeasedToken {
  readonly policies: readonly string[];
  /** The login that took its place, shared by all who found it bad. */
  replacement?: Promise<IssuedToken> | undefined;
}

/** Logins and renewals use a separate connection, which no provider closes. */
export async function sendAlone(access: VaultAccess, request: VaultRequest): Promise<VaultAnswer> {
  const limit = new RequestLimit({ runtime: access.runtime, most: 1 });
  const client = new VaultClient({ ...access, maxSockets: 1, limit });
  try {
    return await client.send(request, detached());
  } finally {
    client.close();
  }
}

export class Login {
  /** A role whose policies withhold lookup-self, so that it cannot tell a bad token. */
  lookupTellsNothing = false;
  /** Tokens of this login are refused from this computer, whatever they are used for. */
  isRefusedFromHere = false;
  #current: Promise<IssuedToken> | undefined;
  /** What `#current` gave, once it has. */
  #issued: IssuedToken | undefined;
  /** Whether these credentials were good earlier in this session. */
  #wasAccepted = false;
  #users = 0;
  readonly #keeper: LeaseKeeper;

  constructor(private readonly runtime: Runtime) {
    this.#keeper = new LeaseKeeper(runtime);
  }

  /** The session's token. Logs in or renews first if needed. Throws `APPROLE_REFUSED`, `LOGIN_REFUSED` … */
  async token(credentials: LoginCredentials, signal: AbortSignal): Promise<IssuedToken> {
    const issued = await untilAborted(this.#current ?? this.#logIn(credentials), signal);
    if (this.runtime.now() >= issued.expiresAt) return this.replace(issued, credentials, signal);
    const renew = renewalOf(credentials);
    await untilAborted(this.#keeper.renewWhereDue(issued, renew), signal);
    if (this.#users > 0 && issued === this.#issued) this.#keeper.keep(issued, renew);
    return issued;
  }

  /** Logs in again in place of a token that is no longer good. All who hold that token share it. */
  replace(
    bad: IssuedToken,
    credentials: LoginCredentials,
    signal: AbortSignal,
  ): Promise<IssuedToken> {
    bad.replacement ??= this.#logIn(credentials);
    return untilAborted(bad.replacement, signal);
  }

  /** What the login answered, for a token that may not be looked up. */
  facts({ expiresAt, renewAt, policies }: IssuedToken): TokenFacts {
    const ttl = expiresAt === Infinity ? 0 : Math.round((expiresAt - this.runtime.now()) / 1000);
    return { ttl, renewable: renewAt !== Infinity, policies };
  }

  /** While somebody uses it, the token is renewed before it expires. */
  retain(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#keeper.stop();
  }

  forget(): void {
    this.#current = undefined;
    this.#issued = undefined;
    this.lookupTellsNothing = false;
    this.isRefusedFromHere = false;
    this.#keeper.stop();
  }

  #logIn(credentials: LoginCredentials): Promise<IssuedToken> {
    this.#keeper.stop();
    const login = this.#requestLogin(credentials);
    this.#current = login;
    this.#issued = undefined;
    login.then(
      (issued) => {
        if (this.#current === login) this.#issued = issued;
      },
      () => {
        if (this.#current === login) this.#current = undefined;
      },
    );
    return login;
  }

  async #requestLogin(credentials: LoginCredentials): Promise<IssuedToken> {
    const { method, namespace } = credentials;
    const body = await method.body();
    const asked = this.runtime.now();
    const answer = await sendAlone(credentials, {
      method: 'POST',
      path: method.path,
      namespace,
      body,
    });
    if (!answer.isSuccess) throw method.refusal(answer, this.#wasAccepted);
    if (asksForMore(answer)) throw secondFactor(method.name, answer);
    this.#wasAccepted = true;
    const { auth } = answer.parse(authSchema);
    return {
      token: new Secret(auth.client_token),
      policies: auth.policies ?? [],
      ...leaseTimes(asked, auth.lease_duration, auth.renewable),
    };
  }
}

const renewalOf =
  (credentials: LoginCredentials): RenewCall =>
  (token) =>
    sendAlone(credentials, {
      method: 'POST',
      path: encodePath(credentials.namespace, 'auth/token/renew-self'),
      token,
      body: '{}',
    });

/** All logins of this run of the app, by whose they are. Holds no credential, only a hash. */
export class Logins {
  readonly #logins = new Map<string, Login>();

  constructor(private readonly runtime: Runtime) {}

  of({ url, namespace, method }: LoginCredentials): Login {
    const identity = JSON.stringify([
      new URL(url).href,
      namespace,
      method.name,
      ...method.identity,
    ]);
    const key = createHash('sha256').update(identity).digest('base64url');
    const login = this.#logins.get(key) ?? new Login(this.runtime);
    this.#logins.set(key, login);
    return login;
  }

  forget(): void {
    for (const login of this.#logins.values()) login.forget();
  }
}
