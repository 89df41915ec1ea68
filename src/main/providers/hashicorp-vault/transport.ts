/** HTTP to one server: kept-alive connections, no redirects, a limit on what is read. */
import * as http from 'node:http';
import * as https from 'node:https';
import { TextDecoder } from 'node:util';
import { AppError, type ErrorDetails } from '@shared/errors';
import { networkError } from '../network-error';

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
}

export interface TransportOptions {
  /** Scheme, host and port. */
  readonly url: string;
  readonly verifySsl: boolean;
  /** Connections at a time; further requests wait for one. */
  readonly maxSockets: number;
}

interface Exchange {
  readonly request: http.ClientRequest;
  readonly answered: Promise<http.IncomingMessage>;
}

export class HttpTransport {
  readonly #url: URL;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  readonly #underWay = new Set<http.ClientRequest>();
  #closed = false;

  constructor({ url, verifySsl, maxSockets }: TransportOptions) {
    this.#url = new URL(url);
    const pool = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: IDLE_MS };
    // Said outright either way, since NODE_TLS_REJECT_UNAUTHORIZED would decide otherwise.
    const secure = this.#url.protocol === 'https:';
    this.#agent = secure
      ? new https.Agent({ ...pool, rejectUnauthorized: verifySsl })
      : new http.Agent(pool);
    this.#request = secure ? https.request : http.request;
  }

  /**
   * Resolves for every status but redirects. Throws `AppError` for what went wrong on the way:
   * network and TLS codes, `REDIRECTED`, `RESPONSE_TOO_LARGE`, `UNEXPECTED_ANSWER`; `CANCELLED`
   * once it is closed. An aborted signal is the caller's to explain.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const details = { method: request.method, path: request.path };
    try {
      const response = await this.#exchange(request);
      const status = response.statusCode ?? 0;
      if (status >= 300 && status < 400) {
        response.destroy();
        throw this.#redirected(response.headers.location, { ...details, status });
      }
      return { status, text: await readText(response, { ...details, status }) };
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
  }

  async #exchange(request: HttpRequest): Promise<http.IncomingMessage> {
    const first = this.#start(request);
    try {
      return await first.answered;
    } catch (error) {
      // The server closed an idle connection just as it was used again: nothing was read of the
      // request. See https://nodejs.org/api/http.html#requestreusedsocket
      const raced = first.request.reusedSocket && isReset(error) && isSafe(request.method);
      if (!raced || request.signal.aborted) throw error;
      return await this.#start(request).answered;
    }
  }

  #start({ method, path, headers, body, signal }: HttpRequest): Exchange {
    if (this.#closed) throw new AppError('CANCELLED');
    // Bytes, since Node writes headers as UTF-8 and not as Latin-1 when it joins them to a text.
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const length = bytes === undefined ? {} : { 'Content-Length': bytes.byteLength };
    const request = this.#request(this.#url, {
      method,
      path,
      headers: { ...headers, ...length },
      agent: this.#agent,
      signal,
    });
    this.#underWay.add(request);
    request.once('close', () => this.#underWay.delete(request));
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      // Stays for good: an error may still come while the answer is being read.
      request.on('error', reject);
    });
    request.end(bytes);
    return { request, answered };
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
