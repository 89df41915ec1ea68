/** A connection to a server through an HTTP proxy that is asked for it with CONNECT (RFC 9110, 9.3.6). */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { AppError, errorTable, isAppError, isTlsFailure, type ErrorCode } from '@shared/errors';
import { networkError } from './network-error';
import { authorityOf, type Endpoint } from './endpoint';
import { proxyText, type Proxy } from './proxy';
import { untilAborted } from './until-aborted';

export const proxyHeaders = ({ authorization }: Proxy): Record<string, string> =>
  authorization === undefined ? {} : { 'Proxy-Authorization': authorization.reveal() };

/** What a 407 means, whether a tunnel or a forwarded request gets it. */
export const proxyWantsLogin = (proxy: Proxy): AppError =>
  new AppError('PROXY_AUTHENTICATION', {
    message:
      proxy.authorization === undefined
        ? `The proxy ${proxyText(proxy)} wants a user and a password.`
        : `The proxy ${proxyText(proxy)} did not accept the user and password.`,
    details: { status: 407, field: 'proxyUser' },
  });

const unreachable: Readonly<Partial<Record<ErrorCode, string>>> = {
  NAME_NOT_FOUND: 'could not be found by its name',
  CONNECTION_REFUSED: 'is not running: nothing listens at its address',
  TIMED_OUT: 'did not answer in time',
  CONNECTION_RESET: 'closed the connection without an answer',
  UNEXPECTED_ANSWER: 'answered with something that is no proxy’s answer',
};

/** The failure of the connection to a proxy, kept apart from one of the connection to the server. */
export function proxyUnreachable(error: unknown, proxy: Proxy): AppError {
  const known = isAppError(error) ? error : networkError(error);
  const why = (known && unreachable[known.code]) ?? 'could not be reached';
  const isTls = known !== undefined && isTlsFailure(known.code);
  return new AppError('PROXY_UNREACHABLE', {
    message: `The proxy ${proxyText(proxy)} ${isTls ? 'could not be spoken to securely' : why}.`,
    likelyCause: isTls ? known.likelyCause : errorTable.PROXY_UNREACHABLE.cause,
    details: { field: 'proxyUrl' },
    cause: error,
  });
}

function refused(status: number, proxy: Proxy, target: string): AppError {
  if (status === 407) return proxyWantsLogin(proxy);
  const isGateway = status >= 500;
  return new AppError('PROXY_REFUSED', {
    message: isGateway
      ? `The proxy ${proxyText(proxy)} could not reach ${target}.`
      : `The proxy ${proxyText(proxy)} does not let you through to ${target}.`,
    likelyCause: isGateway
      ? 'The address is wrong, or the server is in your own network, where the proxy does not lead.'
      : errorTable.PROXY_REFUSED.cause,
    ...(isGateway && {
      hint: 'Check the address of the server. A server of your own network may need no proxy: add it to the exceptions.',
    }),
    details: { status, method: 'CONNECT' },
  });
}

export interface TunnelOptions {
  /** Whom to trust if the proxy itself speaks TLS. */
  readonly trust: SecureContext | undefined;
  readonly signal: AbortSignal;
}

/**
 * Resolves with a socket that leads to the target. Throws `PROXY_UNREACHABLE`, `PROXY_AUTHENTICATION`
 * and `PROXY_REFUSED`; an aborted signal is the caller's to explain.
 */
export async function openTunnel(
  proxy: Proxy,
  endpoint: Pick<Endpoint, 'host' | 'port'>,
  { trust, signal }: TunnelOptions,
): Promise<Socket> {
  const target = authorityOf(endpoint);
  const request = (proxy.isTls ? httpsRequest : httpRequest)({
    method: 'CONNECT',
    host: proxy.host,
    port: proxy.port,
    path: target,
    headers: { Host: target, ...proxyHeaders(proxy) },
    agent: false,
    // Verify SSL is about the server, and the certificate of this client is for it too.
    ...(proxy.isTls && { rejectUnauthorized: true, ...(trust && { secureContext: trust }) }),
  });
  const opened = new Promise<Socket>((resolve, reject) => {
    request.once('connect', (answer: IncomingMessage, socket: Socket, head: Buffer) => {
      const { statusCode: status = 0 } = answer;
      if (signal.aborted || status < 200 || status > 299) {
        socket.destroy();
        reject(refused(status, proxy, target));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.on('error', (error) => {
      reject(proxyUnreachable(error, proxy));
    });
  });
  request.end();
  try {
    // Older versions of Node forget the signal of a request that has been sent.
    return await untilAborted(opened, signal);
  } catch (error) {
    request.destroy();
    throw error;
  }
}
