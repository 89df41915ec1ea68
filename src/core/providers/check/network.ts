/** The steps of Test Connection on the way to a server: name lookup, port and TLS. Nothing is sent. */
import { once } from 'node:events';
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { AppError, isAppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { withDeadline } from '@core/network/deadline';
import {
  endpointOf,
  isThisComputer,
  serverName,
  withScheme,
  type Endpoint,
} from '@core/network/endpoint';
import type { Network } from '@core/network/network';
import { proxyText, type Proxy } from '@core/network/proxy';
import { proxyUnreachable } from '@core/network/tunnel';
import { networkError } from '@core/network/network-error';
import { untilAborted } from '@core/network/until-aborted';
import { describeCertificate, describeFiles, endsSoon, explainRefusal } from './certificate';
import { noticeRefusal } from '@core/network/refused-client';
import { lookupOf, withSocket } from '@core/network/socket';
import { speaksHttp } from './speaks-http';
import { passed, skipped, warned, type Step, type StepResult } from './steps';
import { listText } from './texts';

export interface NetworkTarget {
  /** Where the calls go. */
  readonly url: () => Promise<URL>;
  /** The form's field for the address. */
  readonly field: string;
  readonly network: Network;
  /** Its time judges certificates. */
  readonly runtime: Pick<Runtime, 'now'>;
  /** Milliseconds that each step may take. */
  readonly deadlineMs: number;
  /** Says more exactly what a failure comes from, if the provider knows. */
  readonly explain?: (error: AppError, host: string) => AppError;
}

/** More addresses than this are counted, not named. */
const ADDRESSES_TOLD = 4;

const addressesText = (found: readonly LookupAddress[]): string =>
  listText(
    found.map(({ address }) => address),
    ADDRESSES_TOLD,
  );

async function findAddresses(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  try {
    return await untilAborted(lookup(host, { all: true }), signal);
  } catch (error) {
    throw networkError(error) ?? error;
  }
}

/** The way to one server, as far as the steps have found it. */
interface Way {
  readonly endpoint: Endpoint;
  /** Set if there is a proxy on the way. */
  readonly proxy: Proxy | undefined;
}

/** Steps `certificates`, `proxy`, `name`, `port` and `tls` for one run; the first two only if they apply. */
export function networkSteps(target: NetworkTarget): readonly Step[] {
  const { network, runtime } = target;
  let found: readonly LookupAddress[] = [];

  const findWay = async (): Promise<Way> => {
    const url = await target.url();
    return { endpoint: endpointOf(url), proxy: await network.proxyFor(url) };
  };

  /** Runs a step inside its deadline; failures are explained. */
  const at =
    (run: (way: Way, signal: AbortSignal) => Promise<StepResult>): Step['run'] =>
    async (signal) => {
      const way = await findWay();
      try {
        return await withDeadline(signal, target.deadlineMs, (either) => run(way, either));
      } catch (error) {
        throw isAppError(error) && error.code !== 'CANCELLED'
          ? (target.explain?.(error, way.endpoint.host) ?? error)
          : error;
      }
    };

  /** What TLS runs over: the tunnel of a proxy, or a direct connection. */
  const lower = async ({ endpoint, proxy }: Way, signal: AbortSignal) =>
    proxy === undefined
      ? { host: endpoint.host, port: endpoint.port, lookup: lookupOf(found) }
      : { host: endpoint.host, socket: await network.tunnel(proxy, endpoint, signal) };

  /** The error of a handshake with a server that speaks plain HTTP at this port. */
  const plainInstead = async (
    way: Way,
    error: unknown,
    signal: AbortSignal,
  ): Promise<AppError | undefined> => {
    const isNoTls = isAppError(error, 'TLS_FAILED') || isAppError(error, 'CONNECTION_RESET');
    if (!isNoTls || signal.aborted) return undefined;
    const under = await lower(way, signal);
    const socket = 'socket' in under ? under.socket : connect(under);
    if (!(await speaksHttp(socket, signal))) return undefined;
    return httpInstead(await target.url(), target.field, error);
  };

  return [
    {
      id: 'certificates',
      label: 'Certificate files',
      isNeeded: async () => network.values.caFile !== '' || network.values.clientCertFile !== '',
      run: async (signal) => describeFiles(await network.readFiles(signal), runtime.now()),
    },
    {
      id: 'proxy',
      label: 'Proxy',
      isNeeded: async () => (await findWay()).proxy !== undefined,
      run: at(({ endpoint, proxy }, signal) => tryProxy(network, endpoint, proxy, signal)),
    },
    {
      id: 'name',
      label: 'Name lookup',
      run: at(async ({ endpoint: { host }, proxy }, signal) => {
        if (proxy !== undefined) return skipped('Left to the proxy');
        const family = isIP(host);
        if (family !== 0) {
          found = [{ address: host, family }];
          return skipped('Not needed: the address is an IP address');
        }
        found = await findAddresses(host, signal);
        return passed(`${host} is ${addressesText(found)}`);
      }),
    },
    {
      id: 'port',
      label: 'Port',
      run: at(async ({ endpoint: { host, port }, proxy }, signal) => {
        if (proxy !== undefined) return skipped('Left to the proxy');
        return withSocket(
          connect({ host, port, lookup: lookupOf(found) }),
          'connect',
          signal,
          (socket) => passed(`${socket.remoteAddress ?? host}, port ${String(port)}`),
        );
      }),
    },
    {
      id: 'tls',
      label: 'TLS',
      run: at(async (way, signal) => {
        const { host, isTls } = way.endpoint;
        if (!isTls) return withoutTls(host, target.field);
        const settings = await network.tlsSettings();
        const servername = isIP(host) === 0 ? { servername: serverName(host) } : {};
        // Nothing of worth is sent, so a certificate that fails can be looked at safely.
        const how = { ...settings, ...servername, rejectUnauthorized: false };
        const shakeHands = async (more = ''): Promise<StepResult> => {
          const socket = connectTls({ ...(await lower(way, signal)), ...how });
          noticeRefusal(socket);
          if (more !== '') socket.write(more);
          return withSocket(socket, 'secureConnect', signal, async (secured) => {
            const result = judge(secured, host, target);
            await untilAccepted(secured, signal);
            return result;
          });
        };
        try {
          return await shakeHands();
        } catch (error) {
          const plain = await plainInstead(way, error, signal);
          if (plain !== undefined) throw plain;
          if (!isAppError(error, 'CONNECTION_RESET')) throw error;
          // Over some versions of BoringSSL, Node says why only to those who have something to send.
          return shakeHands('\r\n');
        }
      }),
    },
  ];
}

/** Opens the way through the proxy, and says which proxy it is and what chose it. */
async function tryProxy(
  network: Network,
  endpoint: Endpoint,
  proxy: Proxy | undefined,
  signal: AbortSignal,
): Promise<StepResult> {
  if (proxy === undefined) return skipped('Not used');
  if (endpoint.isTls) {
    const socket = await network.tunnel(proxy, endpoint, signal);
    socket.destroy();
  } else {
    // Plain requests are handed to the proxy one by one, so all there is to try is itself.
    await withSocket(connect(proxy.port, proxy.host), 'connect', signal, () => undefined).catch(
      (error: unknown) => {
        throw signal.aborted ? error : proxyUnreachable(error, proxy);
      },
    );
  }
  return passed(`${proxyText(proxy)}, chosen by ${proxy.chosenBy}`);
}

const httpInstead = (url: URL, field: string, cause: unknown): AppError =>
  new AppError('TLS_FAILED', {
    message: 'This server speaks http, but the address starts with https://.',
    likelyCause: 'It is a plain development server, or its https is at another port.',
    hint: 'Enter the port that speaks https. Change https:// to http:// only if you trust everything between this computer and the server: values and credentials then travel unencrypted.',
    details: { field, suggestion: withScheme(url, 'http') },
    cause,
  });

/** A server of TLS 1.3 judges the certificate it was shown only when the client thinks all is done. */
const JUDGED_WITHIN_MS = 300;

/**
 * Waits for the server's word on the handshake: a session ticket if it accepts, an error of the socket if it
 * does not. A server that says nothing is taken to accept.
 */
async function untilAccepted(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  if (socket.getProtocol() !== 'TLSv1.3') return;
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(JUDGED_WITHIN_MS)]);
  socket.resume();
  await once(socket, 'session', { signal: waiting }).catch((error: unknown) => {
    if (!waiting.aborted || signal.aborted) throw error;
  });
}

function withoutTls(host: string, field: string): StepResult {
  if (isThisComputer(host)) return skipped('Not used: http, and the server is on this computer');
  return warned(
    'Not used',
    new AppError('INVALID_CONFIGURATION', {
      message: 'The address says http, so values and credentials travel unencrypted.',
      hint: 'Use https:// unless you trust everything between this computer and the server.',
      details: { field },
    }),
  );
}

function judge(
  socket: TLSSocket,
  host: string,
  { network, runtime }: Pick<NetworkTarget, 'network' | 'runtime'>,
): StepResult {
  const certificate = socket.getPeerCertificate();
  const detail = describeCertificate(certificate);
  if (socket.authorized) {
    const soon = endsSoon(certificate, runtime.now());
    return soon === undefined ? passed(detail) : warned(detail, soon);
  }
  if (!network.verifySsl) return warned(`${detail}. Not verified: Verify SSL is off`);
  // Declared as an error, given as the code of one.
  throw explainRefusal(String(socket.authorizationError), certificate, {
    host,
    caFile: network.values.caFile,
  });
}
