/**
 * The HTTP client of the core: HTTP/1.1 over connections that are kept open, or HTTP/2, by the way that a `Network`
 * knows (certificates, proxies). It sends what it is given and returns what came back:
 *
 * - It never follows a redirect, keeps no cookie, and tries again only if the server closed an idle
 *   connection just as it was used. More attempts are the caller's, see `withRetries`.
 * - It adds Host, Content-Length, Connection and, for a proxy, Proxy-Authorization, and no other header.
 *   It asks for no content encoding and undoes none.
 * - No answer is longer than a limit. Time is limited by the signal alone: `withDeadline` gives one.
 * - Its errors hold neither headers nor bodies nor the query of a URL.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupAddress } from 'node:dns';
import type { Socket } from 'node:net';
import { pipeline, Readable, type Duplex } from 'node:stream';
import { TextDecoder } from 'node:util';
import { AppError, type ErrorDetails } from '@shared/errors';
import { PlainAgent, SecureAgent } from './agents';
import { authorityOf, endpointOf } from './endpoint';
import type { Http2, Http2Answer } from './http2';
import { networkError } from './network-error';
import { redirected } from './redirected';
import type { Network } from './network';
import type { Proxy } from './proxy';
import { onAbort } from './on-abort';
import { MAX_ANSWER_BYTES, readBounded } from './read-bounded';
import { proxyHeaders, proxyUnreachable, proxyWantsLogin } from './tunnel';
import { untilAborted } from './until-aborted';

/** Shorter than what servers and load balancers keep, so that it is rarely they who close first. */
const IDLE_MS = 15_000;

export interface HttpRequest {
  /** Sent as it is: `GET`, `LIST`. */
  readonly method: string;
  /**
   * Absolute, `http:` or `https:`. What follows the host is sent as it is, neither decoded nor resolved
   * nor encoded: it must be percent-encoded already. User, password and fragment are not sent.
   */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as UTF-8; a stream in chunks, as the server takes them. */
  readonly body?: string | Uint8Array | Readable | undefined;
  /** The addresses to dial, checked by the caller. Default: those that the name of the host has. */
  readonly addresses?: readonly LookupAddress[] | undefined;
  /**
   * Whether the request changes nothing on the server, so that it may be sent twice (RFC 9110, 9.2.1).
   * Default: true for GET, HEAD and OPTIONS.
   */
  readonly isSafe?: boolean;
  /**
   * Whether the server may go over to another protocol, which the headers name. If it does, the status is 101, `body` is
   * sent from then on, and the body of the answer is what the server sends.
   */
  readonly upgrades?: boolean;
  /** Ends the request. Its deadline too, see `withDeadline`. */
  readonly signal: AbortSignal;
}

/** An answer whose body is still arriving. */
export interface OpenAnswer {
  readonly status: number;
  /** As those of `HttpAnswer`. */
  readonly headers: http.IncomingHttpHeaders;
  /** Name and value in turns, as they arrived. */
  readonly rawHeaders: readonly string[];
  readonly body: AsyncIterable<Buffer>;
  /**
   * Reads the body if all of it has arrived, as a short one mostly has: that takes a fraction of what reading a stream
   * takes. `undefined` if it has not.
   */
  readonly arrived: () => Buffer | undefined;
  /** Ends the connection, unless the body was read. */
  readonly destroy: () => void;
  readonly details: ErrorDetails;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export class HttpAnswer {
  readonly status: number;
  /** For the errors of whoever reads the answer. */
  readonly details: ErrorDetails;
  readonly #open: OpenAnswer;

  constructor(
    open: OpenAnswer,
    readonly body: Buffer,
  ) {
    this.status = open.status;
    this.details = open.details;
    this.#open = open;
  }

  /** By name in lower case, joined as in https://nodejs.org/api/http.html#messageheaders. */
  get headers(): http.IncomingHttpHeaders {
    return this.#open.headers;
  }

  /** The body as UTF-8. Throws `UNEXPECTED_ANSWER` if it is not UTF-8. */
  text(): string {
    try {
      return utf8.decode(this.body);
    } catch {
      throw new AppError('UNEXPECTED_ANSWER', { details: this.details });
    }
  }

  /** The body as JSON; `undefined` if it is not JSON in UTF-8. */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch {
      return undefined;
    }
  }
}

/**
 * Throws `REDIRECTED`, with the origin that it leads to, if an answer is a redirect: for a server whose
 * credentials must go nowhere else.
 */
