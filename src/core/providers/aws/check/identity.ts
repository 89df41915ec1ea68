/** Step “Identity”: whose credentials these are. Nothing depends on it. */
import { AppError, isAppError, isAuthenticationFailure } from '@shared/errors';
import { passed, skipped, warned, type StepResult } from '../../check/steps';
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
    const { account, arn, clockSkew } = identity;
    const detail = `Account ${account}, ${arn.slice(arn.lastIndexOf(':') + 1)}`;
    const result = clockSkew === undefined ? passed(detail) : warned(detail, wrongClock(clockSkew));
    return { result, identity };
  } catch (error) {
    if (!isAppError(error) || error.code === 'CANCELLED') throw error;
    // Any other call would hear the same.
    if (isAuthenticationFailure(error.code)) throw error;
    return { result: skipped(`Not known. Nothing depends on it. STS: ${error.message}`) };
  }
}

/** The calls correct it by themselves, each time with one attempt that is refused. */
function wrongClock(skew: number): AppError {
  const minutes = Math.max(1, Math.round(Math.abs(skew) / 60_000));
  const amount =
    minutes < 120
      ? `${String(minutes)} ${minutes === 1 ? 'minute' : 'minutes'}`
      : `${String(Math.round(minutes / 60))} hours`;
  return new AppError('CLOCK_SKEWED', {
    message: `The clock of this computer is ${amount} ${skew > 0 ? 'behind' : 'ahead'}.`,
    likelyCause: 'Automatic time is switched off on this computer.',
  });
}

/** `arn:aws:secretsmanager:eu-west-1:123456789012:`, what the ARNs of the account's entries begin with. */
export const arnPrefixOf = (
  { account, arn }: CallerIdentity,
  { name }: Pick<AwsService, 'name'>,
  region: string,
): string => `arn:${arn.split(':')[1] ?? 'aws'}:${name}:${region}:${account}:`;
