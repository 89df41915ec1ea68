/** Shared by the tests of this folder: a fresh server for each test, and clients of it. */
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, onTestFinished } from 'vitest';
import { startSecretsManagerServer, type SecretsManagerServer } from './server';

export { failure } from '../aws/failure';

export let server: SecretsManagerServer;

/** To be called at the top of a file: every test then has a new `server`. */
export function startServerForEachTest(): void {
  beforeEach(async () => {
    server = await startSecretsManagerServer();
  });

  afterEach(async () => {
    await server.stop();
  });
}

/** Makes one attempt by default, so that a test sees the first failure. */
export function connect(
  credentials: NonNullable<SecretsManagerClientConfig['credentials']> = server.accessKey(),
  options: SecretsManagerClientConfig = {},
): SecretsManagerClient {
  const client = new SecretsManagerClient({
    endpoint: server.endpoint,
    region: server.region,
    credentials,
    maxAttempts: 1,
    ...options,
  });
  onTestFinished(() => client.destroy());
  return client;
}

export const get = (name: string): GetSecretValueCommand =>
  new GetSecretValueCommand({ SecretId: name });

export const put = (name: string, value: string): PutSecretValueCommand =>
  new PutSecretValueCommand({ SecretId: name, SecretString: value });
