/**
 * AppRole logs in once a session. Every login uses up one of a Secret ID's uses, so Test, Save and
 * Pull All share one, and so does everybody who asks while it is under way.
 */
import { createHash } from 'node:crypto';
import { Secret } from '@core/secrets/secret';
import { RequestLimit } from '@core/network/request-limit';
import type { Network } from '@core/network/network';
import type { Runtime } from '@core/runtime';
import { untilAborted } from '@core/network/until-aborted';
import type { VaultAnswer } from './answer';
import { VaultClient, type VaultRequest } from './client';
import { loginError } from './errors';
import { LeaseKeeper, authSchema, leaseTimes, type LeasedToken, type RenewCall } from './lease';
import { encodePath } from './paths';
import { detached } from './shared';
import type { TokenFacts } from './token';

export interface ApproleCredentials {
  readonly url: string;
  readonly namespace: string;
  /** Of the auth method, without `auth/`. */
  readonly approleMount: string;
  readonly roleId: string;
  readonly secretId: Secret;
  /** How to connect; not part of whose login it is. */
  readonly network: Network;
  readonly deadlineMs: number;
  readonly runtime: Runtime;
}

/** A token that a login gave. */
export interface IssuedToken extends LeasedToken {
  readonly policies: readonly string[];
  /** The login that took its place, shared by all who found it bad. */
  replacement?: Promise<IssuedToken> | undefined;
}

/** Logins and renewals use a separate connection, which no provider closes. */
export async function sendAlone(
  credentials: ApproleCredentials,
  request: VaultRequest,
): Promise<VaultAnswer> {
  const limit = new RequestLimit({ runtime: credentials.runtime, most: 1 });
  const client = new VaultClient({ ...credentials, maxSockets: 1, limit });
  try {
    return await client.send(request, detached());
  } finally {
    client.close();
  }
}

export class ApproleLogin {
  /** A role whose policies withhold lookup-self, so that it cannot tell a bad token. */
  lookupTellsNothing = false;
  /** Tokens of this login are refused from this computer, whatever they are used for. */
  isRefusedFromHere = false;
  #current: Promise<IssuedToken> | undefined;
  /** What `#current` gave, once it has. */
  #issued: IssuedToken | undefined;
  /** Whether this Secret ID was good earlier in this session. */
  #wasAccepted = false;
  #users = 0;
  readonly #keeper: LeaseKeeper;

  constructor(private readonly runtime: Runtime) {
    this.#keeper = new LeaseKeeper(runtime);
  }

  /** The session's token. Logs in or renews first if needed. Throws `APPROLE_REFUSED` … */
  async token(credentials: ApproleCredentials, signal: AbortSignal): Promise<IssuedToken> {
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
    credentials: ApproleCredentials,
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

  #logIn(credentials: ApproleCredentials): Promise<IssuedToken> {
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

  async #requestLogin(credentials: ApproleCredentials): Promise<IssuedToken> {
    const asked = this.runtime.now();
    const answer = await sendAlone(credentials, {
      method: 'POST',
      path: encodePath('auth', credentials.approleMount, 'login'),
      namespace: credentials.namespace,
      body: JSON.stringify({
        role_id: credentials.roleId,
        secret_id: credentials.secretId.reveal(),
      }),
    });
    if (!answer.isSuccess) {
      const { approleMount: mount } = credentials;
      throw loginError(answer, { mount, wasAccepted: this.#wasAccepted });
    }
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
  (credentials: ApproleCredentials): RenewCall =>
  (token) =>
    sendAlone(credentials, {
      method: 'POST',
      path: encodePath(credentials.namespace, 'auth/token/renew-self'),
      token,
      body: '{}',
    });

/** All logins of this run of the app, by whose they are. Holds no Secret ID, only a hash. */
export class ApproleLogins {
  readonly #logins = new Map<string, ApproleLogin>();

  constructor(private readonly runtime: Runtime) {}

  of({ url, namespace, approleMount, roleId, secretId }: ApproleCredentials): ApproleLogin {
    const identity = JSON.stringify([
      new URL(url).href,
      namespace,
      approleMount,
      roleId,
      secretId.reveal(),
    ]);
    const key = createHash('sha256').update(identity).digest('base64url');
    const login = this.#logins.get(key) ?? new ApproleLogin(this.runtime);
    this.#logins.set(key, login);
    return login;
  }

  forget(): void {
    for (const login of this.#logins.values()) login.forget();
  }
}
