/** Test Connection: from the address to what is permitted, step by step, writing nothing. */
import { AppError, isAppError } from '@shared/errors';
import type { CheckStep } from '@shared/model/connection';
import { arnPrefixOf } from '../../aws/check/identity';
import { anyAccount, statementText } from '../../aws/policy';
import { connectionSteps } from '../../aws/check/steps';
import { canBeAllowed } from '../../aws/errors';
import type { CallerIdentity } from '../../aws/identity';
import { countText } from '../../check/texts';
import { passed, runSteps, warned, type StepResult } from '../../check/steps';
import type { ParameterStoreConnection } from '../connection';
import { describePage, type DescribedPage } from '../describe';
import { environmentsIn, listingRefused } from '../list';
import { readParameter } from '../read';
import { resourcesBelow, tryPermissions } from './permissions';

/** How many parameters are read to see whether that is permitted. */
const SAMPLE = 5;

/** A name that nobody has. */
const ABSENT = 'strongroom-connection-test';

export function checkConnection(
  connection: ParameterStoreConnection,
  signal: AbortSignal,
): AsyncIterable<CheckStep> {
  const { region } = connection.settings.values;
  let page: DescribedPage = { parameters: [], nextToken: undefined };
  let caller: CallerIdentity | undefined;
  const arnPrefix = (): string =>
    `${caller === undefined ? anyAccount('ssm', region) : arnPrefixOf(caller, connection.service, region)}parameter`;
  return runSteps(
    [
      ...connectionSteps(connection, (identity) => {
        caller = identity;
      }),
      {
        id: 'list',
        label: 'List parameters',
        run: async (signal) => {
          try {
            page = await describePage(connection, { below: connection.names.prefix }, signal);
          } catch (error) {
            if (!isAppError(error, 'PERMISSION_DENIED')) throw error;
            return warned(undefined, listingRefused(error));
          }
          return describeFound(connection, page);
        },
      },
      {
        id: 'read',
        label: 'Read parameters',
        run: (signal) => tryReading(connection, page, arnPrefix(), signal),
      },
      {
        id: 'permissions',
        label: 'Permissions',
        run: (signal) => tryPermissions(connection, arnPrefix(), signal),
      },
    ],
    connection.options.runtime,
    signal,
  );
}

function describeFound(
  { names, settings }: ParameterStoreConnection,
  { parameters, nextToken }: DescribedPage,
): StepResult {
  const more = nextToken === undefined ? '' : ' and more';
  if (parameters.length > 0) {
    const environments = environmentsIn(parameters, names).length;
    return passed(
      `${String(parameters.length)}${more} found, in ${countText(environments, 'environment')}`,
    );
  }
  if (nextToken !== undefined) return passed('Permitted');
  const { region } = settings.values;
  return warned(
    'None there yet',
    new AppError('NOT_FOUND', {
      message:
        names.prefix === ''
          ? `There are no parameters in ${region}.`
          : `There are no parameters below ${names.prefix} in ${region}.`,
      likelyCause: 'That is right for a new account, or they are somewhere else.',
      hint:
        names.prefix === ''
          ? 'If yours are in another region, change Region.'
          : 'If yours are elsewhere, change Path Prefix or Region.',
      remedy: { open: 'connection' },
      details: { field: names.prefix === '' ? 'region' : 'prefix' },
    }),
  );
}

/** Reads a sample, and claims no more than that. Throws if not one of it can be read. */
async function tryReading(
  connection: ParameterStoreConnection,
  { parameters, nextToken }: DescribedPage,
  arnPrefix: string,
  signal: AbortSignal,
): Promise<StepResult> {
  const { prefix } = connection.names;
  const denial = async (name: string): Promise<AppError | undefined> => {
    const error = await refusalOf(connection, name, signal);
    return error && forAll(error, resourcesBelow(arnPrefix, prefix));
  };
  const sample = parameters.slice(0, SAMPLE).map(({ name }) => name);
  if (sample.length === 0) {
    const denied = await denial(`${prefix}/${ABSENT}`);
    if (denied === undefined) return passed('Permitted; there is nothing to read yet');
    return warned(undefined, denied);
  }
  const refused = new Map<string, AppError>();
  for (const name of sample) {
    const denied = await denial(name);
    if (denied !== undefined) refused.set(name, denied);
  }
  const [first] = refused.values();
  const tried = `${String(sample.length - refused.size)} of ${String(sample.length)} tried`;
  if (first === undefined) {
    return passed(
      sample.length === parameters.length && nextToken === undefined ? 'Permitted' : tried,
    );
  }
  if (refused.size === sample.length && nextToken === undefined) throw first;
  return warned(
    tried,
    new AppError(first.code, {
      message: `Reading is refused for ${[...refused.keys()].join(', ')}.`,
      likelyCause: first.likelyCause,
      hint: first.hint,
      remedy: first.remedy,
      details: first.details,
    }),
  );
}

/** The refusal of one parameter names that one; a policy should name all of them. */
function forAll(error: AppError, resources: readonly string[]): AppError {
  if (!canBeAllowed(error)) return error;
  const actions = ['ssm:GetParameter', 'ssm:GetParametersByPath'];
  const statement = statementText({ actions, resources });
  return new AppError(error.code, {
    message: error.message,
    likelyCause: error.likelyCause,
    hint: `Use other credentials, or add this statement to the policy of this user or role:\n${statement}`,
    remedy: { handOver: statement },
    details: error.details,
    cause: error,
  });
}

/** `undefined` if reading is permitted. */
async function refusalOf(
  connection: ParameterStoreConnection,
  name: string,
  signal: AbortSignal,
): Promise<AppError | undefined> {
  try {
    await readParameter(connection, name, signal);
    return undefined;
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND')) return undefined;
    if (isAppError(error, 'PERMISSION_DENIED') || isAppError(error, 'ENCRYPTION_FAILED'))
      return error;
    throw error;
  }
}
