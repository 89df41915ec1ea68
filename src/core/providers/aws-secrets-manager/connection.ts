import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { AwsSecretsManagerValues } from '@shared/providers/aws-secrets-manager';
import { RequestLimit, mostAtOnce } from '@core/network/request-limit';
import { AwsConnection } from '../aws/connection';
import { resolveOptions, type AwsOptions } from '../aws/options';
import type { CallLimits } from '../aws/sdk';
import type { ProviderSettings } from '../provider';
import { secretsManager } from './service';

/**
 * AWS takes 100 batches a second, and 10,000 reads. At some 40 ms each, four batches at a time stay below that. Source:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const BATCHES = { atOnce: 4, perSecond: 100 };

interface Limits extends CallLimits {
  readonly BatchGetSecretValue: RequestLimit;
  readonly GetSecretValue: RequestLimit;
}

/** One configured way to Secrets Manager. */
export class SecretsManagerConnection extends AwsConnection<SecretsManager, Limits> {
  /** Names that DescribeSecret was refused for, with the time by `Runtime.monotonic`. */
  readonly undescribed = new Map<string, number>();
  /** Whether some policy has shown to permit the current version only by its staging label. */
  namesCurrent = false;

  constructor(settings: ProviderSettings<AwsSecretsManagerValues>, options: AwsOptions) {
    const { runtime } = resolveOptions(options);
    const most = mostAtOnce(settings.values);
    super({
      service: secretsManager,
      settings,
      options,
      limits: {
        BatchGetSecretValue: new RequestLimit({
          runtime,
          most: Math.min(most, BATCHES.atOnce),
          perSecond: BATCHES.perSecond,
        }),
        GetSecretValue: new RequestLimit({ runtime, most }),
      },
    });
  }
}
