/** The five ways to sign in, each with what commonly goes wrong. */
import { createPrivateKey } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppError } from '@shared/errors';
import { createSelfSigned } from '@test/servers/certificates';
import type { ApplicationHandle, KeyVaultServer } from '@test/servers/azure-key-vault/server';
import { startForwardProxy } from '@test/servers/forward-proxy';
import { FakeRuntime } from '@test/support/fake-runtime';
import { temporaryDirectory } from '@test/support/temporary-directory';
import {
  failure,
  makeProvider,
  partsOf,
  signal,
  startVault,
  type ProviderParts,
} from '@test/support/azure-key-vault';
import type { SecretsProvider } from '../provider';

interface Place {
  readonly server: KeyVaultServer;
  readonly app: ApplicationHandle;
  readonly runtime: FakeRuntime;
  provider(parts?: ProviderParts): SecretsProvider;
}

async function place(): Promise<Place> {
  const server = await startVault();
  server.put('app', '{"A":"1"}');
  const app = server.application();
  const runtime = new FakeRuntime(server.clock);
  const provider = (parts: ProviderParts = {}): SecretsProvider =>
    makeProvider({ ...partsOf(server, app), ...parts }, { runtime });
  return { server, app, runtime, provider };
}

const read = (provider: SecretsProvider): Promise<unknown> => provider.read('app', { signal });
const refused = (provider: SecretsProvider): Promise<AppError> => failure(read(provider));
const tokenCalls = (server: KeyVaultServer): number =>
  server.requests.filter(({ api }) => api === 'entra').length;

describe('a fake vault', () => {
  it('gets no token, and no credentials are sent anywhere', async () => {
    const { server, provider } = await place();
    server.challenge = { resource: 'https://vault.azure.net' };
    const error = await refused(provider());
    expect(error).toMatchObject({ code: 'REQUEST_REFUSED', details: { field: 'vault' } });
    expect(error.message).toContain('No token was sent.');
    expect(tokenCalls(server)).toBe(0);
    expect(server.requests.some(({ headers }) => headers['authorization'] !== undefined)).toBe(
      false,
    );
  });

  it('gets no token by changing its mind later', async () => {
    const { server, provider } = await place();
    const one = provider();
    await read(one);
    server.challenge = { resource: 'https://management.azure.com' };
    server.clock.advance(3_700_000);
    server.faults.add({
      match: ({ operation }) => operation === 'GetSecret',
      times: 1,
      effect: {
        kind: 'answer',
        status: 401,
        headers: {
          'WWW-Authenticate': `Bearer authorization="${server.url}/${server.tenantId}", resource="https://management.azure.com"`,
        },
      },
    });
    expect((await refused(one)).code).toBe('REQUEST_REFUSED');
  });
});

