/** One configured way to an AWS service: the client, its credentials, and every call with its deadline. */
import { isAppError } from '@shared/errors';
import { withDeadline } from '@core/network/deadline';
import { Network } from '@core/network/network';
import { untilAborted } from '@core/network/until-aborted';
import type { AwsClient, FoundCredentials, HttpOptions } from './client';
import { CredentialSource } from './credentials';
import { credentialsError } from './credentials-error';
import { serviceError } from './errors';
import { resolveOptions, type AwsOptions, type ResolvedOptions } from './options';
import { createClient, type CallLimits } from './sdk';
import type { AwsService } from './service';
import type { AwsSettings } from './settings';
import { hasOwnSts, stsBeside } from './sts-endpoint';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** The SDK's own names for where they came from, such as `CREDENTIALS_PROFILE`. */
  readonly source: readonly string[];
}

export interface ConnectionParts<Client extends AwsClient, Limits extends CallLimits> {
  readonly service: AwsService<Client>;
  readonly settings: AwsSettings;
  readonly options: AwsOptions;
  readonly limits: Limits;
}

export class AwsConnection<
  Client extends AwsClient = AwsClient,
  Limits extends CallLimits = CallLimits,
> {
  readonly service: AwsService<Client>;
  readonly settings: AwsSettings;
  readonly options: ResolvedOptions;
  readonly network: Network;
  /** How many calls of one name at a time. AWS counts each name by itself. */
  readonly limits: Limits;
  readonly #closed = new AbortController();
  readonly #source: CredentialSource;
  #client: Promise<Client> | undefined;

  constructor({ service, settings, options, limits }: ConnectionParts<Client, Limits>) {
    this.service = service;
    this.settings = settings;
    this.options = resolveOptions(options);
    this.limits = limits;
    const { values, credentials } = settings;
    this.network = new Network({ values, credentials, verifySsl: true }, this.options);
    this.#source = new CredentialSource(service, settings, this.options);
  }

  /** The caller's signal, which also aborts when the connection is disposed of. */
  bound(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal]);
  }

  /** Made at first use. Makes no call. Throws what `createClient` does. */
  client(): Promise<Client> {
    if (this.#client === undefined) {
      const making = createClient({
        service: this.service,
        settings: this.settings,
        options: this.options,
        network: this.network,
        credentials: this.#source.provide,
        limits: this.limits,
      });
      this.#client = making;
      // The next attempt finds a file that has been fixed.
      making.catch(() => {
        if (this.#client === making) this.#client = undefined;
      });
    }
    return this.#client;
  }

  /** Where the calls go. */
  endpoint(): Promise<URL> {
    const { endpoint } = this.settings.values;
    return this.#endpoint(endpoint === '' ? {} : { Endpoint: endpoint });
  }

  /** Where the Security Token Service is asked. */
  async stsEndpoint(): Promise<URL> {
    const { endpoint, region } = this.settings.values;
    return hasOwnSts(endpoint, this.service)
      ? this.endpoint()
      : stsBeside(await this.#endpoint(), region, this.service);
  }

  async #endpoint(override: { readonly Endpoint?: string } = {}): Promise<URL> {
    const { config } = await this.client();
    const endpoint = config.endpointProvider({
      Region: await config.region(),
      UseFIPS: await config.useFipsEndpoint(),
      UseDualStack: await config.useDualstackEndpoint(),
      ...override,
    });
    return endpoint.url;
  }

  /**
   * The credentials that calls are made with, found now or before: with a Role ARN, those of the role.
   * Throws what `credentialsError` and `roleError` give.
   */
  credentials(signal: AbortSignal): Promise<AwsCredentials> {
    return this.within(signal, () => this.#credentials());
  }

  /** Those that were found before any role was assumed. Throws what `credentialsError` gives. */
  foundCredentials(signal: AbortSignal): Promise<AwsCredentials> {
    if (this.settings.values.roleArn === '') return this.credentials(signal);
    return this.within(signal, async () => {
      const { config: callerClientConfig } = await this.client();
      return described(await this.#source.found({ callerClientConfig }));
    });
  }

  /** Runs one piece of work inside one deadline. */
  within<T>(signal: AbortSignal, work: (either: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline(signal, this.options.callDeadline, (either) =>
      untilAborted(work(either), either),
    );
  }

  /**
   * Runs one call, with its attempts, inside one deadline. `operation` is AWS's name for it, `path` the
   * entry it is about. Credentials that turn out to have expired are found again, once.
   */
  call<Output>(
    { operation, path, signal }: { operation: string; path?: string; signal: AbortSignal },
    run: (client: Client, http: HttpOptions) => Promise<Output>,
  ): Promise<Output> {
    const attempt = async (abortSignal: AbortSignal): Promise<Output> => {
      const client = await this.client();
      await this.#credentials();
      try {
        return await run(client, { abortSignal });
      } catch (error) {
        throw serviceError(error, {
          service: this.service,
          settings: this.settings,
          host: (await this.endpoint()).hostname,
          operation,
          path,
        });
      }
    };
    return this.within(signal, (either) =>
      attempt(either).catch(async (error: unknown) => {
        const { authentication, roleArn } = this.settings.values;
        const renewable = authentication !== 'access-keys' || roleArn !== '';
        if (!renewable || !isAppError(error, 'CREDENTIALS_EXPIRED')) throw error;
        await this.#credentials({ forceRefresh: true });
        return attempt(either);
      }),
    );
  }

  dispose(): void {
    this.#closed.abort();
    this.#client?.then(
      (client) => {
        client.destroy();
      },
      () => undefined,
    );
  }

  async #credentials(how: { forceRefresh?: boolean } = {}): Promise<AwsCredentials> {
    const { config } = await this.client();
    try {
      return described(await config.credentials(how));
    } catch (error) {
      throw credentialsError(error, this.settings.values);
    }
  }
}

const described = ({
  accessKeyId,
  sessionToken,
  expiration,
  $source: source = {},
}: FoundCredentials): AwsCredentials => ({
  accessKeyId,
  sessionToken,
  expiration,
  source: Object.keys(source),
});
