import { expect, it, onTestFinished } from 'vitest';
import { createSelfSigned } from '@test/servers/certificates';
import { startVaultServer, type VaultServerOptions } from '@test/servers/vault/server';
import { speaksTls } from './speaks-tls';

const signal = new AbortController().signal;

async function addressOf(options: VaultServerOptions): Promise<URL> {
  const server = await startVaultServer(options);
  onTestFinished(() => server.close());
  return new URL(server.url);
}

it('tells a server that wants https, whoever vouches for it and whatever the address says', async () => {
  const address = await addressOf({ tls: createSelfSigned() });
  address.protocol = 'http:';
  expect(await speaksTls(address, 5000, signal)).toBe(true);
});

it('is not misled by one that speaks http, or by none', async () => {
  expect(await speaksTls(await addressOf({}), 5000, signal)).toBe(false);
  expect(await speaksTls(new URL('http://127.0.0.1:1'), 5000, signal)).toBe(false);
});
