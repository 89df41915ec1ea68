/** What node-vault would do by itself, and must not do here. */
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startVaultServer, type VaultServer } from '@test/servers/vault/server';
import { Secret } from '@core/secrets/secret';
import { RequestLimit } from '@core/network/request-limit';
import { networkOf } from '@test/support/network';
import { systemRuntime } from '@core/runtime';
import { VaultClient } from './client';
import { encodePath } from './paths';
import {
  breaks,
  connect,
  doc,
  errorOf,
  options,
  readAll,
  signal,
  textOf,
} from '@test/support/hashicorp-vault';

let server: VaultServer;
beforeEach(async () => {
  server = await startVaultServer();
});
afterEach(() => server.close());

const client = (): VaultClient =>
  new VaultClient({
    url: server.url,
    network: networkOf(),
    maxSockets: 2,
    deadlineMs: 5000,
    runtime: systemRuntime,
    limit: new RequestLimit({ runtime: systemRuntime, most: 2 }),
  });

describe('the environment of the process', () => {
  beforeEach(() => {
    vi.stubEnv('VAULT_ADDR', 'http://127.0.0.1:9');
    vi.stubEnv('VAULT_TOKEN', 'token-of-the-environment');
    vi.stubEnv('VAULT_NAMESPACE', 'namespace-of-the-environment');
    vi.stubEnv('VAULT_PREFIX', '/prefix-of-the-environment');
    vi.stubEnv('VAULT_SKIP_VERIFY', '1');
  });

  it('decides about no address, token, namespace or prefix', async () => {
    const anonymous = client();
    const answer = await anonymous.send(
      { method: 'GET', path: encodePath('secret/data/app') },
      signal(),
    );
    anonymous.close();
    expect(answer.status).toBe(403);
    const access = server.appRole({ policies: ['app'] });
    server.policy('app', { 'secret/*': ['create', 'read', 'list'] });
    const provider = connect(server.url, access);
    await provider.write('app', doc('{"A":"1"}'), null, options());
    await provider.list(options());
    expect(server.requests[0]?.target).toBe('/v1/secret/data/app');
    expect(server.requests[0]?.headers).not.toHaveProperty('x-vault-token');
    const headers = server.requests.flatMap((request) => Object.keys(request.headers));
    expect(headers).not.toContain('x-vault-namespace');
    expect(JSON.stringify(server.requests)).not.toContain('environment');
  });
});

it('prints nothing, even if node-vault is set to print', async () => {
  const debug = createRequire(createRequire(import.meta.url).resolve('node-vault'))('debug') as {
    enable(names: string): void;
    disable(): void;
  };
  debug.enable('node-vault');
  onTestFinished(() => {
    debug.disable();
  });
  const printed: string[] = [];
  const keep = (text: string | Uint8Array): boolean => printed.push(String(text)) > 0;
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  const provider = connect(server.url, { token: server.rootToken });
  await provider.write('app', doc('{"A":"1"}'), null, options());
  await provider.read('app', options());
  expect(printed).toEqual([]);
});

describe('paths', () => {
  it.each(['sys/health', 'a/sys/healthy', '{{x}}', '{{{x}}}', '&#x2F;', '<b>"\'&', '$&'])(
    'names the secret %j as it is',
    async (name) => {
      const provider = connect(server.url, { token: server.rootToken });
      await provider.write(name, doc('{"A":"1"}'), null, options());
      expect(server.kv('secret').paths()).toEqual([name]);
      expect(textOf((await provider.read(name, options())).document)).toBe('{"A":"1"}');
    },
  );

  it('takes no error for a success because of "sys/health" in the path', async () => {
    const provider = connect(server.url, { token: server.rootToken });
    const missing = await errorOf(provider.read('sys/health', options()));
    expect(missing.code).toBe('NOT_FOUND');
    breaks(
      server,
      { path: 'secret/data/sys/health' },
      {
        kind: 'answer',
        status: 500,
        body: { errors: ['internal error'], data: { data: {}, metadata: {} } },
      },
    );
    const failing = await errorOf(provider.read('sys/health', options()));
    expect(failing.code).toBe('SERVER_ERROR');
  });
});

describe('errors', () => {
  it('say nothing in the words of the server', async () => {
    const provider = connect(server.url, { token: server.rootToken });
    breaks(
      server,
      { path: 'secret/data/app' },
      {
        kind: 'answer',
        status: 418,
        body: { errors: ['the value hunter2 is not a teapot'] },
      },
    );
    const [outcome] = await readAll(provider, ['app']);
    const error = outcome && 'error' in outcome ? outcome.error : undefined;
    expect(error?.report()).toMatchObject({
      code: 'REQUEST_REFUSED',
      details: { status: 418, method: 'GET', path: '/v1/secret/data/app' },
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('hunter2');
  });

  it('hold neither token nor values', async () => {
    const token = 'hvs.SECRETTOKEN';
    const provider = connect(server.url, { token });
    const refused = await errorOf(provider.write('a', doc('{"A":"hunter2"}'), null, options()));
    const rooted = connect(server.url, { token: server.rootToken });
    breaks(
      server,
      { path: 'secret/data/app' },
      {
        kind: 'answer',
        status: 200,
        body: '{"data":{"data":{"A":"hunter2"},"metadata":{"version":hunter2}}}',
      },
    );
    const garbled = await errorOf(rooted.read('app', options()));
    breaks(
      server,
      { path: 'secret/data/cut' },
      {
        kind: 'answer',
        status: 200,
        body: '{"data":{"data":{"A":"hunter2"',
      },
    );
    const cut = await errorOf(rooted.read('cut', options()));
    expect([refused.code, garbled.code, cut.code]).toEqual([
      'TOKEN_INVALID',
      'UNEXPECTED_ANSWER',
      'UNEXPECTED_ANSWER',
    ]);
    const printed = inspect([refused, garbled, cut, provider, rooted, new Secret(token)], {
      depth: 10,
      showHidden: true,
    });
    expect(printed).not.toMatch(/hunter2|SECRETTOKEN/);
  });
});
