/**
 * Makes certificates for TLS stand-ins, so that no private key lies in the repository and no tool
 * beyond Node is needed: X.509 v3 (RFC 5280) in DER, signed with ECDSA over P-256.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

export interface CertificateOptions {
  /** Host names and IPv4 addresses it is for; 127.0.0.1 and localhost by default. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Common name of subject and issuer. */
  readonly commonName?: string;
}

/** PEM texts, as Node's TLS server takes them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content]);
}

const sequence = (...contents: readonly Buffer[]): Buffer => tlv(0x30, ...contents);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Buffer): Buffer => tlv(0x04, content);
const bits = (content: Buffer): Buffer => tlv(0x03, Buffer.from([0]), content);

const TRUE = tlv(0x01, Buffer.from([0xff]));
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const BASIC_CONSTRAINTS = oid('551d13');
const SUBJECT_ALT_NAME = oid('551d11');

const time = (date: Date): Buffer =>
  tlv(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`));

const distinguishedName = (commonName: string): Buffer =>
  sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(commonName)))));

const alternativeName = (name: string): Buffer =>
  isIP(name) === 4
    ? tlv(0x87, Buffer.from(name.split('.').map(Number)))
    : tlv(0x82, Buffer.from(name));

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;

function signed(publicKey: KeyObject, privateKey: KeyObject, options: CertificateOptions): Buffer {
  const {
    names = ['localhost', '127.0.0.1'],
    notBefore = new Date(Date.now() - DAY_MS),
    notAfter = new Date(Date.now() + DAY_MS),
    commonName = 'Strongroom test authority',
  } = options;
  const name = distinguishedName(commonName);
  const extensions = sequence(
    sequence(BASIC_CONSTRAINTS, TRUE, octets(sequence(TRUE))),
    sequence(SUBJECT_ALT_NAME, octets(sequence(...names.map(alternativeName)))),
  );
  const version3 = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const serial = tlv(0x02, Buffer.from([1]), randomBytes(15));
  const validity = sequence(time(notBefore), time(notAfter));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const content = sequence(
    version3,
    serial,
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    key,
    tlv(0xa3, extensions),
  );
  return sequence(content, ECDSA_WITH_SHA256, bits(sign('sha256', content, privateKey)));
}

/** A self-signed certificate that is its own authority: nobody trusts it who was not told to. */
export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    cert: pem('CERTIFICATE', signed(publicKey, privateKey, options)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
