/**
 * The one place that makes the client of the AWS SDK. It is loaded when a provider is first used, so
 * that the start of the app does not pay for it.
 */
import type { SecretsManager, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { AppError } from '@shared/errors';
import type { AwsSecretsManagerValues } from '@shared/providers/aws-secrets-manager';
import type { AdaptiveLimit } from '@core/network/concurrency';
import type { Network } from '@core/network/network';
import type { ProviderSettings } from '../provider';
import { isThrottled } from './errors';
import type { ResolvedOptions } from './options';

export type AwsSettings = ProviderSettings<AwsSecretsManagerValues>;

/** More than the most calls in flight, so that no call ever waits for a socket. */
const MAX_SOCKETS = 40;

/** A listing page or a batch of twenty values is at most a few MiB, even with every byte escaped. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Those that hear which of their calls were throttled, attempt by attempt, by the name of the call. */
export type CallLimits = Readonly<Record<string, AdaptiveLimit>>;

type CredentialsConfig = NonNullable<SecretsManagerClientConfig['credentials']>;

/** Makes no call, and looks for no credentials: the client does when it is first asked to. */
export async function createClient(
  settings: AwsSettings,
  options: ResolvedOptions,
  network: Network,
  credentials: CredentialsConfig,
  limits: CallLimits,
): Promise<SecretsManager> {
  const { region, endpoint, authentication, profile } = settings.values;

  // The SDK announces on stderr which Node it will want some day; that is no message for our users.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
  // FIPS and dual-stack are set in a profile or the environment, which typed keys do not come from;
  // the SDK refuses them beside an endpoint of one's own.
  const exactEndpoint = endpoint !== '' || authentication === 'access-keys';

  const pool = { keepAlive: true, maxSockets: MAX_SOCKETS };

  const client = new SecretsManager({
    region,
    // An empty field means AWS itself, whatever AWS_ENDPOINT_URL or a profile's endpoint_url say.
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint !== '' && { endpoint }),
    ...(exactEndpoint && { useFipsEndpoint: false, useDualstackEndpoint: false }),
    ...(authentication === 'profile' && { profile }),
    credentials,
    // Everything here may be sent twice: reads are idempotent, writes carry a ClientRequestToken.
    retryMode: 'standard',
    maxAttempts: options.maxAttempts,
    userAgentAppId: 'strongroom',
    requestHandler: {
      connectionTimeout: options.connectTimeout,
      requestTimeout: options.attemptTimeout,
      throwOnRequestTimeout: true,
      httpAgent: network.agent(false, pool),
      httpsAgent: network.agent(true, pool),
    },
    streamCollector: collectBounded,
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const limit = limits[commandName.replace(/Command$/, '')];
        if (limit === undefined) return next(args);
        const { round } = limit;
        try {
          const result = await next(args);
          limit.passed();
          return result;
        } catch (error) {
          if (isThrottled(error)) limit.throttled(round);
          throw error;
        }
      },
    // Behind the retries, which begin with a high priority in this step: once for each attempt.
    { step: 'finalizeRequest', priority: 'low', name: 'strongroomLimits' },
  );
  return client;
}

/** Reads an answer, up to a size. Throws `RESPONSE_TOO_LARGE`, which ends the connection. */
export async function collectBounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new AppError('RESPONSE_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
