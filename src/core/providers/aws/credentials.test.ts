/** Where credentials come from, and where they must not come from. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  startSecretsManagerServer,
  type AccessKey,
  type SecretsManagerServer,
} from '@test/servers/secrets-manager/server';
import { systemRuntime } from '@core/runtime';
import type { SecretsProvider } from '../provider';
import {
  collect,
  failure,
  makeConnection,
  makeProvider,
  signal,
  type valuesOf,
  type ProviderParts,
} from '@test/support/aws-secrets-manager';

let server: SecretsManagerServer;
let home: string;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startSecretsManagerServer();
  server.put('production', '{}');
});

afterAll(() => server.stop());

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'strongroom-aws-'));
  cleanUps.push(() => rm(home, { recursive: true }));
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_') && !name.endsWith('WARNING_DISABLED')) vi.stubEnv(name, undefined);
  }
  vi.stubEnv('HOME', home);
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', server.endpoint);
});

afterEach(async () => {
  server.faults.clear();
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const writeConfig = (text: string): Promise<void> => writeFile(join(home, 'config'), text);
const writeCredentials = (text: string): Promise<void> =>
  writeFile(join(home, 'credentials'), text);

const profileText = (name: string, key: AccessKey): string =>
  [
    `[${name}]`,
    `aws_access_key_id = ${key.accessKeyId}`,
    `aws_secret_access_key = ${key.secretAccessKey}`,
    ...(key.sessionToken === undefined ? [] : [`aws_session_token = ${key.sessionToken}`]),
    '',
  ].join('\n');

function providerWith(parts: ProviderParts): SecretsProvider {
  const { endpoint, region } = server;
  const provider = makeProvider({ endpoint, region, ...parts });
  cleanUps.push(() => {
    provider.dispose();
  });
  return provider;
}

const withProfile = (profile: string): SecretsProvider =>
  providerWith({ authentication: 'profile', profile });

const withChain = (): SecretsProvider => providerWith({ authentication: 'default-chain' });

const paths = async (provider: SecretsProvider): Promise<string[]> =>
  (await provider.list({ signal })).secrets.map(({ path }) => path);

const credentialsStep = async (provider: SecretsProvider): Promise<string | undefined> =>
  (await collect(provider.check({ signal }))).findLast(({ id }) => id === 'credentials')?.detail;

/** A server of a few lines, which counts who comes. */
async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly hits: () => number }> {
  let hits = 0;
  const http = createServer((request, response) => {
    hits += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  cleanUps.push(() => {
    http.closeAllConnections();
    http.close();
  });
  return {
    url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`,
    hits: () => hits,
  };
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
};

const refuseAll = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(500).end();
};

/** An environment in which everything points somewhere else. */
async function pollute(): Promise<{ readonly hits: () => number }> {
  const trap = await listen(refuseAll);
  await writeConfig(
    `[default]\nregion = ap-south-1\nendpoint_url = ${trap.url}\n[profile elsewhere]\nregion = sa-east-1\nendpoint_url = ${trap.url}\n`,
  );
  await writeCredentials('[elsewhere]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n');
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: trap.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: trap.url,
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_PROFILE: 'elsewhere',
    AWS_ACCESS_KEY_ID: 'AKIAANOTHER',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_SESSION_TOKEN: 'x',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_DEFAULTS_MODE: 'auto',
    AWS_EC2_METADATA_DISABLED: undefined,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: trap.url,
  })) {
    vi.stubEnv(name, value);
  }
  return trap;
}

describe('Access Keys', () => {
  it('are used without the white space around them', async () => {
    const { accessKeyId, secretAccessKey } = server.accessKey();
    const provider = providerWith({
      accessKeyId: ` ${accessKeyId}\n`,
      secretAccessKey: `\t${secretAccessKey} `,
    });
    expect(await paths(provider)).toEqual(['production']);
    expect(await credentialsStep(provider)).toBe(
      `Access Keys, ${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`,
    );
  });

  it.each([
    ['accessKeyId', { secretAccessKey: 'x' }],
    ['secretAccessKey', { accessKeyId: 'AKIAX', secretAccessKey: ' ' }],
  ])('are missed before any call is made (%s)', async (field, keys) => {
    server.clearLog();
    expect(await failure(paths(providerWith(keys)))).toMatchObject({
      code: 'CREDENTIALS_MISSING',
      details: { field },
    });
    expect(server.count()).toBe(0);
  });

  it('go where the form says, whatever the environment and the profiles say', async () => {
    const trap = await pollute();
    expect(await paths(providerWith(server.accessKey()))).toEqual(['production']);
    expect(trap.hits()).toBe(0);
  });

  it('do not read a profile that cannot be read', async () => {
    await mkdir(join(home, 'config'));
    await mkdir(join(home, 'credentials'));
    vi.stubEnv('AWS_PROFILE', 'elsewhere');
    expect(await paths(providerWith(server.accessKey()))).toEqual(['production']);
  });
});

describe('without Endpoint Override', () => {
  /** Where the SDK would send a call, which is not sent. */
  async function hostOfCall(
    parts: Parameters<typeof valuesOf>[0],
  ): Promise<{ readonly computed: string; readonly called: string }> {
    const connection = makeConnection({
      accessKeyId: 'AKIAX',
      secretAccessKey: 'x',
      ...parts,
    });
    const client = await connection.client();
    let called = '';
    client.middlewareStack.add(
      () => (args) => {
        called = (args.request as { readonly hostname: string }).hostname;
        return Promise.reject(new Error('Not sent'));
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.listSecrets({}).catch(() => undefined);
    const computed = (await connection.endpoint()).hostname;
    connection.dispose();
    return { computed, called };
  }

  it.each([
    ['us-east-1', 'secretsmanager.us-east-1.amazonaws.com'],
    ['eu-west-1', 'secretsmanager.eu-west-1.amazonaws.com'],
    ['cn-north-1', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['us-iso-east-1', 'secretsmanager.us-iso-east-1.c2s.ic.gov'],
    ['eusc-de-east-1', 'secretsmanager.eusc-de-east-1.amazonaws.eu'],
  ])('%s is AWS itself, whatever else the environment says', async (region, host) => {
    await pollute();
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', undefined);
    expect(await hostOfCall({ region })).toEqual({ computed: host, called: host });
  });

  it('a profile’s wish for FIPS is heeded', async () => {
    const key = server.accessKey();
    await writeCredentials(profileText('gov', key));
    await writeConfig('[profile gov]\nuse_fips_endpoint = true\nregion = us-gov-east-1\n');
    const host = 'secretsmanager-fips.us-gov-west-1.amazonaws.com';
    expect(
      await hostOfCall({ region: 'us-gov-west-1', authentication: 'profile', profile: 'gov' }),
    ).toEqual({ computed: host, called: host });
  });
});

describe('an address that is configured outside the form', () => {
  const at = (port: number): string => `http://127.0.0.1:${String(port)}`;
  /** Where calls go, and what Test Connection says about it. */
  async function found(parts: ProviderParts) {
    const connection = makeConnection({ accessKeyId: 'AKIAX', secretAccessKey: 'x', ...parts });
    cleanUps.push(() => {
      connection.dispose();
    });
    const [address, secrets, roles] = [
      await connection.override(),
      await connection.endpoint(),
      await connection.stsEndpoint(),
    ];
    return { secrets: secrets.origin, roles: roles.origin, source: address?.source };
  }
  const aws = 'https://secretsmanager.us-east-1.amazonaws.com';
  const awsSts = 'https://sts.us-east-1.amazonaws.com';

  beforeEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', undefined);
  });

  const everything = [
    '[profile dev]',
    'services = local',
    `endpoint_url = ${at(4)}`,
    '[services local]',
    'secrets_manager =',
    `  endpoint_url = ${at(3)}`,
    'dynamodb =',
    `  endpoint_url = ${at(9)}`,
    '[profile plain]',
    `endpoint_url = ${at(5)}`,
    '[default]',
    `endpoint_url = ${at(6)}`,
    '[profile off]',
    'ignore_configured_endpoint_urls = true',
    `endpoint_url = ${at(7)}`,
    '',
  ].join('\n');
  const dev = { authentication: 'profile', profile: 'dev' } as const;

  it('is taken in the order of the AWS CLI, after Endpoint Override, and its source is shown', async () => {
    await writeConfig(everything);
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', at(1));
    vi.stubEnv('AWS_ENDPOINT_URL', at(2));
    expect(await found({ ...dev, endpoint: at(8) })).toEqual({
      secrets: at(8),
      roles: at(8),
      source: 'Endpoint Override',
    });
    expect(await found(dev)).toEqual({
      secrets: at(1),
      roles: at(2),
      source: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    });
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', undefined);
    expect(await found(dev)).toMatchObject({ secrets: at(2), source: 'AWS_ENDPOINT_URL' });
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    expect(await found(dev)).toEqual({
      secrets: at(3),
      roles: at(4),
      source: expect.stringMatching(
        /^endpoint_url of secrets_manager in services local \(.*config\)$/,
      ) as string,
    });
    expect(await found({ ...dev, profile: 'plain' })).toEqual({
      secrets: at(5),
      roles: at(5),
      source: expect.stringMatching(/^endpoint_url of profile plain \(.*config\)$/) as string,
    });
  });

  it('is that of the profile which the environment names, for the default chain', async () => {
    await writeConfig(everything);
    const chain = { authentication: 'default-chain' } as const;
    expect(await found(chain)).toMatchObject({ secrets: at(6) });
    vi.stubEnv('AWS_PROFILE', 'plain');
    expect(await found(chain)).toMatchObject({ secrets: at(5) });
  });

  it('is that of the environment alone for typed keys, which belong to no profile', async () => {
    await writeConfig(everything);
    expect(await found({})).toEqual({ secrets: aws, roles: awsSts, source: undefined });
    vi.stubEnv('AWS_ENDPOINT_URL', at(2));
    expect(await found({})).toMatchObject({ secrets: at(2), source: 'AWS_ENDPOINT_URL' });
  });

  it('is not taken where the profile or the environment says so', async () => {
    await writeConfig(everything);
    vi.stubEnv('AWS_ENDPOINT_URL', at(2));
    expect(await found({ ...dev, profile: 'off' })).toMatchObject({ secrets: aws });
    vi.stubEnv('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true');
    expect(await found(dev)).toEqual({ secrets: aws, roles: awsSts, source: undefined });
  });

  it.each([
    ['[profile dev]\nendpoint_url = localhost:4566\n', 'endpoint_url of profile dev'],
    ['[profile dev]\nservices = gone\n', 'services gone'],
  ])('is refused where it cannot be used, and found once it is fixed: %j', async (text, named) => {
    await writeConfig(text);
    const connection = makeConnection(dev);
    cleanUps.push(() => {
      connection.dispose();
    });
    const error = await failure(connection.endpoint());
    expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { field: 'endpoint' } });
    expect(error.message).toContain(named);
    await writeConfig(everything);
    expect((await connection.endpoint()).origin).toBe(at(3));
  });

  it('is where a profile’s secrets are read, and its role assumed', async () => {
    const role = server.role({ name: 'local' });
    const source = server.accessKey({ allow: ['sts:AssumeRole'] });
    await writeCredentials(profileText('local', source));
    await writeConfig(`[profile local]\nendpoint_url = ${server.endpoint}\n`);
    const provider = providerWith({
      endpoint: '',
      authentication: 'profile',
      profile: 'local',
      roleArn: role.arn,
    });
    expect(await paths(provider)).toEqual(['production']);
    const steps = await collect(provider.check({ signal }));
    const step = steps.findLast(({ id }) => id === 'endpoint');
    expect(step?.detail).toMatch(/^127\.0\.0\.1:\d+, from endpoint_url of profile local \(/);
    expect(steps.findLast(({ id }) => id === 'role')?.status).toBe('passed');
  });

  it('is named where nothing answers at it', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    const provider = providerWith({ endpoint: '', ...server.accessKey() });
    const inTest = (await collect(provider.check({ signal }))).find(({ error }) => error)?.error;
    const inCall = (await failure(paths(provider))).report();
    for (const error of [inTest, inCall]) {
      expect(error?.code).toBe('CONNECTION_REFUSED');
      expect(error?.message).toContain('from AWS_ENDPOINT_URL.');
      expect(error?.details?.field).toBe('endpoint');
    }
  });
});

