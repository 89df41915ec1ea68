/** Step “Identity”: whose credentials these are. Nothing depends on it. */
import { isAppError, isAuthenticationFailure } from '@shared/errors';
import { passed, skipped, type StepResult } from '../../check/steps';
import type { Connection } from '../connection';
import { callerIdentity, type CallerIdentity } from '../identity';

/** Throws if STS refuses the credentials, and `CANCELLED`. Any other failure is not this step’s concern. */
export async function identify(
  connection: Connection,
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
    return { result: skipped(`Not to be had, and not needed. STS: ${error.message}`) };
  }
}

/** What the ARNs of this account's secrets begin with; the partition is that of the caller. */
export const arnPrefixOf = ({ account, arn }: CallerIdentity, region: string): string =>
  `arn:${arn.split(':')[1] ?? 'aws'}:secretsmanager:${region}:${account}:secret:`;
