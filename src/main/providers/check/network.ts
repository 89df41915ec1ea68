/** The steps of Test Connection on the way to a server: name lookup, port and TLS. Nothing is sent. */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { AppError, isAppError } from '@shared/errors';
import { withDeadline } from '../deadline';
import { networkError } from '../network-error';
import { untilAborted } from '../until-aborted';
import { describeCertificate, endsSoon, explainRefusal } from './certificate';
import { endpointOf, isThisComputer, lookupOf, withSocket, type Endpoint } from './socket';
import { passed, skipped, warned, type Step, type StepResult } from './steps';

export interface NetworkTarget {
  /** Where the calls go. */
  readonly url: () => Promise<URL>;
  /** The form's field for the address. */
  readonly field: string;
  readonly verifySsl: boolean;
  /** Milliseconds that each step may take. */
  readonly deadlineMs: number;
  /** Says more exactly what a failure comes of, where the provider knows. */
  readonly explain?: (error: AppError, host: string) => AppError;
}

/** More addresses than this are counted, not told. */
const ADDRESSES_TOLD = 4;

const addressesText = (found: readonly LookupAddress[]): string => {
  const told = found.slice(0, ADDRESSES_TOLD).map(({ address }) => address);
  const more = found.length - told.length;
  return more > 0 ? `${told.join(', ')} and ${String(more)} more` : told.join(', ');
};

async function findAddresses(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  try {
    return await untilAborted(lookup(host, { all: true }), signal);
  } catch (error) {
    throw networkError(error) ?? error;
  }
}

/** Steps `name`, `port` and `tls`, for one run. */
export function networkSteps(target: NetworkTarget): readonly Step[] {
  let found: readonly LookupAddress[] = [];

  /** Runs a step inside its deadline, with the endpoint; failures are explained. */
  const at =
    (run: (endpoint: Endpoint, signal: AbortSignal) => Promise<StepResult>): Step['run'] =>
    async (signal) => {
      const endpoint = endpointOf(await target.url());
      try {
        return await withDeadline(signal, target.deadlineMs, (either) => run(endpoint, either));
      } catch (error) {
        throw isAppError(error) && error.code !== 'CANCELLED'
          ? (target.explain?.(error, endpoint.host) ?? error)
          : error;
      }
    };

  return [
    {
      id: 'name',
      label: 'Name lookup',
      run: at(async ({ host }, signal) => {
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
      run: at(({ host, port }, signal) =>
        withSocket(connect({ host, port, lookup: lookupOf(found) }), 'connect', signal, (socket) =>
          passed(`${socket.remoteAddress ?? host}, port ${String(port)}`),
        ),
      ),
    },
    {
      id: 'tls',
      label: 'TLS',
      run: at(async ({ host, port, isTls }, signal) => {
        if (!isTls) return withoutTls(host, target.field);
        const servername = isIP(host) === 0 ? { servername: host } : {};
        return withSocket(
          // Nothing is sent, so a certificate that fails can be looked at safely.
          connectTls({
            host,
            port,
            lookup: lookupOf(found),
            rejectUnauthorized: false,
            ...servername,
          }),
          'secureConnect',
          signal,
          (socket) => judge(socket, host, target.verifySsl),
        );
      }),
    },
  ];
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

function judge(socket: TLSSocket, host: string, verifySsl: boolean): StepResult {
  const certificate = socket.getPeerCertificate();
  const detail = describeCertificate(certificate);
  if (socket.authorized) {
    const soon = endsSoon(certificate, Date.now());
    return soon === undefined ? passed(detail) : warned(detail, soon);
  }
  if (!verifySsl) return warned(`${detail}. Not verified: Verify SSL is off`);
  // Declared as an error, given as the code of one.
  throw explainRefusal(String(socket.authorizationError), certificate, host);
}