describe('Profile', () => {
  it('sends the session token along', async () => {
    await writeCredentials(profileText('short', server.accessKey({ sessionToken: true })));
    const provider = withProfile('short');
    expect(await paths(provider)).toEqual(['production']);
    expect(await credentialsStep(provider)).toMatch(
      /^Profile short \(~\/credentials\), ASIA…[A-Z0-9]{4}$/,
    );
  });

  it('is found in the config file as well', async () => {
    await writeConfig(profileText('profile written-there', server.accessKey()));
    expect(await paths(withProfile('written-there'))).toEqual(['production']);
  });

  it('is the one that was named, whatever the environment says', async () => {
    const trap = await pollute();
    await writeCredentials(profileText('mine', server.accessKey()));
    expect(await paths(withProfile('mine'))).toEqual(['production']);
    expect(trap.hits()).toBe(0);
  });

  it('assumes a role from its source profile', async () => {
    const role = server.role({ name: 'reader', externalId: 'ours' });
    const source = server.accessKey({ allow: ['sts:AssumeRole'] });
    await writeCredentials(profileText('base', source));
    await writeConfig(
      `[profile reader]\nrole_arn = ${role.arn}\nsource_profile = base\nexternal_id = ours\n`,
    );
    const provider = withProfile('reader');
    server.clearLog();
    expect(await paths(provider)).toEqual(['production']);
    expect(await paths(provider)).toEqual(['production']);
    expect(server.requests.map(({ operation, accessKeyId }) => [operation, accessKeyId])).toEqual([
      ['AssumeRole', source.accessKeyId],
      ['ListSecrets', expect.stringMatching(/^ASIA/)],
      ['ListSecrets', expect.stringMatching(/^ASIA/)],
    ]);
    expect(await credentialsStep(provider)).toMatch(
      /^Profile reader \(a role that was assumed\), ASIA….{4}, expires in (59|60) min$/,
    );
  });

  it('has a role of the form assumed with it, where the form says', async () => {
    const role = server.role({ name: 'of-the-form' });
    const source = server.accessKey({ sessionToken: true, allow: ['sts:AssumeRole'] });
    await writeCredentials(profileText('base', source));
    const trap = await listen(refuseAll);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', trap.url);
    const provider = providerWith({
      authentication: 'profile',
      profile: 'base',
      roleArn: role.arn,
    });
    server.clearLog();
    expect(await paths(provider)).toEqual(['production']);
    expect(server.requests.map(({ operation, accessKeyId }) => [operation, accessKeyId])).toEqual([
      ['AssumeRole', source.accessKeyId],
      ['ListSecrets', expect.stringMatching(/^ASIA/)],
    ]);
    expect(trap.hits()).toBe(0);
    expect(await credentialsStep(provider)).toMatch(/^Profile base \(~\/credentials\), ASIA/);
  });

  it('runs its credential_process and uses all that it gives', async () => {
    const key = server.accessKey({ sessionToken: true });
    const program = join(home, 'program.mjs');
    const output = JSON.stringify({
      Version: 1,
      AccessKeyId: key.accessKeyId,
      SecretAccessKey: key.secretAccessKey,
      SessionToken: key.sessionToken,
    });
    await writeFile(program, `process.stdout.write(${JSON.stringify(output)})`);
    await writeConfig(`[profile made]\ncredential_process = "${process.execPath}" "${program}"\n`);
    const provider = withProfile('made');
    expect(await paths(provider)).toEqual(['production']);
    expect(await credentialsStep(provider)).toContain('(credential_process)');
  });

  describe.skipIf(process.platform === 'win32')(
    'whose program is not in the PATH of the app',
    () => {
      /** A program in its own folder, which prints credentials by way of another one beside it. */
      async function program(): Promise<string> {
        const { accessKeyId, secretAccessKey } = server.accessKey();
        const folder = join(home, 'homebrew bin');
        await mkdir(folder);
        const output = JSON.stringify({
          Version: 1,
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
        });
        const write = (name: string, text: string): Promise<void> =>
          writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
        await write('mytool', 'exec helper "$@"');
        await write('helper', `echo '${output}'`);
        return folder;
      }

      const withLoginPath = (
        path: string | undefined,
        authentication: 'profile' | 'default-chain' = 'profile',
      ): SecretsProvider => {
        const { endpoint, region } = server;
        const provider = makeProvider(
          { endpoint, region, authentication, profile: 'made' },
          { runtime: { ...systemRuntime, env: process.env, loginPath: async () => path } },
        );
        cleanUps.push(() => {
          provider.dispose();
        });
        return provider;
      };

      beforeEach(async () => {
        await writeConfig('[profile made]\ncredential_process = mytool --token s3cr3t\n');
        vi.stubEnv('AWS_PROFILE', 'made');
        vi.stubEnv('PATH', '/usr/bin:/bin');
      });

      it.each(['profile', 'default-chain'] as const)(
        'is found in that of the login shell, with what it starts (%s)',
        async (authentication) => {
          const provider = withLoginPath(`${await program()}:/usr/bin`, authentication);
          expect(await paths(provider)).toEqual(['production']);
          expect(process.env['PATH']).toBe('/usr/bin:/bin');
        },
      );

      it.each([
        ['profile', 'PROFILE_FAILED'],
        ['default-chain', 'AUTHENTICATION_FAILED'],
      ] as const)('is named with the PATH if it is not there either (%s)', async (how, code) => {
        const error = await failure(paths(withLoginPath('/opt/nothing:/bin', how)));
        expect(error.code).toBe(code);
        expect(error.message).toContain('The program “mytool”');
        expect(error.likelyCause).toContain('/opt/nothing:/bin:/usr/bin.');
        expect(error.hint).toContain('command -v mytool');
        expect(JSON.stringify(error.report())).not.toContain('s3cr3t');
      });

      it('is named if there is no login shell to ask', async () => {
        const error = await failure(paths(withLoginPath(undefined)));
        expect(error.likelyCause).toContain('/usr/bin:/bin.');
      });
    },
  );

  describe('with IAM Identity Center', () => {
    const startUrl = 'https://example.awsapps.com/start';

    async function signIn(
      expires: Date,
      portal: (request: IncomingMessage, response: ServerResponse) => void = refuseAll,
    ): Promise<void> {
      await writeConfig(
        `[profile sso]\nsso_session = ours\nsso_account_id = 123456789012\nsso_role_name = dev\n[sso-session ours]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n`,
      );
      const cache = join(home, '.aws', 'sso', 'cache');
      await mkdir(cache, { recursive: true });
      const file = `${createHash('sha1').update('ours').digest('hex')}.json`;
      const token = { accessToken: 'a token', expiresAt: expires.toISOString(), startUrl };
      await writeFile(join(cache, file), JSON.stringify(token));
      vi.stubEnv('AWS_ENDPOINT_URL_SSO', (await listen(portal)).url);
    }

    const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

    it('uses the role credentials of the sign-in', async () => {
      const key = server.accessKey({ sessionToken: true });
      await signIn(inAnHour(), (_, response) => {
        json(response, 200, {
          roleCredentials: { ...key, expiration: inAnHour().getTime() },
        });
      });
      const provider = withProfile('sso');
      expect(await paths(provider)).toEqual(['production']);
      expect(await credentialsStep(provider)).toMatch(/^Profile sso \(IAM Identity Center\), ASIA/);
    });

    it('asks for a new sign-in where it has lapsed', async () => {
      const needed = {
        code: 'SSO_LOGIN_NEEDED',
        hint: 'Run “aws sso login --profile sso” in a terminal, then try again.',
        remedy: { run: 'aws sso login --profile sso' },
      };
      await signIn(new Date(Date.now() - 1000));
      expect(await failure(paths(withProfile('sso')))).toMatchObject(needed);

      await signIn(inAnHour(), (_, response) => {
        response.setHeader('x-amzn-ErrorType', 'UnauthorizedException');
        json(response, 401, { message: 'Session token not found or invalid' });
      });
      expect(await failure(paths(withProfile('sso')))).toMatchObject(needed);

      await rm(join(home, '.aws'), { recursive: true });
      expect(await failure(paths(withProfile('sso')))).toMatchObject(needed);
    });

    it('tells a role that is not assigned from a lapsed sign-in', async () => {
      await signIn(inAnHour(), (_, response) => {
        response.setHeader('x-amzn-ErrorType', 'ForbiddenException');
        json(response, 403, { message: 'No access' });
      });
      expect(await failure(paths(withProfile('sso')))).toMatchObject({
        code: 'PROFILE_FAILED',
        message: expect.stringContaining('names an account or a role') as string,
      });
    });

    it.each([
      ['sso_session = ours\nsso_account_id = 1\nsso_role_name = d\n[sso-session ours]'],
      ['sso_session = ours\nsso_account_id = 1\n[sso-session ours]\nsso_region = us-east-1'],
      ['sso_session = nowhere\nsso_account_id = 1\nsso_role_name = d'],
      ['sso_start_url = https://example.awsapps.com/start'],
    ])('says when its settings are not complete (%j)', async (lines) => {
      await writeConfig(`[profile sso]\n${lines}\n`);
      expect(await failure(paths(withProfile('sso')))).toMatchObject({
        code: 'PROFILE_FAILED',
        message: 'The SSO settings of the profile “sso” are not complete.',
      });
    });
  });

  it('that does not exist is said so, and nothing else is tried in its place', async () => {
    const trap = await listen(refuseAll);
    const key = server.accessKey();
    vi.stubEnv('AWS_ACCESS_KEY_ID', key.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', key.secretAccessKey);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', trap.url);
    await writeCredentials(profileText('default', key));
    server.clearLog();
    expect(await failure(paths(withProfile('prodution')))).toMatchObject({
      code: 'PROFILE_NOT_FOUND',
      message: 'There is no profile “prodution” with credentials on this computer.',
      details: { field: 'profile' },
    });
    expect(server.count() + trap.hits()).toBe(0);
  });

  describe('AWS profile misspelt', () => {
    const advice = async (profile: string) => {
      const { code, hint, details, message } = await failure(paths(withProfile(profile)));
      return { code, hint, details, message };
    };

    it('suggests the profile with a name like it, which ends green', async () => {
      await writeConfig(
        '[profile work]\nregion = us-east-1\n[sso-session productoin]\nsso_region = x\n',
      );
      await writeCredentials(profileText('production', server.accessKey()));
      const { code, hint, details } = await advice('productoin');
      expect([code, hint]).toEqual(['PROFILE_NOT_FOUND', 'Did you mean “production”?']);
      expect(details).toMatchObject({ field: 'profile', suggestion: 'production' });
      expect(await paths(withProfile(details?.suggestion ?? ''))).toEqual(['production']);
    });

    it('names the profiles that there are if none is like it', async () => {
      await writeCredentials(profileText('work', server.accessKey()));
      expect((await advice('something')).hint).toBe(
        'Enter one of the profiles that there are: work.',
      );
    });

    it('says of a profile without credentials that it is there', async () => {
      await writeConfig('[profile work]\nregion = us-east-1\n');
      expect(await advice('work')).toMatchObject({
        code: 'PROFILE_NOT_FOUND',
        message: 'The profile “work” exists but has no credentials.',
      });
    });

    it('suggests the source profile too', async () => {
      await writeConfig('[profile odd]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = bsae\n');
      await writeCredentials(profileText('base', server.accessKey()));
      expect((await advice('odd')).hint).toBe(
        'Check source_profile in ~/.aws/config: did you mean “base”?',
      );
    });

    it('is named where AWS_PROFILE has it, and the default chain passed it over', async () => {
      await writeCredentials(profileText('production', server.accessKey()));
      vi.stubEnv('AWS_PROFILE', 'productoin');
      expect(await failure(paths(withChain()))).toMatchObject({
        code: 'CREDENTIALS_MISSING',
        message: 'AWS_PROFILE names “productoin”, and there is no such profile on this computer.',
        hint: expect.stringContaining('Did you mean “production”? Choose Profile') as string,
        details: { field: 'authentication', suggestion: 'profile' },
      });
    });
  });

  describe('AWS profile with mfa_serial', () => {
    const config = [
      '[profile odd]',
      'role_arn = arn:aws:iam::123456789012:role/reader',
      'source_profile = base',
      'external_id = ours',
      'mfa_serial = arn:aws:iam::123456789012:mfa/me',
      '',
    ].join('\n');

    it('names a command, and where its result goes, which ends green', async () => {
      await writeConfig(config);
      await writeCredentials(profileText('base', server.accessKey()));
      const { hint, remedy, details } = await failure(paths(withProfile('odd')));
      const command =
        'aws sts get-session-token --serial-number arn:aws:iam::123456789012:mfa/me --token-code CODE --profile base';
      expect(remedy).toEqual({ run: command });
      expect(hint).toBe(
        `Run “${command}” in a terminal, with the code of the device in place of CODE. Choose Access Keys, and enter AccessKeyId, SecretAccessKey and SessionToken from its answer, and arn:aws:iam::123456789012:role/reader as Role ARN and ours as External ID.`,
      );
      expect(details).toMatchObject({ field: 'authentication', suggestion: 'access-keys' });

      // What the command gives: keys of a session.
      const session = server.accessKey({ sessionToken: true });
      const { arn: roleArn } = server.role({ name: 'reader', externalId: 'ours' });
      const provider = providerWith({ ...session, roleArn, externalId: 'ours' });
      expect(await paths(provider)).toEqual(['production']);
    });

    it('offers no command with what a shell would obey', async () => {
      await writeConfig(config.replace('mfa/me', 'mfa/$(me)'));
      await writeCredentials(profileText('base', server.accessKey()));
      expect((await failure(paths(withProfile('odd')))).remedy).not.toHaveProperty('run');
    });
  });

  it.each([
    [
      'names a source profile that is not there',
      'role_arn = arn:aws:iam::1:role/x\nsource_profile = nowhere',
      'PROFILE_FAILED',
      'The profile “odd” refers to “nowhere”, which does not exist or has no credentials.',
    ],
    [
      'leads back to itself',
      'role_arn = arn:aws:iam::1:role/x\nsource_profile = odd2\n[profile odd2]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = odd',
      'PROFILE_FAILED',
      'The profile “odd” leads back to itself by source_profile.',
    ],
    [
      'wants a one-time code',
      'role_arn = arn:aws:iam::1:role/x\nsource_profile = default\nmfa_serial = arn:aws:iam::1:mfa/me',
      'PROFILE_FAILED',
      'The profile “odd” asks for a one-time code (mfa_serial), which Strongroom cannot enter.',
    ],
    [
      'names a role that may not be assumed',
      'role_arn = arn:aws:iam::123456789012:role/forbidden\nsource_profile = default',
      'PROFILE_FAILED',
      'The role of the profile “odd” may not be assumed.',
    ],
    [
      'names a program that fails',
      'credential_process = "false" --token s3cr3t',
      'PROFILE_FAILED',
      'The program that the profile “odd” names in credential_process failed.',
    ],
    [
      'names a program that prints something else',
      'credential_process = echo s3cr3t',
      'PROFILE_FAILED',
      'The program that the profile “odd” names in credential_process failed.',
    ],
    [
      'names a program with old credentials',
      `credential_process = echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s3cr3t","Expiration":"2020-01-01T00:00:00Z"}'`,
      'CREDENTIALS_EXPIRED',
      'The program that the profile “odd” names gave credentials that have expired.',
    ],
    [
      'names a source that does not exist',
      'role_arn = arn:aws:iam::1:role/x\ncredential_source = Moon',
      'PROFILE_FAILED',
      'The profile “odd” has an unknown credential_source.',
    ],
    [
      'comes from aws login, which has lapsed',
      'login_session = arn:aws:sts::1:assumed-role/x/y',
      'SSO_LOGIN_NEEDED',
      'The sign-in of the profile “odd” has lapsed.',
    ],
    [
      'reads a token file that is not there',
      'role_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /nowhere/token',
      'PROFILE_FAILED',
      'The profile “odd” could not be turned into credentials.',
    ],
  ])('that %s is explained', async (_, lines, code, message) => {
    await writeConfig(`${profileText('default', server.accessKey())}[profile odd]\n${lines}\n`);
    const error = await failure(paths(withProfile('odd')));
    expect(error).toMatchObject({ code, message });
    expect(JSON.stringify([error.report(), String((error.cause as Error).stack)])).not.toContain(
      's3cr3t',
    );
  });

  it('says when the key of the source profile is wrong, or STS cannot be reached', async () => {
    const role = server.role({ name: 'other' });
    const key = server.accessKey();
    const config = `[profile r]\nrole_arn = ${role.arn}\nsource_profile = base\n`;
    await writeConfig(config);
    await writeCredentials(profileText('base', { ...key, secretAccessKey: 'wrong' }));
    expect((await failure(paths(withProfile('r')))).code).toBe('SIGNATURE_REFUSED');
    await writeCredentials(profileText('base', { ...key, accessKeyId: 'AKIAUNKNOWN' }));
    expect((await failure(paths(withProfile('r')))).code).toBe('KEY_ID_UNKNOWN');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1');
    const error = await failure(paths(withProfile('r')));
    expect(error).toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringMatching(/^The service that hands out the credentials/) as string,
    });
  });

  it('is read by every provider, and again when its credentials have expired', async () => {
    const first = server.accessKey({ sessionToken: true });
    await writeCredentials(profileText('rotating', first));
    const provider = withProfile('rotating');
    expect(await paths(provider)).toEqual(['production']);

    first.expiresAt = Date.now() - 1000;
    const expired = await failure(paths(provider));
    expect(expired.code).toBe('CREDENTIALS_EXPIRED');

    // As a sign-in tool does, while the app is open.
    await writeCredentials(profileText('rotating', server.accessKey({ sessionToken: true })));
    expect(await paths(provider)).toEqual(['production']);
    expect(await paths(withProfile('rotating'))).toEqual(['production']);
  });
});