describe('a client secret', () => {
  it('is exchanged once for all calls, and again before the token ends', async () => {
    const { server, provider } = await place();
    const one = provider();
    await Promise.all(Array.from({ length: 10 }, () => read(one)));
    expect(tokenCalls(server)).toBe(1);
    server.clock.advance(3_599_000 - 110_000);
    await read(one);
    expect(tokenCalls(server)).toBe(2);
  });

  it('is exchanged again when the vault refuses the token', async () => {
    const { server, provider } = await place();
    const one = provider();
    await read(one);
    server.faults.add({
      match: ({ operation }) => operation === 'GetSecret',
      times: 1,
      effect: {
        kind: 'answer',
        status: 401,
        headers: {
          'WWW-Authenticate': `Bearer authorization="${server.url}/${server.tenantId}", resource="${server.resource}"`,
        },
      },
    });
    await read(one);
    expect(tokenCalls(server)).toBe(2);
  });

  it('is exchanged at the authority and tenant that are entered', async () => {
    const { server, provider } = await place();
    const authority = await startVault();
    const error = await refused(provider({ authority: authority.url, tenant: 'x.example' }));
    expect(error.details?.serverCode).toBe('AADSTS90002');
    expect(tokenCalls(server)).toBe(0);
    expect(authority.requests.map(({ path }) => path)).toEqual(['x.example/oauth2/v2.0/token']);
    await read(provider({ authority: server.url, tenant: 'strongroom.onmicrosoft.com' }));
  });

  it('is asked for if there is none', async () => {
    const { server, provider } = await place();
    expect(await refused(provider({ clientSecret: '' }))).toMatchObject({
      code: 'CREDENTIALS_MISSING',
      details: { field: 'clientSecret' },
    });
    expect(tokenCalls(server)).toBe(0);
  });

  it.each<[string, string, string, (place: Place) => ProviderParts]>([
    ['7000215', 'KEY_ID_UNKNOWN', 'clientSecret', () => ({ clientSecret: 'wrong~secret' })],
    [
      '7000222',
      'CREDENTIALS_EXPIRED',
      'clientSecret',
      ({ app, server }) => ({
        clientSecret: app.newSecret({ expires: new Date(server.clock.now() - 1) }),
      }),
    ],
    [
      '700016',
      'KEY_ID_UNKNOWN',
      'clientId',
      () => ({ clientId: '00000000-0000-0000-0000-000000000000' }),
    ],
    ['700016', 'KEY_ID_UNKNOWN', 'tenant', ({ server }) => ({ tenant: server.tenant().id })],
    ['90002', 'INVALID_CONFIGURATION', 'tenant', () => ({ tenant: 'no.such.example' })],
    ['900023', 'INVALID_CONFIGURATION', 'tenant', () => ({ tenant: 'nosuch' })],
  ])('AADSTS%s is %s at the field %s', async (code, name, field, partsFor) => {
    const here = await place();
    const parts = partsFor(here);
    const error = await refused(here.provider(parts));
    expect(error).toMatchObject({
      code: name,
      details: { field, serverCode: `AADSTS${code}` },
      remedy: { open: 'connection', field },
    });
    const report = JSON.stringify(error.report());
    expect(report).not.toContain(parts.clientSecret ?? here.app.clientSecret);
    expect(report).not.toMatch(/Trace ID|Correlation/);
  });

  it('of a tenant that gives a token for another vault is refused with the remedy', async () => {
    const { server, provider } = await place();
    const other = server.tenant();
    const foreign = server.application({ tenantId: other.id });
    const parts = { ...partsOf(server, foreign), tenant: other.id };
    expect(await refused(provider(parts))).toMatchObject({
      code: 'TOKEN_INVALID',
      likelyCause: 'It is of another tenant than the vault.',
      details: { field: 'tenant' },
    });
  });

  it('is sent again if the authority is busy, and not for ever', async () => {
    const { server, provider, runtime } = await place();
    const busy = (times: number) =>
      server.faults.add({
        match: ({ api }) => api === 'entra',
        times,
        effect: { kind: 'answer', status: 503, headers: { 'Retry-After': '2' } },
      });
    busy(2);
    await read(provider());
    expect(runtime.waits.every((wait) => wait >= 2000)).toBe(true);
    busy(3);
    expect((await refused(provider())).code).toBe('SERVER_ERROR');
  });

  it('does not travel to where the authority redirects', async () => {
    const { server, provider } = await place();
    server.faults.add({
      match: ({ api }) => api === 'entra',
      effect: { kind: 'redirect', to: 'https://evil.example/token' },
    });
    expect((await refused(provider())).code).toBe('UNEXPECTED_ANSWER');
  });
});

