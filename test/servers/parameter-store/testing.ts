/** Shared by the tests of this folder: a fresh server for each test, and clients of it. */
import {
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
  type PutParameterCommandInput,
  type SSMClientConfig,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, onTestFinished } from 'vitest';
import { startParameterStoreServer, type ParameterStoreServer } from './server';

export { failure } from '../aws/failure';

export let server: ParameterStoreServer;

/** To be called at the top of a file: every test then has a new `server`. */
export function startServerForEachTest(): void {
  beforeEach(async () => {
    server = await startParameterStoreServer();
  });

  afterEach(async () => {
    await server.stop();
  });
}

/** Makes one attempt by default, so that a test sees the first failure. */
export function connect(
  credentials: NonNullable<SSMClientConfig['credentials']> = server.accessKey(),
  options: SSMClientConfig = {},
): SSMClient {
  const client = new SSMClient({
    endpoint: server.endpoint,
    region: server.region,
    credentials,
    maxAttempts: 1,
    ...options,
  });
  onTestFinished(() => client.destroy());
  return client;
}

export const get = (name: string): GetParameterCommand =>
  new GetParameterCommand({ Name: name, WithDecryption: true });

/** Creates or overwrites a SecureString. */
export const put = (
  name: string,
  value: string,
  options: Partial<PutParameterCommandInput> = {},
): PutParameterCommand =>
  new PutParameterCommand({
    Name: name,
    Value: value,
    Type: 'SecureString',
    Overwrite: true,
    ...options,
  });
