/** Where credentials come from, and what becomes of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startForwardProxy, type ForwardProxy } from '@test/servers/forward-proxy';
import {
  startGoogleSecretManager,
  type GoogleSecretManager,
} from '@test/servers/google-secret-manager/server';
import { certificateFiles } from '@test/support/certificate-files';
import {
  collect,
  everythingIn,
  failure,
  makeProvider,
  quickRuntime,
  signal,
  variables,
  type ProviderParts,
} from '@test/support/google-secret-manager';
import type { SecretsProvider } from '../provider';

/** Every name that is called if no address is overridden. */
const NAMES = [
  'secretmanager.googleapis.com',
  'secretmanager.europe-west3.rep.googleapis.com',
  'oauth2.googleapis.com',
  'iamcredentials.googleapis.com',
];

const { certificates, at } = certificateFiles();
const certificate = certificates.authority.issue({ names: NAMES });
const TOKEN_CREATOR = 'roles/iam.serviceAccountTokenCreator';

let server: GoogleSecretManager;
let proxy: ForwardProxy;
let home: string;
const providers: SecretsProvider[] = [];

/** The stand-in under the names of Google, behind a proxy that knows them. */
beforeEach(async () => {
  server = await startGoogleSecretManager({ tls: certificate });
  server.secrets().put('app', '{"A":"the value"}');
  const here = `127.0.0.1:${String(server.port)}`;
  proxy = await startForwardProxy({ names: Object.fromEntries(NAMES.map((name) => [name, here])) });
  home = mkdtempSync(join(tmpdir(), 'strongroom-google-'));
});

afterEach(async () => {
  for (const each of providers.splice(0)) each.dispose();
  await proxy.stop();
  await server.close();
  rmSync(home, { recursive: true });
});

function connect(
  parts: ProviderParts = {},
  env: Readonly<Record<string, string>> = {},
): SecretsProvider {
  const made = makeProvider(
    {
      project: server.project,
      authentication: 'default',
      caFile: at('ca.pem'),
      proxy: 'typed',
      proxyUrl: proxy.url,
      ...parts,
    },
    { runtime: quickRuntime({ HOME: home, ...env }) },
  );
  providers.push(made);
  return made;
}

const save = (path: string, content: unknown): string => {
  const whole = join(home, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, typeof content === 'string' ? content : JSON.stringify(content));
  return whole;
};
const DEFAULT_FILE = '.config/gcloud/application_default_credentials.json';

const read = (provider: SecretsProvider) => provider.read('app', { signal });
const codeOf = async (provider: SecretsProvider): Promise<string> =>
  (await failure(read(provider))).code;
const sourceOf = async (provider: SecretsProvider): Promise<string | undefined> =>
  (await collect(provider.check({ signal }))).findLast(({ id }) => id === 'credentials')?.detail;

/** A key as Google makes it: with the address of Google for tokens. */
const keyOf = (account = server.serviceAccount()) => ({
  ...account.newKey(),
  token_uri: 'https://oauth2.googleapis.com/token',
});

