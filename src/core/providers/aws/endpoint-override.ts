/** The address that calls go to instead of the one AWS has for the region, and who says so. */
import { homedir } from 'node:os';
import { AppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { assertProfilesAnswer } from './own-files';
import type { AwsSettings } from './settings';

export interface EndpointOverride {
  /** Absolute, http or https. */
  readonly address: string;
  /** As a person knows it: `Endpoint Override`, `AWS_ENDPOINT_URL`, `endpoint_url of profile dev (~/.aws/config)`. */
  readonly source: string;
  /** Whether it was typed into the form, and does not come from the environment or a profile. */
  readonly isTyped: boolean;
}

interface Named {
  /** The SDK's name of a service, in which words are separated by spaces: `Secrets Manager`. */
  readonly sdkId: string;
}

export const sts: Named = { sdkId: 'STS' };

/** What was typed as Endpoint Override. */
export const typedOverride = ({ values }: AwsSettings): EndpointOverride | undefined =>
  values.endpoint === ''
    ? undefined
    : { address: values.endpoint, source: 'Endpoint Override', isTyped: true };

/**
 * What the environment and the profile configure for a service, in the order of the AWS CLI; see
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html. Typed keys come from no profile, so that
 * only the environment counts for them. Throws `INVALID_CONFIGURATION` if what is found cannot be used.
 */
export async function configuredOverride(
  service: Named,
  { values: { authentication, profile } }: AwsSettings,
  { env }: Pick<Runtime, 'env'>,
): Promise<EndpointOverride | undefined> {
  if (isTrue(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])) return undefined;
  const suffix = service.sdkId.toUpperCase().replaceAll(' ', '_');
  if (authentication !== 'access-keys') await assertProfilesAnswer({ authentication }, env);
  const files =
    authentication === 'access-keys'
      ? nothing
      : await inFiles(service, authentication === 'profile' ? profile : currentProfile(env), env);
  if (files.areIgnored) return undefined;
  for (const name of [`AWS_ENDPOINT_URL_${suffix}`, 'AWS_ENDPOINT_URL']) {
    const address = env[name] ?? '';
    if (address !== '') return usable(address, name);
  }
  if (files.missing !== undefined) throw files.missing;
  return files.address === undefined ? undefined : usable(files.address, files.source);
}

const currentProfile = (env: Runtime['env']): string => env['AWS_PROFILE'] || 'default';

const isTrue = (text: string | undefined): boolean => text?.toLowerCase() === 'true';

interface InFiles {
  readonly areIgnored: boolean;
  readonly address?: string | undefined;
  readonly source: string;
  /** A part that the profile refers to. */
  readonly missing?: AppError | undefined;
}

const nothing: InFiles = { areIgnored: false, source: '' };

async function inFiles(service: Named, profile: string, env: Runtime['env']): Promise<InFiles> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const settings = { ...credentialsFile[profile], ...configFile[profile] };
  const areIgnored = isTrue(settings['ignore_configured_endpoint_urls']);
  const file = (env['AWS_CONFIG_FILE'] ?? '~/.aws/config').replace(homedir(), '~');
  const { services } = settings;
  if (services !== undefined) {
    const section = configFile[`services.${services}`];
    const key = service.sdkId.toLowerCase().replaceAll(' ', '_');
    const address = section?.[`${key}.endpoint_url`];
    const source = `endpoint_url of ${key} in services ${services} (${file})`;
    if (address !== undefined) return { areIgnored, address, source };
    if (section === undefined) {
      const missing = unusable(
        `The profile “${profile}” refers to the section “services ${services}”, which is not in ${file}.`,
      );
      return { areIgnored, source, missing };
    }
  }
  const address = settings['endpoint_url'];
  return { areIgnored, address, source: `endpoint_url of profile ${profile} (${file})` };
}

const unusable = (message: string): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    message,
    hint: 'Fix it there, or enter an address as Endpoint Override, which comes first.',
    details: { field: 'endpoint' },
  });

function usable(address: string, source: string): EndpointOverride {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    throw unusable(`${source} has no valid address. An address looks like http://localhost:4566.`);
  }
  return { address, source, isTyped: false };
}
