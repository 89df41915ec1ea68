/** One configured way to Secrets Manager: the client, its credentials, and every call with its deadline. */
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { isAppError } from '@shared/errors';
import { withDeadline } from '../deadline';
import { untilAborted } from '../until-aborted';
import { credentialsError } from './credentials-error';
import { serviceError } from './errors';
import { resolveOptions, type AwsSecretsManagerOptions, type ResolvedOptions } from './options';
import { createClient, type AwsSettings } from './sdk';

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

export class Connection {
  readonly settings: AwsSettings;
  readonly options: ResolvedOptions;
  /** Names that DescribeSecret was refused for, with the time of `performance.now()`. */
  readonly undescribed = new Map<string, number>();
  readonly #closed = new AbortController();
  #client: Promise<SecretsManager> | undefined;

  constructor(settings: AwsSettings, options: AwsSecretsManagerOptions) {
    this.settings = settings;
    this.options = resolveOptions(options);
  }

  /** The caller's signal, which also aborts when the connection is disposed of. */
  bound(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal]);
  }

  /** Made at first use. Makes no call. */
  client(): Promise<SecretsManager> {
    this.#client ??= createClient(this.settings, this.options);
    return this.#client;
  }

  /** Where the calls go. */
  async endpoint(): Promise<URL> {
    const { config } = await this.client();
    const endpoint = config.endpointProvider({
      Region: await config.region(),
      UseFIPS: await config.useFipsEndpoint(),
      UseDualStack: await config.useDualstackEndpoint(),
      ...(this.settings.values.endpoint !== '' && { Endpoint: this.settings.values.endpoint }),
    });
    return endpoint.url;
  }

  /** Finds the credentials, or takes those found before. Throws what `credentialsError` gives. */
  credentials(signal: AbortSignal): Promise<Credentials> {
    return withDeadline(signal, this.options.callDeadline, (either) =>
      untilAborted(this.#credentials(), either),
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
    return withDeadline(signal, this.options.callDeadline, (either) =>
      untilAborted(
        attempt(either).catch(async (error: unknown) => {
          const renewable = this.settings.values.authentication !== 'access-keys';
          if (!renewable || !isAppError(error, 'CREDENTIALS_EXPIRED')) throw error;
          await this.#credentials({ forceRefresh: true });
          return attempt(either);
        }),
        either,
      ),
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
      const found: Awaited<ReturnType<typeof config.credentials>> & { $source?: object } =
        await config.credentials(how);
      return {
        accessKeyId: found.accessKeyId,
        sessionToken: found.sessionToken,
        expiration: found.expiration,
        source: Object.keys(found.$source ?? {}),
      };
    } catch (error) {
      throw credentialsError(error, this.settings.values);
    }
  }
}
