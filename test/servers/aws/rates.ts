/** Limits of requests per second, as in the quotas of a service. */
import { throttled } from './errors';
import type { ServerClock } from '../clock';

export interface RateLimit {
  /** The operations that share this limit. */
  readonly operations: readonly string[];
  readonly perSecond: number;
}

interface Bucket {
  readonly limit: RateLimit;
  tokens: number;
  filledAt: number;
}

/** One bucket a limit; it holds the requests of one second. */
export class RateLimiter {
  private buckets: readonly Bucket[] = [];

  constructor(private readonly clock: ServerClock) {}

  set limits(limits: readonly RateLimit[]) {
    const now = this.clock.now();
    this.buckets = limits.map((limit) => ({ limit, tokens: limit.perSecond, filledAt: now }));
  }

  /** Throws ThrottlingException. */
  admit(operation: string): void {
    const now = this.clock.now();
    for (const bucket of this.buckets) {
      const { operations, perSecond } = bucket.limit;
      if (!operations.includes(operation)) continue;
      const gained = (Math.max(0, now - bucket.filledAt) / 1000) * perSecond;
      bucket.tokens = Math.min(perSecond, bucket.tokens + gained);
      bucket.filledAt = now;
      if (bucket.tokens < 1) throw throttled();
      bucket.tokens -= 1;
    }
  }
}
