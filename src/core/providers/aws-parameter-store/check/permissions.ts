/**
 * Step “Permissions”: what the credentials may do, found out without doing it. Each call names a parameter
 * that does not exist; AWS looks at the permission first, and says that there is none only if the call is
 * permitted. PutParameter cannot be tried so: it would create the parameter.
 */
import { randomBytes } from 'node:crypto';
import type { SSM } from '@aws-sdk/client-ssm';
import { AppError, isAppError } from '@shared/errors';
import type { HttpOptions } from '../../aws/client';
import { canBeAllowed, isUnavailable } from '../../aws/errors';
import { statementText } from '../../aws/policy';
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
    // Without it, environments in one parameter each are read one by one.
    action: 'GetParameters',
    isRequired: false,
    ask: (client, name, http) => client.getParameters({ Names: [name] }, http),
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

/** `forbidden` by an explicit refusal. An error if the answer says nothing of that. */
type Verdict = 'permitted' | 'denied' | 'forbidden' | AppError;

const isRefused = (verdict: Verdict): boolean => verdict === 'denied' || verdict === 'forbidden';

/**
 * `arnPrefix` is what the ARNs of parameters begin with: `arn:aws:ssm:us-east-1:123456789012:parameter`, with
 * a `*` for the account if that is not known.
 */
export async function tryPermissions(
  connection: ParameterStoreConnection,
  arnPrefix: string,
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
    line('Not permitted', named(isRefused)),
    line('No answer', named(isAppError)),
    'Not checked, since it would have to write: PutParameter',
  ]
    .filter((text) => text !== '')
    .join('\n');
  const required = verdicts.filter(({ isRequired }) => isRequired);
  const refused = required.filter(({ verdict }) => isRefused(verdict));
  if (refused.length > 0) {
    return warned(detail, permissionsMissing(refused, resourcesBelow(arnPrefix, prefix)));
  }
  const unanswered = verdicts.find(({ verdict, isRequired }) => isRequired && isAppError(verdict));
  return isAppError(unanswered?.verdict) ? warned(detail, unanswered.verdict) : passed(detail);
}

const line = (title: string, actions: readonly string[]): string =>
  actions.length === 0 ? '' : `${title}: ${actions.join(', ')}`;

/** The resources of a policy: also the folder itself, which GetParametersByPath names, and no parameter. */
export const resourcesBelow = (arnPrefix: string, prefix: string): string[] => [
  ...(prefix === '' ? [] : [`${arnPrefix}${prefix}`]),
  `${arnPrefix}${prefix}/*`,
];

function permissionsMissing(
  refused: readonly { readonly action: string; readonly verdict: Verdict }[],
  resources: readonly string[],
): AppError {
  const missing = refused.map(({ action }) => action);
  const forbidden = refused.filter(({ verdict }) => verdict === 'forbidden');
  const message = `Not permitted: ${missing.join(', ')}.`;
  if (forbidden.length > 0) {
    return new AppError('PERMISSION_DENIED', {
      message,
      likelyCause: `A policy forbids it explicitly: ${forbidden.map(({ action }) => action).join(', ')}.`,
      hint: 'If that is intended, nothing needs to be done. Otherwise ask the administrator of the AWS account to lift that for you.',
    });
  }
  const actions = [...missing, 'PutParameter'].map((action) => `ssm:${action}`);
  const statement = statementText({ actions, resources });
  return new AppError('PERMISSION_DENIED', {
    message,
    likelyCause: 'The policy is for reading only, or names other parameters.',
    hint: `If that is intended, nothing needs to be done. Otherwise add to it:\n${statement}`,
    remedy: { handOver: statement },
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
    if (!isUnavailable(error)) return error;
    const isExplicit = error.code === 'PERMISSION_DENIED' && !canBeAllowed(error);
    return isExplicit ? 'forbidden' : 'denied';
  }
}
