/** Where values live: what decides it, and what is missing if it cannot be used. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answeringServer } from '@test/support/answering-http';
import { failureOf } from '@test/support/failure-of';
import { TestLibrary, type Env } from '@test/support/sdk';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { isStrongroomError } from './errors';

const described = async (env: Env): Promise<{ provider: string; because: string; place: string }> =>
  (await new TestLibrary(env).vault('app-secrets')).describe();

describe('the platform', () => {
  it.each<[string, Env, string]>([
    [
      'Lambda',
      { AWS_LAMBDA_FUNCTION_NAME: 'f', AWS_REGION: 'eu-west-1' },
      'AWS_LAMBDA_FUNCTION_NAME is set',
    ],
    [
      'Fargate',
      { AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE', AWS_REGION: 'eu-west-1' },
      'AWS_EXECUTION_ENV is set',
    ],
    [
      'ECS on EC2',
      { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/x', AWS_REGION: 'eu-west-1' },
      'ECS_CONTAINER_METADATA_URI_V4 is set',
    ],
    [
      'a pod identity of EKS',
      {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
        AWS_REGION: 'eu-west-1',
      },
      'AWS_CONTAINER_CREDENTIALS_FULL_URI is set',
    ],
    [
      'a role of EKS',
      {
        AWS_WEB_IDENTITY_TOKEN_FILE: '/t',
        AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
        AWS_REGION: 'eu-west-1',
      },
      'AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are set',
    ],
  ])('AWS, %s: Parameter Store', async (_, env, because) => {
    expect(await described(env)).toMatchObject({
      provider: 'aws-parameter-store',
      because,
      place: '/strongroom/app-secrets/ in eu-west-1',
    });
  });

  it.each<[string, Env, string]>([
    [
      'Cloud Run',
      { K_SERVICE: 's', K_REVISION: 's-1', GOOGLE_CLOUD_PROJECT: 'my-project' },
      'K_SERVICE and K_REVISION are set',
    ],
    [
      'a job of Cloud Run',
      { CLOUD_RUN_JOB: 'j', GOOGLE_CLOUD_PROJECT: 'my-project' },
      'CLOUD_RUN_JOB is set',
    ],
    [
      'a function',
      { FUNCTION_TARGET: 'f', K_SERVICE: 's', GCP_PROJECT: 'my-project' },
      'FUNCTION_TARGET and K_SERVICE are set',
    ],
    ['App Engine', { GAE_SERVICE: 's', GOOGLE_CLOUD_PROJECT: 'my-project' }, 'GAE_SERVICE is set'],
  ])('Google Cloud, %s: Secret Manager', async (_, env, because) => {
    expect(await described(env)).toMatchObject({
      provider: 'google-secret-manager',
      because,
      place: 'app-secrets-… in the project my-project',
    });
  });

  it.each<[string, Env, string]>([
    ['App Service', { WEBSITE_SITE_NAME: 'site' }, 'WEBSITE_SITE_NAME is set'],
    ['Container Apps', { CONTAINER_APP_NAME: 'app' }, 'CONTAINER_APP_NAME is set'],
    [
      'a managed identity',
      { IDENTITY_ENDPOINT: 'http://localhost', IDENTITY_HEADER: 'x' },
      'IDENTITY_ENDPOINT and IDENTITY_HEADER are set',
    ],
    [
      'AKS',
      { AZURE_FEDERATED_TOKEN_FILE: '/t', AZURE_CLIENT_ID: '12345678-90ab-cdef-1234-567890abcdef' },
      'AZURE_FEDERATED_TOKEN_FILE and AZURE_CLIENT_ID are set',
    ],
  ])('Azure, %s: Key Vault', async (_, env, because) => {
    expect(await described({ ...env, AZURE_KEY_VAULT_NAME: 'my-vault' })).toMatchObject({
      provider: 'azure-key-vault',
      because,
      place: 'app-secrets-… in my-vault',
    });
  });

  it('is not detected from variables that people set on their own computers', async () => {
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_PROFILE: 'dev',
      GOOGLE_CLOUD_PROJECT: 'my-project',
      AZURE_CLIENT_ID: 'x',
      K_SERVICE: '',
      VAULT_ADDR: 'https://vault',
    };
    expect(await described(env)).toMatchObject({ provider: 'plain-files' });
  });

  it.each(['VERCEL', 'NETLIFY'])('is not that of a host that uses AWS itself: %s', async (name) => {
    const env = { [name]: '1', AWS_LAMBDA_FUNCTION_NAME: 'f', AWS_REGION: 'eu-west-1' };
    expect(await described(env)).toMatchObject({ provider: 'plain-files' });
  });

  it('gives way to STRONGROOM_PROVIDER, which gives way to the options', async () => {
    const env = {
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      STRONGROOM_PROVIDER: 'hashicorp-vault',
      VAULT_ADDR: 'https://vault.example.com',
      VAULT_TOKEN: 't',
      VAULT_NAMESPACE: 'admin',
    };
    expect(await described(env)).toMatchObject({
      provider: 'hashicorp-vault',
      because: 'STRONGROOM_PROVIDER says so',
      place: 'admin/secret/app-secrets at https://vault.example.com',
    });
    const folder = temporaryDirectory();
    const chosen = await new TestLibrary(env).vault('x', {
      provider: 'plain-files',
      settings: { folder },
    });
    expect(chosen.describe()).toMatchObject({
      provider: 'plain-files',
      because: 'the option provider says so',
    });
  });
});

describe('the metadata server', () => {
  const answers = {
    aws: (target: string): string | undefined =>
      target === '/latest/api/token'
        ? 'token'
        : target === '/latest/meta-data/placement/region'
          ? 'eu-central-1'
          : undefined,
    google: (target: string): string | undefined =>
      target === '/computeMetadata/v1/project/project-id' ? 'my-project' : undefined,
    azure: (target: string): string | undefined =>
      target.startsWith('/metadata/instance?') ? '{"compute":{"azEnvironment":"x"}}' : undefined,
  };

  /** One server that is asked as all three would be. */
  const machine = async (answer: (target: string) => string | undefined) => {
    const server = await answeringServer(({ target }) => {
      const body = answer(target);
      const headers = target.startsWith('/computeMetadata') ? { 'Metadata-Flavor': 'Google' } : {};
      return body === undefined ? { status: 404 } : { body, headers };
    });
    const env: Env = {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url,
      GCE_METADATA_HOST: server.url.replace('http://', ''),
      AZURE_POD_IDENTITY_AUTHORITY_HOST: `${server.url}/`,
      AZURE_KEY_VAULT_NAME: 'my-vault',
    };
    return { env, requests: server.requests };
  };

  it.each([
    ['aws', 'aws-parameter-store', 'eu-central-1'],
    ['google', 'google-secret-manager', 'my-project'],
    ['azure', 'azure-key-vault', 'my-vault'],
  ] as const)(
    'is asked on request, and names what is missing: %s',
    async (name, provider, where) => {
      const { env } = await machine(answers[name]);
      const found = await described({ ...env, STRONGROOM_METADATA: 'true' });
      expect(found).toMatchObject({ provider });
      expect(found.because).toContain('the metadata server');
      expect(found.place).toContain(where);
    },
  );

  it('is not asked otherwise', async () => {
    const { env, requests } = await machine(answers.aws);
    expect(await described(env)).toMatchObject({ provider: 'plain-files' });
    expect(requests).toEqual([]);
  });

  it('is ignored if nothing answers, or something else does', async () => {
    const { env } = await machine(() => undefined);
    const options = { metadata: true };
    const other = await new TestLibrary(env).vault('x', options);
    expect(other.describe().provider).toBe('plain-files');
    const nowhere = 'http://127.0.0.1:9';
    const none = {
      ...env,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: nowhere,
      GCE_METADATA_HOST: '127.0.0.1:9',
      AZURE_POD_IDENTITY_AUTHORITY_HOST: nowhere,
    };
    const silent = await new TestLibrary(none).vault('x', options);
    expect(silent.describe().provider).toBe('plain-files');
  });
});

