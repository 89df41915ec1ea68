/** The HTTP status of each failure, for `strongroom serve`. */
import { rowOf, type ErrorArea, type ErrorCode } from '../../errors';

/** For the other codes of an area. */
const byArea: Readonly<Record<ErrorArea, number>> = {
  input: 400,
  grant: 403,
  workspace: 404,
  // What the service or the provider did is no failure of the caller.
  network: 502,
  tls: 502,
  proxy: 502,
  authentication: 502,
  permission: 502,
  configuration: 502,
  server: 502,
  secret: 502,
  key: 503,
  storage: 503,
  run: 503,
  internal: 500,
};

const byCode: Partial<Record<ErrorCode, number>> = {
  RATE_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  TIMED_OUT: 504,
};

export const statusFor = (code: ErrorCode): number => byCode[code] ?? byArea[rowOf(code).area];
