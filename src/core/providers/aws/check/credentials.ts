/** Steps “Credentials” and “Role”: where the credentials come from, and how long they last. */
import { homedir } from 'node:os';
import { AppError } from '@shared/errors';
import type { AwsValues } from '@shared/providers/aws';
import type { Runtime } from '@core/runtime';
import { passed, warned, type StepResult } from '../../check/steps';
import type { AwsConnection, AwsCredentials } from '../connection';
import { roleName } from '../role-error';

/** Milliseconds. Credentials that end sooner get a warning. */
const SOON = 10 * 60_000;

/** If there is a role, these are the credentials that it is assumed with. */
export async function findCredentials(
  connection: AwsConnection,
  signal: AbortSignal,
): Promise<StepResult> {
  const { values } = connection.settings;
  const { runtime } = connection.options;
  const found = await connection.foundCredentials(signal);
  const source = await describeSource(found.source, values, runtime);
  const lasting = remaining(found, runtime);
  if (lasting !== undefined && lasting <= 0) throw new AppError('CREDENTIALS_EXPIRED');
  const detail = describe(source.text, found, lasting);
  const { expiry } = connection;
  if (expiry?.what === 'sign-in' && !expiry.renews && expiry.at - runtime.now() <= SOON) {
    return warned(
      detail,
      new AppError('CREDENTIALS_EXPIRED', {
        message: `The sign-in ends in ${describeTime(Math.max(0, expiry.at - runtime.now()))}.`,
        hint: 'Sign in again before then.',
      }),
    );
  }
  if (lasting === undefined || lasting > SOON || source.isRenewed) return passed(detail);
  return warned(
    detail,
    new AppError('CREDENTIALS_EXPIRED', {
      message: `These credentials expire in ${describeTime(lasting)}.`,
      hint: 'Get fresh ones before then, where these came from.',
    }),
  );
}

export async function assumeRole(
  connection: AwsConnection,
  signal: AbortSignal,
): Promise<StepResult> {
  const session = await connection.credentials(signal);
  const role = `Role ${roleName(connection.settings.values.roleArn)}`;
  return passed(
    `${describe(role, session, remaining(session, connection.options.runtime))} and is then assumed again`,
  );
}

const describe = (
  source: string,
  { accessKeyId }: AwsCredentials,
  lasting: number | undefined,
): string =>
  [
    source,
    shortenKeyId(accessKeyId),
    ...(lasting === undefined ? [] : [`expires in ${describeTime(lasting)}`]),
  ].join(', ');

/** Milliseconds. */
const remaining = (
  { expiration }: AwsCredentials,
  runtime: Pick<Runtime, 'now'>,
): number | undefined =>
  expiration === undefined ? undefined : expiration.getTime() - runtime.now();

const shortenKeyId = (keyId: string): string =>
  keyId.length > 8 ? `${keyId.slice(0, 4)}…${keyId.slice(-4)}` : '…';

function describeTime(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return `${String(minutes)} min`;
  return `${String(Math.floor(minutes / 60))} h`;
}

interface Source {
  readonly text: string;
  /** Whether they are replaced by themselves when they end. */
  readonly isRenewed: boolean;
}

/** From the SDK's names to ours, the outermost first: a role that is assumed with a profile is a role. */
const sources: readonly (readonly [RegExp, Source])[] = [
  [/_WEB_ID/, { text: 'a role by web identity', isRenewed: true }],
  [/_ASSUME_ROLE/, { text: 'a role that was assumed', isRenewed: true }],
  [/_SSO/, { text: 'IAM Identity Center', isRenewed: false }],
  [/_PROCESS/, { text: 'credential_process', isRenewed: true }],
  [/_LOGIN/, { text: 'aws login', isRenewed: false }],
  [/_HTTP/, { text: 'the role of this container', isRenewed: true }],
  [/_ENV_VARS/, { text: 'environment variables', isRenewed: false }],
];

/** The only source of the chain that the SDK does not name. */
const instance: Source = { text: 'the role of this EC2 instance', isRenewed: true };

async function describeSource(
  names: readonly string[],
  { authentication, profile }: Pick<AwsValues, 'authentication' | 'profile'>,
  { env }: Pick<Runtime, 'env'>,
): Promise<Source> {
  if (authentication === 'access-keys') return { text: 'Access Keys', isRenewed: false };
  if (authentication === 'sso') return { text: 'IAM Identity Center', isRenewed: true };
  const named = sources.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  if (authentication === 'profile') {
    const { text, isRenewed } = named ?? (await fileOf(profile, env));
    return { text: `Profile ${profile} (${text})`, isRenewed };
  }
  const isFile = names.some((name) => name.includes('_PROFILE'));
  const { text, isRenewed } =
    named ?? (isFile ? await fileOf(env['AWS_PROFILE'] ?? 'default', env) : instance);
  return { text: `Default Chain (${text})`, isRenewed };
}

/**
 * Which of the two files holds the keys of a profile. The SDK puts both together, that of the
 * credentials last; see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html.
 */
async function fileOf(profile: string, env: Runtime['env']): Promise<Source> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const isThere = credentialsFile[profile]?.['aws_access_key_id'] !== undefined;
  const file = isThere
    ? (env['AWS_SHARED_CREDENTIALS_FILE'] ?? '~/.aws/credentials')
    : (env['AWS_CONFIG_FILE'] ?? '~/.aws/config');
  return { text: file.replace(homedir(), '~'), isRenewed: false };
}
