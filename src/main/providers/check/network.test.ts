/** The way to a server, against real sockets and certificates that are made for it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { CheckStep } from '@shared/contract/vault';
import { createTestCertificates } from '../../../../e2e/servers/certificates';
import { networkOf } from '../network/test-kit';
import { networkSteps, type NetworkTarget } from './network';
import { runSteps } from './steps';

const certificates = createTestCertificates();
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

async function check(
  url: string,
  more: Partial<NetworkTarget> = {},
): Promise<Record<string, CheckStep>> {
  const steps = networkSteps({
    url: async () => new URL(url),
    field: 'url',
    network: networkOf(),
    deadlineMs: 5_000,
    ...more,
  });
  const ends: Record<string, CheckStep> = {};
  for await (const step of runSteps(steps, new AbortController().signal)) ends[step.id] = step;
  return ends;
}

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
] as const)('says of a certificate that is %s why it is not trusted', async (kind, code, says) => {
  const port = await tlsServer(certificates[kind]);
  const { tls } = await check(`https://localhost:${String(port)}`);
  expect(tls).toMatchObject({ status: 'failed', error: { code } });
  expect(tls?.error?.message).toContain(says);
});

it('warns where the certificate is not verified', async () => {
  const port = await tlsServer(certificates.expired);
  const { tls } = await check(`https://localhost:${String(port)}`, {
    network: networkOf({}, { verifySsl: false }),
  });
  expect(tls).toMatchObject({ status: 'warned' });
  expect(tls?.detail).toMatch(
    /^Issued by Strongroom test CA, valid until \d+ \w+ \d{4}, for localhost, 127\.0\.0\.1\. Not verified/,
  );
});
