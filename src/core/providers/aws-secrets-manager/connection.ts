import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { AwsSecretsManagerValues } from '@shared/providers/aws-secrets-manager';
import { AdaptiveLimit } from '@core/network/concurrency';
import { AwsConnection } from '../aws/connection';
import type { AwsOptions } from '../aws/options';
import type { CallLimits } from '../aws/sdk';
import type { ProviderSettings } from '../provider';
import { secretsManager } from './service';

/** AWS takes 100 batches a second. At some 40 ms each, four at a time stay below that. */
const BATCHES_AT_ONCE = 4;

/** GetSecretValue may be called 10,000 times a second; what counts is to have few sockets open. */
const READS_AT_ONCE = 32;

interface Limits extends CallLimits {
  readonly BatchGetSecretValue: AdaptiveLimit;
  readonly GetSecretValue: AdaptiveLimit;
}

/** One configured way to Secrets Manager. */
export class SecretsManagerConnection extends AwsConnection<SecretsManager, Limits> {
  /** Names that DescribeSecret was refused for, with the time by `Runtime.monotonic`. */
  readonly undescribed = new Map<string, number>();
  /** Whether some policy has shown to permit the current version only by its staging label. */
  namesCurrent = false;

  constructor(settings: ProviderSettings<AwsSecretsManagerValues>, options: AwsOptions) {
    super({
      service: secretsManager,
      settings,
      options,
      limits: {
        BatchGetSecretValue: new AdaptiveLimit(BATCHES_AT_ONCE),
        GetSecretValue: new AdaptiveLimit(READS_AT_ONCE),
      },
    });
  }
}
