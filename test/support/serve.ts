/** For tests: `strongroom serve` in this process, and its callers. */
import { onTestFinished } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { startServeHost, type ServeHost, type ServeOptions } from '@main/hosts/serve/host';
import { httpCall, type HttpOptions, type HttpResult } from '../servers/http-client';
import type { TestCore } from './core';

/** Calls as curl does, with the token of a client. */
export const call = (
  base: string,
  target: string,
  { token, headers = {}, ...options }: HttpOptions & { readonly token?: string } = {},
): Promise<HttpResult> =>
  httpCall(base, target, {
    ...options,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(options.body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
  });

export interface StartedServe extends ServeHost {
  readonly url: string;
  /** What was reported, in order. */
  readonly lines: readonly string[];
}

export async function startServe(
  { core }: Pick<TestCore, 'core'>,
  options: Partial<ServeOptions> = {},
): Promise<StartedServe> {
  const lines: string[] = [];
  const host = await startServeHost({
    core,
    version: '1.2.3',
    address: '127.0.0.1',
    port: 0,
    trusted: [],
    onlyLocalNames: true,
    runtime: systemRuntime,
    report: (line) => lines.push(line),
    ...options,
  });
  let closing: Promise<number> | undefined;
  const close = (within: number): Promise<number> => (closing ??= host.close(within));
  onTestFinished(async () => {
    await close(0);
  });
  const scheme = options.tls === undefined ? 'http' : 'https';
  return { ...host, close, lines, url: `${scheme}://127.0.0.1:${String(host.port)}` };
}
