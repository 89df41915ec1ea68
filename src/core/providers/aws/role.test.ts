/** Session tokens typed into the form, and roles that are assumed. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoleOptions } from '@test/servers/aws/server';
import { hours } from '@test/servers/clock';
import {
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import type { SecretsProvider } from '../provider';
import {
  collect,
  failure,
  makeConnection,
  makeProvider,
  signal,
  targets,
  type valuesOf,
  type ProviderParts,
} from '@test/support/aws-secrets-manager';

let server: SecretsManagerServer;
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_') && !name.endsWith('WARNING_DISABLED')) vi.stubEnv(name, undefined);
  }
  server = await startSecretsManagerServer();
  server.put('production', '{}');
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await server.stop();
});

function providerWith(parts: ProviderParts): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider({ endpoint, region, ...parts }, { maxAttempts: 1 });
  cleanUps.push(() => {
    provider.dispose();
  });
  return provider;
}

const paths = async (provider: SecretsProvider): Promise<string[]> =>
  (await provider.list({ signal })).secrets.map(({ path }) => path);

const callers = (): (readonly [string, string | undefined])[] =>
  server.requests.map(({ operation, accessKeyId }) => [operation, accessKeyId?.slice(0, 4)]);

const mayAssume = (): AccessKey => server.accessKey({ name: 'alice', allow: ['sts:AssumeRole'] });

const newRole = (options: Partial<RoleOptions> = {}): { readonly roleArn: string } => ({
  roleArn: server.role({ name: 'reader', ...options }).arn,
});

describe('Session Token', () => {
  it('goes with the keys, without the white space around it', async () => {
    const key = server.accessKey({ sessionToken: true });
    const sessionToken = ` ${key.sessionToken ?? ''}\n`;
    expect(await paths(providerWith({ ...key, sessionToken }))).toEqual(['production']);
  });

  it('is missed before any call where the key is temporary', async () => {
    const { accessKeyId, secretAccessKey } = server.accessKey({ sessionToken: true });
    expect(await failure(paths(providerWith({ accessKeyId, secretAccessKey })))).toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining('starts with ASIA') as string,
      details: { field: 'sessionToken' },
    });
    expect(server.count()).toBe(0);
  });

  it.each([
    [true, 'Copy all three values again'],
    [false, 'Remove the Session Token'],
  ])('of another key is reported (temporary: %s)', async (isTemporary, hint) => {
    const key = server.accessKey({ sessionToken: isTemporary });
    const error = await failure(paths(providerWith({ ...key, sessionToken: 's3cr3t' })));
    expect(error).toMatchObject({
      code: 'KEY_ID_UNKNOWN',
      hint: expect.stringContaining(hint) as string,
      details: { field: 'sessionToken' },
    });
    expect(JSON.stringify(error.report())).not.toContain('s3cr3t');
  });

  it('that has expired is reported once, and requested again', async () => {
    const key = server.accessKey({ sessionToken: true, expires: new Date(Date.now() - 1000) });
    expect(await failure(paths(providerWith(key)))).toMatchObject({
      code: 'CREDENTIALS_EXPIRED',
      details: { field: 'sessionToken' },
    });
    expect(server.count()).toBe(1);
  });
});

describe('Role ARN', () => {
  it('has the role assumed once, for all calls', async () => {
    const provider = providerWith({ ...mayAssume(), ...newRole() });
    await paths(provider);
    expect(await paths(provider)).toEqual(['production']);
    expect(callers()).toEqual([
      ['AssumeRole', 'AKIA'],
      ['ListSecrets', 'ASIA'],
      ['ListSecrets', 'ASIA'],
    ]);
  });

  it('is assumed with temporary keys too, and with an external ID', async () => {
    const key = server.accessKey({ sessionToken: true, allow: ['sts:AssumeRole'] });
    const role = newRole({ externalId: 'ours' });
    expect(await paths(providerWith({ ...key, ...role, externalId: 'ours' }))).toEqual([
      'production',
    ]);
  });

  it('is assumed again when its session has ended', async () => {
    const provider = providerWith({ ...mayAssume(), ...newRole() });
    await paths(provider);
    // The server’s clock goes by the same.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours(2) });
    cleanUps.push(() => vi.useRealTimers());
    server.clearLog();
    expect(await paths(provider)).toEqual(['production']);
    expect(callers()).toEqual([
      ['AssumeRole', 'AKIA'],
      ['ListSecrets', 'ASIA'],
    ]);
  });

  it('is assumed again, once, when AWS says that its session has ended', async () => {
    const provider = providerWith({ ...mayAssume(), ...newRole() });
    await paths(provider);
    server.clearLog();
    const ended = { kind: 'error', code: 'ExpiredTokenException' } as const;
    server.faults.add({ operation: 'ListSecrets', answer: ended });
    expect(await paths(provider)).toEqual(['production']);
    expect(callers().map(([operation]) => operation)).toEqual([
      'ListSecrets',
      'AssumeRole',
      'ListSecrets',
    ]);
    server.faults.add({ operation: 'ListSecrets', times: Infinity, answer: ended });
    server.clearLog();
    expect((await failure(paths(provider))).code).toBe('CREDENTIALS_EXPIRED');
    expect(server.count('AssumeRole')).toBe(1);
  });

  it('limits what can be done to what the role may', async () => {
    const role = newRole({ allow: ['secretsmanager:GetSecretValue'] });
    expect((await failure(paths(providerWith({ ...server.accessKey(), ...role })))).code).toBe(
      'PERMISSION_DENIED',
    );
  });

  it.each<[string, () => ProviderParts, object]>([
    [
      'is not there',
      () => ({ ...mayAssume(), roleArn: 'arn:aws:iam::123456789012:role/nobody' }),
      {
        message: 'The role “nobody” could not be assumed.',
        likelyCause: expect.stringContaining('does not exist') as string,
        details: { field: 'roleArn' },
      },
    ],
    [
      'does not trust the caller',
      () => ({ ...mayAssume(), ...newRole({ trusts: ['arn:aws:iam::*:user/bob'] }) }),
      { likelyCause: expect.stringContaining('does not trust') as string },
    ],
    [
      'wants an external ID',
      () => ({ ...mayAssume(), ...newRole({ externalId: 'ours' }) }),
      {
        hint: expect.stringContaining('enter the External ID') as string,
        details: { field: 'roleArn' },
      },
    ],
    [
      'wants another external ID',
      () => ({ ...mayAssume(), ...newRole({ externalId: 'ours' }), externalId: 'theirs' }),
      {
        hint: expect.stringContaining('Compare External ID') as string,
        details: { field: 'externalId' },
      },
    ],
    [
      'may not be assumed by this user',
      () => ({ ...server.guideAccessKey(), ...newRole() }),
      {
        message: 'The credentials may not assume the role “reader”.',
        hint: expect.stringContaining('"sts:AssumeRole"') as string,
      },
    ],
    [
      'is forbidden by a policy',
      () => ({ ...server.accessKey({ deny: ['sts:*'] }), ...newRole() }),
      { message: 'A policy forbids assuming the role “reader”.' },
    ],
  ])('that %s is reported with cause and remedy', async (_, parts, expected) => {
    const error = await failure(paths(providerWith(parts())));
    expect(error.report()).toMatchObject({ code: 'ROLE_REFUSED' });
    expect(error).toMatchObject(expected);
    expect(server.count('ListSecrets')).toBe(0);
  });

  it.each([
    ['AccessDenied', 'Roles may not be assumed by root accounts.', 'ROLE_REFUSED', /root user/],
    ['RegionDisabledException', 'STS is not activated.', 'ROLE_REFUSED', /not enabled/],
    ['ExpiredToken', 'The token has expired.', 'CREDENTIALS_EXPIRED', /expired/],
    ['InvalidClientTokenId', 'The token is invalid.', 'KEY_ID_UNKNOWN', /to be assumed with/],
    ['SignatureDoesNotMatch', 'It does not match.', 'SIGNATURE_REFUSED', /signature/],
    ['ValidationError', 'roleArn is invalid', 'ROLE_REFUSED', /as it is written/],
    ['Throttling', 'Rate exceeded', 'RATE_LIMITED', /too many/],
    ['InvalidAction', 'Could not find operation', 'ROLE_REFUSED', /did not answer as it should/],
  ])('ends in %s: %s', async (code, message, expected, text) => {
    server.faults.add({
      operation: 'AssumeRole',
      times: 2,
      answer: { kind: 'error', code, message, status: 403 },
    });
    const error = await failure(paths(providerWith({ ...mayAssume(), ...newRole() })));
    expect(error.code).toBe(expected);
    expect(error.message).toMatch(text);
    expect(JSON.stringify(error.report())).not.toContain(message);
  });

  it('says that it is STS that cannot be reached', async () => {
    server.faults.add({ operation: 'AssumeRole', answer: { kind: 'reset' } });
    const error = await failure(paths(providerWith({ ...mayAssume(), ...newRole() })));
    expect(error).toMatchObject({
      code: 'CONNECTION_RESET',
      message: expect.stringMatching(/^STS, which hands out the role/) as string,
    });
  });
});

describe('the Security Token Service', () => {
  const stsHost = async (parts: Parameters<typeof valuesOf>[0]): Promise<string> => {
    const connection = makeConnection({ accessKeyId: 'AKIAX', ...parts });
    const { href } = await connection.stsEndpoint();
    connection.dispose();
    return href;
  };

  it.each([
    ['', 'us-east-1', 'https://sts.us-east-1.amazonaws.com/'],
    ['', 'cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn/'],
    ['', 'us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com/'],
    ['', 'us-iso-east-1', 'https://sts.us-iso-east-1.c2s.ic.gov/'],
    ['', 'eusc-de-east-1', 'https://sts.eusc-de-east-1.amazonaws.eu/'],
    ['http://localhost:4566', 'us-east-1', 'http://localhost:4566/'],
    [
      'http://ec2-192-0-2-1.compute-1.amazonaws.com:4566',
      'us-east-1',
      'http://ec2-192-0-2-1.compute-1.amazonaws.com:4566/',
    ],
    [
      'https://vpce-0a1b-2c3d.secretsmanager.eu-west-1.vpce.amazonaws.com',
      'eu-west-1',
      'https://sts.eu-west-1.amazonaws.com/',
    ],
  ])('beside the endpoint %j in %s is %s', async (endpoint, region, expected) => {
    expect(await stsHost({ endpoint, region })).toBe(expected);
  });
});

describe('a real server', () => {
  const real = targets.find(({ name }) => name !== 'the stand-in');

  it.skipIf(real?.isThere !== true)('hands out a role, and takes its session', async () => {
    const peer = await real?.start();
    if (peer === undefined) throw new Error('There is none');
    cleanUps.push(() => peer.stop());
    const { endpoint, region, accessKeyId, secretAccessKey } = peer;
    const provider = providerWith({
      endpoint,
      region,
      accessKeyId,
      secretAccessKey,
      roleArn: 'arn:aws:iam::123456789012:role/reader',
      externalId: 'ours',
    });
    expect(await paths(provider)).toEqual([]);
    const ends = (await collect(provider.check({ signal }))).filter(
      ({ status }) => status !== 'running',
    );
    // It is empty, so that there is nothing to list.
    expect(
      ends
        .filter(({ status }) => status !== 'passed' && status !== 'skipped')
        .map(({ id, status }) => [id, status]),
    ).toEqual([['list', 'warned']]);
    expect(ends).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          id: 'identity',
          detail: 'Account 123456789012, assumed-role/reader/strongroom',
        }),
        expect.objectContaining({
          id: 'permissions',
          // moto 5 fails at ListSecretVersionIds of what is not there.
          detail: expect.stringMatching(
            /^Permitted: .*PutSecretValue, DeleteSecret\nOptional and permitted: DescribeSecret, Rest/,
          ),
        }),
      ]),
    );
    // Asking was all that was done.
    expect(await paths(provider)).toEqual([]);
  });
});
