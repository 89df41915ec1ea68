/** The ways to a Parameter Store that is not simply there: a private authority, a proxy, another address. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { startForwardProxy } from '@test/servers/forward-proxy';
import {
  startParameterStoreServer,
  type ParameterStoreServer,
} from '@test/servers/parameter-store/server';
import { Secret } from '@core/secrets/secret';
import { systemRuntime } from '@core/runtime';
import {
  collect,
  failure,
  settingsOf,
  signal,
  type ProviderParts,
} from '@test/support/aws-parameter-store';
import { certificateFiles } from '@test/support/certificate-files';
import type { SecretsProvider } from '../provider';
import { createAwsParameterStoreFactory } from './factory';

const { certificates, at } = certificateFiles();

async function start(
  options: Parameters<typeof startParameterStoreServer>[0] = { tls: certificates.valid },
): Promise<ParameterStoreServer> {
  const server = await startParameterStoreServer(options);
  onTestFinished(() => server.stop());
  server.put('/app/A', '1');
  return server;
}

function connect(
  server: ParameterStoreServer,
  parts: ProviderParts = {},
  password = '',
): SecretsProvider {
  const { accessKeyId, secretAccessKey } = server.guideAccessKey('/app');
  const { endpoint, region } = server;
  const { values, credentials } = settingsOf({
    endpoint,
    region,
    prefix: '/app',
    accessKeyId,
    secretAccessKey,
    ...parts,
  });
  const provider = createAwsParameterStoreFactory({
    maxAttempts: 1,
    connectTimeout: 2000,
    runtime: systemRuntime,
  }).create({ values, credentials: { ...credentials, proxyPassword: new Secret(password) } });
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
  expect(await paths(connect(server, { caFile }))).toEqual(['/']);
  expect((await failure(paths(connect(server)))).code).toBe('TLS_UNTRUSTED');
});

it('goes through a proxy with a login, in its test too', async () => {
  const server = await start();
  const proxy = await startForwardProxy({ login: { user: 'anna', password: 'right' } });
  onTestFinished(() => proxy.stop());
  const parts = { caFile, proxy: 'typed', proxyUrl: proxy.url, proxyUser: 'anna' } as const;
  const provider = connect(server, parts, 'right');
  expect(await paths(provider)).toEqual(['/']);
  const steps = await collect(provider.check({ signal }));
  expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
  expect([...new Set(proxy.requests.map(({ method }) => method))]).toEqual(['CONNECT']);
  expect((await failure(paths(connect(server, parts, 'wrong')))).code).toBe('PROXY_AUTHENTICATION');
});

it('goes where AWS_ENDPOINT_URL_SSM says, and tells so', async () => {
  const server = await start({});
  vi.stubEnv('AWS_ENDPOINT_URL_SSM', server.endpoint);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const provider = connect(server, { endpoint: '' });
  expect(await paths(provider)).toEqual(['/']);
  const steps = await collect(provider.check({ signal }));
  expect(steps.findLast(({ id }) => id === 'endpoint')?.detail).toContain('AWS_ENDPOINT_URL_SSM');
});

it('is reached without a call', async () => {
  const server = await start({});
  await connect(server).reach?.({ signal });
  expect(server.count()).toBe(0);
  const nowhere = connect(server, { endpoint: 'http://127.0.0.1:1' });
  expect((await failure(nowhere.reach?.({ signal }) ?? Promise.resolve())).code).toBe(
    'CONNECTION_REFUSED',
  );
});