describe('a service account key', () => {
  it('is used at the addresses of Google, through the proxy and its authority', async () => {
    const provider = connect({ authentication: 'key', key: keyOf() });
    expect((await read(provider)).revision).toBe('1');
    expect(server.requests.map(({ service }) => service)).toEqual(['oauth2', 'secretmanager']);
    expect(new Set(proxy.requests.map(({ method, target }) => `${method} ${target}`))).toEqual(
      new Set(['CONNECT oauth2.googleapis.com:443', 'CONNECT secretmanager.googleapis.com:443']),
    );
  });

  it('may name another address for its tokens, as an emulator does', async () => {
    const plain = await startGoogleSecretManager();
    plain.secrets().put('app', '{}');
    const key = plain.serviceAccount().newKey();
    const provider = connect({ authentication: 'key', endpoint: plain.url, key, proxy: 'none' });
    expect((await read(provider)).revision).toBe('1');
    expect(plain.requests.map(({ service }) => service)).toEqual(['oauth2', 'secretmanager']);
    await plain.close();
  });

  it('of an earlier year names an address of Google that is not asked', async () => {
    const key = { ...keyOf(), token_uri: 'https://accounts.google.com/o/oauth2/token' };
    expect((await read(connect({ authentication: 'key', key }))).revision).toBe('1');
  });

  it('is not confused with something else, or with a part of a key', async () => {
    const whole = JSON.stringify(keyOf());
    for (const key of ['', whole.slice(0, 200), '{}', server.user().credentials()]) {
      const error = await failure(read(connect({ authentication: 'key', key })));
      expect(['CREDENTIALS_MISSING', 'PROFILE_FAILED']).toContain(error.code);
      expect(error.details?.field).toBe('key');
    }
    const damaged = { ...keyOf(), private_key: 'no key at all' };
    expect(await codeOf(connect({ authentication: 'key', key: damaged }))).toBe('PROFILE_FAILED');
  });

  it('says what to do when it was deleted, or its account is gone, or the clocks differ', async () => {
    const account = server.serviceAccount();
    const key = keyOf(account);
    account.deleteKey(key.private_key_id);
    const deleted = await failure(read(connect({ authentication: 'key', key })));
    expect(deleted).toMatchObject({ code: 'SIGNATURE_REFUSED', details: { field: 'key' } });
    const nobody = { ...key, client_email: 'nobody@nowhere.iam.gserviceaccount.com' };
    const gone = await failure(read(connect({ authentication: 'key', key: nobody })));
    expect(gone).toMatchObject({ code: 'KEY_ID_UNKNOWN', details: { field: 'key' } });
    const good = keyOf();
    server.clock.advance(2 * 3_600_000);
    expect(await codeOf(connect({ authentication: 'key', key: good }))).toBe('CLOCK_SKEWED');
  });
});

