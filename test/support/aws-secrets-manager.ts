/** What the tests of this folder share: targets to run against, and short ways to say things. */
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import {
  awsSecretsManagerDescriptor,
  awsSecretsManagerSchema,
  type AwsSecretsManagerValues,
} from '@shared/providers/aws-secrets-manager';
import {
  findRealSecretsManager,
  type RunningSecretsManager,
} from '../servers/real-secrets-manager';
import { startSecretsManagerServer } from '../servers/secrets-manager/server';
import { documentToText, type SecretDocument } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { ProviderSettings, ReadOutcome, SecretsProvider } from '@core/providers/provider';
import { SecretsManagerConnection } from '@core/providers/aws-secrets-manager/connection';
import { createAwsSecretsManagerFactory } from '@core/providers/aws-secrets-manager/factory';
import type { AwsOptions } from '@core/providers/aws/options';

export interface Target {
  readonly name: string;
  readonly isThere: boolean;
  readonly start: () => Promise<RunningSecretsManager>;
}

const standIn: Target = {
  name: 'the stand-in',
  isThere: true,
  start: async () => {
    const server = await startSecretsManagerServer();
    return {
      endpoint: server.endpoint,
      region: server.region,
      ...server.accessKey(),
      stop: () => server.stop(),
    };
  },
};

const real = await findRealSecretsManager();

/** The stand-in, and a real server, which is not there on every machine. */
export const targets: readonly Target[] = [
  standIn,
  {
    name: real?.name ?? 'a real server (no moto_server, no AWS_ENDPOINT_URL_SECRETS_MANAGER)',
    isThere: real !== undefined,
    start: () => real?.start() ?? Promise.reject(new Error('There is none')),
  },
];

// `otherClient` makes clients past the provider, which keeps this warning of the SDK out of the output.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** A client that is not ours, as the AWS CLI or another program. */
export const otherClient = ({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
}: RunningSecretsManager): SecretsManager =>
  new SecretsManager({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });

export const valuesOf = (values: Partial<AwsSecretsManagerValues> = {}): AwsSecretsManagerValues =>
  awsSecretsManagerSchema.parse({
    ...awsSecretsManagerDescriptor.defaults,
    region: 'us-east-1',
    authentication: 'access-keys',
    ...values,
  });

export interface ProviderParts extends Partial<AwsSecretsManagerValues> {
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  /** Of an access key of the stand-in, which can be given as a whole. */
  readonly arn?: string;
  readonly userId?: string;
  readonly expiresAt?: number | undefined;
  readonly policy?: unknown;
}

export function settingsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  arn: _arn,
  userId: _userId,
  expiresAt: _expiresAt,
  policy: _policy,
  ...values
}: ProviderParts): ProviderSettings<AwsSecretsManagerValues> {
  const secret = (text: string | undefined): Secret | undefined =>
    text === undefined ? undefined : new Secret(text);
  return {
    values: valuesOf(values),
    credentials: {
      accessKeyId: secret(accessKeyId),
      secretAccessKey: secret(secretAccessKey),
      sessionToken: secret(sessionToken),
    },
  };
}

export const makeProvider = (parts: ProviderParts, options?: AwsOptions): SecretsProvider =>
  createAwsSecretsManagerFactory(options).create(settingsOf(parts));

/** For the parts below the provider. Its caller disposes of it. */
export const makeConnection = (
  parts: ProviderParts,
  options: AwsOptions = {},
): SecretsManagerConnection => new SecretsManagerConnection(settingsOf(parts), options);

export const signal: AbortSignal = new AbortController().signal;

export { appErrorOf as failure } from './failure-of';

/** The text of a document that is not binary. */
export const textOf = (document: SecretDocument): string =>
  document.shape === 'binary' ? '(binary)' : documentToText(document);

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** By path: the text that was read, or the code of the error. */
export const summaryOf = (outcomes: readonly ReadOutcome[]): Record<string, string> =>
  Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.path,
      'snapshot' in outcome ? textOf(outcome.snapshot.document) : outcome.error.code,
    ]),
  );
