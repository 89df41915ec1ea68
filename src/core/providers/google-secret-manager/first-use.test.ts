/** Google's library takes a while to load, so it is loaded for the first access token. */
import { afterEach, expect, it, vi } from 'vitest';
import { startGoogleSecretManager } from '@test/servers/google-secret-manager/server';
import { accountParts, makeProvider, signal } from '@test/support/google-secret-manager';
import '@core/core';

const library = vi.hoisted(() => ({ loads: 0 }));
vi.mock('google-auth-library', async (importOriginal) => {
  library.loads += 1;
  return importOriginal();
});

afterEach(() => {
  library.loads = 0;
});

it('is not loaded with the core, or to make a provider or reach the server', async () => {
  const server = await startGoogleSecretManager();
  server.secrets().put('app', '{}');
  const provider = makeProvider(accountParts(server));
  await provider.reach?.({ signal });
  expect(library.loads).toBe(0);
  await provider.read('app', { signal });
  expect(library.loads).toBe(1);
  provider.dispose();
  await server.close();
});
