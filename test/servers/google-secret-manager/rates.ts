/** Quotas of requests. Source: Secret Manager quotas, “Request rate quotas”. */
import type { ServerClock } from '../clock';
import { quotaExceeded, type Quota } from './errors';
import { nameOf, type Target } from './names';
import type { OperationName } from './operations';

export interface RateLimit extends Quota {
  /** The operations that share this limit. */
  readonly operations: readonly OperationName[];
  /** The period of `limit`. */
  readonly seconds: number;
  /** Whether each project or each secret has `limit`. */
  readonly per: 'project' | 'secret';
  /** Default: global and regional secrets. */
  readonly service?: 'global' | 'regional';
}

const reads = ['ListSecrets', 'GetSecret', 'ListSecretVersions', 'GetSecretVersion'] as const;
const writes = [
  'CreateSecret',
  'UpdateSecret',
  'DeleteSecret',
  'AddSecretVersion',
  'EnableSecretVersion',
  'DisableSecretVersion',
  'DestroySecretVersion',
] as const;
const changes = ['AddSecretVersion', 'UpdateSecret'] as const;

const perMinute = (
  metric: string,
  operations: readonly OperationName[],
  limit: number,
): RateLimit => ({
  metric,
  name: `${metric} per minute`,
  operations,
  limit,
  seconds: 60,
  per: 'project',
});

/** The quotas that a project has by default. */
export const googleRates: readonly RateLimit[] = [
  perMinute('Access requests', ['AccessSecretVersion'], 90_000),
  perMinute('Read requests', reads, 600),
  perMinute('Write requests', writes, 600),
  {
    metric: 'Write requests',
    name: 'Write requests per secret per second',
    operations: changes,
    limit: 2,
    seconds: 1,
    per: 'secret',
    service: 'global',
  },
  {
    metric: 'Write requests',
    name: 'Write requests per secret per second',
    operations: changes,
    limit: 80,
    seconds: 1,
    per: 'secret',
    service: 'regional',
  },
];

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A bucket for each limit and each project or secret; it holds the requests of one period. */
export class RateLimiter {
  private buckets = new Map<string, Bucket>();
  private current: readonly RateLimit[] = [];

  constructor(private readonly clock: ServerClock) {}

  get limits(): readonly RateLimit[] {
    return this.current;
  }

  set limits(limits: readonly RateLimit[]) {
    this.current = limits;
    this.buckets = new Map();
  }

  /** `target.project` is a number. Throws RESOURCE_EXHAUSTED. */
  admit(operation: OperationName, target: Target): void {
    const service = target.location === undefined ? 'global' : 'regional';
    for (const [index, limit] of this.current.entries()) {
      if (!limit.operations.includes(operation)) continue;
      if (limit.service !== undefined && limit.service !== service) continue;
      const { project, location, secret } = target;
      const owner = limit.per === 'project' ? project : nameOf({ project, location, secret });
      const bucket = this.bucket(`${String(index)} ${owner}`, limit);
      if (bucket.tokens < 1) throw quotaExceeded(project, limit);
      bucket.tokens -= 1;
    }
  }

  private bucket(key: string, { limit, seconds }: RateLimit): Bucket {
    const now = this.clock.now();
    const bucket = this.buckets.get(key) ?? { tokens: limit, filledAt: now };
    const gained = (Math.max(0, now - bucket.filledAt) / (seconds * 1000)) * limit;
    bucket.tokens = Math.min(limit, bucket.tokens + gained);
    bucket.filledAt = now;
    this.buckets.set(key, bucket);
    return bucket;
  }
}
