/**
 * `strongroom serve`: calls from other machines, over HTTP. Rules and reasons:
 * docs/decisions/0046-other-ways-in.md.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { BodyLimitPlugin } from '@orpc/server/node';
import type { Failure } from '@shared/contract/serve';
import { errorReportSchema } from '@shared/model/error-report';
import type { IpNetwork } from '@shared/model/ip';
import type { Core } from '@core/core';
import type { ClientRow } from '@core/storage/clients';
import type { Runtime } from '@core/runtime';
import { createServeRouter, type ServeContext } from '@server/serve/router';
import { RateLimit } from '../browser/rate-limit';
import type { Report } from '../report';
import { callerAddress } from './caller-address';
import { Metrics } from './metrics';
import { openApiDocument } from './openapi';

export interface ServeLimits {
  /** Bytes of the body of a call. */
  readonly body: number;
  /** Calls of one client in a second; twice as many at once. */
  readonly rate: number;
  /** Calls of one client at the same time. */
  readonly perClient: number;
  /** Calls at the same time. */
  readonly calls: number;
  readonly connections: number;
  /** Milliseconds until the headers of a call have arrived. */
  readonly headersWithin: number;
  /** Milliseconds until a call has arrived. */
  readonly callWithin: number;
}

const defaultLimits: ServeLimits = {
  body: 8 * 1024 * 1024,
  rate: 100,
  perClient: 64,
  calls: 512,
  connections: 2048,
  headersWithin: 10_000,
  callWithin: 60_000,
};

const LARGEST_HEADERS = 32 * 1024;
/** Milliseconds between two checks for connections that are too slow. */
const CHECKS_EVERY = 1000;
const IDLE_WITHIN = 60_000;

export interface ServeOptions {
  readonly core: Core;
  readonly version: string;
  /** The address to listen at, and the port; 0 for any. */
  readonly address: string;
  readonly port: number;
  /** PEM. Without it, the server speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Proxies whose X-Forwarded-For counts. */
  readonly trusted: readonly IpNetwork[];
  /** Whether callers must name this computer in the header Host: no proxy is in front, and nobody else can call. */
  readonly onlyLocalNames: boolean;
  readonly limits?: Partial<ServeLimits>;
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'after'>;
  readonly report: Report;
}

export interface ServeHost {
  readonly port: number;
  /**
   * Takes no further call, waits for those that are under way, and ends them after this many milliseconds. Resolves
   * with how many it ended.
   */
  close(within: number): Promise<number>;
}

/** Throws what listening throws, such as `EADDRINUSE`. */
export async function startServeHost(options: ServeOptions): Promise<ServeHost> {
  const limits = { ...defaultLimits, ...options.limits };
  const calls = new Calls(options, limits, JSON.stringify(await openApiDocument(options.version)));
  const settings = {
    maxHeaderSize: LARGEST_HEADERS,
    headersTimeout: limits.headersWithin,
    requestTimeout: limits.callWithin,
    keepAliveTimeout: IDLE_WITHIN,
    connectionsCheckingInterval: CHECKS_EVERY,
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void calls.answer(request, response);
  };
  const server: Server =
    options.tls === undefined
      ? createServer(settings, answer)
      : createSecureServer({ ...settings, ...options.tls, minVersion: 'TLSv1.2' }, answer);
  server.maxConnections = limits.connections;
  // It goes on after an error, such as too many open files.
  server.on('error', (error) => {
    options.report(`The server has failed: ${error.name}.`);
  });
  const listening = once(server, 'listening');
  server.listen(options.port, options.address);
  await listening;
  return {
    port: (server.address() as AddressInfo).port,
    close: async (within) => {
      const closed = once(server, 'close');
      calls.end();
      server.close();
      let cut = 0;
      const cancel = options.runtime.after(within, () => {
        cut = calls.underWay;
        server.closeAllConnections();
      });
      await closed;
      cancel();
      return cut;
    },
  };
}

