/** What the tests of Parameter Store share: targets to run against, and short ways to say things. */
import { SSM } from '@aws-sdk/client-ssm';
import {
  awsParameterStoreDescriptor,
  awsParameterStoreSchema,
  type AwsParameterStoreValues,
} from '@shared/providers/aws-parameter-store';
import type { AwsOptions } from '@core/providers/aws/options';
import { createAwsParameterStoreFactory } from '@core/providers/aws-parameter-store/factory';
import type { ProviderSettings, SecretsProvider } from '@core/providers/provider';
import { entriesOf, mapDocument, textEntry, type SecretDocument } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { RunningService } from '../servers/aws/real-service';
import { startParameterStoreServer } from '../servers/parameter-store/server';
import { findRealParameterStore } from '../servers/real-parameter-store';

export { collect, signal, summaryOf, textOf } from './aws-secrets-manager';
export { appErrorOf as failure } from './failure-of';

export interface Target {
  readonly name: string;
  readonly isThere: boolean;
  readonly start: () => Promise<RunningService>;
}

const real = await findRealParameterStore();

/** The stand-in, and a real server, which is not there on every machine. */
export const targets: readonly Target[] = [
  {
    name: 'the stand-in',
    isThere: true,
    start: async () => {
      const server = await startParameterStoreServer();
      const { endpoint, region } = server;
      return { endpoint, region, ...server.accessKey(), stop: () => server.stop() };
    },
  },
  {
    name: real?.name ?? 'a real server (no moto_server, no AWS_ENDPOINT_URL_SSM)',
    isThere: real !== undefined,
    start: () => real?.start() ?? Promise.reject(new Error('There is none')),
  },
];

/** A client that is not ours, as the AWS CLI or another program. */
export const otherClient = ({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
}: RunningService): SSM =>
  new SSM({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });

export interface ProviderParts extends Partial<AwsParameterStoreValues> {
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
}

/** Of an access key of the stand-in, which can be given as a whole, its other members are left out. */
export function settingsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  ...values
}: ProviderParts): ProviderSettings<AwsParameterStoreValues> {
  const secret = (text: string | undefined): Secret | undefined =>
    text === undefined ? undefined : new Secret(text);
  return {
    values: awsParameterStoreSchema.parse({
      ...awsParameterStoreDescriptor.defaults,
      region: 'us-east-1',
      authentication: 'access-keys',
      ...values,
    }),
    credentials: {
      accessKeyId: secret(accessKeyId),
      secretAccessKey: secret(secretAccessKey),
      sessionToken: secret(sessionToken),
    },
  };
}

export const makeProvider = (parts: ProviderParts, options?: AwsOptions): SecretsProvider =>
  createAwsParameterStoreFactory(options).create(settingsOf(parts));

export const variables = (plain: Readonly<Record<string, string>>): SecretDocument =>
  mapDocument(Object.entries(plain).map(([key, text]) => [key, textEntry(text)] as const));

/** Key by key, in order. */
export const plainOf = (document: SecretDocument): Record<string, string> =>
  Object.fromEntries([...entriesOf(document)].map(([key, { value }]) => [key, value.reveal()]));
