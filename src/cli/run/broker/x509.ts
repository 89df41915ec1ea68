/**
 * Writes X.509 certificates (RFC 5280) with keys of Node. See docs/decisions/0047-brokered-programs.md. It reads none:
 * Node does that.
 */
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

export interface NewCertificate {
  /** At most 64 characters. */
  readonly commonName: string;
  /** DNS names and IP addresses that a server with this certificate has. */
  readonly names: readonly string[];
  /** Whether it may sign other certificates. */
  readonly isAuthority: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
}

/** Who signs: the holder of an RSA key or of an EC key on P-256. */
export interface Issuer {
  readonly commonName: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of a context-specific field; constructed if it holds other fields. */
const context = (number: number, constructed: boolean): number =>
  (constructed ? 0xa0 : 0x80) + number;

const OID = {
  ecdsaWithSha256: [1, 2, 840, 10_045, 4, 3, 2],
  sha256WithRsaEncryption: [1, 2, 840, 113_549, 1, 1, 11],
  commonName: [2, 5, 4, 3],
  subjectKeyIdentifier: [2, 5, 29, 14],
  keyUsage: [2, 5, 29, 15],
  subjectAltName: [2, 5, 29, 17],
  basicConstraints: [2, 5, 29, 19],
  authorityKeyIdentifier: [2, 5, 29, 35],
  extendedKeyUsage: [2, 5, 29, 37],
  serverAuth: [1, 3, 6, 1, 5, 5, 7, 3, 1],
} as const;

/** DER: tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, body]);
}

const sequence = (...content: readonly Buffer[]): Buffer => der(TAG.sequence, ...content);

function base128(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 + (rest % 128));
  }
  return bytes;
}

function oid([first, second, ...rest]: readonly [number, number, ...number[]]): Buffer {
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** RFC 5280, 4.1.2.5: two digits for the year through 2049, four from 2050 on. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return date.getUTCFullYear() < 2050
    ? der(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`))
    : der(TAG.generalizedTime, Buffer.from(`${digits}Z`));
}

const distinguishedName = (commonName: string): Buffer =>
  sequence(
    der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8String, Buffer.from(commonName)))),
  );

const bitString = (bytes: Buffer, unusedBits = 0): Buffer =>
  der(TAG.bitString, Buffer.from([unusedBits]), bytes);

const CRITICAL = der(TAG.boolean, Buffer.from([0xff]));

const extension = (id: Parameters<typeof oid>[0], value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [CRITICAL] : []), der(TAG.octetString, value));

/** The bytes of an IP address. */
function address(ip: string): Buffer {
  if (isIP(ip) === 4) return Buffer.from(ip.split('.').map(Number));
  // A URL writes the last 32 bits in hexadecimal too.
  const { hostname } = new URL(`http://[${ip}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const groups = (text = ''): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from(
    [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''),
    'hex',
  );
}

const subjectAltName = (names: readonly string[]): Buffer =>
  extension(
    OID.subjectAltName,
    sequence(
      ...names.map((name) =>
        isIP(name) === 0
          ? der(context(2, false), Buffer.from(name))
          : der(context(7, false), address(name)),
      ),
    ),
  );

/** RFC 5280, 4.2.1.2: any unique text will do. Python 3.13 and others refuse a certificate without it. */
const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);

function extensionsOf({ isAuthority, names, publicKey }: NewCertificate, issuer: Issuer): Buffer[] {
  return [
    extension(OID.basicConstraints, isAuthority ? sequence(CRITICAL) : sequence(), true),
    // A CA signs certificates (bit 5), a server only what it exchanges (bit 0).
    extension(
      OID.keyUsage,
      isAuthority ? bitString(Buffer.from([0x04]), 2) : bitString(Buffer.from([0x80]), 7),
      true,
    ),
    extension(OID.subjectKeyIdentifier, der(TAG.octetString, keyIdentifier(publicKey))),
    extension(
      OID.authorityKeyIdentifier,
      sequence(der(context(0, false), keyIdentifier(issuer.publicKey))),
    ),
    ...(isAuthority || names.length === 0
      ? []
      : [extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))), subjectAltName(names)]),
  ];
}

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;

/** A certificate as PEM, signed with SHA-256. */
export function writeCertificate(certificate: NewCertificate, issuer: Issuer): string {
  const { commonName, notBefore, notAfter, publicKey } = certificate;
  const algorithm =
    issuer.privateKey.asymmetricKeyType === 'rsa'
      ? sequence(oid(OID.sha256WithRsaEncryption), der(TAG.null))
      : sequence(oid(OID.ecdsaWithSha256));
  // A serial number is positive: its first bit must not be set.
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const content = sequence(
    der(context(0, true), der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    algorithm,
    distinguishedName(issuer.commonName),
    sequence(time(notBefore), time(notAfter)),
    distinguishedName(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(context(3, true), sequence(...extensionsOf(certificate, issuer))),
  );
  const signature = sign('sha256', content, issuer.privateKey);
  return pem(sequence(content, algorithm, bitString(signature)));
}
