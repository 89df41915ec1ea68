/** The way to a server, against real sockets and certificates that are made for it. */
import { once } from 'node:events';
import * as https from 'node:https';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { CheckStep } from '@shared/model/connection';
import { createTestCertificates } from '@test/servers/certificates';
import { startForwardProxy, type ForwardProxy } from '@test/servers/forward-proxy';
import { networkDefaults } from '@shared/providers/facts/network';
import type { NetworkValues } from '@shared/providers/network';
import { Network } from '@core/network/network';
import { environmentProxy } from '@core/network/system-proxy';
import { systemRuntime } from '@core/runtime';
import type { Questions } from '@test/support/client-side';
import { clientSides } from '@test/support/client-sides';

type Settings = Omit<Parameters<Questions['check']>[0], 'url'>;

const certificates = createTestCertificates();
const directory = mkdtempSync(join(tmpdir(), 'strongroom-check-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const caValues = (): Partial<NetworkValues> => ({
  caFile: file('ca.pem', certificates.authority.cert),
});
const trusting = (more: Partial<NetworkValues> = {}): Settings => ({
  values: { ...caValues(), ...more },
});

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const tlsServer = (options: TlsOptions): Promise<number> =>
  listen(createServer(options, (socket) => socket.on('error', () => undefined)));

