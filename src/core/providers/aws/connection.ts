/** One configured way to Secrets Manager: the client, its credentials, and every call with its deadline. */
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { isAppError } from '@shared/errors';
import { AdaptiveLimit } from '@core/network/concurrency';
import { withDeadline } from '@core/network/deadline';
import { Network } from '@core/network/network';
import { untilAborted } from '@core/network/until-aborted';
import { CredentialSource, type FoundCredentials } from './credentials';
import { credentialsError } from './credentials-error';
import { serviceError } from './errors';
import { resolveOptions, type AwsSecretsManagerOptions, type ResolvedOptions } from './options';
import { createClient, type AwsSettings, type CallLimits } from './sdk';
import { hasOwnSts, stsBeside } from './sts-endpoint';

export interface Credentials {
  readonly accessKeyId: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** The SDK's own names for where they came from, such as `CREDENTIALS_PROFILE`. */
  readonly source: readonly string[];
}

/** What the SDK's methods take beside their input. */
export interface HttpOptions {
  readonly abortSignal: AbortSignal;
}

/** AWS takes 100 batches a second. At some 40 ms each, four at a time stay below that. */
const BATCHES_AT_ONCE = 4;

/** GetSecretValue may be called 10,000 times a second; what counts is to have few sockets open. */
const READS_AT_ONCE = 32;

export class Connection {
  readonly settings: AwsSettings;
  readonly options: ResolvedOptions;
  readonly network: Network;
  /** Names that DescribeSecret was refused for, with the time of `performance.now()`. */
  readonly undescribed = new Map<string, number>();
  /** How many of them at a time. AWS counts each by itself. */
  readonly limits = {
    BatchGetSecretValue: new AdaptiveLimit(BATCHES_AT_ONCE),
    GetSecretValue: new AdaptiveLimit(READS_AT_ONCE),
  } as const satisfies CallLimits;
  readonly #closed = new AbortController();
  readonly #source: CredentialSource;
  #client: Promise<SecretsManager> | undefined;

  constructor(settings: AwsSettings, options: AwsSecretsManagerOptions) {
    this.settings = settings;
    this.options = resolveOptions(options);
    const { values, credentials } = settings;
    this.network = new Network({ values, credentials, verifySsl: true }, this.options.systemProxy);
    this.#source = new CredentialSource(settings, this.options);
  }

  /** The caller's signal, which also aborts when the connection is disposed of. */
  bound(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal]);
  }

  /** Made at first use. Makes no call. */
  client(): Promise<SecretsManager> {
    this.#client ??= createClient(
      this.settings,
      this.options,
      this.network,
      this.#source.provide,
      this.limits,
    );
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
    return hasOwnSts(endpoint) ? this.endpoint() : stsBeside(await this.#endpoint(), region);
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
  credentials(signal: AbortSignal): Promise<Credentials> {
    return this.within(signal, () => this.#credentials());
  }

  /** Those that were found before any role was assumed. Throws what `credentialsError` gives. */
  foundCredentials(signal: AbortSignal): Promise<Credentials> {
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
   * secret it is about. Credentials that turn out to have expired are found anew, once.
   */
  call<Output>(
    { operation, path, signal }: { operation: string; path?: string; signal: AbortSignal },
    run: (client: SecretsManager, http: HttpOptions) => Promise<Output>,
  ): Promise<Output> {
    const attempt = async (abortSignal: AbortSignal): Promise<Output> => {
      const client = await this.client();
      await this.#credentials();
      try {
        return await run(client, { abortSignal });
      } catch (error) {
        throw serviceError(error, {
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

  async #credentials(how: { forceRefresh?: boolean } = {}): Promise<Credentials> {
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
}: FoundCredentials): Credentials => ({
  accessKeyId,
  sessionToken,
  expiration,
  source: Object.keys(source),
});
