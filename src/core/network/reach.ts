/** Whether a server can be reached, by the least that can tell: a connection that carries nothing. */
import { connect } from 'node:net';
import { isAppError } from '@shared/errors';
import { withSocket } from './socket';
import { withDeadline } from './deadline';
import { endpointOf } from './endpoint';
import type { Network } from './network';
import { proxyUnreachable } from './tunnel';

/** Milliseconds. The person has waited for a call before. */
const DEADLINE_MS = 5000;

/**
 * Connects to the port of an address, or to the proxy on the way to it, and closes it. Throws the
 * network's failures, and `TIMED_OUT`.
 */
export async function reachPort(
  network: Network,
  address: URL,
  signal: AbortSignal,
): Promise<void> {
  const proxy = await network.proxyFor(address);
  const { host, port } = proxy ?? endpointOf(address);
  try {
    await withDeadline(signal, DEADLINE_MS, (either) =>
      withSocket(connect({ host, port }), 'connect', either, () => undefined),
    );
  } catch (error) {
    if (proxy === undefined || isAppError(error, 'CANCELLED')) throw error;
    throw proxyUnreachable(error, proxy);
  }
}
