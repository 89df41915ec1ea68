/** Credentials, as `google-auth-library` uses them and as a program without it sends them. */
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import {
  Compute,
  Impersonated,
  JWT,
  UserRefreshClient,
  type AuthClient,
} from 'google-auth-library';
import { createSign } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { httpCall, type HttpResult } from '../http-client';
import { CLOUD_PLATFORM } from './oauth';
import type { ServiceAccountKey } from './server';
import { admin, call, inProject, outcome, server, startServerForEachTest } from './testing';

startServerForEachTest();

const TOKEN_CREATOR = 'roles/iam.serviceAccountTokenCreator';

/** Sends what the library addresses to Google to the stand-in, in the way of a proxy. */
function rerouted<T extends AuthClient>(client: T): T {
  client.transporter.interceptors.request.add({
    resolved: (options) => {
      const url = new URL(options.url);
      if (url.hostname.endsWith('.googleapis.com')) {
        options.url = new URL(`${url.pathname}${url.search}`, server.url);
      }
      return Promise.resolve(options);
    },
  });
  return client;
}

const serviceAccountClient = ({ client_email, private_key, private_key_id }: ServiceAccountKey) =>
  rerouted(
    new JWT({
      email: client_email,
      key: private_key,
      keyId: private_key_id,
      scopes: [CLOUD_PLATFORM],
    }),
  );

const tokenOf = async (client: AuthClient): Promise<string> =>
  (await client.getAccessToken()).token ?? '';

const listWith = (token: string, headers: Readonly<Record<string, string>> = {}) =>
  call('GET', inProject('secrets'), { token, headers });

const refusal = async (client: AuthClient): Promise<string> => {
  const [result] = await Promise.allSettled([client.getAccessToken()]);
  if (result.status === 'fulfilled') throw new Error('There is a token.');
  return (result.reason as Error).message;
};