describe('a certificate', () => {
  const rsa = createSelfSigned({ commonName: 'app', names: [], rsa: true });
  const other = createSelfSigned({ commonName: 'other', names: [], rsa: true });

  const fileOf = (content: string): string => {
    const path = join(temporaryDirectory(), 'app.pem');
    writeFileSync(path, content);
    return path;
  };

  const withFile = (certificateFile: string, more: ProviderParts = {}): ProviderParts => ({
    authentication: 'certificate',
    clientSecret: undefined,
    certificateFile,
    ...more,
  });

  it('signs in, with its key encrypted or not', async () => {
    const { app, provider } = await place();
    app.addCertificate(rsa.cert);
    await read(provider(withFile(fileOf(rsa.key + rsa.cert))));
    const passphrase = 'right';
    const encrypted = createPrivateKey(rsa.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase,
    });
    const path = fileOf(`${rsa.cert}${encrypted.toString()}`);
    await read(provider(withFile(path, { certificatePassphrase: passphrase })));
    for (const certificatePassphrase of ['wrong', undefined]) {
      expect(await refused(provider(withFile(path, { certificatePassphrase })))).toMatchObject({
        code: 'INVALID_CONFIGURATION',
        message: 'The private key cannot be decrypted with this passphrase.',
        details: { field: 'certificatePassphrase' },
      });
    }
  });

  it.each([
    ['is not there', () => '/nowhere/app.pem', 'Certificate file: '],
    ['has no key', () => fileOf(rsa.cert), 'does not hold both a certificate and a private key'],
    ['has another key', () => fileOf(rsa.cert + other.key), 'does not belong to the certificate'],
    [
      'is damaged',
      () => fileOf(rsa.cert.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA') + rsa.key),
      'is damaged',
    ],
  ])('whose file %s is refused at its field', async (_, path, message) => {
    const { server, app, provider } = await place();
    app.addCertificate(rsa.cert);
    const error = await refused(provider(withFile(path())));
    expect(error).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'certificateFile' },
    });
    expect(error.message).toContain(message);
    expect(JSON.stringify(error.report())).not.toContain('PRIVATE KEY-----');
    expect(tokenCalls(server)).toBe(0);
  });

  it('that the application does not have, or that has expired, is reported', async () => {
    const { app, provider } = await place();
    const ended = createSelfSigned({
      names: [],
      rsa: true,
      notBefore: new Date(Date.now() - 2_000_000),
      notAfter: new Date(Date.now() - 1_000_000),
    });
    app.addCertificate(ended.cert);
    expect(await refused(provider(withFile(fileOf(rsa.cert + rsa.key))))).toMatchObject({
      code: 'KEY_ID_UNKNOWN',
      message: 'Azure does not know this certificate.',
    });
    expect(await refused(provider(withFile(fileOf(ended.cert + ended.key))))).toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      message: 'The certificate has expired.',
    });
  });

  it('is not accepted if the clock is wrong', async () => {
    const { server, app } = await place();
    app.addCertificate(rsa.cert);
    const late = new FakeRuntime();
    late.advance(server.clock.now() + 3_600_000 - late.now()).catch(() => undefined);
    const provider = makeProvider(
      { ...partsOf(server, app), ...withFile(fileOf(rsa.cert + rsa.key)) },
      { runtime: late },
    );
    expect((await refused(provider)).code).toBe('CLOCK_SKEWED');
  });
});

describe('a managed identity', () => {
  const managed: ProviderParts = {
    authentication: 'managed',
    clientId: '',
    clientSecret: undefined,
  };

  it('is that of the virtual machine', async () => {
    const { server, runtime, provider } = await place();
    server.managedIdentity();
    runtime.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = server.identityUrl;
    await read(provider(managed));
    const [asked] = server.requests.filter(({ api }) => api === 'identity');
    expect(asked).toMatchObject({
      path: 'metadata/identity/oauth2/token',
      query: { resource: server.resource },
    });
  });

  it('is that of App Service, and one of several by its client id', async () => {
    const { server, runtime, provider } = await place();
    const identity = server.managedIdentity({ userAssigned: true });
    Object.assign(runtime.env, server.appServiceEnvironment);
    await read(provider({ ...managed, clientId: identity.appId }));
    expect(await refused(provider(managed))).toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'This machine gives no token for a managed identity.',
      details: { field: 'clientId' },
    });
  });

  it('is asked for without the proxy', async () => {
    const { server, runtime, provider } = await place();
    const proxy = await startForwardProxy();
    onTestFinished(() => proxy.stop());
    server.managedIdentity();
    Object.assign(runtime.env, server.appServiceEnvironment);
    await read(provider({ ...managed, proxy: 'typed', proxyUrl: proxy.url }));
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(proxy.requests)).not.toContain('msi');
  });

  it('is missing on other computers', async () => {
    const { runtime, provider } = await place();
    runtime.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] = 'http://127.0.0.1:1';
    expect(await refused(provider(managed))).toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'There is no managed identity on this computer.',
      hint: 'Choose Azure CLI, or Client Secret.',
    });
  });

  it('is not called missing if its service fails', async () => {
    const { server, runtime, provider } = await place();
    server.managedIdentity();
    Object.assign(runtime.env, server.appServiceEnvironment);
    server.faults.add({
      match: ({ api }) => api === 'identity',
      effect: { kind: 'answer', status: 500 },
    });
    expect((await refused(provider(managed))).code).toBe('SERVER_ERROR');
  });
});