describe.for(clientSides())('$name', ({ ask }) => {
  const check = async (url: string, more: Settings = {}): Promise<Record<string, CheckStep>> =>
    Object.fromEntries((await ask('check', { url, ...more })).map((step) => [step.id, step]));

  it('tells the addresses of a name, and the one that answered', async () => {
    const port = await listen(createTcpServer());
    const { name, port: answered, tls } = await check(`http://localhost:${String(port)}`);
    expect(name).toMatchObject({ status: 'passed', label: 'Name lookup' });
    expect(name?.detail).toMatch(/^localhost is .*127\.0\.0\.1/);
    expect(answered).toMatchObject({ status: 'passed', detail: `127.0.0.1, port ${String(port)}` });
    expect(tls).toMatchObject({ status: 'skipped' });
  });

  it('looks nothing up for an IP address', async () => {
    const port = await listen(createTcpServer());
    const { name } = await check(`http://127.0.0.1:${String(port)}`);
    expect(name).toMatchObject({
      status: 'skipped',
      detail: expect.stringContaining('IP address') as string,
    });
  });

  it('names the step at which it fails', async () => {
    expect(await check('https://no-such-host.invalid')).toMatchObject({
      name: { status: 'failed', error: { code: 'NAME_NOT_FOUND' } },
      port: { status: 'not-reached' },
      tls: { status: 'not-reached' },
    });
    expect(await check('https://127.0.0.1:1')).toMatchObject({
      name: { status: 'skipped' },
      port: { status: 'failed', error: { code: 'CONNECTION_REFUSED' } },
      tls: { status: 'not-reached' },
    });
  });

  it('ends in time where the handshake never does', async () => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => undefined).resume();
      }),
    );
    const { tls } = await check(`https://127.0.0.1:${String(port)}`, { deadlineMs: 200 });
    expect(tls).toMatchObject({ status: 'failed', error: { code: 'TIMED_OUT' } });
  });

  it.each([
    ['selfSigned', 'TLS_UNTRUSTED', 'is self-signed'],
    ['valid', 'TLS_UNTRUSTED', 'was issued by Strongroom test CA, which is not trusted here'],
  ] as const)(
    'says of a certificate that is %s why it is not trusted',
    async (kind, code, says) => {
      const port = await tlsServer(certificates[kind]);
      const { tls } = await check(`https://localhost:${String(port)}`);
      expect(tls).toMatchObject({ status: 'failed', error: { code } });
      expect(tls?.error?.message).toContain(says);
    },
  );

  it('warns where the certificate is not verified', async () => {
    const port = await tlsServer(certificates.expired);
    const { tls } = await check(`https://localhost:${String(port)}`, {
      verifySsl: false,
    });
    expect(tls).toMatchObject({ status: 'warned' });
    expect(tls?.detail).toMatch(
      /^Issued by Strongroom test CA, valid until \d+ \w+ \d{4}, for localhost, 127\.0\.0\.1\. Not verified/,
    );
  });

  describe('a certificate', () => {
    it('is described by issuer, end and names', async () => {
      const port = await tlsServer(certificates.valid);
      const { certificates: files, tls } = await check(
        `https://localhost:${String(port)}`,
        trusting(),
      );
      expect(files).toMatchObject({ status: 'passed', detail: '1 more authority trusted' });
      expect(tls).toMatchObject({ status: 'passed' });
      expect(tls?.detail).toMatch(
        /^Issued by Strongroom test CA, valid until \d+ \w+ \d{4}, for localhost, 127\.0\.0\.1$/,
      );
    });

    it('that ends within two weeks is warned of', async () => {
      const notAfter = new Date(Date.now() + 3.5 * 86_400_000);
      const port = await tlsServer(certificates.authority.issue({ notAfter }));
      const { tls } = await check(`https://localhost:${String(port)}`, trusting());
      expect(tls).toMatchObject({ status: 'warned', error: { code: 'TLS_EXPIRED' } });
      expect(tls?.error?.message).toBe('The certificate of this server ends in 3 days.');
    });

    it.each([
      ['wrongName', 'TLS_WRONG_NAME', 'is for vault.example.com, and not for localhost'],
      ['expired', 'TLS_EXPIRED', 'has expired'],
      ['notYetValid', 'TLS_EXPIRED', 'is valid from'],
    ] as const)('that is %s is reported with what is wrong', async (kind, code, says) => {
      const port = await tlsServer(certificates[kind]);
      const { tls } = await check(`https://localhost:${String(port)}`, trusting());
      expect(tls).toMatchObject({ status: 'failed', error: { code } });
      expect(tls?.error?.message).toContain(says);
    });

    it('of another authority than the one in the file says so', async () => {
      const port = await tlsServer(certificates.selfSigned);
      const { tls } = await check(`https://localhost:${String(port)}`, trusting());
      expect(tls?.error).toMatchObject({ code: 'TLS_UNTRUSTED', details: { field: 'caFile' } });
      expect(tls?.error?.cause).toContain('does not hold the authority');
    });
  });

  describe('a server that demands a client certificate', () => {
    const demanding: TlsOptions = {
      ...certificates.valid,
      ca: certificates.authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    };

    it('is recognised by TLS 1.3, where it says so only after the handshake', async () => {
      const port = await tlsServer({ ...demanding, minVersion: 'TLSv1.3' });
      const { tls } = await check(`https://localhost:${String(port)}`, trusting());
      expect(tls).toMatchObject({ status: 'failed', error: { code: 'TLS_CLIENT_CERTIFICATE' } });
    });

    it('is likely where the handshake of TLS 1.2 is broken off', async () => {
      const port = await tlsServer({ ...demanding, maxVersion: 'TLSv1.2' });
      const { tls } = await check(`https://localhost:${String(port)}`, trusting());
      expect(tls).toMatchObject({
        status: 'failed',
        error: { code: 'TLS_FAILED', details: { field: 'clientCertFile' } },
      });
      expect(tls?.error?.cause).toContain('client certificate');
    });

    it('accepts the one that is named, and says so', async () => {
      const port = await tlsServer(demanding);
      const clientCertFile = file('client.pem', certificates.client.cert + certificates.client.key);
      const { certificates: files, tls } = await check(
        `https://localhost:${String(port)}`,
        trusting({ clientCertFile }),
      );
      expect(tls).toMatchObject({ status: 'passed' });
      expect(files?.detail).toMatch(
        /^1 more authority trusted\. Client certificate Strongroom test client, valid until /,
      );
    });

    it('closes the connection on one of a stranger', async () => {
      const port = await tlsServer({ ...demanding, minVersion: 'TLSv1.3' });
      const stranger = createTestCertificates().client;
      const clientCertFile = file('stranger.pem', stranger.cert + stranger.key);
      const { tls } = await check(
        `https://localhost:${String(port)}`,
        trusting({ clientCertFile }),
      );
      expect(tls?.status).toBe('failed');
      expect(tls?.error?.cause).toContain('client certificate');
    });
  });

  it.each([
    [
      'speaks http',
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      'It is a plain development server, or its https is at another port.',
    ],
    [
      'speaks first, as SSH and mail do',
      'SSH-2.0-OpenSSH_9.6\r\n',
      'The service on this port does not use HTTPS.',
    ],
  ])('names a server that does not speak TLS: one that %s', async (_what, says, cause) => {
    const port = await listen(
      createTcpServer((socket) => {
        socket
          .on('error', () => undefined)
          .resume()
          .end(says);
      }),
    );
    const { tls } = await check(`https://127.0.0.1:${String(port)}`);
    expect(tls).toMatchObject({ status: 'failed', error: { code: 'TLS_FAILED' } });
    expect(tls?.error?.cause).toBe(cause);
  });

  it('names a server that closes every connection', async () => {
    const port = await listen(createTcpServer((socket) => socket.destroy()));
    const { tls } = await check(`https://127.0.0.1:${String(port)}`);
    expect(tls).toMatchObject({ status: 'failed', error: { code: 'CONNECTION_RESET' } });
  });

  it('names a server that speaks only what is no longer safe', async () => {
    const port = await tlsServer({
      ...certificates.valid,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const { tls } = await check(`https://localhost:${String(port)}`, trusting());
    expect(tls).toMatchObject({ status: 'failed', error: { code: 'TLS_OLD_VERSION' } });
  });

  it('begins with files that cannot be read, and reaches nothing then', async () => {
    const caFile = join(directory, 'missing.pem');
    const steps = await check('https://127.0.0.1:1', { values: { caFile } });
    expect(steps['certificates']).toMatchObject({
      status: 'failed',
      error: { code: 'INVALID_CONFIGURATION', details: { field: 'caFile' } },
    });
    expect(steps['port']?.status).toBe('not-reached');
  });

  describe('through a proxy', () => {
    let proxy: ForwardProxy;
    beforeEach(async () => {
      proxy = await startForwardProxy({
        names: { 'vault.corp.invalid': '127.0.0.1' },
        login: { user: 'anna', password: 'secret' },
      });
    });
    afterEach(() => proxy.stop());

    const through = (password = 'secret', more: Partial<NetworkValues> = {}): Settings => ({
      values: { ...caValues(), proxy: 'typed', proxyUrl: proxy.url, proxyUser: 'anna', ...more },
      credentials: { proxyPassword: password },
    });

    it('leaves name and port to it, and looks at the certificate behind it', async () => {
      const names = ['vault.corp.invalid'];
      const port = await tlsServer(certificates.authority.issue({ names }));
      const steps = await check(`https://vault.corp.invalid:${String(port)}`, through());
      expect(Object.keys(steps)).toEqual(['certificates', 'proxy', 'name', 'port', 'tls']);
      expect(steps).toMatchObject({
        proxy: {
          status: 'passed',
          detail: `${proxy.url}, chosen by the settings of the connection`,
        },
        name: { status: 'skipped', detail: 'Left to the proxy' },
        port: { status: 'skipped', detail: 'Left to the proxy' },
        tls: { status: 'passed' },
      });
    });

    it('is left out where it is not used', async () => {
      const port = await listen(createTcpServer());
      const steps = await check(
        `http://127.0.0.1:${String(port)}`,
        through('secret', { proxyExceptions: '127.0.0.1' }),
      );
      expect(Object.keys(steps)).not.toContain('proxy');
      expect(proxy.requests).toEqual([]);
    });

    it('that wants another password, refuses or is gone, fails at its own step', async () => {
      const url = `https://localhost:${String(await tlsServer(certificates.valid))}`;
      const error = async (more: Settings) => {
        const steps = await check(url, more);
        expect(steps['name']?.status).toBe('not-reached');
        return steps['proxy']?.error;
      };
      expect(await error(through('wrong'))).toMatchObject({
        code: 'PROXY_AUTHENTICATION',
        message: expect.stringContaining('did not accept') as string,
        details: { field: 'proxyUser' },
      });
      proxy.answerWith({ status: 403, body: '<html>hunter2</html>' });
      const refused = await error(through());
      expect(refused).toMatchObject({ code: 'PROXY_REFUSED', details: { status: 403 } });
      expect(JSON.stringify(refused)).not.toContain('hunter2');
      expect(await error(through('secret', { proxyUrl: 'http://127.0.0.1:1' }))).toMatchObject({
        code: 'PROXY_UNREACHABLE',
      });
    });

    it('that never answers ends in time', async () => {
      proxy.hang();
      const steps = await check('https://vault.corp.invalid', { ...through(), deadlineMs: 200 });
      expect(steps['proxy']).toMatchObject({ status: 'failed', error: { code: 'TIMED_OUT' } });
    });
  });

  it('asks for a name with a dot at its end without the dot, and its certificate fits', async () => {
    const server = await dottedServer();
    const more = trusting({ proxy: 'typed', proxyUrl: server.proxy.url });
    expect((await check(server.url, more))['tls']).toMatchObject({ status: 'passed' });
    expect(server.asked).toEqual(['vault.corp.invalid']);
  });
});

