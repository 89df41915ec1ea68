import type { SSM } from '@aws-sdk/client-ssm';
import type { AwsParameterStoreValues } from '@shared/providers/aws-parameter-store';
import { AdaptiveLimit } from '@core/network/concurrency';
import { AwsConnection } from '../aws/connection';
import type { AwsOptions } from '../aws/options';
import type { CallLimits } from '../aws/sdk';
import type { ProviderSettings } from '../provider';
import { Names } from './names';
import { parameterStore } from './service';

/** All reads of an account share 40 calls a second, unless it has asked for more. */
const READS_AT_ONCE = 4;

/** An account may put 3 parameters a second, or 10 if the throughput was raised. */
const PUTS_AT_ONCE = 3;

interface Limits extends CallLimits {
  readonly GetParameterHistory: AdaptiveLimit;
  readonly PutParameter: AdaptiveLimit;
}

/** One configured way to Parameter Store. */
export class ParameterStoreConnection extends AwsConnection<SSM, Limits> {
  readonly names: Names;
  /** How many reads at a time. AWS counts the three calls together. */
  readonly reads: AdaptiveLimit;

  constructor(
    readonly store: ProviderSettings<AwsParameterStoreValues>,
    options: AwsOptions,
  ) {
    const reads = new AdaptiveLimit(READS_AT_ONCE);
    super({
      service: parameterStore,
      settings: store,
      options,
      limits: {
        GetParameter: reads,
        GetParameters: reads,
        GetParametersByPath: reads,
        GetParameterHistory: new AdaptiveLimit(READS_AT_ONCE),
        PutParameter: new AdaptiveLimit(PUTS_AT_ONCE),
      },
    });
    this.reads = reads;
    this.names = new Names(store.values.prefix);
  }
}
