/** Limits of requests in a period, as in the service limits of Key Vault. */
import type { ServerClock } from '../clock';
import { throttled } from './errors';
import type { Operation } from './operations';

export interface RateLimit {
  /** The operations that share this limit. */
  readonly operations: readonly Operation[];
  readonly requests: number;
  readonly seconds: number;
}

/** Source: Key Vault service limits, “Secrets”: each for ten seconds and a vault. */
export const keyVaultRates: readonly RateLimit[] = [
  { operations: ['SetSecret'], requests: 300, seconds: 10 },
  {
    operations: [
      'GetSecret',
      'ListSecrets',
      'ListSecretVersions',
      'UpdateSecret',
      'DeleteSecret',
      'GetDeletedSecret',
      'ListDeletedSecrets',
      'RecoverDeletedSecret',
      'PurgeDeletedSecret',
    ],
    requests: 4000,
    seconds: 10,
  },
];

interface Admitted {
  readonly limit: RateLimit;
  /** When each of the last requests was admitted, oldest first. */
  readonly times: number[];
}

/**
 * Counts the requests of the last seconds at any time. The documentation does not say when a period begins, so
 * this is its strictest reading: a client that keeps to it keeps to any other.
 */
export class RateLimiter {
  private admitted: readonly Admitted[] = [];

  constructor(private readonly clock: ServerClock) {}

  set limits(limits: readonly RateLimit[]) {
    this.admitted = limits.map((limit) => ({ limit, times: [] }));
  }

  /** Throws Throttled. */
  admit(operation: Operation): void {
    const now = this.clock.now();
    for (const { limit, times } of this.admitted) {
      const { operations, requests, seconds } = limit;
      if (!operations.includes(operation)) continue;
      const oldest = times.at(-requests);
      if (oldest !== undefined && oldest + seconds * 1000 > now) throw throttled();
      times.push(now);
      if (times.length > 2 * requests) times.splice(0, requests);
    }
  }
}
