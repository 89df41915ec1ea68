/** Whether there is a way to a server, by the least that can tell: a connection that carries nothing. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { AppError } from '@shared/errors';
import { withDeadline } from './deadline';
import { networkError } from './network-error';

/** In milliseconds. Whoever waits for it has waited for a call before. */
const DEADLINE_MS = 5000;

/** Connects to the port of an address and closes it. Throws the network's failures, and `TIMED_OUT`. */
export async function reachPort(address: URL, signal: AbortSignal): Promise<void> {
  await withDeadline(signal, DEADLINE_MS, async (either) => {
    const socket = connect({
      // The brackets of an IPv6 address belong to the URL, not to the address.
      host: address.hostname.replaceAll(/^\[|\]$/g, ''),
      port: Number(address.port || (address.protocol === 'https:' ? 443 : 80)),
    });
    try {
      await once(socket, 'connect', { signal: either });
    } catch (error) {
      throw networkError(error) ?? new AppError('HOST_UNREACHABLE', { cause: error });
    } finally {
      // What it says after this has nobody left to hear it.
      socket.on('error', () => undefined).destroy();
    }
  });
}