describe('Default Chain', () => {
  it('takes environment variables, with the session token', async () => {
    const key = server.accessKey({ sessionToken: true });
    vi.stubEnv('AWS_ACCESS_KEY_ID', key.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', key.secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', key.sessionToken);
    const provider = withChain();
    expect(await paths(provider)).toEqual(['production']);
    expect(await credentialsStep(provider)).toMatch(
      /^Default Chain \(environment variables\), ASIA/,
    );
  });

  it('has a role assumed with what it finds', async () => {
    const key = server.accessKey({ allow: ['sts:AssumeRole'] });
    vi.stubEnv('AWS_ACCESS_KEY_ID', key.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', key.secretAccessKey);
    const { arn: roleArn } = server.role({ name: 'of-the-chain', externalId: 'ours' });
    const provider = providerWith({
      authentication: 'default-chain',
      roleArn,
      externalId: 'ours',
    });
    expect(await paths(provider)).toEqual(['production']);
    expect(await credentialsStep(provider)).toMatch(
      /^Default Chain \(environment variables\), AKIA/,
    );
  });

  it('warns of credentials that end within ten minutes and are not renewed', async () => {
    const key = server.accessKey({ sessionToken: true });
    const credentials = async (minutes: number): Promise<unknown> => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', key.accessKeyId);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', key.secretAccessKey);
      vi.stubEnv('AWS_SESSION_TOKEN', key.sessionToken);
      const end = new Date(Date.now() + minutes * 60_000 + 30_000);
      vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', end.toISOString());
      const steps = await collect(withChain().check({ signal }));
      return steps.findLast(({ id }) => id === 'credentials');
    };
    expect(await credentials(9)).toMatchObject({
      status: 'warned',
      error: { code: 'CREDENTIALS_EXPIRED', message: 'These credentials expire in 9 min.' },
    });
    expect(await credentials(11)).toMatchObject({ status: 'passed' });
  });

  it('takes the default profile', async () => {
    await writeCredentials(profileText('default', server.accessKey()));
    const provider = withChain();
    expect(await paths(provider)).toEqual(['production']);
    expect(await credentialsStep(provider)).toMatch(/^Default Chain \(~\/credentials\), AKIA/);
  });

  it('takes the role of an EC2 instance, and asks for it only when it is used', async () => {
    const key = server.accessKey({ sessionToken: true });
    const metadata = await listen(({ url = '' }, response) => {
      if (url.endsWith('/token')) response.end('token');
      else if (url.endsWith('/security-credentials/')) response.end('instance-role');
      else {
        json(response, 200, {
          Code: 'Success',
          Type: 'AWS-HMAC',
          AccessKeyId: key.accessKeyId,
          SecretAccessKey: key.secretAccessKey,
          Token: key.sessionToken,
          LastUpdated: new Date().toISOString(),
          Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString(),
        });
      }
    });
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', metadata.url);
    server.clearLog();
    const provider = withChain();
    providerWith({ authentication: 'default-chain' }).dispose();
    await new Promise(setImmediate);
    expect(metadata.hits() + server.count()).toBe(0);

    expect(await paths(provider)).toEqual(['production']);
    expect(metadata.hits()).toBeGreaterThan(0);
    expect(await credentialsStep(provider)).toMatch(
      /^Default Chain \(the role of this EC2 instance\), ASIA….{4}, expires in [56] h$/,
    );
  });

  it('takes the role of a container', async () => {
    const key = server.accessKey({ sessionToken: true });
    const agent = await listen((_, response) => {
      json(response, 200, {
        AccessKeyId: key.accessKeyId,
        SecretAccessKey: key.secretAccessKey,
        Token: key.sessionToken,
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      });
    });
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${agent.url}/role`);
    const provider = withChain();
    expect(await paths(provider)).toEqual(['production']);
    expect(await credentialsStep(provider)).toContain('(the role of this container)');
  });

  it('says when it finds nothing', async () => {
    expect(await failure(paths(withChain()))).toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: 'The default chain found no credentials on this computer.',
    });
  });
});

describe.skipIf(process.platform === 'win32')('a file that would hold up the SDK', () => {
  const pipe = (...names: string[]): string => {
    const path = join(home, ...names);
    execFileSync('mkfifo', [path]);
    return path;
  };

  it.each(['access-keys', 'profile', 'default-chain'] as const)(
    'is refused as the config file or the credentials file of %s',
    async (authentication) => {
      const key = server.accessKey();
      const profile = authentication === 'profile' ? 'work' : '';
      const use = (): SecretsProvider =>
        providerWith({ authentication, profile, ...(authentication === 'access-keys' && key) });
      const field = authentication === 'profile' ? 'profile' : undefined;
      for (const [variable, label] of [
        ['AWS_CONFIG_FILE', 'AWS config file'],
        ['AWS_SHARED_CREDENTIALS_FILE', 'AWS credentials file'],
      ] as const) {
        for (const [path, kind] of [
          [pipe(variable), 'a named pipe'],
          ['/dev/zero', 'a device'],
        ] as const) {
          vi.stubEnv(variable, path);
          expect(await failure(paths(use()))).toMatchObject({
            code: 'INVALID_CONFIGURATION',
            message: `${label}: ${path} is ${kind} and not a regular file.`,
            details: { field },
          });
        }
        vi.stubEnv(variable, join(home, 'none'));
      }
      const steps = await collect(use().check({ signal }));
      expect(steps.find(({ error }) => error?.code === 'INVALID_CONFIGURATION')).toBeUndefined();
    },
  );

  it.each(['profile', 'default-chain'] as const)(
    'is refused before an address is looked for in it: %s',
    async (authentication) => {
      vi.stubEnv('AWS_CONFIG_FILE', pipe('config'));
      const provider = providerWith({ authentication, profile: 'work', endpoint: '' });
      expect((await failure(paths(provider))).message).toMatch(/^AWS config file: .* named pipe/);
    },
  );

  it('is refused as a token that the environment names', async () => {
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', pipe('token'));
    vi.stubEnv('AWS_ROLE_ARN', server.role({ name: 'web' }).arn);
    expect(await failure(paths(withChain()))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: `Web identity token file: ${join(home, 'token')} is a named pipe and not a regular file.`,
    });
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', undefined);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', 'http://127.0.0.1:1/role');
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', pipe('container'));
    expect((await failure(paths(withChain()))).message).toMatch(
      /^Container authorization token file: .* is a named pipe/,
    );
  });

  it('is refused as a token of a profile, or of a profile that it starts from', async () => {
    const { arn } = server.role({ name: 'web' });
    await writeConfig(
      [
        '[profile web]',
        `role_arn = ${arn}`,
        `web_identity_token_file = ${pipe('token')}`,
        '[profile above]',
        `role_arn = ${arn}`,
        'source_profile = web',
        '[profile sso]',
        'sso_session = corp',
        'sso_account_id = 123456789012',
        'sso_role_name = reader',
        '[sso-session corp]',
        'sso_region = us-east-1',
        'sso_start_url = https://corp.awsapps.com/start',
        '[profile login]',
        'login_session = arn:aws:iam::123456789012:user/alice',
        '[profile loop]',
        'source_profile = loop',
      ].join('\n'),
    );
    const cache = ['.aws', 'sso', 'cache'];
    await mkdir(join(home, ...cache), { recursive: true });
    pipe(...cache, `${createHash('sha1').update('corp').digest('hex')}.json`);
    vi.stubEnv('AWS_LOGIN_CACHE_DIRECTORY', home);
    const session = 'arn:aws:iam::123456789012:user/alice';
    pipe(`${createHash('sha256').update(session).digest('hex')}.json`);
    for (const [profile, label] of [
      ['web', 'Web identity token file'],
      ['above', 'Web identity token file'],
      ['sso', 'Sign-in of IAM Identity Center'],
      ['login', 'Sign-in of aws login'],
    ] as const) {
      const error = await failure(paths(withProfile(profile)));
      expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { field: 'profile' } });
      expect(error.message).toMatch(new RegExp(`^${label}: .* is a named pipe`));
    }
    expect((await failure(paths(withProfile('loop')))).code).toBe('PROFILE_NOT_FOUND');
  });

  it('is read again once it is fixed', async () => {
    const path = pipe('fixed');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path);
    const provider = withProfile('work');
    expect((await failure(paths(provider))).code).toBe('INVALID_CONFIGURATION');
    await rm(path);
    await writeFile(path, profileText('work', server.accessKey()));
    expect(await paths(provider)).toEqual(['production']);
  });

  it('is no trouble if it is the null device', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    await writeCredentials(profileText('work', server.accessKey()));
    expect(await paths(withProfile('work'))).toEqual(['production']);
  });
});
