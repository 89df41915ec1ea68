/**
 * Temporary certificates for stand-ins, made at run time: there is no file in the repository that expires
 * one day, and no need for `openssl`. They are written as those of the proxy of `run --brokered` are.
 */
import { generateKeyPairSync } from 'node:crypto';
import { writeCertificate, type Issuer } from '@cli/run/broker/x509';

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

interface Created extends Certificate {
  readonly issuer: Issuer;
}

function create(
  options: CertificateOptions & { readonly authority: boolean },
  issuer?: Issuer,
): Created {
  const { privateKey, publicKey } =
    options.rsa === true
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { commonName = 'Strongroom test server', names = ['localhost', '127.0.0.1'] } = options;
  const now = Date.now();
  const own = { commonName, privateKey, publicKey };
  const cert = writeCertificate(
    {
      commonName,
      names,
      isAuthority: options.authority,
      notBefore: options.notBefore ?? new Date(now - HOUR),
      notAfter: options.notAfter ?? new Date(now + 90 * 24 * HOUR),
      publicKey,
    },
    issuer ?? own,
  );
  return {
    cert,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issuer: own,
  };
}

/** A new CA. Clients must be configured to trust it. */
export function createAuthority(commonName = 'Strongroom test CA'): CertificateAuthority {
  const { issuer, ...own } = create({ commonName, authority: true });
  return {
    ...own,
    issue: (options = {}) => create({ ...options, authority: false }, issuer),
  };
}

export const createSelfSigned = (options: CertificateOptions = {}): Certificate =>
  create({ ...options, authority: false });

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
