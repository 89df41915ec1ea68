/** Keeps a token alive while it is in use: renewed each time two thirds of its lease are over. */
import { z } from 'zod';
import type { Expiry } from '@shared/model/connection';
import type { Runtime } from '@core/runtime';
import type { Secret } from '@core/secrets/secret';
import type { VaultAnswer } from './answer';

/** A token and how long it is good for. Times are milliseconds since the epoch. */
export interface LeasedToken {
  readonly token: Secret;
  /** `Infinity` for a token that does not expire. */
  expiresAt: number;
  /** When to renew it; never, if it cannot be. */
  renewAt: number;
  renewal?: Promise<void> | undefined;
}

/** Sends `auth/token/renew-self` with the token it is given. */
export type RenewCall = (token: Secret) => Promise<VaultAnswer>;

/** What a login and a renewal answer. `lease_duration` is in seconds. */
export const authSchema = z.object({
  auth: z.object({
    client_token: z.string().min(1),
    lease_duration: z.number(),
    renewable: z.boolean(),
    policies: z.array(z.string()).nullish(),
  }),
});

/** When two thirds of a lease are over. */
const renewalTime = (from: number, until: number): number => from + ((until - from) * 2) / 3;

/** The times of a lease of that many seconds from `from` on; 0 seconds: it does not end. */
export function leaseTimes(
  from: number,
  seconds: number,
  renewable: boolean,
): Pick<LeasedToken, 'expiresAt' | 'renewAt'> {
  const expiresAt = seconds > 0 ? from + seconds * 1000 : Infinity;
  return { expiresAt, renewAt: renewable ? renewalTime(from, expiresAt) : Infinity };
}

/** What a person sees of a lease; `undefined` if it does not end. */
export const expiryOf = (
  { expiresAt, renewAt }: LeasedToken,
  what: Expiry['what'],
): Expiry | undefined =>
  expiresAt === Infinity ? undefined : { at: expiresAt, what, renews: renewAt !== Infinity };

/** Two ends this close are the same: a TTL is in whole seconds, and counts from when the server answers. */
const SAME_END_MS = 10_000;

const MIN_WAIT_MS = 1000;
/** A timer of more than 2^31 ms fires at once. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

export class LeaseKeeper {
  #callOff: (() => void) | undefined;

  /** `onRenewed`: called after each renewal, or attempt at one. */
  constructor(
    private readonly runtime: Runtime,
    private readonly onRenewed: () => void = () => undefined,
  ) {}

  /** Renews when it is time. Never throws: a token that could not be renewed is used until it expires. */
  async renewWhereDue(lease: LeasedToken, call: RenewCall): Promise<void> {
    const now = this.runtime.now();
    if (now < lease.renewAt || now >= lease.expiresAt) return;
    lease.renewal ??= this.#renew(lease, call).finally(() => {
      lease.renewal = undefined;
      this.onRenewed();
    });
    await lease.renewal;
  }

  /** Renews from now on in the background, until `stop`. One token at a time. */
  keep(lease: LeasedToken, call: RenewCall): void {
    if (this.#callOff !== undefined || lease.renewAt === Infinity) return;
    const wait = Math.min(Math.max(lease.renewAt - this.runtime.now(), MIN_WAIT_MS), MAX_WAIT_MS);
    this.#callOff = this.runtime.after(wait, async () => {
      const mine = this.#callOff;
      await this.renewWhereDue(lease, call);
      // Stopped meanwhile, and perhaps started again.
      if (this.#callOff !== mine) return;
      this.#callOff = undefined;
      if (this.runtime.now() < lease.expiresAt) this.keep(lease, call);
    });
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  async #renew(lease: LeasedToken, call: RenewCall): Promise<void> {
    const asked = this.runtime.now();
    try {
      const answer = await call(lease.token);
      if (answer.isSuccess) {
        const { auth } = answer.parse(authSchema);
        const until = asked + auth.lease_duration * 1000;
        // Close to its maximum TTL a token is "renewed" for no longer than it had.
        const gained = until > lease.expiresAt + SAME_END_MS;
        lease.expiresAt = until;
        lease.renewAt = gained && auth.renewable ? renewalTime(asked, until) : Infinity;
        return;
      }
      if (answer.status === 400 || answer.status === 403) {
        lease.renewAt = Infinity;
        return;
      }
    } catch {
      // The next call that needs the server reports it; here it is only tried again.
    }
    lease.renewAt = renewalTime(this.runtime.now(), lease.expiresAt);
  }
}
