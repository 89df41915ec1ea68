/** Steps “Name and port” and “TLS certificate”: whether something answers there, and who it says it is. */
import { once } from 'node:events';
import { isIP, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AppError } from '@shared/errors';
import { withDeadline } from '../../deadline';
import { networkError } from '../../network-error';
import type { Connection } from '../connection';
import { explainHost } from '../errors';
import type { StepResult } from './steps';

interface Peer {
  readonly host: string;
  readonly port: number;
}

const peerOf = (url: URL): Peer => ({
  host: url.hostname.replace(/^\[|\]$/g, ''),
  port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
});

export const openSocket = (connection: Connection, signal: AbortSignal): Promise<StepResult> =>
  withSocket(connection, signal, {
    open: (peer) => connect(peer),
    ready: 'connect',
    describe: ({ remoteAddress = '' }, { port }) => ({
      detail: remoteAddress.includes(':')
        ? `[${remoteAddress}]:${String(port)}`
        : `${remoteAddress}:${String(port)}`,
    }),
  });

export const openTls = (connection: Connection, signal: AbortSignal): Promise<StepResult> =>
  withSocket(connection, signal, {
    open: ({ host, port }) =>
      connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) }),
    ready: 'secureConnect',
    describe: (socket) => {
      const { issuer, valid_to: validTo } = socket.getPeerCertificate();
      const by = issuer.O ?? issuer.CN;
      const until = new Date(validTo).toISOString().slice(0, 10);
      return {
        detail: [
          socket.getProtocol(),
          ...(by === undefined ? [] : [`issued by ${[by].flat().join(', ')}`]),
          `valid until ${until}`,
        ].join(', '),
      };
    },
  });

async function withSocket<Opened extends Socket>(
  connection: Connection,
  signal: AbortSignal,
  how: {
    open: (peer: Peer) => Opened;
    ready: 'connect' | 'secureConnect';
    describe: (socket: Opened, peer: Peer) => StepResult;
  },
): Promise<StepResult> {
  const url = await connection.endpoint();
  const peer = peerOf(url);
  return await withDeadline(signal, connection.options.connectTimeout, async (either) => {
    const socket = how.open(peer);
    try {
      await once(socket, how.ready, { signal: either });
      return how.describe(socket, peer);
    } catch (error) {
      const known = networkError(error) ?? new AppError('HOST_UNREACHABLE', { cause: error });
      throw explainHost(known, { settings: connection.settings, host: url.hostname });
    } finally {
      socket.on('error', () => undefined).destroy();
    }
  });
}
