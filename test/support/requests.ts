/** For tests: grants, requests with them, and the services that answer. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { onTestFinished } from 'vitest';
import type { Grant, GrantSettings, SecretSource } from '@shared/model/grant';
import { defaultPolicy } from '@shared/model/policy';
import type { Caller } from '@shared/model/caller';
import { inCall } from '@core/call';
import type { CoreOptions } from '@core/core';
import type { GrantedRequest } from '@core/requests/request-service';
import { TestCore } from './core';
import { temporaryDirectory } from './temporary-directory';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Service {
  readonly url: string;
  readonly port: number;
  /** What arrived, in order, with its body if the answer has waited for it. */
  readonly requests: Received[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

export const answeredBy =
  (text: string, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status).end(text);
  };

/** A service on this computer, closed when the test ends. With a certificate it speaks TLS. */
export async function service(
  answer: Answer,
  tls?: { readonly cert: string; readonly key: string },
  address = '127.0.0.1',
): Promise<Service> {
  const requests: Received[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const received = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: '',
    };
    requests.push(received);
    request.on('data', (chunk: Buffer) => {
      received.body += chunk.toString();
    });
    response.on('error', () => undefined);
    answer(request, response);
  };
  const server = tls === undefined ? createServer(handle) : createSecureServer(tls, handle);
  server.listen(0, address);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://${address}:${String(port)}`, port, requests };
}

export interface Answered {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly url: string;
  readonly chunks: readonly Uint8Array[];
  readonly replaced: number;
  readonly waited: boolean;
}

export const bodyText = ({ chunks }: Pick<Answered, 'chunks'>): string =>
  Buffer.concat(chunks).toString();

export type Send = (
  grant: string,
  request: Partial<GrantedRequest> & { readonly url: string },
  signal?: AbortSignal,
) => Promise<Answered>;

export interface StartedRequests {
  readonly core: TestCore;
  /** As a program that uses the library. */
  readonly send: Send;
  readonly sendAs: (caller: Caller, reason?: string) => Send;
}

export interface RequestsOptions extends Pick<CoreOptions, 'approver' | 'runtime'> {
  /** The addresses of hosts, in turns; every other name is looked up as usual. */
  readonly hosts?: Readonly<Record<string, readonly (readonly string[])[]>>;
}

export async function startRequests(options: RequestsOptions = {}): Promise<StartedRequests> {
  const { hosts = {}, runtime, approver } = options;
  const asked = new Map<string, number>();
  const resolve = async (host: string): Promise<readonly LookupAddress[]> => {
    const turns = hosts[host];
    if (turns === undefined) throw new Error(`No test has the host ${host}`);
    const turn = asked.get(host) ?? 0;
    asked.set(host, turn + 1);
    const addresses = turns[Math.min(turn, turns.length - 1)] ?? [];
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  const core = new TestCore(temporaryDirectory(), runtime, {
    resolve,
    ...(approver && { approver }),
  });
  await core.start();
  onTestFinished(() => core.close());
  const sendAs =
    (caller: Caller, reason?: string): Send =>
    (grant, request, signal = new AbortController().signal) =>
      inCall({ caller, reason }, async () => {
        const chunks: Uint8Array[] = [];
        let answer: Answered | undefined;
        let waited = false;
        const events = core.core.requests.send(
          { grant },
          { method: 'GET', headers: [], ...request },
          signal,
        );
        for await (const event of events) {
          if (event.type === 'waiting') waited = true;
          else if (event.type === 'head') answer = { ...event, chunks, replaced: 0, waited };
          else if (event.type === 'chunk') chunks.push(event.bytes);
          else if (answer !== undefined) answer = { ...answer, replaced: event.replaced };
        }
        if (answer === undefined) throw new Error('There was no answer');
        return answer;
      });
  return { core, sendAs, send: sendAs({ kind: 'sdk' }) };
}

/** A grant named “service” for a service, of the type Bearer unless the settings say otherwise. */
export function grantFor(
  core: TestCore,
  { url }: Pick<Service, 'url'>,
  secrets: Readonly<Record<string, string | SecretSource>>,
  settings: Partial<GrantSettings> = {},
): Promise<Grant> {
  return core.core.grants.create(core.workspaceId, {
    name: 'service',
    settings: {
      type: 'bearer',
      rules: [],
      hosts: [url.replace(/^https:\/\//, '')],
      networks: [],
      policy: defaultPolicy,
      ...settings,
    },
    secrets: Object.fromEntries(
      Object.entries(secrets).map(([name, source]) => [
        name,
        typeof source === 'string' ? { value: source } : source,
      ]),
    ),
  });
}