describe('a service account key', () => {
  it('gets a token, whose account the server knows', async () => {
    const token = await tokenOf(serviceAccountClient(server.serviceAccount().newKey()));
    expect(outcome(await listWith(token))).toBe('OK');
    expect(server.requests.map(({ service }) => service)).toEqual(['oauth2', 'secretmanager']);
  });

  it('does not after it was deleted, or with the key of another account', async () => {
    const account = server.serviceAccount();
    const key = account.newKey();
    account.deleteKey(key.private_key_id);
    expect(await refusal(serviceAccountClient(key))).toContain('Invalid JWT Signature.');
    const foreign = { ...server.serviceAccount().newKey(), client_email: account.email };
    expect(await refusal(serviceAccountClient(foreign))).toContain('Invalid JWT Signature.');
    const unknown = { ...key, client_email: 'nobody@nowhere.iam.gserviceaccount.com' };
    expect(await refusal(serviceAccountClient(unknown))).toContain('account not found');
  });

  it('does not if the clocks differ', async () => {
    const client = serviceAccountClient(server.serviceAccount().newKey());
    server.clock.advance(2 * 3_600_000);
    expect(await refusal(client)).toContain('Check your iat and exp values');
  });

  it('lets the official client in without the token endpoint: it signs its own tokens', async () => {
    const client = new SecretManagerServiceClient({
      fallback: true,
      protocol: 'http',
      apiEndpoint: '127.0.0.1',
      port: server.port,
      credentials: server.serviceAccount().newKey(),
    });
    server.secrets().put('app', 'value');
    const [secrets] = await client.listSecrets({ parent: `projects/${server.project}` });
    expect(secrets).toHaveLength(1);
    expect(server.requests.map(({ service }) => service)).toEqual(['secretmanager']);
  });

  it('signs for this service, for an hour', async () => {
    const key = server.serviceAccount().newKey();
    const now = Math.floor(Date.now() / 1000);
    const signed = (claims: Readonly<Record<string, unknown>>): string => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg: 'RS256', kid: key.private_key_id })}.${part(claims)}`;
      const signature = createSign('RSA-SHA256').update(text).sign(key.private_key, 'base64url');
      return `${text}.${signature}`;
    };
    const claims = {
      iss: key.client_email,
      aud: 'https://secretmanager.googleapis.com/',
      iat: now,
      exp: now + 3600,
    };
    expect(outcome(await listWith(signed(claims)))).toBe('OK');
    expect(
      outcome(await listWith(signed({ ...claims, aud: 'https://pubsub.googleapis.com/' }))),
    ).toBe('PERMISSION_DENIED ACCESS_TOKEN_SCOPE_INSUFFICIENT');
    expect(outcome(await listWith(signed({ ...claims, exp: now + 7200 })))).toBe(
      'UNAUTHENTICATED ACCESS_TOKEN_TYPE_UNSUPPORTED',
    );
    expect(outcome(await listWith(`${signed(claims)}x`))).toMatch(/^UNAUTHENTICATED/);
  });
});

describe('application default credentials of a user', () => {
  const client = (credentials: ReturnType<ReturnType<typeof server.user>['credentials']>) => {
    const made = new UserRefreshClient();
    made.fromJSON(credentials);
    return rerouted(made);
  };

  it('get a token by their refresh token', async () => {
    const token = await tokenOf(client(server.user().credentials()));
    expect(outcome(await listWith(token))).toBe('OK');
  });

  it('do not when the session has ended', async () => {
    const user = server.user();
    user.endSessions();
    expect(await refusal(client(user.credentials()))).toContain('invalid_grant');
    user.endSessions('reauthentication needed');
    expect(await refusal(client(user.credentials()))).toContain('invalid_grant');
  });

  it('do not with another client secret', async () => {
    const credentials = { ...server.user().credentials(), client_secret: 'other' };
    expect(await refusal(client(credentials))).toContain('invalid_client');
  });

  it('name a quota project, which the library sends', async () => {
    server.setProject('quota');
    const user = server.user();
    const auth = client(user.credentials('quota'));
    const request = () =>
      auth.request({ url: `${server.url}/v1/${inProject('secrets')}`, validateStatus: () => true });
    expect((await request()).status).toBe(403);
    server.grant(user.member, 'roles/serviceusage.serviceUsageConsumer', 'projects/quota');
    expect((await request()).status).toBe(200);
    expect(server.requests.at(-1)?.headers['x-goog-user-project']).toBe('quota');
  });

  it('need one, if the server says so', async () => {
    server.quotaProjectRequired = true;
    const user = server.user();
    expect(outcome(await listWith(user.token()))).toBe('PERMISSION_DENIED SERVICE_DISABLED');
    expect(outcome(await listWith(admin))).toBe('OK');
    server.grant(
      user.member,
      'roles/serviceusage.serviceUsageConsumer',
      `projects/${server.project}`,
    );
    const quota = { 'x-goog-user-project': server.project };
    expect(outcome(await listWith(user.token(), quota))).toBe('OK');
  });
});

describe('impersonation', () => {
  const impersonate = (key: ServiceAccountKey, email: string, delegates: string[] = []) =>
    new Impersonated({
      sourceClient: serviceAccountClient(key),
      targetPrincipal: email,
      targetScopes: [CLOUD_PLATFORM],
      delegates,
      endpoint: server.url,
      lifetime: 600,
    });

  const nobody = () => server.serviceAccount({ roles: [] });

  it('needs the role Token Creator on the account', async () => {
    const [source, target] = [nobody(), server.serviceAccount()];
    const client = impersonate(source.newKey(), target.email);
    expect(await refusal(client)).toContain(
      "Permission 'iam.serviceAccounts.getAccessToken' denied on resource",
    );
    server.grant(source.member, TOKEN_CREATOR, `projects/-/serviceAccounts/${target.email}`);
    const token = await tokenOf(client);
    expect(outcome(await listWith(token))).toBe('OK');
    server.clock.advance(601_000);
    expect(outcome(await listWith(token))).toBe('UNAUTHENTICATED ACCESS_TOKEN_EXPIRED');
  });

  it('can go through delegates, each of which must allow the one before', async () => {
    const [source, middle, target] = [nobody(), nobody(), server.serviceAccount()];
    const on = (email: string) => `projects/-/serviceAccounts/${email}`;
    server.grant(middle.member, TOKEN_CREATOR, on(target.email));
    const client = impersonate(source.newKey(), target.email, [on(middle.email)]);
    expect(await refusal(client)).toContain('PERMISSION_DENIED');
    server.grant(source.member, TOKEN_CREATOR, on(middle.email));
    expect(outcome(await listWith(await tokenOf(client)))).toBe('OK');
  });

  it.each([
    [{ scope: [] }, 'INVALID_ARGUMENT'],
    [{ scope: [CLOUD_PLATFORM], lifetime: '3601s' }, 'INVALID_ARGUMENT'],
    [{ scope: ['https://www.googleapis.com/auth/pubsub'] }, 'OK'],
  ])('with %j answers %s', async (body, expected) => {
    const [source, target] = [nobody(), nobody()];
    server.grant(source.member, TOKEN_CREATOR, `projects/-/serviceAccounts/${target.email}`);
    const result = await call(
      'POST',
      `projects/-/serviceAccounts/${target.email}:generateAccessToken`,
      { token: source.token(), body },
    );
    expect(outcome(result)).toBe(expected);
  });
});

describe('the metadata server', () => {
  it('gives the account of the machine a token', async () => {
    vi.stubEnv('GCE_METADATA_HOST', new URL(server.url).host);
    server.runAs(server.serviceAccount());
    const token = await tokenOf(new Compute({ scopes: [CLOUD_PLATFORM] }));
    expect(outcome(await listWith(token))).toBe('OK');
  });

  const read = (path: string, headers = {}): Promise<HttpResult> =>
    httpCall(server.url, `/computeMetadata/v1/${path}`, { headers });
  const flavor = { 'Metadata-Flavor': 'Google' };

  it('answers only with its header, and only on a machine of Google', async () => {
    expect((await read('project/project-id', flavor)).status).toBe(404);
    server.runAs(server.serviceAccount({ name: 'machine' }));
    expect((await read('project/project-id')).status).toBe(403);
    const { text, headers } = await read('project/project-id', flavor);
    expect([text, headers['metadata-flavor']]).toEqual([server.project, 'Google']);
    expect((await read('project/numeric-project-id', flavor)).text).toBe(
      server.projectNumber(server.project),
    );
    const account = 'instance/service-accounts/default';
    expect((await read(`${account}/email`, flavor)).text).toContain('machine@');
    expect((await read('instance/nothing', flavor)).status).toBe(404);
    const scoped = await read(`${account}/token?scopes=https://other`, flavor);
    const { access_token: token } = scoped.json as { access_token: string };
    expect(outcome(await listWith(token))).toBe(
      'PERMISSION_DENIED ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    );
  });
});

