/**
 * Temporary certificates for stand-ins, made at run time: there is no file in the repository that expires
 * one day, and no need for `openssl`. Node's crypto signs them; only the encoding of RFC 5280 is here. The
 * tests read them with Node's TLS and `X509Certificate`.
 */
import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { isIP } from 'node:net';

/** Key and certificate as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly commonName?: string;
  /** DNS names and IP addresses; `localhost` and 127.0.0.1 by default, none for a client. */
  readonly names?: readonly string[];
  /** An hour ago by default. */
  readonly notBefore?: Date;
  /** In 90 days by default. */
  readonly notAfter?: Date;
  /** An RSA key; EC by default, because its keys are made at once. */
  readonly rsa?: boolean;
}

export interface CertificateAuthority extends Certificate {
  issue(options?: CertificateOptions): Certificate;
}

const HOUR = 3_600_000;

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
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
  keyUsage: [2, 5, 29, 15],
  subjectAltName: [2, 5, 29, 17],
  basicConstraints: [2, 5, 29, 19],
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

const time = (date: Date): Buffer =>
  der(
    TAG.generalizedTime,
    Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`),
  );

const distinguishedName = (commonName: string): Buffer =>
  sequence(
    der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8String, Buffer.from(commonName)))),
  );

const bitString = (bytes: Buffer, unusedBits = 0): Buffer =>
  der(TAG.bitString, Buffer.from([unusedBits]), bytes);

const CRITICAL = der(TAG.boolean, Buffer.from([0xff]));

const extension = (id: Parameters<typeof oid>[0], value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [CRITICAL] : []), der(TAG.octetString, value));

const address = (ip: string): Buffer => {
  if (isIP(ip) !== 4) throw new Error('Only IPv4 addresses are encoded');
  return Buffer.from(ip.split('.').map(Number));
};

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

/** A CA may sign certificates (bit 5), a server only what it exchanges (bit 0). */
const usageExtensions = (authority: boolean): Buffer[] => [
  extension(OID.basicConstraints, authority ? sequence(CRITICAL) : sequence(), true),
  extension(
    OID.keyUsage,
    authority ? bitString(Buffer.from([0x04]), 2) : bitString(Buffer.from([0x80]), 7),
    true,
  ),
];

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;

interface Issuer {
  readonly name: string;
  readonly key: KeyObject;
}

function create(
  options: CertificateOptions & { readonly authority: boolean },
  issuer: Issuer | undefined,
): Certificate {
  const { privateKey, publicKey } =
    options.rsa === true
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signingKey = issuer?.key ?? privateKey;
  const { commonName = 'Strongroom test server', names = ['localhost', '127.0.0.1'] } = options;
  const now = Date.now();
  const algorithm =
    signingKey.asymmetricKeyType === 'rsa'
      ? sequence(oid(OID.sha256WithRsaEncryption), der(TAG.null))
      : sequence(oid(OID.ecdsaWithSha256));
  // A serial number is positive: its first bit must not be set.
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const content = sequence(
    der(context(0, true), der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    algorithm,
    distinguishedName(issuer?.name ?? commonName),
    sequence(
      time(options.notBefore ?? new Date(now - HOUR)),
      time(options.notAfter ?? new Date(now + 90 * 24 * HOUR)),
    ),
    distinguishedName(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      context(3, true),
      sequence(
        ...usageExtensions(options.authority),
        ...(options.authority || names.length === 0 ? [] : [subjectAltName(names)]),
      ),
    ),
  );
  const signature = sign('sha256', content, signingKey);
  return {
    cert: pem('CERTIFICATE', sequence(content, algorithm, bitString(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A new CA. Clients must be configured to trust it. */
export function createAuthority(commonName = 'Strongroom test CA'): CertificateAuthority {
  const own = create({ commonName, authority: true }, undefined);
  const issuer: Issuer = { name: commonName, key: createPrivateKey(own.key) };
  return {
    ...own,
    issue: (options = {}) => create({ ...options, authority: false }, issuer),
  };
}

export const createSelfSigned = (options: CertificateOptions = {}): Certificate =>
  create({ ...options, authority: false }, undefined);

export interface TestCertificates {
  /** If a client gets its `cert` as CA, it trusts all of these except `selfSigned`. */
  readonly authority: CertificateAuthority;
  readonly valid: Certificate;
  readonly expired: Certificate;
  readonly notYetValid: Certificate;
  /** The certificate of a client. */
  readonly client: Certificate;
  /** For `vault.example.com` only. */
  readonly wrongName: Certificate;
  readonly selfSigned: Certificate;
}

export function createTestCertificates(): TestCertificates {
  const authority = createAuthority();
  const now = Date.now();
  return {
    authority,
    valid: authority.issue(),
    client: authority.issue({ commonName: 'Strongroom test client', names: [] }),
    expired: authority.issue({
      notBefore: new Date(now - 48 * HOUR),
      notAfter: new Date(now - 24 * HOUR),
    }),
    notYetValid: authority.issue({
      notBefore: new Date(now + 24 * HOUR),
      notAfter: new Date(now + 48 * HOUR),
    }),
    wrongName: authority.issue({ commonName: 'vault.example.com', names: ['vault.example.com'] }),
    selfSigned: createSelfSigned(),
  };
}
