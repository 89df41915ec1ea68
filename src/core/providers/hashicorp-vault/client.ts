/** One request to Vault and its answer, with the attempts that it takes. */
import { AppError, isAppError, isRetryable } from '@shared/errors';
import type { Secret } from '@core/secrets/secret';
import { withDeadline } from '@core/network/deadline';
import type { RequestLimit } from '@core/network/request-limit';
import { withRetries, type Again } from '@core/network/retry';
import type { Runtime } from '@core/runtime';
import type { VaultAnswer } from './answer';
import { belowPath } from './base-path';
import { answerError } from './errors';
import { NodeVault } from './node-vault';
import type { EncodedPath } from './paths';
import { HttpClient, type HttpClientOptions } from '@core/network/http';
import { httpsExpected } from '@core/network/https-expected';

export interface VaultRequest {
  readonly method: 'GET' | 'LIST' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: EncodedPath;
  /** JSON text, sent as it is. */
  readonly body?: string | undefined;
  readonly token?: Secret | undefined;
  /** Sent as X-Vault-Namespace. For logins; everything else has it in the path. */
  readonly namespace?: string | undefined;
  /** Statuses that say what was asked for here, and are no reason to ask again. */
  readonly tellingStatuses?: readonly number[];
}

export interface ClientOptions extends Pick<HttpClientOptions, 'network' | 'maxSockets'> {
  /** Scheme, host and port, and the path of a reverse proxy if there is one. */
  readonly url: string;
  /** Milliseconds that one request may take, with all its attempts. */
  readonly deadlineMs: number;
  readonly runtime: Runtime;
  /** Of all requests to the server. */
  readonly limit: RequestLimit;
}

/**
 * A header is written as Latin-1, byte by byte. Vault reads UTF-8, so a name beyond ASCII goes out
 * as its UTF-8 bytes.
 */
const headerText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export class VaultClient {
  readonly runtime: Runtime;
  readonly #url: string;
  readonly #deadlineMs: number;
  readonly #limit: RequestLimit;
  readonly #closed = new AbortController();
  readonly #http: HttpClient;
  readonly #vault: NodeVault;

  constructor({ url, network, maxSockets, deadlineMs, runtime, limit }: ClientOptions) {
    this.#url = url;
    this.#deadlineMs = deadlineMs;
    this.runtime = runtime;
    this.#limit = limit;
    this.#http = new HttpClient({ network, maxSockets, http2: true });
    this.#vault = new NodeVault(url, this.#http);
  }

  /**
   * Resolves with the answer whatever its status, as long as Vault gave it. What is safe to be sent
   * again is, see `againAfter`. Throws `AppError`: network codes, `TIMED_OUT`, `CANCELLED`,
   * `HTTPS_EXPECTED`, `UNEXPECTED_ANSWER` …
   */
  async send(request: VaultRequest, signal: AbortSignal): Promise<VaultAnswer> {
    const ends = [signal, this.#closed.signal];
    const answer = await withDeadline(ends, this.#deadlineMs, (either) =>
      withRetries({
        attempt: () => this.#attempt(request, either),
        ofResult: (result) => againAfter(request, result),
        ofError: (error) =>
          isRead(request) && isAppError(error, 'CONNECTION_RESET') ? {} : undefined,
        signal: either,
        withinMs: this.#deadlineMs,
        runtime: this.runtime,
      }),
    );
    if (answer.wantsHttps) throw httpsExpected(new URL(this.#url), 'url', answer.details);
    if (!answer.isVault) throw belowPath(notVault(answer), this.#url);
    return answer;
  }

  /** Ends what is under way with `CANCELLED` and closes the connections. */
  close(): void {
    this.#closed.abort();
    this.#http.close();
  }

  async #attempt(request: VaultRequest, signal: AbortSignal): Promise<VaultAnswer> {
    const { method, path, body } = request;
    return this.#limit.send(
      () =>
        this.#vault
          .request({
            method,
            path,
            headers: headersOf(request),
            body,
            isSafe: isRead(request),
            signal,
          })
          .catch((error: unknown) => {
            throw isAppError(error, 'REDIRECTED') ? belowPath(error, this.#url) : error;
          }),
      (answer) => isThrottled(request, answer),
      signal,
    );
  }
}

const isRead = ({ method }: VaultRequest): boolean => method === 'GET' || method === 'LIST';

const isThrottled = ({ tellingStatuses = [] }: VaultRequest, { status }: VaultAnswer): boolean =>
  status === 429 && !tellingStatuses.includes(status);

/** Refused before anything was done, by a quota or a node that lags behind: a write was not taken. */
const refusals: readonly number[] = [412, 429];

/** For a read. A write may have been taken all the same. */
const passing: readonly number[] = [...refusals, 500, 502, 503, 504];

/** See https://developer.hashicorp.com/vault/api-docs#http-status-codes */
function againAfter(request: VaultRequest, answer: VaultAnswer): Again | undefined {
  const { status } = answer;
  if (request.tellingStatuses?.includes(status)) return undefined;
  if (!(isRead(request) ? passing : refusals).includes(status)) return undefined;
  if (!isRetryable(answerError(answer).code)) return undefined;
  // Read here: the headers of an answer are taken apart when somebody asks for one.
  return { isThrottled: status === 429, retryAfter: answer.retryAfter };
}

const headersOf = ({
  method,
  body,
  token,
  namespace = '',
}: VaultRequest): Record<string, string> => ({
  Accept: 'application/json',
  // Some proxies let nothing pass without it.
  'X-Vault-Request': 'true',
  ...(body !== undefined && {
    'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  }),
  ...(token && { 'X-Vault-Token': token.reveal() }),
  ...(namespace !== '' && { 'X-Vault-Namespace': headerText(namespace) }),
});

/** Not JSON. Two statuses mean the same whoever gives them. */
function notVault(answer: VaultAnswer): AppError {
  const { status, details } = answer;
  if (status === 413) return new AppError('VALUE_TOO_LARGE', { details });
  if (status === 429) return new AppError('RATE_LIMITED', { details });
  return answer.unexpected(
    status >= 500 ? `A proxy answered with ${String(status)} in place of Vault.` : undefined,
  );
}