export function refuseRedirect(
  answer: Pick<HttpAnswer, 'status' | 'headers' | 'details'>,
  url: string,
): void {
  if (answer.status < 300 || answer.status > 399) return;
  throw redirected(answer.headers.location, new URL(url), answer.details);
}

export interface HttpClientOptions {
  readonly network: Network;
  /** Connections to one server at a time; further requests wait for one. */
  readonly maxSockets: number;
  /** Bytes of the body of one answer. */
  readonly maxAnswerBytes?: number;
  /**
   * Whether to speak HTTP/2 with a server that can. Its requests share one connection, whatever `maxSockets` is. A request
   * with checked addresses, a stream as its body or an upgrade goes by HTTP/1.1.
   */
  readonly http2?: boolean;
}

/** A request whose URL has been taken apart. */
interface Outgoing extends Pick<
  HttpRequest,
  'method' | 'headers' | 'isSafe' | 'signal' | 'addresses' | 'upgrades'
> {
  /** Scheme, host and port. */
  readonly server: URL;
  /** Path and query, as they are sent. */
  readonly path: string;
  readonly body: Buffer | Readable | undefined;
}

interface Exchange {
  readonly request: http.ClientRequest;
  readonly answered: Promise<Answered>;
}

interface Answered {
  readonly response: http.IncomingMessage;
  /** The connection, if the server goes over to another protocol. */
  readonly upgraded: Duplex | undefined;
  /** The proxy that forwards the request, if one does. A tunnel's proxy does not see the request. */
  readonly proxy: Proxy | undefined;
}

export class HttpClient {
  readonly #network: Network;
  readonly #maxAnswerBytes: number;
  /** Absent if this client speaks HTTP/1.1 only. Its code is loaded for the first server in TLS. */
  readonly #openHttp2: (() => Promise<Http2>) | undefined;
  #http2: Promise<Http2> | undefined;
  /** For connections to servers, and tunnels to them. */
  readonly #agents: Readonly<Record<'http' | 'https', http.Agent>>;
  /** For connections to proxies that forward plain requests. */
  readonly #forwarding: Readonly<Record<'http' | 'https', http.Agent>>;
  readonly #underWay = new Set<{ destroy(): unknown }>();
  /** Connections that have brought an answer: if one breaks before the next, it was idle for too long. */
  readonly #kept = new WeakSet<Socket>();
  #closed = false;

