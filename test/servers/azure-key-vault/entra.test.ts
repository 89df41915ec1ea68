/** Tokens from Microsoft Entra ID and from managed identities. */
import { constants, createHash, randomUUID, sign, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createSelfSigned, createTestCertificates } from '../certificates';
import { httpCall, type HttpResult } from '../http-client';
import { days, seconds } from '../clock';
import { startKeyVaultServer, type ApplicationHandle } from './server';
import { askForToken, call, server, startServerForEachTest } from './testing';

startServerForEachTest();

interface TokenJson {
  readonly access_token: string;
}

const tokenOf = ({ json }: HttpResult): string => (json as TokenJson).access_token;

/** The status, the error of OAuth 2.0 and the number of the service. */
const failure = ({ status, json }: HttpResult): string => {
  const { error, error_codes: [code] = [] } = json as {
    readonly error: string;
    readonly error_codes?: readonly number[];
  };
  return `${String(status)} ${error} ${String(code)}`;
};

const messageOf = ({ json }: HttpResult): string =>
  (json as { readonly error_description: string }).error_description;

const opens = async (answer: HttpResult): Promise<boolean> => {
  expect(answer.status).toBe(200);
  const { status } = await call('GET', '/secrets', { token: tokenOf(answer) });
  return status === 200;
};

