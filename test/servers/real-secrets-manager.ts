/** Finds an AWS-compatible Secrets Manager on this machine, for the suites that can use one. */
import { findRealService, type RealService, type RunningService } from './aws/real-service';

export type RunningSecretsManager = RunningService;

/** `AWS_ENDPOINT_URL_SECRETS_MANAGER` wins over `moto_server` on the PATH. */
export const findRealSecretsManager = async (): Promise<RealService | undefined> =>
  findRealService('Secrets Manager', 'AWS_ENDPOINT_URL_SECRETS_MANAGER');
