import { isIP } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { AppError } from '@shared/errors';
import { withDeadline } from '../../deadline';
import { networkError } from '../../network-error';
import type { CheckContext } from './context';
import { passed, warned, type Step, type StepResult } from './run-steps';
import { endpointOf, withSocket } from './socket';

const isThisComputer = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

const dateText = (text: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(text));

const first = (name: string | string[] | undefined): string | undefined =>
  Array.isArray(name) ? name[0] : name;

function describe({ issuer, valid_to: validTo }: PeerCertificate): string {
  const name = first(issuer.CN) ?? first(issuer.O) ?? 'an unnamed authority';
  return `Issued by ${name}, valid until ${dateText(validTo)}`;
}

function judge(socket: TLSSocket, verifySsl: boolean): StepResult {
  const certificate = socket.getPeerCertificate();
  const reason = socket.authorized ? undefined : socket.authorizationError;
  if (reason === undefined) return passed(describe(certificate));
  if (!verifySsl) return warned(`${describe(certificate)}. Not verified: Verify SSL is off`);
  // Declared as an error, given as the code of one.
  throw networkError({ code: String(reason) }) ?? new AppError('TLS_UNTRUSTED');
}

/** Looks at the certificate. Nothing is sent, so a certificate that fails can be told about safely. */
export const tlsStep = ({ values, deadlineMs }: CheckContext): Step => ({
  id: 'tls',
  label: 'TLS',
  run: async (signal) => {
    const { host, port, isTls } = endpointOf(values.url);
    if (!isTls) {
      return isThisComputer(host)
        ? passed('Not used: http, and the server is on this computer')
        : warned('Not used: the address says http, so values and credentials travel unencrypted');
    }
    const servername = isIP(host) === 0 ? { servername: host } : {};
    return withDeadline(signal, deadlineMs, (either) =>
      withSocket(
        connect({ host, port, rejectUnauthorized: false, ...servername }),
        'secureConnect',
        either,
        (socket) => judge(socket, values.verifySsl),
      ),
    );
  },
});
