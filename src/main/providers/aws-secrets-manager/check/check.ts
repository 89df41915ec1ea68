/** Test Connection: from the address to the permission to read, step by step, writing nothing. */
import type { CheckStep } from '@shared/contract/vault';
import { networkSteps } from '../../check/network';
import { runSteps, type Step } from '../../check/steps';
import type { Connection } from '../connection';
import { explainConnection } from '../errors';
import type { ListingPage } from '../list';
import { findCredentials } from './credentials';
import { resolveEndpoint } from './endpoint';
import { describePage, firstPage } from './list';
import { tryReading } from './read';

export function checkConnection(
  connection: Connection,
  signal: AbortSignal,
): AsyncIterable<CheckStep> {
  let page: ListingPage = { secrets: [], nextToken: undefined };
  const steps: Step[] = [
    {
      id: 'endpoint',
      label: 'Region and endpoint',
      run: () => resolveEndpoint(connection),
    },
    ...networkSteps({
      url: () => connection.endpoint(),
      field: 'endpoint',
      verifySsl: true,
      deadlineMs: connection.options.connectTimeout,
      explain: (error, host) => explainConnection(error, { settings: connection.settings, host }),
    }),
    {
      id: 'credentials',
      label: 'Credentials',
      run: (signal) => findCredentials(connection, signal),
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
      run: (signal) => tryReading(connection, page, signal),
    },
  ];
  return runSteps(steps, signal);
}
