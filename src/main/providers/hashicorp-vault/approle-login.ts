/**
 * AppRole logs in once a session. Every login uses up one of a Secret ID's uses, so Test, Save and
 * Pull All share one, and so does everybody who asks while it is under way.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../../secrets/secret';
import { untilAborted } from '../until-aborted';
import { VaultClient, type VaultAnswer, type VaultRequest } from './client';
import type { Clock } from './clock';
import { loginError } from './errors';
import { encodePath } from './paths';
import { detached } from './shared';
import type { TokenFacts } from './token';

const AUTH_MOUNT = 'approle';

export interface ApproleCredentials {
  readonly url: string;
  readonly namespace: string;
  readonly roleId: string;
  readonly secretId: Secret;
  /** How to connect; not part of whose login it is. */
  readonly verifySsl: boolean;
  readonly deadlineMs: number;
}

/** A token that a login gave, and how long it is good for. Times are milliseconds since the epoch. */
export interface IssuedToken {
  readonly token: Secret;
  readonly policies: readonly string[];
  /** `Infinity` for a token that does not expire. */
  expiresAt: number;
  /** When to renew it; never, where it cannot be. */
  renewAt: number;
  renewal?: Promise<void> | undefined;
  /** The login that took its place, shared by all who found it bad. */
  replacement?: Promise<IssuedToken> | undefined;
}

const authSchema = z.object({
  auth: z.object({
    client_token: z.string().min(1),
    lease_duration: z.number(),
    renewable: z.boolean(),
    policies: z.array(z.string()).nullish(),
  }),
});

/** Logins and renewals use a connection of their own: no provider that is closed can cut them off. */
async function sendAlone(
  credentials: ApproleCredentials,
  request: VaultRequest,
): Promise<VaultAnswer> {
  const client = new VaultClient({ ...credentials, maxSockets: 1 });
  try {
    return await client.send(request, detached());
  } finally {
    client.close();
  }
}

/** When two thirds of a lease are over. */
const renewalTime = (from: number, until: number): number => from + ((until - from) * 2) / 3;

export class ApproleLogin {
  /** A role whose policies withhold lookup-self, so that it cannot tell a bad token. */
  lookupTellsNothing = false;
  #current: Promise<IssuedToken> | undefined;
  /** What `#current` gave, once it has. */
  #issued: IssuedToken | undefined;
  #users = 0;
  #callOff: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** The session's token; logs in or renews first where that is needed. Throws `APPROLE_REFUSED` … */
  async token(credentials: ApproleCredentials, signal: AbortSignal): Promise<IssuedToken> {
    const issued = await untilAborted(this.#current ?? this.#logIn(credentials), signal);
    if (this.clock.now() >= issued.expiresAt) return this.replace(issued, credentials, signal);
    if (this.clock.now() >= issued.renewAt) {
      await untilAborted(this.#renew(issued, credentials), signal);
    }
    this.#keepAlive(issued, credentials);
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

  /** What the login itself told, for a token that may not be looked up. */
  facts({ expiresAt, renewAt, policies }: IssuedToken): TokenFacts {
    const ttl = expiresAt === Infinity ? 0 : Math.round((expiresAt - this.clock.now()) / 1000);
    return { ttl, renewable: renewAt !== Infinity, policies };
  }

  /** While somebody uses it, the token is renewed before it expires. */
  retain(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#stopTimer();
  }

  forget(): void {
    this.#current = undefined;
    this.#issued = undefined;
    this.lookupTellsNothing = false;
    this.#stopTimer();
  }

  #logIn(credentials: ApproleCredentials): Promise<IssuedToken> {
    this.#stopTimer();
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
    const asked = this.clock.now();
    const answer = await sendAlone(credentials, {
      method: 'POST',
      path: encodePath('auth', AUTH_MOUNT, 'login'),
      namespace: credentials.namespace,
      body: JSON.stringify({
        role_id: credentials.roleId,
        secret_id: credentials.secretId.reveal(),
      }),
    });
    if (!answer.isSuccess) throw loginError(answer);
    const { auth } = answer.parse(authSchema);
    const expiresAt = auth.lease_duration > 0 ? asked + auth.lease_duration * 1000 : Infinity;
    return {
      token: new Secret(auth.client_token),
      policies: auth.policies ?? [],
      expiresAt,
      renewAt: auth.renewable ? renewalTime(asked, expiresAt) : Infinity,
    };
  }

  #renew(issued: IssuedToken, credentials: ApproleCredentials): Promise<void> {
    issued.renewal ??= this.#requestRenewal(issued, credentials).finally(() => {
      issued.renewal = undefined;
    });
    return issued.renewal;
  }

  /** Never throws: a token that could not be renewed is used until it expires. */
  async #requestRenewal(issued: IssuedToken, credentials: ApproleCredentials): Promise<void> {
    const asked = this.clock.now();
    try {
      const answer = await sendAlone(credentials, {
        method: 'POST',
        path: encodePath(credentials.namespace, 'auth/token/renew-self'),
        token: issued.token,
        body: '{}',
      });
      if (answer.isSuccess) {
        const { auth } = answer.parse(authSchema);
        const until = asked + auth.lease_duration * 1000;
        // Close to its maximum TTL a token is "renewed" for no longer than it had.
        const gained = until > issued.expiresAt + 1000;
        issued.expiresAt = until;
        issued.renewAt = gained && auth.renewable ? renewalTime(asked, until) : Infinity;
        return;
      }
      if (answer.status === 400 || answer.status === 403) {
        issued.renewAt = Infinity;
        return;
      }
    } catch {
      // Told by the next call that needs the server; here it is only tried again.
    }
    issued.renewAt = renewalTime(this.clock.now(), issued.expiresAt);
  }

  /** Renews in the background, so that an idle app need not spend another use of its Secret ID. */
  #keepAlive(issued: IssuedToken, credentials: ApproleCredentials): void {
    const isNeeded = this.#users > 0 && this.#callOff === undefined && issued === this.#issued;
    if (!isNeeded || issued.renewAt === Infinity) return;
    const wait = Math.min(Math.max(issued.renewAt - this.clock.now(), MIN_WAIT_MS), MAX_WAIT_MS);
    this.#callOff = this.clock.after(wait, () => this.#renewInTime(issued, credentials));
  }

  async #renewInTime(issued: IssuedToken, credentials: ApproleCredentials): Promise<void> {
    this.#callOff = undefined;
    const now = this.clock.now();
    if (now >= issued.expiresAt) return;
    if (now >= issued.renewAt) await this.#renew(issued, credentials);
    this.#keepAlive(issued, credentials);
  }

  #stopTimer(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}

const MIN_WAIT_MS = 1000;
/** A timer of more than 2^31 ms fires at once. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/** All logins of this run of the app, by whose they are. Holds no Secret ID, only a hash. */
export class ApproleLogins {
  readonly #logins = new Map<string, ApproleLogin>();

  constructor(private readonly clock: Clock) {}

  of({ url, namespace, roleId, secretId }: ApproleCredentials): ApproleLogin {
    const identity = JSON.stringify([
      new URL(url).origin,
      namespace,
      AUTH_MOUNT,
      roleId,
      secretId.reveal(),
    ]);
    const key = createHash('sha256').update(identity).digest('base64url');
    const login = this.#logins.get(key) ?? new ApproleLogin(this.clock);
    this.#logins.set(key, login);
    return login;
  }

  forget(): void {
    for (const login of this.#logins.values()) login.forget();
  }
}
