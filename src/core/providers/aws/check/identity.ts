/** Step “Identity”: whose credentials these are. Nothing depends on it. */
import { isAppError, isAuthenticationFailure } from '@shared/errors';
import { passed, skipped, type StepResult } from '../../check/steps';
import type { AwsConnection } from '../connection';
import { callerIdentity, type CallerIdentity } from '../identity';
import type { AwsService } from '../service';

/** Throws if STS refuses the credentials, and `CANCELLED`. Any other failure skips the step. */
export async function identify(
  connection: AwsConnection,
  signal: AbortSignal,
): Promise<{ readonly result: StepResult; readonly identity?: CallerIdentity }> {
  try {
    const identity = await callerIdentity(connection, signal);
    const { account, arn } = identity;
    return {
      result: passed(`Account ${account}, ${arn.slice(arn.lastIndexOf(':') + 1)}`),
      identity,
    };
  } catch (error) {
    if (!isAppError(error) || error.code === 'CANCELLED') throw error;
    // Any other call would hear the same.
    if (isAuthenticationFailure(error.code)) throw error;
    return { result: skipped(`Not known. Nothing depends on it. STS: ${error.message}`) };
  }
}

/** `arn:aws:secretsmanager:eu-west-1:123456789012:`, what the ARNs of the account's entries begin with. */
export const arnPrefixOf = (
  { account, arn }: CallerIdentity,
  { name }: Pick<AwsService, 'name'>,
  region: string,
): string => `arn:${arn.split(':')[1] ?? 'aws'}:${name}:${region}:${account}:`;
