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
import type { ApprovalAnswer, PendingApproval } from '@shared/model/approval';
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${String(port)}`, port, requests };
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

export interface RequestsOptions extends Pick<CoreOptions, 'attention' | 'runtime'> {
  /** The addresses of hosts, in turns; every other name is looked up as usual. */
  readonly hosts?: Readonly<Record<string, readonly (readonly string[])[]>>;
}

export async function startRequests(options: RequestsOptions = {}): Promise<StartedRequests> {
  const { hosts = {}, runtime, attention } = options;
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
    ...(attention && { attention }),
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
  { core, workspaceId }: Pick<TestCore, 'core' | 'workspaceId'>,
  { url }: Pick<Service, 'url'>,
  secrets: Readonly<Record<string, string | SecretSource>>,
  settings: Partial<GrantSettings> = {},
  name = 'service',
): Promise<Grant> {
  return core.grants.create(workspaceId, {
    name,
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

/** A window that is open, with what it shows. */
export interface TestWindow {
  /** The requests that wait, as they were sent last. */
  readonly waiting: readonly PendingApproval[];
  /** Resolves with them as soon as there are this many. */
  showing(count: number): Promise<readonly PendingApproval[]>;
  answer(answer: ApprovalAnswer): Promise<{ readonly counted: boolean }>;
  close(): Promise<void>;
}

/** Resolves when the window is open. It closes when the test ends. */
export async function openWindow({ client }: Pick<TestCore, 'client'>): Promise<TestWindow> {
  const closing = new AbortController();
  let waiting: readonly PendingApproval[] = [];
  let tell = (): void => undefined;
  const events = await client.approvals.watch(undefined, { signal: closing.signal });
  const first = await events.next();
  if (first.done !== true) waiting = first.value;
  const closed = (async () => {
    for await (const list of events) {
      waiting = list;
      tell();
    }
  })();
  const close = async (): Promise<void> => {
    closing.abort();
    await closed;
  };
  onTestFinished(close);
  const showing = async (count: number): Promise<readonly PendingApproval[]> => {
    while (waiting.length !== count) {
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    }
    return waiting;
  };
  return {
    get waiting() {
      return waiting;
    },
    showing,
    answer: async (answer) => {
      const [{ id } = { id: '' }] = waiting;
      return client.approvals.answer({ id, answer });
    },
    close,
  };
}

/** A window with a person who answers everything at once. Returns what was asked so far. */
export async function answering(
  core: Pick<TestCore, 'client'>,
  answer: ApprovalAnswer,
): Promise<readonly PendingApproval[]> {
  const asked: PendingApproval[] = [];
  const closing = new AbortController();
  const events = await core.client.approvals.watch(undefined, { signal: closing.signal });
  await events.next();
  const closed = (async () => {
    for await (const list of events) {
      for (const question of list) {
        if (!asked.some(({ id }) => id === question.id)) asked.push(question);
        await core.client.approvals.answer({ id: question.id, answer });
      }
    }
  })();
  onTestFinished(async () => {
    closing.abort();
    await closed;
  });
  return asked;
}
