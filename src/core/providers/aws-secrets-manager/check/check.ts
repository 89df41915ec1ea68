/** Test Connection: from the address to what is permitted, step by step, writing nothing. */
import type { CheckStep } from '@shared/model/connection';
import { arnPrefixOf } from '../../aws/check/identity';
import { connectionSteps } from '../../aws/check/steps';
import type { CallerIdentity } from '../../aws/identity';
import { runSteps, type Step } from '../../check/steps';
import type { SecretsManagerConnection } from '../connection';
import type { ListingPage } from '../list';
import { describePage, firstPage } from './list';
import { tryPermissions } from './permissions';
import { tryReading } from './read';

export function checkConnection(
  connection: SecretsManagerConnection,
  signal: AbortSignal,
): AsyncIterable<CheckStep> {
  const { region } = connection.settings.values;
  let page: ListingPage = { secrets: [], nextToken: undefined, arnPrefix: undefined };
  let caller: CallerIdentity | undefined;
  let readable = '';
  const seen = ['ListSecrets'];
  const steps: Step[] = [
    ...connectionSteps(connection, (identity) => {
      caller = identity;
    }),
    {
      id: 'list',
      label: 'List secrets',
      run: async (signal) => {
        page = await firstPage(connection, signal);
        return describePage(connection, page);
      },
    },
    {
      id: 'read',
      label: 'Read secrets',
      run: async (signal) => {
        const read = await tryReading(connection, page, signal);
        readable = read.readable ?? '';
        if (read.result.status === 'passed') seen.push('GetSecretValue');
        return read.result;
      },
    },
    {
      id: 'permissions',
      label: 'Permissions',
      run: (signal) =>
        tryPermissions(
          connection,
          {
            arnPrefix:
              page.arnPrefix ??
              (caller && `${arnPrefixOf(caller, connection.service, region)}secret:`),
            folder: readable.slice(0, readable.lastIndexOf('/') + 1),
          },
          seen,
          signal,
        ),
    },
  ];
  return runSteps(steps, connection.options.runtime, signal);
}