/** What the routes are called in metrics. */
const routes: Readonly<Record<string, string>> = {
  '/healthz': 'health',
  '/metrics': 'metrics',
  '/openapi.json': 'openapi',
  '/v1/grants': 'grants',
  '/v1/requests': 'requests',
  '/v1/environments': 'environments',
  '/v1/variables': 'variables',
};

/** What one client is doing. */
interface Use {
  underWay: number;
  readonly rate: RateLimit;
}

type Refusal = Failure['error'] & {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
};

const LOCAL_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

class Calls {
  #isEnding = false;
  /** Those that have no answer yet. */
  readonly #open = new Set<ServerResponse>();
  readonly #metrics: Metrics;
  readonly #handler: OpenAPIHandler<ServeContext>;
  readonly #uses = new Map<string, Use>();

  constructor(
    private readonly options: ServeOptions,
    private readonly limits: ServeLimits,
    private readonly openApi: string,
  ) {
    const { core, version, runtime } = options;
    this.#metrics = new Metrics(version, runtime.now() / 1000);
    this.#handler = new OpenAPIHandler<ServeContext>(createServeRouter(core), {
      plugins: [new BodyLimitPlugin({ maxBodySize: limits.body })],
      customErrorResponseBodyEncoder: ({ code, message, data }) => failureBody(code, message, data),
    });
  }

  get underWay(): number {
    return this.#metrics.underWay;
  }

  /** Connections end with the next answer. One that was just opened may still bring a call. */
  end(): void {
    this.#isEnding = true;
    for (const response of this.#open) response.shouldKeepAlive = false;
  }

  /** Answers one call. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { runtime } = this.options;
    const began = runtime.monotonic();
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = routes[path] ?? 'other';
    this.#metrics.begin();
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      const seconds = (runtime.monotonic() - began) / 1000;
      // What was cut off has no status that anybody saw.
      this.#metrics.end(route, response.writableFinished ? response.statusCode : 499, seconds);
    });
    response.on('error', () => undefined);
    if (this.#isEnding) response.shouldKeepAlive = false;
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    try {
      const refusal = this.#refusalOf(request) ?? (await this.#carryOut(path, request, response));
      if (refusal !== undefined) refuse(response, refusal);
    } catch (error) {
      // A mistake in Strongroom, or a caller that has gone. Its message could hold anything.
      this.options.report(
        `A call failed: ${error instanceof Error ? error.name : 'not an Error'}.`,
      );
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 500, code: 'INTERNAL', message: 'Strongroom has a bug.' });
    }
  }

  /** Why nobody with such a call is answered. */
  #refusalOf({ headers }: IncomingMessage): Refusal | undefined {
    // A page in a browser on this computer could call under its own name that leads here.
    if (this.options.onlyLocalNames && !LOCAL_NAME.test(headers.host ?? '')) {
      this.#metrics.refused('host');
      return {
        status: 421,
        code: 'HOST_REFUSED',
        message: 'The server only answers calls to localhost.',
        hint: 'Call it as 127.0.0.1, or start it with --behind-proxy if a proxy is in front of it.',
      };
    }
    const site = headers['sec-fetch-site'];
    if (headers.origin !== undefined || (site !== undefined && site !== 'none')) {
      this.#metrics.refused('browser');
      return {
        status: 403,
        code: 'BROWSER_REFUSED',
        message: 'The server does not answer pages in a browser.',
        hint: 'Call it from a program: a page cannot keep a token to itself.',
      };
    }
    if (this.#metrics.underWay > this.limits.calls) {
      this.#metrics.refused('busy');
      return {
        status: 503,
        code: 'BUSY',
        message: 'Too many calls are under way.',
        hint: 'Try again.',
        headers: { 'Retry-After': '1' },
      };
    }
    return undefined;
  }

  async #carryOut(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Refusal | undefined> {
    const { method } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    if (path === '/healthz' && isRead) return this.#health(response);
    if (path === '/metrics' && isRead) {
      send(response, 'text/plain; version=0.0.4; charset=utf-8', this.#metrics.text());
      return undefined;
    }
    if (path === '/openapi.json' && isRead) {
      send(response, 'application/json', this.openApi);
      return undefined;
    }
    const address = callerAddress(
      request.socket.remoteAddress ?? '',
      request.headersDistinct['x-forwarded-for']?.join(','),
      this.options.trusted,
    );
    const client = this.#clientOf(request, address);
    if (client === undefined) {
      this.#metrics.refused('token');
      return {
        status: 401,
        code: 'TOKEN_REFUSED',
        message: 'The call has no token of a client, or one that does not count.',
        hint: 'Send “Authorization: Bearer TOKEN”. A token can be revoked, expired, or for other addresses.',
        headers: { 'WWW-Authenticate': 'Bearer realm="strongroom"' },
      };
    }
    const { core } = this.options;
    if (core.security.isLocked()) {
      return { status: 503, code: 'LOCKED', message: 'Strongroom is locked.' };
    }
    return this.#within(client, response, async () => {
      const caller = {
        kind: 'serve' as const,
        process: { pid: process.pid, name: client.name },
        address,
      };
      const { matched } = await this.#handler.handle(request, response, {
        context: { caller, client },
      });
      if (matched) return undefined;
      return {
        status: 404,
        code: 'NO_SUCH_CALL',
        message: 'There is no such call.',
        hint: 'GET /openapi.json lists the calls.',
      };
    });
  }

  #health(response: ServerResponse): Refusal | undefined {
    if (this.#isEnding) return { status: 503, code: 'ENDING', message: 'The server is ending.' };
    if (this.options.core.security.isLocked()) {
      return { status: 503, code: 'LOCKED', message: 'Strongroom is locked.' };
    }
    send(response, 'application/json', '{"status":"ok"}');
    return undefined;
  }

  #clientOf({ headers }: IncomingMessage, address: string): ClientRow | undefined {
    const [, token] = /^Bearer +(\S{1,200})$/i.exec(headers.authorization ?? '') ?? [];
    return token === undefined ? undefined : this.options.core.clients.withToken(token, address);
  }

  /** Does the work within the limits of the client. */
  async #within(
    { id }: ClientRow,
    response: ServerResponse,
    work: () => Promise<Refusal | undefined>,
  ): Promise<Refusal | undefined> {
    const { perClient, rate } = this.limits;
    const { runtime } = this.options;
    const use = this.#uses.get(id) ?? {
      underWay: 0,
      rate: new RateLimit(rate * 2, rate, () => runtime.monotonic()),
    };
    this.#uses.set(id, use);
    if (use.underWay >= perClient || !use.rate.take()) {
      this.#metrics.refused('rate');
      return {
        status: 429,
        code: 'TOO_MANY_CALLS',
        message: 'This client makes too many calls.',
        hint: 'Make fewer calls at the same time, and wait a second.',
        headers: { 'Retry-After': '1' },
      };
    }
    use.underWay += 1;
    response.once('close', () => {
      use.underWay -= 1;
    });
    return work();
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'Content-Type': type }).end(body);
}

function refuse(response: ServerResponse, { status, headers, ...error }: Refusal): void {
  response
    // What is left of the call is not read.
    .writeHead(status, { 'Content-Type': 'application/json', Connection: 'close', ...headers })
    .end(JSON.stringify({ error } satisfies Failure));
}

/** The library has its own codes, and messages that quote nothing. */
function failureBody(code: string, message: string, data: unknown): Failure {
  const { data: report } = errorReportSchema.safeParse({ code, message, ...(data as object) });
  if (report === undefined) return { error: { code, message } };
  const { cause, hint, details } = report;
  return {
    error: {
      code,
      message,
      hint,
      ...(cause !== undefined && { cause }),
      ...(details?.rule !== undefined && { rule: details.rule }),
    },
  };
}