/** Listens behind a proxy that knows it by a name with a dot at its end, and records the names it is asked for. */
async function dottedServer() {
  const asked: string[] = [];
  const port = await tlsServer({
    ...certificates.authority.issue({ names: ['vault.corp.invalid'] }),
    SNICallback: (name, done) => {
      asked.push(name);
      done(null);
    },
  });
  const proxy = await startForwardProxy({ names: { 'vault.corp.invalid.': '127.0.0.1' } });
  onTestFinished(() => proxy.stop());
  return { url: `https://vault.corp.invalid.:${String(port)}`, asked, proxy };
}

describe('a request to a name with a dot at its end', () => {
  it('asks for the name without the dot, and its certificate fits', async () => {
    const { url, asked, proxy } = await dottedServer();
    const { values } = trusting({ proxy: 'typed', proxyUrl: proxy.url });
    const network = new Network(
      { values: { ...networkDefaults, ...values }, credentials: {}, verifySsl: true },
      { runtime: systemRuntime, systemProxy: environmentProxy({}) },
    );
    const agent = network.agent(true, { keepAlive: false, maxSockets: 1 });
    const request = https.get(url, { agent });
    // The server never answers in HTTP. The handshake is what counts.
    const [socket] = (await once(request, 'socket')) as [TLSSocket];
    await once(socket, 'secureConnect');
    request.on('error', () => undefined).destroy();
    agent.destroy();
    expect(asked).toEqual(['vault.corp.invalid']);
  });
});