  constructor({ network, maxSockets, maxAnswerBytes, http2 = false }: HttpClientOptions) {
    this.#network = network;
    this.#maxAnswerBytes = maxAnswerBytes ?? MAX_ANSWER_BYTES;
    const pool = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: IDLE_MS };
    const secure = new SecureAgent(network, pool);
    this.#agents = { http: new PlainAgent(network, pool), https: secure };
    if (http2) {
      const offer = secure.offer.bind(secure);
      this.#openHttp2 = async () => {
        const { Http2 } = await import('./http2');
        return new Http2({ route: network, idleMs: IDLE_MS, offer });
      };
    }
    this.#forwarding = {
      http: new http.Agent(pool),
      https: new https.Agent({ ...pool, rejectUnauthorized: true }),
    };
  }

  /**
   * Resolves with an answer of any status. Throws `AppError`: the codes of the network, of TLS and of
   * proxies, `RESPONSE_TOO_LARGE`, `UNEXPECTED_ANSWER` if it is no HTTP, `CANCELLED` when the signal
   * aborts or the client is closed, `INVALID_CONFIGURATION` with the field if certificate files or the
   * proxy cannot be used. A URL, method or header that HTTP does not allow is a mistake of the caller and
   * throws a `TypeError`.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const open = await this.open(request);
    const { details } = open;
    const bounds = { most: this.#maxAnswerBytes, details };
    const content = open.arrived() ?? (await readBounded(open.body, bounds));
    if (content.byteLength > bounds.most) throw new AppError('RESPONSE_TOO_LARGE', { details });
    return new HttpAnswer(open, content);
  }

  /**
   * As `send`, but resolves when the answer begins. Its body has no limit, and reading it throws what `send` throws.
   * Whoever does not read it to its end has to destroy the stream.
   */
  async open({ url, body, ...request }: HttpRequest): Promise<OpenAnswer> {
    const { server, path } = takeApart(url);
    const [plainPath = path] = path.split('?');
    const details = { method: request.method, path: plainPath };
    // Bytes, since Node writes headers as UTF-8 and not as Latin-1 when it joins them to a text.
    const content = body === undefined || body instanceof Readable ? body : Buffer.from(body);
    const explained = (error: unknown): unknown =>
      this.#closed || request.signal.aborted
        ? new AppError('CANCELLED', { cause: error })
        : (networkError(error, details) ?? error);
    const outgoing = { ...request, server, path, body: content };
    try {
      const answer = await this.#sendByHttp2(outgoing);
      if (answer !== undefined) {
        const { status, headers, rawHeaders, stream, destroy } = answer;
        return {
          status,
          headers,
          rawHeaders,
          body: withErrors(stream, explained),
          arrived: () => undefined,
          destroy,
          details: { ...details, status },
        };
      }
      const { response, proxy, upgraded } = await this.#exchange(outgoing);
      const status = response.statusCode ?? 0;
      const stream = upgraded ?? response;
      if (proxy !== undefined && status === 407) {
        response.destroy();
        throw proxyWantsLogin(proxy);
      }
      return {
        status,
        // Node makes it of the raw headers when it is read, and of most answers nobody reads it.
        get headers() {
          return response.headers;
        },
        rawHeaders: response.rawHeaders,
        body: withErrors(stream, explained),
        arrived: () =>
          upgraded === undefined && response.complete ? readAll(response) : undefined,
        destroy: () => {
          stream.destroy();
        },
        details: { ...details, status },
      };
    } catch (error) {
      throw explained(error);
    }
  }

  /** Ends what is under way with `CANCELLED`, and closes all connections. */
  close(): void {
    this.#closed = true;
    void this.#http2?.then(
      (http2) => http2.close(),
      () => undefined,
    );
    for (const each of this.#underWay) each.destroy();
    for (const agent of Object.values(this.#agents)) agent.destroy();
    for (const agent of Object.values(this.#forwarding)) agent.destroy();
  }

  /** Resolves with `undefined` if the request has to go by HTTP/1.1. */
  async #sendByHttp2(outgoing: Outgoing): Promise<Http2Answer | undefined> {
    const { server, path, method, headers, body, addresses, upgrades = false, signal } = outgoing;
    const isFit = !upgrades && addresses === undefined && !(body instanceof Readable);
    if (this.#openHttp2 === undefined || server.protocol !== 'https:' || !isFit) return undefined;
    this.#http2 ??= this.#openHttp2();
    const http2 = await this.#http2;
    if (this.#closed) throw new AppError('CANCELLED');
    return http2.send({
      server,
      path,
      method,
      headers: { ...headers, ...lengthOf(body) },
      body,
      isSafe: isSafe(outgoing),
      signal,
    });
  }

  async #exchange(outgoing: Outgoing): Promise<Answered> {
    const { signal } = outgoing;
    const first = await this.#start(outgoing);
    try {
      return await first.answered;
    } catch (error) {
      // The server closed an idle connection just as it was used again: nothing was read of the
      // request. See https://nodejs.org/api/http.html#requestreusedsocket, which Node leaves out
      // for a request that has waited for its connection.
      const { socket } = first.request;
      const isKept = socket !== null && this.#kept.has(socket);
      const raced = isKept && isReset(error) && isSafe(outgoing);
      if (!raced || signal.aborted) throw error;
      return (await this.#start(outgoing)).answered;
    }
  }

  async #start(outgoing: Outgoing): Promise<Exchange> {
    const { server, path, method, headers, body, signal, addresses, upgrades = false } = outgoing;
    const scheme = server.protocol === 'https:' ? 'https' : 'http';
    // To a https server the agent makes a tunnel.
    const proxy = scheme === 'https' ? undefined : await this.#network.proxyFor(server);
    const trust =
      proxy?.isTls === true ? await untilAborted(this.#network.proxyTrust(), signal) : undefined;
    if (this.#closed) throw new AppError('CANCELLED');
    const length = lengthOf(body);
    const dialled = addresses === undefined ? {} : { checked: addresses };
    const request =
      proxy === undefined
        ? modules[scheme].request({
            // Not the URL: Node would take it apart for each request.
            hostname: endpointOf(server).host,
            port: server.port,
            method,
            path,
            headers: { ...headers, ...length },
            agent: this.#agents[scheme],
            ...dialled,
          })
        : modules[proxy.isTls ? 'https' : 'http'].request({
            method,
            host: proxy.host,
            port: proxy.port,
            // Joined as text: a URL would resolve what is encoded in the path.
            path: `${forwardedOrigin(server, addresses)}${path}`,
            headers: { ...headers, ...length, ...proxyHeaders(proxy), Host: server.host },
            agent: this.#forwarding[proxy.isTls ? 'https' : 'http'],
            ...(trust && { secureContext: trust }),
          });
    this.#underWay.add(request);
    const answered = new Promise<Answered>((resolve, reject) => {
      request.once('response', (response) => {
        this.#kept.add(response.socket);
        resolve({ response, proxy, upgraded: undefined });
      });
      if (upgrades) {
        request.once('upgrade', (response, socket, head) => {
          this.#underWay.add(socket);
          socket.once('close', () => this.#underWay.delete(socket));
          resolve({ response, proxy, upgraded: overTo(socket, head, body, signal) });
        });
      }
      // The request would only tell that it was ended.
      if (body instanceof Readable) body.once('error', reject);
      // Stays for good: an error may still come while the answer is being read.
      request.on('error', (error) => {
        reject(proxy !== undefined && isUnreached(error) ? proxyUnreachable(error, proxy) : error);
      });
      // Not the option `signal`: with it, a request that waits for its connection tells of an abort only
      // when that is there, and older versions of Node do not end it at all.
      const forget = onAbort(signal, () => {
        reject(new AppError('CANCELLED'));
        request.destroy();
      });
      request.once('close', () => {
        this.#underWay.delete(request);
        forget();
      });
    });
    if (upgrades) request.end();
    else if (body instanceof Readable) pipeline(body, request, () => undefined);
    else request.end(body);
    return { request, answered };
  }
}

const modules = { http, https } as const;

const lengthOf = (body: Outgoing['body']): { 'Content-Length'?: number } =>
  Buffer.isBuffer(body) ? { 'Content-Length': body.byteLength } : {};

/** A connection after the server has gone over to another protocol: it gets the body until the signal aborts. */
function overTo(socket: Duplex, head: Buffer, body: Outgoing['body'], signal: AbortSignal): Duplex {
  if (head.byteLength > 0) socket.unshift(head);
  // An error is seen by whoever reads.
  socket.on('error', () => undefined);
  const forget = onAbort(signal, () => {
    socket.destroy();
  });
  socket.once('close', forget);
  if (body !== undefined) {
    pipeline(Readable.from(body, { objectMode: false }), socket, () => undefined);
  }
  return socket;
}

/** A proxy would look the name up again, and could find another address. */
function forwardedOrigin(server: URL, addresses: HttpRequest['addresses']): string {
  const [first] = addresses ?? [];
  if (first === undefined) return server.origin;
  return `http://${authorityOf({ host: first.address, port: endpointOf(server).port })}`;
}

/** Cuts the path out of the text, since parsing it as a URL would resolve encoded dots. */
function takeApart(url: string): Pick<Outgoing, 'server' | 'path'> {
  const [, start = '', rest] = /^(https?:\/\/[^/?#\\]+)([^#]*)/i.exec(url) ?? [];
  // The URL itself stays out of the message: it may hold a credential.
  if (rest === undefined)
    throw new TypeError('An HTTP request needs an absolute http or https URL');
  return { server: serverAt(start), path: rest.startsWith('/') ? rest : `/${rest}` };
}

/** The servers that were called before, by the start of the URL as it was written. */
const servers = new Map<string, URL>();
const MOST_SERVERS = 100;

/** A URL without user and password. */
function serverAt(start: string): URL {
  const known = servers.get(start);
  if (known !== undefined) return known;
  const server = new URL(new URL(start).origin);
  // What has a user or a password is not kept.
  if (server.origin.length !== start.length) return server;
  if (servers.size >= MOST_SERVERS) servers.clear();
  servers.set(start, server);
  return server;
}

/** Whether no connection came about at all. */
const isUnreached = (error: unknown): boolean => {
  const code = networkError(error)?.code ?? '';
  return ['NAME_NOT_FOUND', 'CONNECTION_REFUSED', 'HOST_UNREACHABLE'].includes(code);
};

const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

/** A stream can be sent once only. */
const isSafe = ({ method, isSafe: told, body }: Omit<Outgoing, 'signal'>): boolean =>
  !(body instanceof Readable) && (told ?? ['GET', 'HEAD', 'OPTIONS'].includes(method));

/** The body of an answer that is complete. */
function readAll(response: http.IncomingMessage): Buffer {
  // It also ends the stream, so that the connection is free for the next request.
  return (response.read() as Buffer | null) ?? Buffer.alloc(0);
}

/** The chunks of a body; what reading them fails with is explained. */
async function* withErrors(
  body: AsyncIterable<Buffer>,
  explained: (error: unknown) => unknown,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    throw explained(error);
  }
}
