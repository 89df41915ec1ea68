/** Finds an AWS-compatible Parameter Store on this machine, for the suites that can use one. */
import { findRealService, type RealService } from './aws/real-service';

/** `AWS_ENDPOINT_URL_SSM` wins over `moto_server` on the PATH. */
export const findRealParameterStore = async (): Promise<RealService | undefined> =>
  findRealService('Parameter Store', 'AWS_ENDPOINT_URL_SSM');
