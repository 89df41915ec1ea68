/** Steps “Name and port” and “TLS”: whether something answers there, and who it says it is. */
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { AppError } from '@shared/errors';
import { withDeadline } from '../../deadline';
import { networkError } from '../../network-error';
import type { Connection } from '../connection';
import { explainConnection } from '../errors';
import type { StepResult } from './steps';

const isLoopback = (host: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|::1)$/i.test(host);

/** The brackets of an IPv6 address belong to the URL, not to the address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));

export const openSocket = (connection: Connection, signal: AbortSignal): Promise<StepResult> =>
  withSocket(connection, signal, {
    open: (url) => connect({ host: hostOf(url), port: portOf(url) }),
    ready: 'connect',
    describe: (socket, url) => ({
      detail: `${socket.remoteAddress ?? hostOf(url)}, port ${String(portOf(url))}`,
    }),
  });

export async function openTls(connection: Connection, signal: AbortSignal): Promise<StepResult> {
  const url = await connection.endpoint();
  if (url.protocol !== 'https:') return withoutTls(hostOf(url));
  return await withSocket(connection, signal, {
    open: (url) => {
      const host = hostOf(url);
      return connectTls({
        host,
        port: portOf(url),
        ...(isIP(host) === 0 && { servername: host }),
      });
    },
    ready: 'secureConnect',
    describe: describeCertificate,
  });
}

function withoutTls(host: string): StepResult {
  if (isLoopback(host)) return { detail: 'Not used: http, and the server is on this computer' };
  return {
    detail: 'Not used',
    warning: new AppError('INVALID_CONFIGURATION', {
      message: 'The address says http, so values travel unencrypted.',
      hint: 'Use https:// unless you trust everything between this computer and the server.',
      details: { field: 'endpoint' },
    }),
  };
}

function describeCertificate(socket: TLSSocket): StepResult {
  const { issuer, valid_to: validTo } = socket.getPeerCertificate();
  const [by = 'an unnamed authority'] = [issuer.O ?? issuer.CN].flat();
  const until = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(validTo),
  );
  return { detail: `Issued by ${by}, valid until ${until}` };
}

/** Opens a socket to the endpoint, looks at it, and closes it again. Nothing is sent. */
async function withSocket<Opened extends Socket>(
  connection: Connection,
  signal: AbortSignal,
  how: {
    open: (url: URL) => Opened;
    ready: 'connect' | 'secureConnect';
    describe: (socket: Opened, url: URL) => StepResult;
  },
): Promise<StepResult> {
  const url = await connection.endpoint();
  return await withDeadline(signal, connection.options.connectTimeout, async (either) => {
    const socket = how.open(url);
    try {
      await once(socket, how.ready, { signal: either });
      return how.describe(socket, url);
    } catch (error) {
      const known = networkError(error) ?? new AppError('HOST_UNREACHABLE', { cause: error });
      throw explainConnection(known, { settings: connection.settings, host: url.hostname });
    } finally {
      // What it says after this has nobody left to hear it.
      socket.on('error', () => undefined).destroy();
    }
  });
}
