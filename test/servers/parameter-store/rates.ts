/** The service's own limits of requests per second. */
import type { RateLimit } from '../aws/rates';

/**
 * Source: Systems Manager quotas, “Default throughput” (reads share one limit), and AWS Support for writes.
 * People can pay for more.
 */
export const awsRates: readonly RateLimit[] = [
  { operations: ['GetParameter', 'GetParameters', 'GetParametersByPath'], perSecond: 40 },
  { operations: ['PutParameter'], perSecond: 3 },
];
