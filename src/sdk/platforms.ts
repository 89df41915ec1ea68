/** Which cloud a program runs in, by the variables that its platform is documented to set. */
import { isAppError } from '@shared/errors';
import { withDeadline } from '@core/network/deadline';
import type { HttpAnswer, HttpClient } from '@core/network/http';
import type { Runtime } from '@core/runtime';
import type { SdkProvider } from './types';

type Env = Runtime['env'];

export type Platform = 'aws' | 'google' | 'azure';

/** The provider whose store is there without anything being set up. */
export const storeOf: Readonly<Record<Platform, SdkProvider>> = {
  aws: 'aws-parameter-store',
  google: 'google-secret-manager',
  azure: 'azure-key-vault',
};

/**
 * Sources, in this order:
 * - Lambda: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * - ECS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 * - IAM roles of EKS: https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html
 * - Cloud Run: https://cloud.google.com/run/docs/container-contract#env-vars
 * - Cloud Run functions: https://cloud.google.com/functions/docs/configuring/env-var
 * - App Engine: https://cloud.google.com/appengine/docs/standard/nodejs/runtime
 * - App Service and Functions: https://learn.microsoft.com/azure/app-service/reference-app-settings
 * - Container Apps: https://learn.microsoft.com/azure/container-apps/environment-variables
 * - AKS: https://learn.microsoft.com/azure/aks/workload-identity-overview
 *
 * A variable that people set on their own computers, such as AWS_REGION or GOOGLE_CLOUD_PROJECT, proves nothing.
 */
export const signs: readonly (readonly [platform: Platform, variables: readonly string[]])[] = [
  ['aws', ['AWS_LAMBDA_FUNCTION_NAME']],
  ['aws', ['AWS_EXECUTION_ENV']],
  ['aws', ['ECS_CONTAINER_METADATA_URI_V4']],
  ['aws', ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']],
  ['aws', ['AWS_CONTAINER_CREDENTIALS_FULL_URI']],
  ['aws', ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN']],
  ['google', ['K_SERVICE', 'K_REVISION']],
  ['google', ['CLOUD_RUN_JOB']],
  ['google', ['FUNCTION_TARGET', 'K_SERVICE']],
  ['google', ['GAE_SERVICE']],
  ['azure', ['WEBSITE_SITE_NAME']],
  ['azure', ['CONTAINER_APP_NAME']],
  ['azure', ['CONTAINER_APP_JOB_NAME']],
  ['azure', ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']],
  ['azure', ['AZURE_FEDERATED_TOKEN_FILE', 'AZURE_CLIENT_ID']],
];

/** Hosts that run programs on AWS Lambda, in the host’s account and not in that of the developer. */
const hosts = ['VERCEL', 'NETLIFY'];

export interface FoundPlatform {
  readonly platform: Platform;
  readonly because: string;
}

const isSet = (env: Env, name: string): boolean => (env[name] ?? '') !== '';

export function platformByVariables(env: Env): FoundPlatform | undefined {
  const isHosted = hosts.some((name) => isSet(env, name));
  for (const [platform, variables] of signs) {
    if (isHosted && platform === 'aws') continue;
    if (!variables.every((name) => isSet(env, name))) continue;
    const names = variables.join(' and ');
    return { platform, because: `${names} ${variables.length === 1 ? 'is' : 'are'} set` };
  }
  return undefined;
}

/** Milliseconds. In a cloud, a metadata server answers at once. Elsewhere, nothing answers. */
const ANSWERS_WITHIN = 1000;

/** The same link-local address in all three clouds. */
const ADDRESS = 'http://169.254.169.254';

/** The region or the project, if the metadata server of the machine names it. */
export interface FoundMachine extends FoundPlatform {
  readonly region?: string | undefined;
  readonly project?: string | undefined;
}

/**
 * Asks the metadata servers of all three clouds at once. `undefined` if none answers within a second. Throws
 * `CANCELLED`.
 */
export async function platformByMetadata(
  runtime: Runtime,
  signal: AbortSignal,
): Promise<FoundMachine | undefined> {
  const [{ HttpClient }, { Network }, { networkDefaults }] = await Promise.all([
    import('@core/network/http'),
    import('@core/network/network'),
    import('@shared/providers/facts/network'),
  ]);
  const network = new Network(
    { values: { ...networkDefaults, proxy: 'none' }, credentials: {}, verifySsl: true },
    { runtime, systemProxy: async () => undefined },
  );
  const http = new HttpClient({ network, maxSockets: 3 });
  try {
    const found = await Promise.all(
      [askAws, askGoogle, askAzure].map((ask) =>
        unlessSilent(ask({ http, env: runtime.env, signal })),
      ),
    );
    return found.find((one) => one !== undefined);
  } finally {
    http.close();
  }
}

interface Asking {
  readonly http: HttpClient;
  readonly env: Env;
  readonly signal: AbortSignal;
}

const send = (
  { http, signal }: Asking,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> =>
  withDeadline(signal, ANSWERS_WITHIN, (either) =>
    http.send({ method, url, headers, signal: either }),
  );

const because = (name: string): string => `the metadata server of this machine is that of ${name}`;

/** See https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
async function askAws(asking: Asking): Promise<FoundMachine | undefined> {
  const host = (asking.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || ADDRESS).replace(/\/+$/, '');
  const token = await send(asking, 'PUT', `${host}/latest/api/token`, {
    'X-aws-ec2-metadata-token-ttl-seconds': '60',
  });
  if (token.status !== 200) return undefined;
  const region = await send(asking, 'GET', `${host}/latest/meta-data/placement/region`, {
    'X-aws-ec2-metadata-token': token.text(),
  });
  if (region.status !== 200) return undefined;
  return { platform: 'aws', because: because('AWS'), region: region.text().trim() };
}

/** See https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys */
async function askGoogle(asking: Asking): Promise<FoundMachine | undefined> {
  const { env } = asking;
  const host = env['GCE_METADATA_HOST'] || env['GCE_METADATA_IP'];
  const answer = await send(
    asking,
    'GET',
    `${host === undefined ? ADDRESS : `http://${host}`}/computeMetadata/v1/project/project-id`,
    { 'Metadata-Flavor': 'Google' },
  );
  if (answer.headers['metadata-flavor'] !== 'Google') return undefined;
  const project = answer.status === 200 ? answer.text().trim() : undefined;
  return { platform: 'google', because: because('Google Cloud'), project };
}

/** See https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service */
async function askAzure(asking: Asking): Promise<FoundMachine | undefined> {
  const host = (asking.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] || ADDRESS).replace(/\/+$/, '');
  const answer = await send(asking, 'GET', `${host}/metadata/instance?api-version=2021-02-01`, {
    Metadata: 'true',
  });
  if (answer.status !== 200 || !answer.text().includes('"azEnvironment"')) return undefined;
  return { platform: 'azure', because: because('Azure') };
}

/** Nothing, or something else, may be at that address. */
async function unlessSilent(
  asked: Promise<FoundMachine | undefined>,
): Promise<FoundMachine | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isAppError(error) && error.code !== 'CANCELLED') return undefined;
    throw error;
  }
}
