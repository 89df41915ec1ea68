/** The one place that makes a client of the AWS SDK. */
import { MOST_AT_ONCE, type RequestLimit } from '@core/network/request-limit';
import type { Network } from '@core/network/network';
import type { AwsClient, AwsClientConfig } from './client';
import type { EndpointOverride } from './endpoint-override';
import { isThrottled } from './errors';
import { collectBody } from './foreign-answer';
import type { ResolvedOptions } from './options';
import { assertProfilesAnswer } from './own-files';
import type { AwsService } from './service';
import type { AwsSettings } from './settings';

/** More than the most calls in flight, so that no call ever waits for a socket. */
const MAX_SOCKETS = MOST_AT_ONCE + 8;

/** Limits by the name of a call. Each hears which attempts at its call were throttled. */
export type CallLimits = Readonly<Record<string, RequestLimit>>;

export interface ClientParts<Client extends AwsClient> {
  readonly service: AwsService<Client>;
  readonly settings: AwsSettings;
  readonly options: ResolvedOptions;
  readonly network: Network;
  readonly credentials: AwsClientConfig['credentials'];
  readonly limits: CallLimits;
  readonly override: EndpointOverride | undefined;
}

/**
 * Makes no call, and looks for no credentials: the client does when it is first asked to. Throws
 * `INVALID_CONFIGURATION` if a file that the client reads by itself would hold it up.
 */
export async function createClient<Client extends AwsClient>({
  service,
  settings,
  options,
  network,
  credentials,
  limits,
  override,
}: ClientParts<Client>): Promise<Client> {
  const { region, authentication, profile } = settings.values;

  const [Client] = await Promise.all([
    service.loadClient(),
    silenceVersionWarning(),
    assertProfilesAnswer(settings.values, options.runtime.env),
  ]);
  // FIPS and dual-stack are set in a profile or the environment, which typed keys do not come from;
  // the SDK refuses them beside another address.
  const exactEndpoint = override !== undefined || authentication === 'access-keys';

  const pool = { keepAlive: true, maxSockets: MAX_SOCKETS };

  const client = new Client({
    region,
    // What the environment and the profile say is in `override` already, so that it can be told.
    ignoreConfiguredEndpointUrls: true,
    ...(override && { endpoint: override.address }),
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
    streamCollector: collectBody,
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const limit = limits[commandName.replace(/Command$/, '')];
        if (limit === undefined) return next(args);
        const slot = await limit.enter();
        try {
          const result = await next(args);
          slot.answered();
          return result;
        } catch (error) {
          if (isThrottled(error)) slot.refused();
          else slot.left();
          throw error;
        }
      },
    // Behind the retries, which begin with a high priority in this step: once for each attempt.
    { step: 'finalizeRequest', priority: 'low', name: 'strongroomLimits' },
  );
  return client;
}

/**
 * The SDK warns once per process, on stderr, that a future version of it needs a newer Node. That concerns
 * us and not our users. No option of a client turns the warning off, and the environment variable that does
 * is not ours to set. So this sets the SDK's own mark that it has warned already.
 */
async function silenceVersionWarning(): Promise<void> {
  const { state } = await import('@aws-sdk/core/client');
  state.warningEmitted = true;
}
