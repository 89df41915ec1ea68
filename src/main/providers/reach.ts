/** Whether there is a way to a server, by the least that can tell: a connection that carries nothing. */
import { connect } from 'node:net';
import { endpointOf, withSocket } from './check/socket';
import { withDeadline } from './deadline';

/** In milliseconds. Whoever waits for it has waited for a call before. */
const DEADLINE_MS = 5000;

/** Connects to the port of an address and closes it. Throws the network's failures, and `TIMED_OUT`. */
export async function reachPort(address: URL, signal: AbortSignal): Promise<void> {
  const { host, port } = endpointOf(address);
  await withDeadline(signal, DEADLINE_MS, (either) =>
    withSocket(connect({ host, port }), 'connect', either, () => undefined),
  );
}
