/** What depends on the library that does TLS and cryptography: OpenSSL in Node, BoringSSL in Electron. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTestCertificates } from '@test/servers/certificates';
import { startVaultServer } from '@test/servers/vault/server';
import { clientSides } from '@test/support/client-sides';

const { authority, client, valid } = createTestCertificates();
const stranger = createTestCertificates().client;

const directory = mkdtempSync(join(tmpdir(), 'strongroom-tls-library-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const caFile = file('ca.pem', authority.cert);
const clientCertFile = file('client.pem', client.cert);

const passphrase = 'correct horse';
const encrypted = (cipher: string): string =>
  createPrivateKey(client.key)
    .export({ type: 'pkcs8', format: 'pem', cipher, passphrase })
    .toString();
const traditional = (cipher: string): string =>
  createPrivateKey(client.key)
    .export({ type: 'sec1', format: 'pem', cipher, passphrase })
    .toString();
const plain = (key: ReturnType<typeof generateKeyPairSync>['privateKey']): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** By PBE-MD5-DES, which no library takes any more. */
const byDes = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGwMBsGCSqGSIb3DQEFAzAOBAgbApbNQrHqNQICCAAEgZChIgawmutS834+ff+d
calGYeQO9zT5E75kCQ+eTdhIp6Bdazc+JaxC8DhqfWwOfQOifrnwh3ZNu8EUh7u/
E56tlHfU+Vx7yNwKYw9bpDUUVPNpGshYzSS3begnF0YKEkl1H3q5hYSQntFp+7Qh
3QftT0EPJMLxN0XBjCgOV8xNGhhYjrfYnKxt92jNZrd80hY=
-----END ENCRYPTED PRIVATE KEY-----
`;

const sides = clientSides();

describe.for(sides)('$name', ({ ask }) => {
  const readKey = async (pem: string, words = passphrase) => {
    const clientKeyFile = file('client.key', pem);
    return ask('readFiles', {
      values: { caFile: '', clientCertFile, clientKeyFile },
      passphrase: words,
    });
  };

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('by %s', (version) => {
    const demand = async (): Promise<string> => {
      const server = await startVaultServer({
        tls: {
          ...valid,
          minVersion: version,
          maxVersion: version,
          ca: authority.cert,
          requestCert: true,
          rejectUnauthorized: true,
        },
      });
      onTestFinished(() => server.close());
      return `${server.url}/v1/sys/health`;
    };

    it('a client certificate is shown', async () => {
      const url = await demand();
      const both = file('both.pem', client.cert + client.key);
      const answer = await ask('get', { url, values: { caFile, clientCertFile: both } });
      expect(answer).toContain('"initialized":true');
    });

    it('a request without one, or with that of a stranger, says what is demanded', async () => {
      const url = await demand();
      const other = file('stranger.pem', stranger.cert + stranger.key);
      // By TLS 1.2 the stand-in says nothing about a stranger before it closes the connection.
      const silent = version === 'TLSv1.3' ? 'TLS_CLIENT_CERTIFICATE' : 'CONNECTION_RESET';
      const unsaid = version === 'TLSv1.3' ? 'TLS_CLIENT_CERTIFICATE' : 'TLS_FAILED';
      expect(await ask('get', { url, values: { caFile } })).toBe(unsaid);
      expect(await ask('get', { url, values: { caFile, clientCertFile: other } })).toBe(silent);
    });
  });

  it.each(['aes-128-cbc', 'aes-256-cbc', 'des-ede3-cbc'])(
    'reads a key that %s encrypts, in either form',
    async (cipher) => {
      expect(await readKey(encrypted(cipher))).toEqual({ says: 'read' });
      expect(await readKey(traditional(cipher))).toEqual({ says: 'read' });
      const wrong = await readKey(encrypted(cipher), 'wrong horse');
      expect(wrong).toMatchObject({ field: 'clientKeyPassphrase' });
    },
  );

  it.each([
    ['a cipher that is no longer safe', byDes, /is encrypted in a way that cannot be read here/],
    ['a rare cipher', encrypted('camellia-256-cbc'), /^read$|is encrypted in a way that cannot/],
    [
      'a rare curve',
      plain(generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).privateKey),
      /is of a kind that cannot be used here|does not belong/,
    ],
    [
      'a rare signature',
      plain(generateKeyPairSync('ed448').privateKey),
      /is of a kind that cannot be used here|does not belong/,
    ],
  ])('reads a key of %s, or says that it cannot', async (_what, pem, says) => {
    const outcome = await readKey(pem);
    expect(outcome.says).toMatch(says);
    expect(outcome.field ?? 'clientKeyFile').toBe('clientKeyFile');
  });

  it('tells a key that is damaged', async () => {
    const pem = client.key.replace(/\n[A-Za-z0-9+/]{64}\n/, '\nhunter2hunter2\n');
    expect((await readKey(pem)).says).toMatch(/is damaged/);
  });

  it.for(sides)('opens what was sealed $name, under a passphrase', async (other) => {
    const from = { text: 'sk-live ✓', passphrase: 'pa\u{0308}ss' };
    expect(await ask('unprotect', await other.ask('protect', from))).toBe(from.text);
  });
});