describe('a workload identity', () => {
  const workload: ProviderParts = {
    authentication: 'workload',
    clientId: '',
    clientSecret: undefined,
  };
  const subject = 'system:serviceaccount:shop:api';

  it('signs in with the token of the cluster, read each time', async () => {
    const { server, app, runtime, provider } = await place();
    const cluster = server.federatedIssuer();
    app.federate({ issuer: cluster.url, subject });
    const path = join(temporaryDirectory(), 'token');
    writeFileSync(path, cluster.assertion(subject));
    Object.assign(runtime.env, {
      AZURE_FEDERATED_TOKEN_FILE: path,
      AZURE_CLIENT_ID: app.clientId,
      AZURE_TENANT_ID: server.tenantId,
    });
    const one = provider(workload);
    await read(one);
    server.clock.advance(2 * 3_600_000);
    expect((await refused(one)).code).toBe('CLOCK_SKEWED');
    writeFileSync(path, cluster.assertion(subject));
    await read(one);
  });

  it('says when the application does not trust it', async () => {
    const { server, app, runtime, provider } = await place();
    const cluster = server.federatedIssuer();
    app.federate({ issuer: cluster.url, subject: 'system:serviceaccount:shop:other' });
    const path = join(temporaryDirectory(), 'token');
    writeFileSync(path, cluster.assertion(subject));
    runtime.env['AZURE_FEDERATED_TOKEN_FILE'] = path;
    const error = await refused(provider({ ...workload, clientId: app.clientId }));
    expect(error).toMatchObject({
      code: 'ROLE_REFUSED',
      message: 'The application does not trust this workload.',
    });
    expect(JSON.stringify(error.report())).not.toContain(subject);
  });

  it('is missing on other computers', async () => {
    const { runtime, provider } = await place();
    expect((await refused(provider(workload))).message).toBe(
      'There is no workload identity on this computer.',
    );
    runtime.env['AZURE_FEDERATED_TOKEN_FILE'] = '/nowhere/token';
    runtime.env['AZURE_CLIENT_ID'] = '12345678-90ab-cdef-1234-567890abcdef';
    expect((await refused(provider(workload))).message).toContain('AZURE_FEDERATED_TOKEN_FILE');
  });
});

