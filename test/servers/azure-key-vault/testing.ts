/** Shared by the tests of this folder: a fresh server for each test, and requests to it. */
import { afterEach, beforeEach } from 'vitest';
import { httpCall, type HttpOptions, type HttpResult } from '../http-client';
import { startKeyVaultServer, type KeyVaultServer } from './server';

export let server: KeyVaultServer;

/** To be called at the top of a file: every test then has a new `server`. */
export function startServerForEachTest(): void {
  beforeEach(async () => {
    server = await startKeyVaultServer();
  });

  afterEach(async () => {
    await server.close();
  });
}

/** Calls the vault with a token of an application that may do everything, unless one is given. */
export const call = async (
  method: string,
  path: string,
  { token = server.application().token(), ...options }: HttpOptions & { token?: string } = {},
): Promise<HttpResult> =>
  httpCall(server.url, `${path}${path.includes('?') ? '&' : '?'}api-version=7.4`, {
    ...options,
    method,
    headers: { Authorization: `Bearer ${token}`, ...options.headers },
  });

export interface ErrorJson {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly innererror?: { readonly code: string };
  };
}

/** The status, and the inner code of the error if it has one. */
export const refusal = ({ status, json }: HttpResult): readonly [number, string | undefined] => {
  const { error } = json as ErrorJson;
  return [status, error.innererror?.code ?? error.code];
};

export const messageOf = ({ json }: HttpResult): string => (json as ErrorJson).error.message;

/** Asks the token endpoint with the form of OAuth 2.0. */
export const askForToken = async (
  form: Readonly<Record<string, string>>,
  tenant: string = server.tenantId,
  endpoint = 'oauth2/v2.0/token',
): Promise<HttpResult> =>
  httpCall(server.url, `/${tenant}/${endpoint}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: `${server.resource}/.default`,
      ...form,
    }).toString(),
  });
