import { describe, expect, it, onTestFinished } from 'vitest';
import { createSelfSigned } from '@test/servers/certificates';
import { startVaultServer, type VaultServerOptions } from '@test/servers/vault/server';
import { clientSides } from '@test/support/client-sides';

async function addressOf(options: VaultServerOptions): Promise<URL> {
  const server = await startVaultServer(options);
  onTestFinished(() => server.close());
  return new URL(server.url);
}

describe.for(clientSides())('$name', ({ ask }) => {
  it('tells a server that wants https, whoever vouches for it and whatever the address says', async () => {
    const address = await addressOf({ tls: createSelfSigned() });
    address.protocol = 'http:';
    expect(await ask('speaksTls', { url: address.href })).toBe(true);
  });

  it('is not misled by one that speaks http, or by none', async () => {
    expect(await ask('speaksTls', { url: (await addressOf({})).href })).toBe(false);
    expect(await ask('speaksTls', { url: 'http://127.0.0.1:1' })).toBe(false);
  });
});
