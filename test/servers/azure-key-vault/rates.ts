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

interface Window {
  readonly limit: RateLimit;
  endsAt: number;
  admitted: number;
}

/** Counts in fixed windows that begin with a request. */
export class RateLimiter {
  private windows: readonly Window[] = [];

  constructor(private readonly clock: ServerClock) {}

  set limits(limits: readonly RateLimit[]) {
    this.windows = limits.map((limit) => ({ limit, endsAt: 0, admitted: 0 }));
  }

  /** Throws Throttled. */
  admit(operation: Operation): void {
    const now = this.clock.now();
    for (const window of this.windows) {
      const { operations, requests, seconds } = window.limit;
      if (!operations.includes(operation)) continue;
      if (now >= window.endsAt) {
        window.endsAt = now + seconds * 1000;
        window.admitted = 0;
      }
      if (window.admitted >= requests) throw throttled();
      window.admitted += 1;
    }
  }
}
