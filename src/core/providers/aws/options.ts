import { environmentProxy, type SystemProxy } from '@core/network/system-proxy';
import { systemRuntime, type Runtime } from '@core/runtime';

/** Times in milliseconds. Only tests set other times and counts than the defaults, to be quick. */
export interface AwsOptions {
  /** One call with all its attempts, finding the credentials included. */
  readonly callDeadline?: number;
  /** A whole listing, however many pages it has. */
  readonly listDeadline?: number;
  /** Opening a socket. */
  readonly connectTimeout?: number;
  /** One attempt, until the answer begins. */
  readonly attemptTimeout?: number;
  readonly maxAttempts?: number;
  readonly runtime?: Runtime;
  /** Which proxy this computer asks for. Default: that of the environment. */
  readonly systemProxy?: SystemProxy;
}

export type ResolvedOptions = Required<AwsOptions>;

/**
 * Four attempts: the SDK waits at most 0.05, 0.1 and 0.2 s between them, and 1, 2 and 4 s after
 * throttling. It heeds Retry-After up to 5 s beyond each of these (`StandardRetryStrategy` of
 * `@smithy/core`), so that the waits come to 22 s at most and fit into one deadline.
 */
export const resolveOptions = ({
  callDeadline = 30_000,
  listDeadline = 300_000,
  connectTimeout = 5_000,
  attemptTimeout = 10_000,
  maxAttempts = 4,
  runtime = systemRuntime,
  systemProxy = environmentProxy(runtime.env),
}: AwsOptions): ResolvedOptions => ({
  callDeadline,
  listDeadline,
  connectTimeout,
  attemptTimeout,
  maxAttempts,
  runtime,
  systemProxy,
});
