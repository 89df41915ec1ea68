import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { withDeadline } from '@core/network/deadline';
import { endpointOf, serverName } from '@core/network/endpoint';
import { withSocket } from '@core/network/socket';

/**
 * Whether what listens at an address speaks TLS, whatever the address says and whoever vouches for it:
 * to tell the most usual reason for an answer that makes no sense. Sends no more than the hello of TLS.
 */
export async function speaksTls(
  address: URL,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { host, port } = endpointOf(address);
  try {
    return await withDeadline(signal, deadlineMs, (either) => {
      const socket = connectTls({
        host,
        port,
        rejectUnauthorized: false,
        ...(isIP(host) === 0 && { servername: serverName(host) }),
      });
      return withSocket(socket, 'secureConnect', either, () => true);
    });
  } catch {
    return false;
  }
}
