import type { TLSSocket } from 'node:tls';
import { AppError } from '@shared/errors';

export const refusedClient = (): AppError =>
  new AppError('TLS_CLIENT_CERTIFICATE', {
    message: 'The server closed the connection right after the TLS handshake.',
    likelyCause: 'It demands a client certificate, or another than the one it was shown.',
    details: { field: 'clientCertFile' },
  });

/**
 * Recognises a server of TLS 1.3 that refuses the client. It judges the client's certificate, or its lack of
 * one, when the client believes that the handshake is over: it sends a session ticket if it accepts, and an
 * alert, or nothing, before it closes the connection. Node loses the alert over some versions of BoringSSL.
 * So an end before any ticket and any data is made an error of the socket, `TLS_CLIENT_CERTIFICATE`.
 */
export function noticeRefusal(socket: TLSSocket): void {
  let isAccepted = false;
  socket.once('session', () => {
    isAccepted = true;
  });
  const end = (): void => {
    if (isAccepted || socket.isSessionReused() || socket.bytesRead > 0) return;
    // The alert may still follow, when nobody listens any more.
    socket.on('error', () => undefined);
    socket.emit('error', refusedClient());
  };
  socket.once('secureConnect', () => {
    // In front of Node's own listeners, which would call it a reset.
    if (socket.getProtocol() === 'TLSv1.3') socket.prependOnceListener('end', end);
  });
}
