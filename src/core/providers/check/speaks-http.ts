import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';

/**
 * Whether a server answers in plain HTTP: to tell why it does not answer in TLS. Takes a socket that nothing
 * was sent on yet, and closes it. The request lacks the Host that HTTP/1.1 demands, so that the server refuses
 * it and no service behind it is asked anything: RFC 9112, section 3.2.
 */
export async function speaksHttp(socket: Socket, signal: AbortSignal): Promise<boolean> {
  try {
    socket.write('OPTIONS * HTTP/1.1\r\nConnection: close\r\n\r\n');
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
