/** One configured way to an AWS service: the client, its credentials, and every call with its deadline. */
import { isAppError } from '@shared/errors';
import type { Expiry } from '@shared/model/connection';
import { withDeadline } from '@core/network/deadline';
import { Network } from '@core/network/network';
import { untilAborted } from '@core/network/until-aborted';
import type { AwsClient, FoundCredentials, HttpOptions } from './client';
import { CredentialSource } from './credentials';
import { credentialsError } from './credentials-error';
import { configuredOverride, sts, typedOverride, type EndpointOverride } from './endpoint-override';
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
  #override: EndpointOverride | undefined;

  constructor({ service, settings, options, limits }: ConnectionParts<Client, Limits>) {
    this.service = service;
    this.settings = settings;
    this.options = resolveOptions(options);
    this.limits = limits;
    const { values, credentials } = settings;
    this.network = new Network({ values, credentials, verifySsl: true }, this.options);
    this.#source = new CredentialSource({
      service,
      settings,
      options: this.options,
      network: this.network,
      stsOverride: () => this.#stsOverride(),
    });
  }

  /** The caller's signal, which also aborts when the connection is disposed of. */
  bound(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal]);
  }

  /** Made at first use. Makes no call. Throws `INVALID_CONFIGURATION` as `override` does, and what `createClient` does. */
  client(): Promise<Client> {
    if (this.#client === undefined) {
      const client = this.#createClient();
      this.#client = client;
      // The next attempt finds a file or a profile that has been fixed.
      client.catch(() => {
        if (this.#client === client) this.#client = undefined;
      });
    }
    return this.#client;
  }

  /**
   * What is said to be used instead of AWS's own address for the region, by the form first, then by the environment
   * and the profile. Throws `INVALID_CONFIGURATION` if it cannot be used.
   */
  async override(): Promise<EndpointOverride | undefined> {
    await this.client();
    return this.#override;
  }

  /** The same, `undefined` as long as no call has needed it. */
  get knownOverride(): EndpointOverride | undefined {
    return this.#override;
  }

  /** Where the calls go. */
  async endpoint(): Promise<URL> {
    const override = await this.override();
    return this.#endpoint(override && { Endpoint: override.address });
  }

  /** Where the Security Token Service is asked. */
  async stsEndpoint(): Promise<URL> {
    const override = await this.#stsOverride();
    return override === undefined
      ? stsBeside(await this.#endpoint(), this.settings.values.region, this.service)
      : new URL(override);
  }

  async #createClient(): Promise<Client> {
    const { service, settings, options } = this;
    this.#override =
      typedOverride(settings) ?? (await configuredOverride(service, settings, options.runtime));
    return createClient({
      service,
      settings,
      options,
      network: this.network,
      credentials: this.#source.provide,
      limits: this.limits,
      override: this.#override,
    });
  }

  /** An Endpoint Override that is a compatible server is asked for roles as well. */
  async #stsOverride(): Promise<string | undefined> {
    const { settings, options } = this;
    const typed = typedOverride(settings)?.address;
    if (typed !== undefined) return hasOwnSts(typed, this.service) ? typed : undefined;
    return (await configuredOverride(sts, settings, options.runtime))?.address;
  }

  async #endpoint(override?: { readonly Endpoint: string }): Promise<URL> {
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
          override: this.#override,
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

  /** Of the credentials in use; those of a role are taken again by themselves. */
  get expiry(): Expiry | undefined {
    return this.#source.expiry;
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
