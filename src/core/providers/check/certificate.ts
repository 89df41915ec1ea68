/** What a server's certificate says, and why it was not accepted, in plain words. */
import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { AppError } from '@shared/errors';
import type { CertificateFiles } from '@core/network/files';
import { networkError } from '@core/network/network-error';
import { passed, warned, type StepResult } from './steps';
import { listText } from './texts';

/** A certificate that ends sooner is warned of. */
const SOON_MS = 14 * 86_400_000;

/** More names than this are counted, not named. */
const NAMES_TOLD = 4;

const dateText = (text: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(text));

const first = (name: string | string[] | undefined): string | undefined =>
  Array.isArray(name) ? name[0] : name;

const issuerOf = ({ issuer }: PeerCertificate): string =>
  first(issuer.CN) ?? first(issuer.O) ?? 'an unnamed authority';

/**
 * The DNS names and addresses a certificate is for. Names that hold anything odd are written in quotes,
 * see https://nodejs.org/api/crypto.html#x509subjectaltname, and left out here.
 */
const namesOf = ({ subjectaltname = '' }: PeerCertificate): string[] =>
  [...subjectaltname.matchAll(/(?:DNS|IP Address):([^,"]+)/g)].map(([, name = '']) => name);

function namesText(certificate: PeerCertificate): string {
  const names = namesOf(certificate);
  if (names.length === 0) return 'no name';
  return listText(names, NAMES_TOLD);
}

/** `Issued by Example CA, valid until 3 May 2027, for vault.example.com`. */
export const describeCertificate = (certificate: PeerCertificate): string =>
  `Issued by ${issuerOf(certificate)}, valid until ${dateText(certificate.valid_to)}, for ${namesText(certificate)}`;

/** The code of the refusal does not tell: it depends on the library, and on what else is wrong with it. */
function isSelfSigned({ raw }: PeerCertificate): boolean {
  const certificate = new X509Certificate(raw);
  const { subject, issuer, publicKey } = certificate;
  return subject === issuer && certificate.verify(publicKey);
}

/** The warning for a certificate that is good, and will not be for long. `now` in ms since 1970. */
export function endsSoon({ valid_to: end }: PeerCertificate, now: number): AppError | undefined {
  const left = new Date(end).getTime() - now;
  if (left > SOON_MS) return undefined;
  const days = Math.floor(left / 86_400_000);
  return new AppError('TLS_EXPIRED', {
    message:
      days < 1
        ? 'The certificate of this server ends within a day.'
        : `The certificate of this server ends in ${String(days)} ${days === 1 ? 'day' : 'days'}.`,
    hint: 'Ask the administrator of the server to renew it before then.',
  });
}

/** Why TLS refused a certificate. `code` is Node's, see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
export function explainRefusal(
  code: string,
  certificate: PeerCertificate,
  { host, caFile }: { readonly host: string; readonly caFile: string },
): AppError {
  const known = networkError({ code }) ?? new AppError('TLS_UNTRUSTED');
  if (known.code === 'TLS_WRONG_NAME') {
    return new AppError(known.code, {
      message: `The certificate of this server is for ${namesText(certificate)}, and not for ${host}.`,
      likelyCause: known.likelyCause,
      hint: `Use a name from the certificate as the address, or ask the administrator of the server for a certificate for ${host}.`,
    });
  }
  if (code === 'CERT_HAS_EXPIRED') {
    return new AppError(known.code, {
      message: `The certificate of this server, or of an authority above it, has expired; its own end is ${dateText(certificate.valid_to)}.`,
      likelyCause: 'It was not renewed in time.',
    });
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return new AppError(known.code, {
      message: `The certificate of this server is valid from ${dateText(certificate.valid_from)} only.`,
      likelyCause: 'The clock of this computer is behind.',
      hint: 'Check the clock of this computer. If it is right, the administrator of the server has to wait, or use another certificate.',
    });
  }
  if (known.code !== 'TLS_UNTRUSTED') return known;
  const selfSigned = isSelfSigned(certificate);
  return new AppError(known.code, {
    message: selfSigned
      ? 'The certificate of this server is self-signed: no authority vouches for it.'
      : `The certificate of this server was issued by ${issuerOf(certificate)}, which is not trusted here.`,
    likelyCause:
      caFile !== ''
        ? `${caFile} does not hold the authority that issued it.`
        : selfSigned
          ? 'The server made it itself, as development servers do.'
          : known.likelyCause,
    ...(caFile !== '' && {
      hint: 'Choose the CA certificate file that does, or ask the administrator of the server for it.',
    }),
    details: { field: 'caFile' },
  });
}

const count = (number: number, one: string, many: string): string =>
  `${String(number)} ${number === 1 ? one : many}`;

/** Step `certificates`: what the files hold that were just read. `now` in ms since 1970. */
export function describeFiles({ authorities, client }: CertificateFiles, now: number): StepResult {
  const parts: string[] = [];
  if (authorities.length > 0) {
    parts.push(`${count(authorities.length, 'more authority', 'more authorities')} trusted`);
  }
  if (client === undefined) return passed(parts.join('. '));
  const { subject, validTo } = client.parsed;
  const [, name = 'without a name'] = /^CN=(.+)$/m.exec(subject) ?? [];
  parts.push(`Client certificate ${name}, valid until ${dateText(validTo)}`);
  const detail = parts.join('. ');
  if (new Date(validTo).getTime() > now) return passed(detail);
  return warned(
    detail,
    new AppError('TLS_CLIENT_CERTIFICATE', {
      message: 'The client certificate has expired.',
      hint: 'Ask its issuer for a new one. A server that looks at it will refuse this one.',
      details: { field: 'clientCertFile' },
    }),
  );
}
