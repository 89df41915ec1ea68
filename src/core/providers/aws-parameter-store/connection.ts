import type { SSM } from '@aws-sdk/client-ssm';
import type { AwsParameterStoreValues } from '@shared/providers/aws-parameter-store';
import { RequestLimit, mostAtOnce } from '@core/network/request-limit';
import { AwsConnection } from '../aws/connection';
import { resolveOptions, type AwsOptions } from '../aws/options';
import type { CallLimits } from '../aws/sdk';
import type { ProviderSettings } from '../provider';
import { Names } from './names';
import { parameterStore } from './service';

/**
 * What an account takes each second unless it has asked for more, and how many at a time that may need.
 * Source: Systems Manager quotas for reads, which the three calls share; AWS Support for writes, in
 * https://github.com/github-aws-runners/terraform-aws-github-runner/pull/2944.
 */
const READS = { most: 8, perSecond: 40 };
const PUTS = { most: 3, perSecond: 3 };

/** Of other calls, whose rates AWS does not tell. */
const CALLS_AT_ONCE = 4;

interface Limits extends CallLimits {
  readonly GetParameterHistory: RequestLimit;
  readonly PutParameter: RequestLimit;
}

/** One configured way to Parameter Store. */
export class ParameterStoreConnection extends AwsConnection<SSM, Limits> {
  readonly names: Names;
  /** How many reads at a time. AWS counts the three calls together. */
  readonly reads: RequestLimit;

  constructor(
    readonly store: ProviderSettings<AwsParameterStoreValues>,
    options: AwsOptions,
  ) {
    const { runtime } = resolveOptions(options);
    const atOnce = mostAtOnce(store.values);
    const limitOf = ({ most, ...rate }: typeof READS | { readonly most: number }): RequestLimit =>
      new RequestLimit({ ...rate, runtime, most: Math.min(most, atOnce) });
    const reads = limitOf(READS);
    super({
      service: parameterStore,
      settings: store,
      options,
      limits: {
        GetParameter: reads,
        GetParameters: reads,
        GetParametersByPath: reads,
        GetParameterHistory: limitOf({ most: CALLS_AT_ONCE }),
        PutParameter: limitOf(PUTS),
      },
    });
    this.reads = reads;
    this.names = new Names(store.values.prefix);
  }
}