describe.skipIf(process.platform === 'win32')('the Azure CLI', () => {
  const cli: ProviderParts = { authentication: 'cli', clientId: '', clientSecret: undefined };

  /** A program `az` on the PATH, which notes its arguments. */
  const install = ({ runtime }: Place, script: string) => {
    const directory = temporaryDirectory();
    const log = join(directory, 'log');
    const path = join(directory, 'az');
    writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\n${script}\n`);
    chmodSync(path, 0o700);
    runtime.env['PATH'] = ['/nowhere', directory].join(delimiter);
    return (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  };
  const answer = (value: unknown): string => `printf '%s' '${JSON.stringify(value)}'`;
  const fail = (text: string): string => `printf '%s' '${text}' >&2; exit 1`;

  it('gives its token for the tenant of the vault, once for all calls', async () => {
    const here = await place();
    const { server, app, provider } = here;
    const calls = install(
      here,
      answer({
        accessToken: app.token(),
        expiresOn: '2026-11-30 12:00:00.000000',
        expires_on: Math.floor(server.clock.now() / 1000) + 3599,
      }),
    );
    const one = provider(cli);
    await Promise.all(Array.from({ length: 5 }, () => read(one)));
    expect(calls()).toEqual([
      `account get-access-token --resource ${server.resource} --output json --tenant ${server.tenantId}`,
    ]);
    await read(provider({ ...cli, tenant: 'contoso.onmicrosoft.com' }));
    expect(calls()[1]).toContain('--tenant contoso.onmicrosoft.com');
    expect(tokenCalls(server)).toBe(0);
  });

  it('is found in the PATH of the login shell', async () => {
    const here = await place();
    const { app, runtime, provider } = here;
    const calls = install(here, answer({ accessToken: app.token() }));
    const { PATH } = runtime.env;
    runtime.env['PATH'] = '/usr/bin:/bin';
    runtime.loginPath = async () => PATH;
    await read(provider(cli));
    expect(calls()).toHaveLength(1);
  });

  it('is missing', async () => {
    const { runtime, provider } = await place();
    runtime.env['PATH'] = '/nowhere';
    expect(await refused(provider(cli))).toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'The Azure CLI was not found on this computer.',
      details: { field: 'authentication' },
    });
  });

  it.each([
    ['never signed in', 'ERROR: Please run "az login" to setup account.'],
    [
      'signed out',
      'ERROR: AADSTS700082: The refresh token has expired due to inactivity. Trace ID: 1 Interactive authentication is needed. Please run: az login',
    ],
    ['asked for another factor', 'ERROR: AADSTS50076: you must use multi-factor authentication'],
  ])('is %s', async (_, text) => {
    const here = await place();
    const { server, provider } = here;
    install(here, fail(text));
    const error = await refused(provider(cli));
    const command = `az login --tenant ${server.tenantId}`;
    expect(error).toMatchObject({ code: 'SSO_LOGIN_NEEDED', remedy: { run: command } });
    expect(error.hint).toContain(command);
    expect(JSON.stringify(error.report())).not.toMatch(/Trace ID|ERROR/);
  });

  it.each([
    'ERROR: AADSTS50020: User account anna@contoso.com from identity provider does not exist in tenant. Please run: az login',
    'ERROR: AADSTS90072: User account anna@contoso.com does not exist in tenant',
  ])('is signed in to another organisation: %s', async (text) => {
    const here = await place();
    const { server, provider } = here;
    install(here, fail(text));
    const error = await refused(provider(cli));
    expect(error).toMatchObject({
      code: 'PROFILE_FAILED',
      remedy: { run: `az login --tenant ${server.tenantId}` },
    });
    expect(JSON.stringify(error.report())).not.toContain('anna');
  });

  it('is signed in to another tenant than that of the vault', async () => {
    const here = await place();
    const { server, provider } = here;
    const foreign = server.application({ tenantId: server.tenant().id });
    install(here, answer({ accessToken: foreign.token() }));
    expect(await refused(provider(cli))).toMatchObject({
      code: 'TOKEN_INVALID',
      details: { field: 'tenant' },
    });
  });

  it('prints something else, and its words are not shown', async () => {
    const here = await place();
    const { app, provider } = here;
    install(here, `printf '%s' 'token ${app.token()}'`);
    const error = await refused(provider(cli));
    expect(error.code).toBe('UNEXPECTED_ANSWER');
    expect(JSON.stringify(error.report())).not.toContain('eyJ');
  });

  it('is ended when nobody waits for it any more', async () => {
    const here = await place();
    const { provider } = here;
    const calls = install(here, `trap 'printf "ended" >> "$0.ended"; exit' TERM; read answer`);
    const ended = (): boolean =>
      (here.runtime.env['PATH'] ?? '')
        .split(delimiter)
        .some((at) => existsSync(join(at, 'az.ended')));
    const controller = new AbortController();
    const one = provider(cli);
    const cancelled = failure(one.read('app', { signal: controller.signal }));
    await expect.poll(calls).toHaveLength(1);
    controller.abort();
    expect((await cancelled).code).toBe('CANCELLED');
    await expect.poll(ended).toBe(true);
  });

  it('does not answer in time', async () => {
    const here = await place();
    const { server, runtime } = here;
    install(here, 'read answer');
    const parts = { vault: server.url, ...cli };
    const error = await refused(makeProvider(parts, { runtime, deadlineMs: 400 }));
    expect(error.code).toBe('TIMED_OUT');
  });
});