describe('what is missing', () => {
  it.each<[string, Env, string, string]>([
    [
      'the address of Vault',
      { STRONGROOM_PROVIDER: 'hashicorp-vault', VAULT_TOKEN: 't' },
      'INVALID_CONFIGURATION',
      'VAULT_ADDR',
    ],
    [
      'its token',
      { STRONGROOM_PROVIDER: 'hashicorp-vault', VAULT_ADDR: 'https://v' },
      'CREDENTIALS_MISSING',
      'VAULT_TOKEN',
    ],
    [
      'a Secret ID',
      { STRONGROOM_PROVIDER: 'hashicorp-vault', VAULT_ADDR: 'https://v', VAULT_ROLE_ID: 'r' },
      'CREDENTIALS_MISSING',
      'VAULT_SECRET_ID',
    ],
    [
      'the project',
      { STRONGROOM_PROVIDER: 'google-secret-manager' },
      'INVALID_CONFIGURATION',
      'GOOGLE_CLOUD_PROJECT',
    ],
    [
      'the key vault',
      { STRONGROOM_PROVIDER: 'azure-key-vault' },
      'INVALID_CONFIGURATION',
      'AZURE_KEY_VAULT_URL',
    ],
    [
      'a provider of that name',
      { STRONGROOM_PROVIDER: 'vault' },
      'INVALID_CONFIGURATION',
      'hashicorp-vault',
    ],
  ])('is named: %s', async (_, env, code, named) => {
    const error = await failureOf(new TestLibrary(env).vault('app-secrets'));
    expect(isStrongroomError(error)).toBe(true);
    expect(error).toMatchObject({ code, hint: expect.stringContaining(named) as string });
  });

  it.each(['', 'with space', 'with/slash', 'ü', 'x'.repeat(65), '..'])(
    'an id cannot be “%s”',
    async (id) => {
      expect(await failureOf(new TestLibrary().vault(id))).toMatchObject({
        name: 'StrongroomError',
        code: 'NAME_NOT_ALLOWED',
      });
    },
  );

  it('a setting that does not exist, and settings without a provider', async () => {
    const library = new TestLibrary();
    const settings = { folder: '/tmp', adress: 'x' };
    expect(
      await failureOf(library.vault('x', { provider: 'plain-files', settings })),
    ).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: 'Plain files has no setting adress.',
    });
    const loose = { settings: { folder: '/tmp' } } as object;
    expect(await failureOf(library.vault('x', loose))).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { field: 'provider' },
    });
  });
});