describe('a client secret', () => {
  let app: ApplicationHandle;

  beforeEach(() => {
    app = server.application();
  });

  const ask = async (fields: Record<string, string> = {}, tenant?: string): Promise<HttpResult> =>
    askForToken(
      { client_id: app.clientId, client_secret: app.clientSecret, ...fields },
      tenant ?? server.tenantId,
    );

  test('gets a token for the vault', async () => {
    const answer = await ask();
    expect(answer.json).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3599,
      ext_expires_in: 3599,
    });
    expect(await opens(answer)).toBe(true);
    expect(await opens(await ask({}, 'strongroom.onmicrosoft.com'))).toBe(true);
  });

  test('gets one from the older endpoint, which takes a resource', async () => {
    const answer = await askForToken(
      { client_id: app.clientId, client_secret: app.clientSecret, resource: server.resource },
      server.tenantId,
      'oauth2/token',
    );
    expect(answer.json).toMatchObject({ expires_in: '3599', resource: server.resource });
    expect(await opens(answer)).toBe(true);
  });

  test('that is wrong, old or missing is refused', async () => {
    const wrong = await ask({ client_secret: 'wrong' });
    expect(failure(wrong)).toBe('401 invalid_client 7000215');
    expect(messageOf(wrong)).toMatch(
      new RegExp(
        `^AADSTS7000215: Invalid client secret provided\\. .* for a secret added to app '${app.clientId}'\\. Trace ID: [\\w-]+ Correlation ID: [\\w-]+ Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
      ),
    );
    const old = app.newSecret({ expires: new Date(server.clock.now() + days(1)) });
    expect(await opens(await ask({ client_secret: old }))).toBe(true);
    server.clock.advance(days(1));
    expect(failure(await ask({ client_secret: old }))).toBe('401 invalid_client 7000222');
    app.removeSecret(app.clientSecret);
    expect(failure(await ask())).toBe('401 invalid_client 7000215');
    expect(failure(await askForToken({ client_id: app.clientId }))).toBe(
      '401 invalid_client 7000218',
    );
  });

  test('is asked for by an application of this tenant', async () => {
    const { id } = server.tenant({ name: 'Other' });
    const elsewhere = await ask({}, id);
    expect(failure(elsewhere)).toBe('400 unauthorized_client 700016');
    expect(messageOf(elsewhere)).toContain(
      `Application with identifier '${app.clientId}' was not found in the directory 'Other'.`,
    );
    expect(failure(await ask({ client_id: randomUUID() }))).toBe('400 unauthorized_client 700016');
    expect(failure(await ask({}, randomUUID()))).toBe('400 invalid_request 90002');
    expect(failure(await ask({}, 'misspelt'))).toBe('400 invalid_request 900023');
  });

  test('is asked for in the right form', async () => {
    expect(failure(await ask({ scope: server.resource }))).toBe('400 invalid_scope 1002012');
    expect(failure(await ask({ scope: 'https://nowhere.example/.default' }))).toBe(
      '400 invalid_resource 500011',
    );
    expect(failure(await ask({ grant_type: 'password' }))).toBe('400 unsupported_grant_type 70003');
    expect(failure(await ask({ client_id: '' }))).toBe('400 invalid_request 900144');
    expect((await httpCall(server.url, `/${server.tenantId}/oauth2/v2.0/authorize`)).status).toBe(
      404,
    );
  });
});

describe('a certificate', () => {
  const certificate = createSelfSigned({ commonName: 'app', names: [], rsa: true });
  const x509 = new X509Certificate(certificate.cert);
  const thumbprint = (algorithm: 'sha1' | 'sha256'): string =>
    createHash(algorithm).update(x509.raw).digest('base64url');
  let app: ApplicationHandle;

  beforeEach(() => {
    app = server.application();
    app.addCertificate(certificate.cert);
  });

  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');

  /** Signed with the certificate's key. */
  const assertion = (
    header: { readonly alg: 'RS256' | 'PS256'; readonly [name: string]: string },
    claims: Readonly<Record<string, unknown>> = {},
  ): string => {
    const now = Math.floor(server.clock.now() / 1000);
    const content = `${encode({ typ: 'JWT', ...header })}.${encode({
      aud: `${server.url}/${server.tenantId}/oauth2/v2.0/token`,
      iss: app.clientId,
      sub: app.clientId,
      jti: randomUUID(),
      nbf: now,
      exp: now + 600,
      ...claims,
    })}`;
    const signature = sign('sha256', Buffer.from(content), {
      key: certificate.key,
      ...(header.alg === 'PS256'
        ? {
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
          }
        : {}),
    });
    return `${content}.${signature.toString('base64url')}`;
  };

  const ask = async (text: string): Promise<HttpResult> =>
    askForToken({
      client_id: app.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: text,
    });

  test('gets a token, with both ways to sign and to name it', async () => {
    for (const header of [
      { alg: 'RS256', x5t: thumbprint('sha1') },
      { alg: 'PS256', 'x5t#S256': thumbprint('sha256') },
    ] as const) {
      expect(await opens(await ask(assertion(header)))).toBe(true);
    }
  });

  test('must be registered', async () => {
    const header = { alg: 'PS256', x5t: 'AAAA' } as const;
    const answer = await ask(assertion(header));
    expect(failure(answer)).toBe('401 invalid_client 700027');
    expect(messageOf(answer)).toContain('is not registered on application');
    const stranger = server.application();
    const theirs = { client_id: stranger.clientId, iss: stranger.clientId };
    expect(failure(await ask(assertion(header, theirs)))).toBe('401 invalid_client 700211');
  });

  test('must sign what is sent, now, for this tenant', async () => {
    const header = { alg: 'PS256', x5t: thumbprint('sha1') } as const;
    const [head = '', , signature = ''] = assertion(header).split('.');
    const other = assertion(header, { exp: 4_000_000_000 }).split('.')[1] ?? '';
    const forged = await ask(`${head}.${other}.${signature}`);
    expect(failure(forged)).toBe('401 invalid_client 700027');
    expect(messageOf(forged)).toContain('did not match the expected signature value');

    const now = Math.floor(server.clock.now() / 1000);
    for (const claims of [
      { exp: now - 301 },
      { exp: undefined },
      { nbf: now + 600, exp: now + 1200 },
    ]) {
      expect(failure(await ask(assertion(header, claims)))).toBe('401 invalid_client 700024');
    }
    const aud = `${server.url}/${randomUUID()}/oauth2/v2.0/token`;
    expect(failure(await ask(assertion(header, { aud })))).toBe('401 invalid_client 700023');
    expect(failure(await ask(assertion(header, { sub: 'other' })))).toBe(
      '401 invalid_client 700021',
    );
    expect(failure(await ask('no.token'))).toBe('401 invalid_client 50027');
  });

  test('expires', async () => {
    server.clock.set(new Date(Date.parse(x509.validTo) + seconds(1)));
    const answer = await ask(assertion({ alg: 'PS256', x5t: thumbprint('sha1') }));
    expect(failure(answer)).toBe('401 invalid_client 700027');
    expect(messageOf(answer)).toContain('Reason - The key used is expired.');
  });
});

test('a federated assertion is taken if issuer, subject and audience are known', async () => {
  const issuer = server.federatedIssuer();
  const app = server.application();
  const subject = 'system:serviceaccount:shop:api';
  app.federate({ issuer: issuer.url, subject });
  const ask = async (text: string): Promise<HttpResult> =>
    askForToken({
      client_id: app.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: text,
    });
  expect(await opens(await ask(issuer.assertion(subject)))).toBe(true);
  expect(failure(await ask(issuer.assertion('system:serviceaccount:Shop:api')))).toBe(
    '401 invalid_client 700213',
  );
  expect(failure(await ask(issuer.assertion(subject, { aud: 'sts.amazonaws.com' })))).toBe(
    '401 invalid_client 700212',
  );
  expect(failure(await ask(issuer.assertion(subject, { iss: 'https://other.example' })))).toBe(
    '401 invalid_client 700211',
  );
  const forged = server.federatedIssuer('https://forger.example');
  expect(failure(await ask(forged.assertion(subject, { iss: issuer.url })))).toBe(
    '401 invalid_client 50013',
  );
  server.clock.advance(seconds(4000));
  const old = issuer.assertion(subject, { nbf: 0, exp: 1 });
  expect(failure(await ask(old))).toBe('401 invalid_client 700024');
});

describe('a managed identity', () => {
  const virtualMachine = async (
    query: Record<string, string> = {},
    headers: Record<string, string> = { Metadata: 'true' },
  ): Promise<HttpResult> =>
    httpCall(
      server.identityUrl,
      `/metadata/identity/oauth2/token?${new URLSearchParams({ 'api-version': '2018-02-01', ...query }).toString()}`,
      { headers },
    );
  const resource = 'https://vault.azure.net';

  test('of a virtual machine gets a token', async () => {
    const identity = server.managedIdentity();
    const answer = await virtualMachine({ resource });
    expect(await opens(answer)).toBe(true);
    expect(answer.json).toMatchObject({
      client_id: identity.appId,
      token_type: 'Bearer',
      resource,
      expires_in: '86399',
      expires_on: expect.stringMatching(/^\d+$/),
    });
  });

  test('of a virtual machine must be there, and asked for directly', async () => {
    const saying = async (...args: Parameters<typeof virtualMachine>): Promise<string> => {
      const answer = await virtualMachine(...args);
      expect(failure(answer)).toMatch(/^400 invalid_/);
      return messageOf(answer);
    };
    expect(await saying({ resource }, {})).toBe('Required metadata header not specified');
    expect(await saying({ resource }, { Metadata: 'true', 'X-Forwarded-For': '10.0.0.1' })).toBe(
      'X-Forwarded-For header is not allowed',
    );
    expect(await saying({ resource })).toBe('Identity not found');
    expect(await saying()).toBe("Required query variable 'resource' is missing");
    const identity = server.managedIdentity({ userAssigned: true });
    expect(await saying({ resource })).toBe('Identity not found');
    for (const query of [
      { client_id: identity.appId },
      { object_id: identity.objectId },
      { msi_res_id: identity.resourceId },
    ]) {
      expect(await opens(await virtualMachine({ resource, ...query }))).toBe(true);
    }
    expect(
      await saying({ resource: 'https://nowhere.example', client_id: identity.appId }),
    ).toMatch(/^AADSTS500011/);
  });

  test('of App Service needs the header of its environment', async () => {
    const identity = server.managedIdentity();
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = server.appServiceEnvironment;
    const url = new URL(IDENTITY_ENDPOINT);
    const ask = async (
      query: Record<string, string> = {},
      header = IDENTITY_HEADER,
    ): Promise<HttpResult> =>
      httpCall(
        url.origin,
        `${url.pathname}?${new URLSearchParams({ 'api-version': '2019-08-01', resource, ...query }).toString()}`,
        { headers: { 'X-IDENTITY-HEADER': header } },
      );
    const answer = await ask();
    expect(await opens(answer)).toBe(true);
    expect(answer.json).toMatchObject({ client_id: identity.appId, resource });
    expect((await ask({}, 'guessed')).status).toBe(401);
    expect((await ask({ 'api-version': '2017-09-01' })).status).toBe(400);
    expect((await ask({ resource: 'https://nowhere.example' })).status).toBe(400);
    const missing = await ask({ client_id: randomUUID() });
    expect(missing.json).toMatchObject({
      statusCode: 400,
      message:
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    });
    expect(JSON.stringify(server.requests)).not.toContain(IDENTITY_HEADER);
  });

  test('is reached without TLS beside a vault with TLS', async () => {
    const { authority, valid } = createTestCertificates();
    const secure = await startKeyVaultServer({ tls: valid });
    onTestFinished(() => secure.close());
    secure.managedIdentity();
    const answer = await httpCall(
      secure.identityUrl,
      `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${encodeURIComponent(resource)}`,
      { headers: { Metadata: 'true' } },
    );
    const listed = await httpCall(secure.url, '/secrets?api-version=7.4', {
      ca: authority.cert,
      headers: { Authorization: `Bearer ${tokenOf(answer)}` },
    });
    expect(listed.status).toBe(200);
  });
});

test('a vault of another cloud has its own resource', async () => {
  const china = await startKeyVaultServer({ resource: 'https://vault.azure.cn' });
  onTestFinished(() => china.close());
  const app = china.application();
  const answer = await httpCall(china.url, `/${china.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app.clientId,
      client_secret: app.clientSecret,
      scope: 'https://vault.azure.cn/.default',
    }).toString(),
  });
  const listed = await httpCall(china.url, '/secrets?api-version=7.4', {
    headers: { Authorization: `Bearer ${tokenOf(answer)}` },
  });
  expect(listed.status).toBe(200);
});
