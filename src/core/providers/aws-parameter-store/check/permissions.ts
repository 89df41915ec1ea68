/**
 * Step “Permissions”: what the credentials may do, found out without doing it. Each call names a parameter
 * that does not exist; AWS looks at the permission first, and says that there is none only if the call is
 * permitted. PutParameter cannot be tried so: it would create the parameter.
 */
import { randomBytes } from 'node:crypto';
import type { SSM } from '@aws-sdk/client-ssm';
import { AppError, isAppError } from '@shared/errors';
import type { HttpOptions } from '../../aws/client';
import { isUnavailable } from '../../aws/errors';
import { passed, warned, type StepResult } from '../../check/steps';
import type { ParameterStoreConnection } from '../connection';

interface Probe {
  readonly action: string;
  readonly isRequired: boolean;
  readonly ask: (client: SSM, name: string, http: HttpOptions) => Promise<unknown>;
}

const probes: readonly Probe[] = [
  {
    action: 'GetParametersByPath',
    isRequired: true,
    ask: (client, Path, http) => client.getParametersByPath({ Path }, http),
  },
  {
    action: 'DeleteParameters',
    isRequired: true,
    ask: (client, name, http) => client.deleteParameters({ Names: [name] }, http),
  },
  {
    action: 'GetParameterHistory',
    isRequired: false,
    ask: (client, Name, http) => client.getParameterHistory({ Name }, http),
  },
];

type Verdict = 'permitted' | 'denied' | AppError;

/** `arnPrefix` is what the ARNs of the account's parameters begin with, if the account is known. */
export async function tryPermissions(
  connection: ParameterStoreConnection,
  arnPrefix: string | undefined,
  signal: AbortSignal,
): Promise<StepResult> {
  const { prefix } = connection.names;
  const absent = `${prefix}/strongroom-connection-test-${randomBytes(8).toString('hex')}`;
  const verdicts = await Promise.all(
    probes.map(async (probe) => ({
      ...probe,
      verdict: await tryOne(connection, probe, absent, signal),
    })),
  );
  const named = (isWanted: (verdict: Verdict) => boolean): string[] =>
    verdicts.filter(({ verdict }) => isWanted(verdict)).map(({ action }) => action);
  const detail = [
    line(
      'Permitted',
      named((verdict) => verdict === 'permitted'),
    ),
    line(
      'Not permitted',
      named((verdict) => verdict === 'denied'),
    ),
    line('No answer', named(isAppError)),
    'Not checked, since it would have to write: PutParameter',
  ]
    .filter((text) => text !== '')
    .join('\n');
  const missing = verdicts
    .filter(({ verdict, isRequired }) => isRequired && verdict === 'denied')
    .map(({ action }) => action);
  if (missing.length > 0) {
    return warned(
      detail,
      permissionsMissing(missing, resourcesOf(arnPrefix ?? 'arn:aws:ssm:*:*:parameter', prefix)),
    );
  }
  const unanswered = verdicts.find(({ verdict, isRequired }) => isRequired && isAppError(verdict));
  return isAppError(unanswered?.verdict) ? warned(detail, unanswered.verdict) : passed(detail);
}

const line = (title: string, actions: readonly string[]): string =>
  actions.length === 0 ? '' : `${title}: ${actions.join(', ')}`;

/** The folder itself too: GetParametersByPath names it, and no parameter. */
const resourcesOf = (arnPrefix: string, prefix: string): string[] => [
  ...(prefix === '' ? [] : [`${arnPrefix}${prefix}`]),
  `${arnPrefix}${prefix}/*`,
];

function permissionsMissing(missing: readonly string[], resources: readonly string[]): AppError {
  const actions = [...missing, 'PutParameter'].map((action) => `"ssm:${action}"`).join(', ');
  return new AppError('PERMISSION_DENIED', {
    message: `Not permitted: ${missing.join(', ')}.`,
    likelyCause: 'The policy is for reading only, or names other parameters.',
    hint: `If that is intended, nothing needs to be done. Otherwise add to it:\n{"Effect": "Allow",\n"Action": [${actions}],\n"Resource": ${JSON.stringify(resources)}}`,
  });
}

/** Throws `CANCELLED`, and nothing else: the connection works, whatever a probe meets. */
async function tryOne(
  connection: ParameterStoreConnection,
  { action, ask }: Probe,
  name: string,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    await connection.call({ operation: action, signal }, (client, http) => ask(client, name, http));
    return 'permitted';
  } catch (error) {
    if (!isAppError(error) || error.code === 'CANCELLED') throw error;
    if (error.code === 'NOT_FOUND') return 'permitted';
    return isUnavailable(error) ? 'denied' : error;
  }
}
