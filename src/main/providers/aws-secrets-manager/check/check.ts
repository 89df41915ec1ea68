/** Test Connection: from the address to the permission to read, step by step, writing nothing. */
import type { CheckStep } from '@shared/contract/vault';
import type { Connection } from '../connection';
import type { ListingPage } from '../list';
import { findCredentials } from './credentials';
import { resolveEndpoint } from './endpoint';
import { describePage, firstPage } from './list';
import { openSocket, openTls } from './network';
import { tryReading } from './read';
import { runSteps, type Step } from './steps';

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
    {
      id: 'network',
      label: 'Name and port',
      run: (signal) => openSocket(connection, signal),
    },
    {
      id: 'tls',
      label: 'TLS',
      run: (signal) => openTls(connection, signal),
    },
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
