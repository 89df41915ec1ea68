/**
 * Calls of the Secret Manager API, version 1, by REST. See
 * https://cloud.google.com/secret-manager/docs/reference/rest
 */
import type { z } from 'zod';
import { AppError, isAppError, isRetryable } from '@shared/errors';
import {
  isRegional,
  type GoogleSecretManagerValues,
} from '@shared/providers/google-secret-manager';
import { withDeadline } from '@core/network/deadline';
import { HttpClient, refuseRedirect, type HttpAnswer } from '@core/network/http';
import type { Network } from '@core/network/network';
import type { RequestLimit } from '@core/network/request-limit';
import { withRetries } from '@core/network/retry';
import type { Runtime } from '@core/runtime';
import type { Secret } from '@core/secrets/secret';
import type { ProviderSettings } from '../provider';
import type { ApiCall } from './call';
import { GoogleCredentials } from './credentials';
import { answerError } from './errors';
import { MetadataServer } from './metadata-server';

export interface ApiOptions {
  readonly settings: ProviderSettings<GoogleSecretManagerValues>;
  readonly network: Network;
  readonly runtime: Runtime;
  /** Milliseconds for one call with all its attempts. */
  readonly deadlineMs: number;
  /** Calls at a time. Hears of each attempt that was throttled, and of each that was not. */
  readonly limit: RequestLimit;
  /** Connections at a time. */
  readonly maxSockets: number;
}

/** Where the API is: global, or in one location. */
export const apiUrl = ({ endpoint, location }: GoogleSecretManagerValues): URL => {
  if (endpoint !== '') return new URL(endpoint);
  return new URL(
    isRegional({ location })
      ? `https://secretmanager.${location}.rep.googleapis.com`
      : 'https://secretmanager.googleapis.com',
  );
};

export class GoogleApi {
  readonly options: ApiOptions;
  readonly credentials: GoogleCredentials;
  readonly #http: HttpClient;
  readonly #machine: MetadataServer;
  readonly #closed = new AbortController();
  #knownOrigin: string | undefined;

  constructor(options: ApiOptions) {
    this.options = options;
    const { settings, network, runtime, maxSockets } = options;
    this.#http = new HttpClient({ network, maxSockets, http2: true });
    this.#machine = new MetadataServer(runtime);
    this.credentials = new GoogleCredentials({
      settings,
      http: this.#http,
      machine: this.#machine,
      runtime,
      deadlineMs: options.deadlineMs,
    });
  }

  get #origin(): string {
    return (this.#knownOrigin ??= apiUrl(this.options.settings.values).origin);
  }

  /** `projects/P`, or `projects/P/locations/L`. */
  get parent(): string {
    const { project, location } = this.options.settings.values;
    return isRegional({ location })
      ? `projects/${project}/locations/${location}`
      : `projects/${project}`;
  }

  /** Throws what `answerError` and `GoogleCredentials.token` give, the network's failures, and `CANCELLED`. */
  async call<Schema extends z.ZodType>(
    call: ApiCall,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> {
    const answer = await this.#send(call, signal);
    if (answer.status !== 200) throw await this.#error(answer, call);
    const parsed = schema.safeParse(answer.json());
    if (!parsed.success) throw new AppError('UNEXPECTED_ANSWER', { details: answer.details });
    return parsed.data;
  }

  close(): void {
    this.#closed.abort();
    this.credentials.close();
    this.#machine.close();
    this.#http.close();
  }

  async #send(call: ApiCall, signal: AbortSignal): Promise<HttpAnswer> {
    const { deadlineMs, runtime } = this.options;
    return withDeadline([signal, this.#closed.signal], deadlineMs, async (either) => {
      let token: Secret | undefined;
      const attempt = async (): Promise<HttpAnswer> => {
        token = await this.credentials.token(either);
        return this.#attempt(call, token, either);
      };
      const again = {
        ofResult: (answer: HttpAnswer) => {
          if (answer.status === 200 || !isRepeatable(call, answer)) return undefined;
          const { code } = answerError(answer, call, this.options.settings.values, undefined);
          if (!isRetryable(code)) return undefined;
          const retryAfter = answer.headers['retry-after'];
          return { isThrottled: answer.status === 429, retryAfter };
        },
        ofError: (error: unknown) =>
          call.method === 'GET' && isAppError(error, 'CONNECTION_RESET') ? {} : undefined,
      };
      const retries = { attempt, ...again, signal: either, withinMs: deadlineMs, runtime };
      const answer = await withRetries(retries);
      if (answer.status !== 401 || token === undefined) return answer;
      // The token may have been revoked before its time.
      this.credentials.forget(token);
      return withRetries(retries);
    });
  }

  async #attempt(
    { method, path, query, body }: ApiCall,
    token: Secret,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { limit } = this.options;
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const target = `${this.#origin}/v1/${path}${search === '?' ? '' : search}`;
    const quotaProject = await this.quotaProject();
    const answer = await limit.send(
      () =>
        this.#http.send({
          method,
          url: target,
          headers: {
            Accept: 'application/json',
            Authorization: `Bearer ${token.reveal()}`,
            ...(quotaProject !== undefined && { 'X-Goog-User-Project': quotaProject }),
            ...(body !== undefined && { 'Content-Type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          signal,
        }),
      ({ status }) => status === 429,
      signal,
    );
    refuseRedirect(answer, target);
    return answer;
  }

  /** The project that calls count against; `undefined` if it is that of the secrets. */
  async quotaProject(): Promise<string | undefined> {
    const { quotaProject } = this.options.settings.values;
    return quotaProject === '' ? (await this.credentials.find()).quotaProject : quotaProject;
  }

  async #error(answer: HttpAnswer, call: ApiCall): Promise<AppError> {
    const quota = await this.quotaProject().catch(() => undefined);
    const error = answerError(answer, call, this.options.settings.values, quota);
    // `gcloud auth application-default set-quota-project` writes the file of the credentials.
    if (error.details?.field === 'quotaProject') this.credentials.forget();
    return error;
  }
}

/** A write that was throttled was not taken; after 503 it may have been. */
const isRepeatable = ({ method }: ApiCall, { status }: HttpAnswer): boolean =>
  method === 'GET' || status === 429;
