/** Step “Credentials”: where they come from and how long they last. */
import { AppError } from '@shared/errors';
import type { AwsSecretsManagerValues } from '@shared/providers/aws-secrets-manager';
import { passed, type StepResult } from '../../check/steps';
import type { Connection, Credentials } from '../connection';

export async function findCredentials(
  connection: Connection,
  signal: AbortSignal,
): Promise<StepResult> {
  const found = await connection.credentials(signal);
  const lasting = remaining(found.expiration);
  if (lasting !== undefined && lasting <= 0) throw new AppError('CREDENTIALS_EXPIRED');
  return passed(
    [
      describeSource(found.source, connection.settings.values),
      shortenKeyId(found.accessKeyId),
      ...(lasting === undefined ? [] : [`expires in ${describeTime(lasting)}`]),
    ].join(', '),
  );
}

const remaining = (expiration: Credentials['expiration']): number | undefined =>
  expiration === undefined ? undefined : expiration.getTime() - Date.now();

const shortenKeyId = (keyId: string): string =>
  keyId.length > 8 ? `${keyId.slice(0, 4)}…${keyId.slice(-4)}` : '…';

function describeTime(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return `${String(minutes)} min`;
  return `${String(Math.floor(minutes / 60))} h`;
}

/** From the SDK's names to ours, the outermost first: a role that is assumed with a profile is a role. */
const sources: readonly (readonly [RegExp, string])[] = [
  [/_WEB_ID/, 'a role by web identity'],
  [/_ASSUME_ROLE/, 'a role that was assumed'],
  [/_SSO/, 'IAM Identity Center'],
  [/_PROCESS/, 'credential_process'],
  [/_LOGIN/, 'aws login'],
  [/_HTTP/, 'the role of this container'],
  [/_ENV_VARS/, 'environment variables'],
  [/_PROFILE/, 'the shared credentials file'],
];

/** The only source of the chain that the SDK does not name. */
const unnamedSource = 'the role of this EC2 instance';

export function describeSource(
  names: readonly string[],
  { authentication, profile }: Pick<AwsSecretsManagerValues, 'authentication' | 'profile'>,
): string {
  if (authentication === 'access-keys') return 'Access Keys';
  const source = sources.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  return authentication === 'profile'
    ? `Profile ${profile}${source === undefined ? '' : ` (${source})`}`
    : `Default Chain (${source ?? unnamedSource})`;
}
