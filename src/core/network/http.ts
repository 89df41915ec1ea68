/** HTTP to one server: kept-alive connections, no redirects, a limit on what is read. */
import * as http from 'node:http';
import * as https from 'node:https';
import { TextDecoder } from 'node:util';
import { AppError, type ErrorDetails } from '@shared/errors';
import { networkError } from './network-error';
import type { Network } from './network';
import type { Proxy } from './proxy';
import { untilAborted } from './until-aborted';
import { proxyHeaders, proxyUnreachable, proxyWantsLogin } from './tunnel';

export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Shorter than what servers and load balancers keep, so that it is rarely they who close first. */
const IDLE_MS = 15_000;

export interface HttpRequest {
  readonly method: string;
  /** Sent as it is: nothing is decoded, resolved or encoded again. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** The header of that name. */
  readonly retryAfter: string | undefined;
}

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly url: string;
  /** The way there: certificates and proxies. */
  readonly network: Network;
  /** Connections at a time; further requests wait for one. */
  readonly maxSockets: number;
}

interface Exchange {
  readonly request: http.ClientRequest;
  readonly answered: Promise<http.IncomingMessage>;
  /** The proxy that passes the request on, where one does. One that is only tunnelled through is not. */
  readonly proxy: Proxy | undefined;
}

export class HttpTransport {
  readonly #url: URL;
  readonly #network: Network;
  readonly #secure: boolean;
  readonly #agent: http.Agent;
  /** Connections to proxies that pass plain requests on. */
  readonly #forwarding: Readonly<Record<'http' | 'https', http.Agent>>;
  readonly #underWay = new Set<http.ClientRequest>();
  #closed = false;

  constructor({ url, network, maxSockets }: TransportOptions) {
    this.#url = new URL(url);
    this.#network = network;
    const pool = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: IDLE_MS };
    this.#secure = this.#url.protocol === 'https:';
    this.#agent = network.agent(this.#secure, pool);
    this.#forwarding = {
      http: new http.Agent(pool),
      https: new https.Agent({ ...pool, rejectUnauthorized: true }),
    };
  }

  /**
   * Resolves for every status but redirects. Throws `AppError` for what went wrong on the way:
   * network and TLS codes, `REDIRECTED`, `RESPONSE_TOO_LARGE`, `UNEXPECTED_ANSWER`; `CANCELLED`
   * once it is closed. An aborted signal is the caller's to explain.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const details = { method: request.method, path: request.path };
    try {
      const { response, proxy } = await this.#exchange(request);
      const status = response.statusCode ?? 0;
      if (proxy !== undefined && status === 407) {
        response.destroy();
        throw proxyWantsLogin(proxy);
      }
      if (status >= 300 && status < 400) {
        response.destroy();
        throw this.#redirected(response.headers.location, { ...details, status });
      }
      return {
        status,
        text: await readText(response, { ...details, status }),
        retryAfter: response.headers['retry-after'],
      };
    } catch (error) {
      if (this.#closed) throw new AppError('CANCELLED', { cause: error });
      throw networkError(error, details) ?? error;
    }
  }

  /** Ends what is under way and closes all connections. */
  close(): void {
    this.#closed = true;
    for (const request of this.#underWay) request.destroy();
    this.#agent.destroy();
    for (const agent of Object.values(this.#forwarding)) agent.destroy();
  }

  async #exchange(request: HttpRequest): Promise<{
    readonly response: http.IncomingMessage;
    readonly proxy: Proxy | undefined;
  }> {
    const first = await this.#start(request);
    try {
      // A request that still waits for its connection tells of an abort only when that is there.
      return { response: await untilAborted(first.answered, request.signal), proxy: first.proxy };
    } catch (error) {
      // The server closed an idle connection just as it was used again: nothing was read of the
      // request. See https://nodejs.org/api/http.html#requestreusedsocket
      const raced = first.request.reusedSocket && isReset(error) && isSafe(request.method);
      if (!raced || request.signal.aborted) throw error;
      const second = await this.#start(request);
      return { response: await untilAborted(second.answered, request.signal), proxy: second.proxy };
    }
  }

  async #start({ method, path, headers, body, signal }: HttpRequest): Promise<Exchange> {
    // A tunnel, which is what https takes, is the agent's business.
    const proxy = this.#secure ? undefined : await this.#network.proxyFor(this.#url);
    const trust = proxy?.isTls === true ? await this.#network.proxyTrust() : undefined;
    if (this.#closed) throw new AppError('CANCELLED');
    // Bytes, since Node writes headers as UTF-8 and not as Latin-1 when it joins them to a text.
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const length = bytes === undefined ? {} : { 'Content-Length': bytes.byteLength };
    const common = { method, signal };
    const request =
      proxy === undefined
        ? (this.#secure ? https : http).request(this.#url, {
            ...common,
            path,
            headers: { ...headers, ...length },
            agent: this.#agent,
          })
        : (proxy.isTls ? https : http).request({
            ...common,
            host: proxy.host,
            port: proxy.port,
            // Put together as text: a URL would resolve what is encoded in the path.
            path: `${this.#url.origin}${path}`,
            headers: { ...headers, ...length, ...proxyHeaders(proxy), Host: this.#url.host },
            agent: this.#forwarding[proxy.isTls ? 'https' : 'http'],
            ...(trust && { secureContext: trust }),
          });
    this.#underWay.add(request);
    request.once('close', () => this.#underWay.delete(request));
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      // Stays for good: an error may still come while the answer is being read.
      request.on('error', (error) => {
        reject(proxy !== undefined && isUnreached(error) ? proxyUnreachable(error, proxy) : error);
      });
    });
    request.end(bytes);
    return { request, answered, proxy };
  }

  #redirected(location: string | undefined, details: ErrorDetails): AppError {
    const base = this.#url.href;
    const target =
      location !== undefined && URL.canParse(location, base)
        ? new URL(location, base).origin
        : 'another address';
    return new AppError('REDIRECTED', { message: `The server redirects to ${target}.`, details });
  }
}

/** Whether no connection came about at all. */
const isUnreached = (error: unknown): boolean => {
  const code = networkError(error)?.code ?? '';
  return ['NAME_NOT_FOUND', 'CONNECTION_REFUSED', 'HOST_UNREACHABLE'].includes(code);
};

const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

const isSafe = (method: string): boolean => method === 'GET' || method === 'LIST';

async function readText(response: http.IncomingMessage, details: ErrorDetails): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop by a throw destroys the response, and its connection with it.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new AppError('RESPONSE_TOO_LARGE', { details });
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, size));
  } catch {
    throw new AppError('UNEXPECTED_ANSWER', { details });
  }
}
