/** Test Connection: from the address to what is permitted, step by step, writing nothing. */
import type { CheckStep } from '@shared/model/connection';
import { networkSteps } from '../../check/network';
import { runSteps, type Step } from '../../check/steps';
import type { Connection } from '../../aws/connection';
import { explainConnection } from '../../aws/errors';
import type { CallerIdentity } from '../../aws/identity';
import type { ListingPage } from '../list';
import { assumeRole, findCredentials } from '../../aws/check/credentials';
import { resolveEndpoint } from '../../aws/check/endpoint';
import { arnPrefixOf, identify } from '../../aws/check/identity';
import { describePage, firstPage } from './list';
import { tryPermissions } from './permissions';
import { tryReading } from './read';

export function checkConnection(
  connection: Connection,
  signal: AbortSignal,
): AsyncIterable<CheckStep> {
  const { region, roleArn } = connection.settings.values;
  let page: ListingPage = { secrets: [], nextToken: undefined, arnPrefix: undefined };
  let identity: CallerIdentity | undefined;
  let readable = '';
  const seen = ['ListSecrets'];
  const steps: Step[] = [
    {
      id: 'endpoint',
      label: 'Region and endpoint',
      run: () => resolveEndpoint(connection),
    },
    ...networkSteps({
      url: () => connection.endpoint(),
      field: 'endpoint',
      network: connection.network,
      deadlineMs: connection.options.connectTimeout,
      explain: (error, host) => explainConnection(error, { settings: connection.settings, host }),
    }),
    {
      id: 'credentials',
      label: 'Credentials',
      run: (signal) => findCredentials(connection, signal),
    },
    ...(roleArn === ''
      ? []
      : [
          {
            id: 'role',
            label: 'Role',
            run: (signal: AbortSignal) => assumeRole(connection, signal),
          },
        ]),
    {
      id: 'identity',
      label: 'Identity',
      run: async (signal) => {
        const identified = await identify(connection, signal);
        identity = identified.identity;
        return identified.result;
      },
    },
    {
      id: 'list',
      label: 'List secrets',
      run: async (signal) => {
        page = await firstPage(connection, signal);
        return describePage(page);
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
            arnPrefix: page.arnPrefix ?? (identity && arnPrefixOf(identity, region)),
            folder: readable.slice(0, readable.lastIndexOf('/') + 1),
          },
          seen,
          signal,
        ),
    },
  ];
  return runSteps(steps, signal);
}
