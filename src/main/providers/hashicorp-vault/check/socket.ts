import { once } from 'node:events';
import type { Socket } from 'node:net';
import { networkError } from '../../network-error';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

export function endpointOf(address: string): Endpoint {
  const url = new URL(address);
  const isTls = url.protocol === 'https:';
  return {
    // The brackets of an IPv6 address belong to the URL, not to the address.
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    isTls,
  };
}

/** Waits until a socket is ready, reads what is wanted of it, and closes it. */
export async function withSocket<S extends Socket, T>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  read: (socket: S) => T,
): Promise<T> {
  try {
    await once(socket, event, { signal });
    return read(socket);
  } catch (error) {
    throw networkError(error) ?? error;
  } finally {
    socket.destroy();
  }
}
