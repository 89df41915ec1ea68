/**
 * Step “Permissions”: what the credentials may do, found out without doing it. Each call names a secret
 * that does not exist, and none of them can make one. AWS answers that it does not exist if the call is
 * permitted, and refuses it otherwise, since it looks at the permission first: measured with GetSecretValue in
 * https://github.com/jenkinsci/aws-secrets-manager-credentials-provider-plugin/pull/65; and see under
 * Errors of each call in https://docs.aws.amazon.com/secretsmanager/latest/apireference/.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { AppError, isAppError } from '@shared/errors';
import { passed, warned, type StepResult } from '../../check/steps';
import type { HttpOptions } from '../../aws/client';
import { statementText } from '../../aws/policy';
import type { SecretsManagerConnection } from '../connection';
import { canBeAllowed, isUnavailable } from '../../aws/errors';

/** Where a secret would be if it existed: policies are matched against this. */
export interface Place {
  /** Up to `:secret:`, as in `arn:aws:secretsmanager:us-east-1:123456789012:secret:`. */
  readonly arnPrefix: string | undefined;
  /** Ends in `/`, or is empty. */
  readonly folder: string;
}

interface Probe {
  readonly action: string;
  /** One of the five that the guide asks for. */
  readonly isRequired: boolean;
  readonly ask: (client: SecretsManager, SecretId: string, http: HttpOptions) => Promise<unknown>;
}

/** A label and a version that nothing has. */
const LABEL = 'STRONGROOM_CHECK';

const probes: readonly Probe[] = [
  {
    action: 'PutSecretValue',
    isRequired: true,
    // It gives versions to secrets that are there, and never makes one.
    ask: (client, SecretId, http) =>
      client.putSecretValue({ SecretId, SecretString: '{}', VersionStages: [LABEL] }, http),
  },
  {
    action: 'DeleteSecret',
    isRequired: true,
    // Not forced: that would succeed for what is not there.
    ask: (client, SecretId, http) => client.deleteSecret({ SecretId }, http),
  },
  {
    action: 'DescribeSecret',
    isRequired: false,
    ask: (client, SecretId, http) => client.describeSecret({ SecretId }, http),
  },
  {
    action: 'ListSecretVersionIds',
    isRequired: false,
    ask: (client, SecretId, http) => client.listSecretVersionIds({ SecretId }, http),
  },
  {
    action: 'RestoreSecret',
    isRequired: false,
    ask: (client, SecretId, http) => client.restoreSecret({ SecretId }, http),
  },
  {
    action: 'UpdateSecretVersionStage',
    isRequired: false,
    ask: (client, SecretId, http) =>
      client.updateSecretVersionStage(
        { SecretId, VersionStage: LABEL, MoveToVersionId: randomUUID() },
        http,
      ),
  },
  {
    action: 'BatchGetSecretValue',
    isRequired: false,
    // Answers, with an error for what is not there.
    ask: (client, SecretId, http) => client.batchGetSecretValue({ SecretIdList: [SecretId] }, http),
  },
];

/** `forbidden` by an explicit refusal. An error if the answer says nothing of that. */
type Verdict = 'permitted' | 'denied' | 'forbidden' | AppError;

const isRefused = (verdict: Verdict): boolean => verdict === 'denied' || verdict === 'forbidden';

/** `seen` are the permissions that earlier steps have found. */
export async function tryPermissions(
  connection: SecretsManagerConnection,
  place: Place,
  seen: readonly string[],
  signal: AbortSignal,
): Promise<StepResult> {
  const secretId = absentSecret(place);
  const verdicts = await Promise.all(
    probes.map(async (probe) => ({
      ...probe,
      verdict: await tryOne(connection, probe, secretId, signal),
    })),
  );
  const actions = (isWanted: (verdict: Verdict) => boolean, isRequired?: boolean): string[] =>
    verdicts
      .filter(({ verdict }) => isWanted(verdict))
      .filter((probe) => isRequired === undefined || probe.isRequired === isRequired)
      .map(({ action }) => action);

  const missing = actions(isRefused, true);
  const detail = [
    line('Permitted', [...seen, ...actions((verdict) => verdict === 'permitted', true)]),
    line('Not permitted', missing),
    line(
      'Optional and permitted',
      actions((verdict) => verdict === 'permitted', false),
    ),
    line('Optional and not permitted', actions(isRefused, false)),
    line('Not to be seen', actions(isAppError)),
    'Not checked, since it would have to write: CreateSecret',
  ]
    .flat()
    .join('\n');
  const forbidden = actions((verdict) => verdict === 'forbidden', true);
  if (missing.length > 0) return warned(detail, writesMissing(missing, forbidden, place));
  const unanswered = verdicts.find(({ verdict, isRequired }) => isRequired && isAppError(verdict));
  return isAppError(unanswered?.verdict) ? warned(detail, unanswered.verdict) : passed(detail);
}

const line = (title: string, actions: readonly string[]): string[] =>
  actions.length === 0 ? [] : [`${title}: ${actions.join(', ')}`];

const writesMissing = (
  missing: readonly string[],
  forbidden: readonly string[],
  { arnPrefix, folder }: Place,
): AppError => {
  const where = `${arnPrefix ?? 'arn:aws:secretsmanager:*:*:secret:'}${folder}*`;
  const message = `Not permitted for a new name${folder === '' ? '' : ` in ${folder}`}: ${missing.join(', ')}.`;
  if (forbidden.length > 0) {
    return new AppError('PERMISSION_DENIED', {
      message,
      likelyCause: `A policy forbids it explicitly: ${forbidden.join(', ')}.`,
      hint: 'If that is as it should be, all is well. Otherwise ask the administrator of the AWS account to lift that for you.',
    });
  }
  const statement = statementText({
    actions: [...missing, 'CreateSecret'].map((action) => `secretsmanager:${action}`),
    resources: [folder === '' ? '*' : where],
  });
  return new AppError('PERMISSION_DENIED', {
    message,
    likelyCause: 'The policy is for reading only, or names single secrets.',
    hint: `If that is as it should be, all is well. Otherwise add to it:\n${statement}`,
    remedy: { handOver: statement },
  });
};

/** The id of a secret that nobody has made: random, and with an ARN if the account is known. */
function absentSecret({ arnPrefix, folder }: Place): string {
  const name = `${folder}strongroom-connection-test-${randomBytes(16).toString('hex')}`;
  // As an ARN it is matched against patterns of ARNs too; by name, only “*” permits what is not there.
  return arnPrefix === undefined ? name : `${arnPrefix}${name}-AbCdEf`;
}

/** Throws `CANCELLED`, and nothing else: the connection works, whatever a probe meets. */
async function tryOne(
  connection: SecretsManagerConnection,
  { action, ask }: Probe,
  secretId: string,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    await connection.call({ operation: action, signal }, (client, http) =>
      ask(client, secretId, http),
    );
    return 'permitted';
  } catch (error) {
    if (!isAppError(error) || error.code === 'CANCELLED') throw error;
    if (error.code === 'NOT_FOUND') return 'permitted';
    if (!isUnavailable(error)) return error;
    const isExplicit = error.code === 'PERMISSION_DENIED' && !canBeAllowed(error);
    return isExplicit ? 'forbidden' : 'denied';
  }
}
