import { X509Certificate } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  createAuthority,
  createSelfSigned,
  createTestCertificates,
  type Certificate,
} from './certificates';

const certificates = createTestCertificates();
const ca = certificates.authority.cert;

/** The code that a verifying client fails with; `undefined` if it connects. */
async function connectTo(certificate: Certificate, trusted: string): Promise<string | undefined> {
  const server = createServer({ ...certificate }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<string | undefined>((resolve) => {
      const client: TLSSocket = connect({ port, host: '127.0.0.1', ca: trusted }, () => {
        client.destroy();
        resolve(undefined);
      });
      client.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
  } finally {
    server.close();
  }
}

describe('throw-away certificates', () => {
  it.each([
    ['valid', undefined],
    ['expired', 'CERT_HAS_EXPIRED'],
    ['notYetValid', 'CERT_NOT_YET_VALID'],
    ['wrongName', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('%s: a client that knows the authority ends with %s', async (name, code) => {
    expect(await connectTo(certificates[name], ca)).toBe(code);
  });

  it('is refused by a client that does not know the authority', async () => {
    const stranger = createAuthority('Another CA').cert;
    expect(await connectTo(certificates.valid, stranger)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('a self-signed one is taken by a client that trusts just it', async () => {
    const { selfSigned } = certificates;
    expect(await connectTo(selfSigned, selfSigned.cert)).toBeUndefined();
  });

  it.each([
    ['self-signed', () => createSelfSigned({ rsa: true })],
    ['issued', () => certificates.authority.issue({ rsa: true })],
  ] as const)('with an RSA key, %s, is taken by a client', async (kind, create) => {
    const certificate = create();
    expect(new X509Certificate(certificate.cert).publicKey.asymmetricKeyType).toBe('rsa');
    expect(await connectTo(certificate, kind === 'issued' ? ca : certificate.cert)).toBeUndefined();
  });

  it('says what a reader of certificates expects', () => {
    const certificate = new X509Certificate(certificates.valid.cert);
    expect(certificate.subject).toBe('CN=Strongroom test server');
    expect(certificate.issuer).toBe('CN=Strongroom test CA');
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect(certificate.ca).toBe(false);
    const authority = new X509Certificate(ca);
    expect(authority.ca).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
  });
});
