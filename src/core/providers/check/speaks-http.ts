import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';

/**
 * Whether a server answers in plain HTTP: to tell why it does not answer in TLS. Takes a socket that nothing
 * was sent on yet, sends a request that asks for nothing, and closes the socket.
 */
export async function speaksHttp(
  socket: Socket,
  authority: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    socket.write(`OPTIONS * HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\n\r\n`);
    for await (const chunk of addAbortSignal(signal, socket)) {
      return (chunk as Buffer).toString('latin1').startsWith('HTTP/');
    }
    return false;
  } catch {
    return false;
  } finally {
    // Nobody listens to it after this.
    socket.on('error', () => undefined).destroy();
  }
}
