/**
 * Which servers are out of reach, since when, and when to look for them again. That a server cannot be
 * reached is a state: see docs/decisions/0023.
 */
import { AppError, isAppError, mayBeUnreachable } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import type { ProviderId } from '@shared/providers/descriptor';
import type { SecretsProvider } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import type { ChangeSignal } from './change-signal';

/** The server of a connection. */
export interface Server {
  /** The id of the connection. */
  readonly id: string;
  readonly workspaceId: string;
  readonly providerId: ProviderId;
  /** As in `SecretsProvider`. */
  readonly reach: SecretsProvider['reach'];
  /** Aborts when the connection ends: then nobody looks for the server any more. */
  readonly ended: AbortSignal;
}

export interface Outage {
  /** Milliseconds since 1970, UTC. */
  readonly since: number;
  /** `OFFLINE`, with the reason in its hint. */
  readonly error: AppError;
  /** When to look for it next, in milliseconds since 1970, UTC. */
  readonly nextLookAt: number;
}

interface Watched extends Outage {
  readonly server: Server;
  readonly reach: NonNullable<Server['reach']>;
  /** How many looks have not found it. */
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
  readonly runtime: Runtime;
  readonly changed: ChangeSignal;
  /** Called once for each outage. */
  readonly onLost: (server: Server, reason: AppError) => void;
  /** Called when an outage ends because the server is found, not because the connection ends. */
  readonly onFound: (connectionId: string) => void;
}

export class Reachability {
  /** By connection. */
  readonly #outages = new Map<string, Watched>();
  /** Looks that are under way, by connection. */
  readonly #looks = new Map<string, Promise<AppError | undefined>>();

  constructor(private readonly parts: ReachabilityParts) {}

  outage(connectionId: string): Outage | undefined {
    return this.#outages.get(connectionId);
  }

  /** Takes note that the server answered. */
  answered(connectionId: string): void {
    if (!this.#outages.delete(connectionId)) return;
    this.parts.onFound(connectionId);
    this.parts.changed.tell();
  }

  /**
   * What to throw after a call failed: `OFFLINE` if there is no way to the server, else the error as it
   * is. Such a failure is believed only if the server cannot be connected to either. A connection also ends
   * the outage, so the two never disagree.
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

  /** The first failure begins the outage; later ones find it. */
  #lose(server: Server, reach: Watched['reach'], reason: AppError): Watched {
    const known = this.#outages.get(server.id);
    if (known !== undefined) return known;
    const since = this.parts.runtime.now();
    const outage = { server, reach, since, looks: 0, ...this.#isOut(server, 0, reason) };
    server.ended.addEventListener('abort', () => this.#forget(server.id), { once: true });
    this.parts.onLost(server, reason);
    this.#keep(server.id, outage);
    return outage;
  }

  #forget(connectionId: string): void {
    if (this.#outages.delete(connectionId)) this.parts.changed.tell();
  }

  #keep(connectionId: string, outage: Watched): void {
    this.#outages.set(connectionId, outage);
    this.parts.changed.tell();
  }

  #isOut(server: Server, looks: number, reason: AppError): Pick<Outage, 'error' | 'nextLookAt'> {
    const { runtime } = this.parts;
    return {
      error: offline(server.providerId, reason),
      nextLookAt: runtime.now() + waitBeforeLook(looks, runtime.random()),
    };
  }

  /** Why the server cannot be reached; `undefined` if it can. All who ask share one look. */
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
