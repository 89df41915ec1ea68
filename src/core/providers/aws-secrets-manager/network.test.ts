/** The ways to a Secrets Manager that is not simply there: a private authority, a client certificate, a proxy. */
import { expect, it, onTestFinished } from 'vitest';
import { startForwardProxy } from '@test/servers/forward-proxy';
import {
  startSecretsManagerServer,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { Secret } from '@core/secrets/secret';
import { certificateFiles } from '@test/support/certificate-files';
import type { SecretsProvider } from '../provider';
import { createAwsSecretsManagerFactory } from './factory';
import {
  collect,
  failure,
  settingsOf,
  signal,
  type ProviderParts,
} from '@test/support/aws-secrets-manager';

const { certificates, at } = certificateFiles();

async function start(
  options: Parameters<typeof startSecretsManagerServer>[0] = { tls: certificates.valid },
): Promise<SecretsManagerServer> {
  const server = await startSecretsManagerServer(options);
  onTestFinished(() => server.stop());
  server.put('app', '{"A":"1"}');
  return server;
}

function connect(
  { endpoint, region }: SecretsManagerServer,
  parts: ProviderParts = {},
  password = '',
): SecretsProvider {
  const { values, credentials } = settingsOf({ endpoint, region, ...parts });
  const provider = createAwsSecretsManagerFactory({ maxAttempts: 1, connectTimeout: 2000 }).create({
    values,
    credentials: { ...credentials, proxyPassword: new Secret(password) },
  });
  onTestFinished(() => {
    provider.dispose();
  });
  return provider;
}

const caFile = at('ca.pem');
const paths = async (provider: SecretsProvider): Promise<string[]> =>
  (await provider.list({ signal })).secrets.map(({ path }) => path);

it('trusts a private authority whose file is named, and no other', async () => {
  const server = await start();
  const key = server.guideAccessKey();
  expect(await paths(connect(server, { ...key, caFile }))).toEqual(['app']);
  expect((await failure(paths(connect(server, key)))).code).toBe('TLS_UNTRUSTED');
});

it('shows a client certificate', async () => {
  const server = await start({
    tls: {
      ...certificates.valid,
      ca: certificates.authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    },
  });
  const key = server.guideAccessKey();
  const clientCertFile = at('client.pem');
  expect(await paths(connect(server, { ...key, caFile, clientCertFile }))).toEqual(['app']);
  expect((await failure(paths(connect(server, { ...key, caFile })))).code).toBe(
    'TLS_CLIENT_CERTIFICATE',
  );
});

it('goes through a proxy with a login, in its test too', async () => {
  const server = await start();
  const proxy = await startForwardProxy({ login: { user: 'anna', password: 'right' } });
  onTestFinished(() => proxy.stop());
  const parts = {
    ...server.guideAccessKey(),
    caFile,
    proxy: 'typed',
    proxyUrl: proxy.url,
    proxyUser: 'anna',
  } as const;
  const provider = connect(server, parts, 'right');
  expect(await paths(provider)).toEqual(['app']);
  const steps = await collect(provider.check({ signal }));
  expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(steps.find(({ id, status }) => id === 'proxy' && status === 'passed')?.detail).toContain(
    proxy.url,
  );
  expect([...new Set(proxy.requests.map(({ method }) => method))]).toEqual(['CONNECT']);
  const wrong = connect(server, parts, 'wrong');
  expect((await failure(paths(wrong))).code).toBe('PROXY_AUTHENTICATION');
  const gone = connect(server, { ...parts, proxyUrl: 'http://127.0.0.1:1' });
  expect((await failure(paths(gone))).code).toBe('PROXY_UNREACHABLE');
});

it('tells a file that cannot be read at its field', async () => {
  const server = await start();
  const missing = connect(server, { ...server.guideAccessKey(), caFile: at('missing.pem') });
  const error = await failure(paths(missing));
  expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { field: 'caFile' } });
  expect(server.count()).toBe(0);
});