describe('the token endpoint', () => {
  const post = (form: Readonly<Record<string, string>>) =>
    httpCall(server.url, '/token', {
      method: 'POST',
      body: new URLSearchParams(form).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });

  it.each([
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ grant_type: 'refresh_token', client_id: 'nobody' }, 401, 'invalid_client'],
    [
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b.c' },
      400,
      'invalid_grant',
    ],
  ])('answers %j with %d %s', async (form, status, error) => {
    const result = await post(form);
    expect([result.status, (result.json as { error: string }).error]).toEqual([status, error]);
  });

  it('tells who a token belongs to', async () => {
    const account = server.serviceAccount({ name: 'who' });
    const info = (token: string) => httpCall(server.url, `/tokeninfo?access_token=${token}`);
    expect((await info(account.token())).json).toMatchObject({
      email: account.email,
      scope: CLOUD_PLATFORM,
    });
    expect((await info('ya29.nobody')).status).toBe(400);
  });
});

it('keeps no credentials in the log of requests', async () => {
  const key = server.serviceAccount().newKey();
  const token = await tokenOf(serviceAccountClient(key));
  await listWith(token);
  await httpCall(server.url, `/tokeninfo?access_token=${token}`);
  const log = JSON.stringify(server.requests);
  expect(log).not.toContain(token);
  expect(log).not.toContain('assertion');
  expect(log).toContain('"authorization":"[present]"');
});
