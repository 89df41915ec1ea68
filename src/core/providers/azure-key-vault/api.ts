/**
 * Calls of the Key Vault API for secrets, by REST. See
 * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/operation-groups
 */
import { z } from 'zod';
import { AppError, isAppError, isRetryable } from '@shared/errors';
import { vaultUrl, type AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import { withDeadline } from '@core/network/deadline';
import { HttpClient, refuseRedirect, type HttpAnswer } from '@core/network/http';
import type { Network } from '@core/network/network';
import type { RequestLimit } from '@core/network/request-limit';
import { withRetries } from '@core/network/retry';
import type { Runtime } from '@core/runtime';
import type { Secret } from '@core/secrets/secret';
import type { ProviderSettings } from '../provider';
import { readChallenge, type Challenge } from './challenge';
import type { ApiCall } from './call';
import { answerError } from './errors';
import { AzureTokens } from './tokens';

/** Works with vaults of every cloud, sovereign ones among them. */
const API_VERSION = '7.4';

/** The most that a page holds. */
const PAGE = 25;

/** No vault has as many secrets, or versions of one, as this many pages hold. */
const MAX_PAGES = 10_000;

export interface ApiOptions {
  readonly settings: ProviderSettings<AzureKeyVaultValues>;
  readonly network: Network;
  readonly runtime: Runtime;
  /** Milliseconds for one call with all its attempts. */
  readonly deadlineMs: number;
  /** Calls at a time. Hears of each attempt that was throttled, and of each that was not. */
  readonly limit: RequestLimit;
  /** A vault counts new values by themselves. */
  readonly writes: RequestLimit;
  /** Connections at a time. */
  readonly maxSockets: number;
}

export class KeyVaultApi {
  readonly url: URL;
  readonly tokens: AzureTokens;
  readonly options: ApiOptions;
  readonly #http: HttpClient;
  readonly #closed = new AbortController();
  #challenge: Challenge | undefined;

  constructor(options: ApiOptions) {
    this.options = options;
    const { settings, network, runtime, maxSockets, deadlineMs } = options;
    this.url = vaultUrl(settings.values.vault);
    this.#http = new HttpClient({ network, maxSockets, http2: true });
    this.tokens = new AzureTokens({ settings, http: this.#http, runtime, deadlineMs });
  }

  /** Throws what `answerError`, `readChallenge` and `AzureTokens.get` give, the network's failures, `CANCELLED`. */
  async call<Schema extends z.ZodType>(
    call: ApiCall,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> {
    const answer = await this.#send(call, signal);
    if (answer.status !== 200) throw answerError(answer, call, this.options.settings.values);
    const parsed = schema.safeParse(answer.json());
    if (!parsed.success) throw new AppError('UNEXPECTED_ANSWER', { details: answer.details });
    return parsed.data;
  }

  /** All pages. A link to the next page is followed on the host of the vault only. */
  async *pages<Item extends z.ZodType>(
    call: Omit<ApiCall, 'method'>,
    item: Item,
    signal: AbortSignal,
    size = PAGE,
  ): AsyncGenerator<
    { readonly items: z.infer<Item>[]; readonly hasMore: boolean },
    void,
    undefined
  > {
    const schema = z.object({ value: z.array(item).default([]), nextLink: z.string().nullish() });
    let path = `${call.path}?maxresults=${String(size)}`;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { value, nextLink } = await this.call({ ...call, method: 'GET', path }, schema, signal);
      const next = nextLink ?? '';
      yield { items: value, hasMore: next !== '' };
      if (next === '') return;
      if (!URL.canParse(next) || new URL(next).origin !== this.url.origin) break;
      const { pathname, searchParams } = new URL(next);
      searchParams.delete('api-version');
      const following = `${pathname.slice(1)}?${searchParams.toString()}`;
      if (following === path) break;
      path = following;
    }
    throw new AppError('UNEXPECTED_ANSWER', { details: { path: call.path } });
  }

  /** What the vault asks for. It tells whoever calls it without a token. */
  async challenge(signal: AbortSignal): Promise<Challenge> {
    if (this.#challenge !== undefined) return this.#challenge;
    const { deadlineMs } = this.options;
    const answer = await withDeadline([signal, this.#closed.signal], deadlineMs, (either) =>
      this.#request(
        { method: 'GET', path: 'secrets?maxresults=1', permission: 'list' },
        undefined,
        either,
      ),
    );
    this.#challenge = this.#readChallenge(answer);
    return this.#challenge;
  }

  async token(signal: AbortSignal): Promise<Secret> {
    return this.tokens.get(await this.challenge(signal), signal);
  }

  close(): void {
    this.#closed.abort();
    this.tokens.close();
    this.#http.close();
  }

  #readChallenge(answer: HttpAnswer): Challenge {
    const { authority } = this.options.settings.values;
    if (answer.status === 401) {
      return readChallenge(answer.headers['www-authenticate'], this.url, authority);
    }
    const call: ApiCall = { method: 'GET', path: 'secrets', permission: 'list' };
    // A firewall refuses before it asks who calls.
    if (answer.status === 403) throw answerError(answer, call, this.options.settings.values);
    return readChallenge(undefined, this.url, authority);
  }

  async #send(call: ApiCall, signal: AbortSignal): Promise<HttpAnswer> {
    const { deadlineMs, runtime } = this.options;
    return withDeadline([signal, this.#closed.signal], deadlineMs, async (either) => {
      const retries = {
        attempt: async () => this.#request(call, await this.token(either), either),
        ofResult: (answer: HttpAnswer) => {
          const retryAfter = answer.headers['retry-after'];
          if (answer.status === 429) return { isThrottled: true, retryAfter };
          if (answer.status < 500 || call.method !== 'GET') return undefined;
          const { code } = answerError(answer, call, this.options.settings.values);
          return isRetryable(code) ? { retryAfter } : undefined;
        },
        ofError: (error: unknown) =>
          call.method === 'GET' && isAppError(error, 'CONNECTION_RESET') ? {} : undefined,
        signal: either,
        withinMs: deadlineMs,
        runtime,
      };
      const answer = await withRetries(retries);
      if (answer.status !== 401) return answer;
      // The token may have been revoked, or the vault moved to another tenant.
      this.tokens.forget();
      this.#challenge = this.#readChallenge(answer);
      return withRetries(retries);
    });
  }

  async #request(
    { method, path, body }: ApiCall,
    token: Secret | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const limit = method === 'PUT' ? this.options.writes : this.options.limit;
    const separator = path.includes('?') ? '&' : '?';
    const url = `${this.url.origin}/${path}${separator}api-version=${API_VERSION}`;
    const answer = await limit.send(
      () =>
        this.#http.send({
          method,
          url,
          headers: {
            Accept: 'application/json',
            ...(token !== undefined && { Authorization: `Bearer ${token.reveal()}` }),
            ...(body !== undefined && { 'Content-Type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          signal,
        }),
      ({ status }) => status === 429,
      signal,
    );
    refuseRedirect(answer, url);
    return answer;
  }
}
