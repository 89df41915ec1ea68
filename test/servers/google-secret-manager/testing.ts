/** Shared by the tests of this folder: a fresh server for each test, and calls to it. */
import { afterEach, beforeEach } from 'vitest';
import { httpCall, type HttpOptions, type HttpResult } from '../http-client';
import {
  startGoogleSecretManager,
  type GoogleSecretManager,
  type GoogleSecretManagerOptions,
} from './server';

export let server: GoogleSecretManager;
/** A token of a service account with `roles/secretmanager.admin`. */
export let admin: string;

/** To be called at the top of a file: every test then has a new `server`. */
export function startServerForEachTest(options: GoogleSecretManagerOptions = {}): void {
  beforeEach(async () => {
    server = await startGoogleSecretManager(options);
    admin = server.serviceAccount({ name: 'admin' }).token();
  });

  afterEach(() => server.close());
}

export interface CallOptions extends HttpOptions {
  readonly token?: string;
  /** Another endpoint than the global one. */
  readonly url?: string;
}

/** `target` follows `/v1/`. */
export const call = (
  method: string,
  target: string,
  { token = admin, url = server.url, ...options }: CallOptions = {},
): Promise<HttpResult> =>
  httpCall(url, `/v1/${target}`, {
    method,
    ...options,
    headers: { Authorization: `Bearer ${token}`, ...options.headers },
  });

/** Below the first project. */
export const inProject = (path: string): string => `projects/${server.project}/${path}`;

export const access = (id: string, version = 'latest', options: CallOptions = {}) =>
  call('GET', inProject(`secrets/${id}/versions/${version}:access`), options);

export const add = (id: string, value: string, options: CallOptions = {}) =>
  call('POST', inProject(`secrets/${id}:addVersion`), {
    body: { payload: { data: Buffer.from(value).toString('base64') } },
    ...options,
  });

/** The value of an answer to `access`, or its status. */
export const valueOf = ({ status, json }: HttpResult): string | number =>
  status === 200
    ? Buffer.from((json as { payload: { data: string } }).payload.data, 'base64').toString()
    : status;

export interface ErrorBody {
  readonly code: number;
  readonly message: string;
  readonly status: string;
  readonly details?: readonly (Readonly<Record<string, unknown>> & {
    readonly reason?: string;
  })[];
}

export const errorOf = ({ json }: HttpResult): ErrorBody => (json as { error: ErrorBody }).error;

/** Status of gRPC and reason, as `PERMISSION_DENIED SERVICE_DISABLED`; `OK` for a success. */
export function outcome(result: HttpResult): string {
  if (result.status === 200) return 'OK';
  const { status, details } = errorOf(result);
  return [status, details?.find(({ reason }) => reason !== undefined)?.reason]
    .filter((part) => part !== undefined)
    .join(' ');
}