describe('default credentials', () => {
  it('are those that gcloud has saved', async () => {
    save(DEFAULT_FILE, server.user().credentials());
    const provider = connect();
    expect((await read(provider)).revision).toBe('1');
    expect(await sourceOf(provider)).toBe('Default Credentials of gcloud');
  });

  it('are looked for where CLOUDSDK_CONFIG says', async () => {
    save('else/application_default_credentials.json', server.user().credentials());
    const env = { CLOUDSDK_CONFIG: join(home, 'else') };
    expect((await read(connect({}, env))).revision).toBe('1');
    expect(await codeOf(connect())).toBe('CREDENTIALS_MISSING');
  });

  it('are those of GOOGLE_APPLICATION_CREDENTIALS first, of whatever kind', async () => {
    save(DEFAULT_FILE, 'not looked at');
    const account = server.serviceAccount({ name: 'ci' });
    const path = save('key.json', keyOf(account));
    const provider = connect({}, { GOOGLE_APPLICATION_CREDENTIALS: path });
    expect((await read(provider)).revision).toBe('1');
    expect(await sourceOf(provider)).toBe(
      `GOOGLE_APPLICATION_CREDENTIALS (${path}), ${account.email}`,
    );
    const missing = connect({}, { GOOGLE_APPLICATION_CREDENTIALS: join(home, 'no.json') });
    expect(await failure(read(missing))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'authentication' },
    });
    const wrong = save('wrong.json', { ...keyOf(), client_email: 'x@y.iam.gserviceaccount.com' });
    const error = await failure(read(connect({}, { GOOGLE_APPLICATION_CREDENTIALS: wrong })));
    expect(error.hint).toContain('save it as the file of GOOGLE_APPLICATION_CREDENTIALS');
  });

  it('name the project that calls count against', async () => {
    server.quotaProjectRequired = true;
    const user = server.user();
    server.grant(
      user.member,
      'roles/serviceusage.serviceUsageConsumer',
      `projects/${server.project}`,
    );
    save(DEFAULT_FILE, user.credentials(server.project));
    expect((await read(connect())).revision).toBe('1');
    expect(server.requests.at(-1)?.headers['x-goog-user-project']).toBe(server.project);
  });

  it('have ended, and work again once the person has signed in again', async () => {
    const user = server.user();
    save(DEFAULT_FILE, user.credentials());
    user.endSessions();
    const provider = connect();
    const error = await failure(read(provider));
    expect(error).toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      remedy: { run: 'gcloud auth application-default login' },
    });
    user.endSessions('reauthentication needed');
    expect(await codeOf(provider)).toBe('CREDENTIALS_EXPIRED');
    save(DEFAULT_FILE, server.user().credentials());
    expect((await read(provider)).revision).toBe('1');
  });

  it('may be missing, even after the login of the command', async () => {
    const none = await failure(read(connect()));
    expect(none).toMatchObject({ code: 'CREDENTIALS_MISSING' });
    expect(none.likelyCause).toBe('gcloud has not been set up for programs.');
    save('.config/gcloud/credentials.db', '');
    const other = await failure(read(connect()));
    expect(other.likelyCause).toContain('“gcloud auth login” was used');
    expect(other.hint).toContain('gcloud auth application-default login');
  });

  it('are those of the machine if there is no file', async () => {
    const machine = await startGoogleSecretManager();
    machine.secrets().put('app', '{}');
    machine.runAs(machine.serviceAccount({ name: 'vm' }));
    const env = { GCE_METADATA_HOST: `127.0.0.1:${String(machine.port)}` };
    const provider = connect({ endpoint: machine.url, proxy: 'none' }, env);
    expect((await read(provider)).revision).toBe('1');
    expect(await sourceOf(provider)).toBe('the service account of this machine');
    machine.runAs(undefined);
    expect(await codeOf(connect({ endpoint: machine.url, proxy: 'none' }, env))).toBe(
      'CREDENTIALS_MISSING',
    );
    await machine.close();
  });
});

