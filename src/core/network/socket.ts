import { once } from 'node:events';
import type { LookupFunction, Socket } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { networkError } from './network-error';

/** Gives a socket the addresses that were found before, so that all steps try the same ones. */
export const lookupOf =
  (found: readonly LookupAddress[]): LookupFunction =>
  (_host, { all }, callback) => {
    // A socket that tries one address only, as Node can be told to do, wants one.
    const [{ address, family } = { address: '', family: 0 }] = found;
    if (all === true) callback(null, [...found]);
    else callback(null, address, family);
  };

/** Waits until a socket is ready, runs `look` on it, and closes it. Throws `AppError`. */
export async function withSocket<S extends Socket, T>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  look: (socket: S) => T | Promise<T>,
): Promise<T> {
  try {
    await once(socket, event, { signal });
    return await look(socket);
  } catch (error) {
    throw networkError(error) ?? error;
  } finally {
    // Nobody listens to it after this.
    socket.on('error', () => undefined).destroy();
  }
}
