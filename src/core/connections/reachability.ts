/**
 * Which servers are out of reach, since when, and when to look for them again. One that cannot be
 * reached is a state of the app: see docs/decisions/0023.
 */
import { AppError, isAppError, mayBeUnreachable } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import type { ProviderId } from '@shared/providers/descriptor';
import type { SecretsProvider } from '@core/providers/provider';
import type { Changes } from './changes';

/** Times in milliseconds. */
export interface Timers {
  /** Since 1970, UTC. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Runs later; what it returns takes that back. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemTimers = (now: () => number): Timers => ({
  now,
  random: Math.random,
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
});

/** A connection as it bears on the network. */
export interface Server {
  /** That of the connection. */
  readonly id: string;
  readonly workspaceId: string;
  readonly providerId: ProviderId;
  /** As in `SecretsProvider`. */
  readonly reach: SecretsProvider['reach'];
  /** Aborts with the connection: nothing is looked for after that. */
  readonly ended: AbortSignal;
}

export interface Outage {
  /** Milliseconds since 1970, UTC. */
  readonly since: number;
  /** `OFFLINE`, with the reason in its hint. */
  readonly error: AppError;
  /** When it is due to be looked for, milliseconds since 1970, UTC. */
  readonly nextLookAt: number;
}

interface Watched extends Outage {
  readonly server: Server;
  readonly reach: NonNullable<Server['reach']>;
  /** How often it was looked for in vain. */
  readonly looks: number;
}

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 120_000;

/** Doubles from 5 s to 2 min, a quarter more or less, so that many windows do not knock at once. */
export function waitBeforeLook(looks: number, random: number): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** looks, LONGEST_WAIT_MS);
  return Math.round(wait * (0.75 + random / 2));
}

export interface ReachabilityParts {
  readonly timers: Timers;
  readonly changes: Changes;
  /** Called once an outage. */
  readonly onLost: (server: Server, reason: AppError) => void;
  /** Called when it ends with the server found, and not with the connection. */
  readonly onFound: (connectionId: string) => void;
}

export class Reachability {
  /** By connection. */
  readonly #outages = new Map<string, Watched>();
  /** Looks under way, by connection. */
  readonly #looks = new Map<string, Promise<AppError | undefined>>();

  constructor(private readonly parts: ReachabilityParts) {}

  outage(connectionId: string): Outage | undefined {
    return this.#outages.get(connectionId);
  }

  /** The server said something. */
  answered(connectionId: string): void {
    if (!this.#outages.delete(connectionId)) return;
    this.parts.onFound(connectionId);
    this.parts.changes.tell();
  }

  /**
   * What to throw where a call failed: `OFFLINE` where there is no way to the server, else the error as
   * it is. A failure that may mean that is believed only once the server cannot be connected to, which
   * is also what ends it: so the two never disagree.
   */
  async explain(server: Server, error: unknown): Promise<unknown> {
    if (!isAppError(error)) return error;
    // Only an answer has a status.
    if (error.details?.status !== undefined) this.answered(server.id);
    const { reach } = server;
    if (reach === undefined || !mayBeUnreachable(error.code)) return error;
    const known = this.#outages.get(server.id);
    if (known !== undefined) return known.error;
    const reason = await this.#look(server, reach);
    if (reason === undefined || server.ended.aborted) return error;
    return this.#lose(server, reach, reason).error;
  }

  /** Looks now for a server that is out of reach. Throws nothing. */
  async look(connectionId: string): Promise<void> {
    const before = this.#outages.get(connectionId);
    if (before === undefined) return;
    const reason = await this.#look(before.server, before.reach);
    const now = this.#outages.get(connectionId);
    if (now === undefined) return;
    if (reason === undefined) this.answered(connectionId);
    else if (now.looks === before.looks) {
      const looks = before.looks + 1;
      this.#keep(connectionId, { ...before, looks, ...this.#isOut(before.server, looks, reason) });
    }
  }

  /** The first to notice says so; whoever comes later finds it said. */
  #lose(server: Server, reach: Watched['reach'], reason: AppError): Watched {
    const known = this.#outages.get(server.id);
    if (known !== undefined) return known;
    const since = this.parts.timers.now();
    const outage = { server, reach, since, looks: 0, ...this.#isOut(server, 0, reason) };
    server.ended.addEventListener('abort', () => this.#forget(server.id), { once: true });
    this.parts.onLost(server, reason);
    this.#keep(server.id, outage);
    return outage;
  }

  #forget(connectionId: string): void {
    if (this.#outages.delete(connectionId)) this.parts.changes.tell();
  }

  #keep(connectionId: string, outage: Watched): void {
    this.#outages.set(connectionId, outage);
    this.parts.changes.tell();
  }

  #isOut(server: Server, looks: number, reason: AppError): Pick<Outage, 'error' | 'nextLookAt'> {
    const { timers } = this.parts;
    return {
      error: offline(server.providerId, reason),
      nextLookAt: timers.now() + waitBeforeLook(looks, timers.random()),
    };
  }

  /** Why it cannot be reached, where it cannot. One look at a time serves all who ask. */
  async #look({ id, ended }: Server, reach: Watched['reach']): Promise<AppError | undefined> {
    const underWay = this.#looks.get(id);
    if (underWay !== undefined) return underWay;
    const look = reach({ signal: ended }).then(
      () => undefined,
      (error: unknown) => (isAppError(error) && mayBeUnreachable(error.code) ? error : undefined),
    );
    this.#looks.set(id, look);
    try {
      return await look;
    } finally {
      this.#looks.delete(id);
    }
  }
}

const offline = (providerId: ProviderId, reason: AppError): AppError =>
  new AppError('OFFLINE', {
    message: `${providerDescriptors[providerId].label} is offline.`,
    likelyCause: reason.message,
    details: reason.details,
    cause: reason,
  });