describe('impersonation', () => {
  it('acts as the account that is entered, with one token for many calls', async () => {
    const user = server.user({ roles: [] });
    const account = server.serviceAccount({ name: 'deployer' });
    server.grant(user.member, TOKEN_CREATOR, `projects/-/serviceAccounts/${account.email}`);
    save(DEFAULT_FILE, user.credentials());
    expect(await codeOf(connect())).toBe('PERMISSION_DENIED');
    server.clearRequests();
    const provider = connect({ impersonate: account.email });
    await Promise.all([read(provider), read(provider), read(provider)]);
    expect(server.requests.map(({ service }) => service)).toEqual([
      'oauth2',
      'iamcredentials',
      'secretmanager',
      'secretmanager',
      'secretmanager',
    ]);
    expect(await sourceOf(provider)).toBe(`Default Credentials of gcloud, as ${account.email}`);
  });

  it('may be written into the file by gcloud', async () => {
    const user = server.user({ roles: [] });
    const account = server.serviceAccount({ name: 'deployer' });
    const middle = server.serviceAccount({ name: 'middle' });
    const file = {
      type: 'impersonated_service_account',
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account.email}:generateAccessToken`,
      source_credentials: user.credentials(),
      delegates: [`projects/-/serviceAccounts/${middle.email}`],
    };
    save(DEFAULT_FILE, file);
    const on = ({ email }: { readonly email: string }) => `projects/-/serviceAccounts/${email}`;
    server.grant(user.member, TOKEN_CREATOR, on(middle));
    const refused = await failure(read(connect()));
    expect(refused).toMatchObject({ code: 'ROLE_REFUSED', details: { field: 'impersonate' } });
    server.grant(middle.member, TOKEN_CREATOR, on(account));
    expect((await read(connect())).revision).toBe('1');
  });

  it('is refused without the role, which the message names', async () => {
    save(DEFAULT_FILE, server.user().credentials());
    const { email } = server.serviceAccount();
    const error = await failure(read(connect({ impersonate: email })));
    expect(error).toMatchObject({ code: 'ROLE_REFUSED', details: { field: 'impersonate' } });
    expect(error.hint).toContain('roles/iam.serviceAccountTokenCreator');
  });
});

describe('an access token', () => {
  it('is replaced before it ends, and once after Google has refused it', async () => {
    const provider = connect({ authentication: 'key', key: keyOf() });
    await Promise.all([read(provider), read(provider)]);
    server.revokeTokens();
    await Promise.all([read(provider), read(provider)]);
    const tokens = server.requests.filter(({ service }) => service === 'oauth2').length;
    expect(tokens).toBe(2);
    server.faults.add({
      match: ({ service }) => service === 'secretmanager',
      effect: {
        kind: 'answer',
        status: 401,
        body: { error: { code: 401, status: 'UNAUTHENTICATED', message: 'No.' } },
      },
    });
    expect(await codeOf(provider)).toBe('TOKEN_INVALID');
  });

  it('that does not come ends with the deadline or the caller, and is asked for again', async () => {
    const hang = server.faults.add({
      match: ({ service }) => service === 'oauth2',
      effect: { kind: 'hang', applied: false },
    });
    const parts = { authentication: 'key', key: keyOf() } as const;
    const patient = connect(parts);
    const cancel = new AbortController();
    const reading = failure(patient.read('app', { signal: cancel.signal }));
    await hang.reached;
    cancel.abort();
    expect((await reading).code).toBe('CANCELLED');
    hang.remove();
    const quick = makeProvider(
      {
        project: server.project,
        caFile: at('ca.pem'),
        proxy: 'typed',
        proxyUrl: proxy.url,
        ...parts,
      },
      { deadlineMs: 1500 },
    );
    providers.push(quick);
    const again = server.faults.add({
      match: ({ service }) => service === 'oauth2',
      times: 1,
      effect: { kind: 'hang', applied: false },
    });
    expect(await codeOf(quick)).toBe('TIMED_OUT');
    expect(again.hits).toBe(1);
  });
});

it('lets no token, key or value into an error', async () => {
  const user = server.user();
  const credentials = user.credentials();
  const key = keyOf();
  const secrets = [
    credentials.refresh_token,
    credentials.client_secret,
    key.private_key.slice(100, 200),
    'the value',
    'a new value',
    'ya29.',
    Buffer.from('a new value').toString('base64'),
  ];
  const errors: unknown[] = [];
  const collectErrors = async (parts: ProviderParts): Promise<void> => {
    const provider = connect(parts);
    errors.push(await failure(read(provider)));
    const write = provider.write('new', variables({ A: 'a new value' }), null, { signal });
    errors.push(await failure(write));
  };
  save(DEFAULT_FILE, credentials);
  for (const status of [400, 403, 500, 302]) {
    for (const service of ['secretmanager', 'oauth2', 'iamcredentials'] as const) {
      server.faults.clear();
      // A server that repeats whatever it was sent.
      server.faults.add({
        match: (request) => request.service === service,
        effect: {
          kind: 'answer',
          status,
          headers: { Location: `https://evil.example/?t=${credentials.refresh_token}` },
          body: {
            error: { status: 'UNKNOWN', message: secrets.join(' ') },
            error_description: secrets.join(' '),
          },
        },
      });
      const impersonate = service === 'iamcredentials' ? server.serviceAccount().email : '';
      await collectErrors({ impersonate });
      if (status < 500) await collectErrors({ authentication: 'key', key, impersonate });
    }
  }
  server.faults.clear();
  await collectErrors({
    authentication: 'key',
    key: { ...key, private_key: key.private_key.slice(0, 300) },
  });
  for (const error of errors) {
    const text = everythingIn(error);
    for (const secret of secrets) expect(text.includes(secret)).toBe(false);
  }
}, 60_000);
