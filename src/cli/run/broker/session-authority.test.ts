import { X509Certificate } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect, TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { SessionAuthority } from './session-authority';
import { trustIn } from './trust';

const DAY = 24 * 3_600_000;

/** What a client sees that trusts the authority and asks for a host. */
async function seen(session: SessionAuthority, host: string): Promise<X509Certificate> {
  const server = createServer((socket) => {
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: session.contextFor(host),
    });
    secure.on('error', () => undefined).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: session.cert,
    checkServerIdentity: () => undefined,
  });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (certificate === undefined) throw new Error('The server has shown no certificate');
  return certificate;
}

describe('the authority of a run', () => {
  it('makes certificates for names and addresses, which clients accept', async () => {
    const session = new SessionAuthority(() => Date.now());
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.test`;
    const name = await seen(session, long);
    expect(name.checkHost(long)).toBe(long);
    expect(name.checkHost('other.test')).toBeUndefined();
    for (const address of ['127.0.0.1', '::1', '2001:db8::1:2', '::ffff:10.0.0.1']) {
      expect((await seen(session, address)).checkIP(address)).toBe(address);
    }
  });

  it('makes a certificate once a day, and none that is longer than a week', () => {
    let now = Date.now();
    const session = new SessionAuthority(() => now);
    const first = session.contextFor('a.test');
    now += DAY / 2;
    expect(session.contextFor('a.test')).toBe(first);
    now += DAY;
    expect(session.contextFor('a.test')).not.toBe(first);
  });

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)(
    'fits RFC 5280 as strictly as OpenSSL reads it, as Python 3.13 does',
    () => {
      const session = new SessionAuthority(() => Date.now());
      const folder = temporaryDirectory();
      const file = join(folder, 'ca.pem');
      writeFileSync(file, session.cert);
      const { status, stderr } = spawnSync('openssl', [
        'verify',
        '-x509_strict',
        '-check_ss_sig',
        '-CAfile',
        file,
        file,
      ]);
      expect(String(stderr)).toBe('');
      expect(status).toBe(0);
    },
  );

  it('writes times before and after 2050', () => {
    const session = new SessionAuthority(() => Date.UTC(2049, 11, 31));
    const { validFrom, validTo } = new X509Certificate(session.cert);
    expect([validFrom, validTo]).toEqual(['Dec 30 23:00:00 2049 GMT', 'Dec 31 00:00:00 2050 GMT']);
  });
});

describe('the files of a run', () => {
  it('hold those that are trusted already, and the authority', () => {
    const folder = temporaryDirectory();
    const own = join(folder, 'own.pem');
    const mine = new SessionAuthority(() => Date.now());
    const theirs = new SessionAuthority(() => Date.now());
    writeFileSync(own, theirs.cert);
    const { env, remove } = trustIn(mine.cert, {
      CURL_CA_BUNDLE: own,
      NODE_EXTRA_CA_CERTS: own,
      GIT_SSL_CAINFO: join(folder, 'missing.pem'),
    });
    const read = (name: string): string => readFileSync(env[name] ?? '', 'utf8');
    expect(read('CURL_CA_BUNDLE')).toBe(theirs.cert + mine.cert);
    expect(read('NODE_EXTRA_CA_CERTS')).toBe(theirs.cert + mine.cert);
    expect(read('DENO_CERT')).toBe(mine.cert);
    expect(read('SSL_CERT_FILE').endsWith(mine.cert)).toBe(true);
    // The authorities of the system.
    expect(read('SSL_CERT_FILE').match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
    expect(env['GIT_SSL_CAINFO']).toBe(env['SSL_CERT_FILE']);
    const place = dirname(env['SSL_CERT_FILE'] ?? '');
    remove();
    expect(existsSync(place)).toBe(false);
  });
});