describe('plain files of a project', () => {
  it('are beside package.json, for their owner only, and git ignores them', async () => {
    const project = temporaryDirectory();
    execFileSync('git', ['init', '--quiet'], { cwd: project });
    writeFileSync(join(project, 'package.json'), '{}');
    const directory = join(project, 'src', 'deep');
    mkdirSync(directory, { recursive: true });
    const library = new TestLibrary({}, { directory });
    const secrets = await library.vault('app-secrets');
    await secrets.set('KEY', 'value');
    await (await library.vault('other')).get('KEY');
    const folder = join(project, '.strongroom');
    expect(JSON.parse(readFileSync(join(folder, 'app-secrets.json'), 'utf8'))).toEqual({
      KEY: 'value',
    });
    // Windows has no such permissions.
    const others = process.platform === 'win32' ? 0 : statSync(folder).mode & 0o077;
    expect(others).toBe(0);
    const status = execFileSync('git', ['status', '--porcelain'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(status).toBe('?? package.json\n');
    // Said once, however many vaults there are.
    expect(library.warnings).toEqual([expect.stringContaining(`development only: ${folder}`)]);
  });

  it('give no warning if they were chosen', async () => {
    const library = new TestLibrary({ STRONGROOM_PROVIDER: 'plain-files' });
    await library.vault('app-secrets');
    expect(library.warnings).toEqual([]);
  });
});
