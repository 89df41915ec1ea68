/** Finds an AWS-compatible Secrets Manager on this machine, for the suites that can use one. */
import { findRealService, type RealService, type RunningService } from './aws/real-service';

export type RunningSecretsManager = RunningService;

export type RealSecretsManager = RealService;

/** `AWS_ENDPOINT_URL_SECRETS_MANAGER` wins over `moto_server` on the PATH. */
export const findRealSecretsManager = async (): Promise<RealSecretsManager | undefined> =>
  findRealService('Secrets Manager', 'AWS_ENDPOINT_URL_SECRETS_MANAGER');
