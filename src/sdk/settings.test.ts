/** Settings from options and variables, as the tools of each platform read them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { providerDescriptors } from '@shared/providers';
import { appErrorOf } from '@test/support/failure-of';
import type { Env } from '@test/support/sdk';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { resolveSettings, type Resolving, type StoreProvider } from './settings';

const directory = process.platform === 'win32' ? 'C:\\project' : '/project';

async function resolved(provider: StoreProvider, env: Env, more: Partial<Resolving> = {}) {
  const { settings, prefix } = await resolveSettings({
    provider,
    descriptor: providerDescriptors[provider],
    given: {},
    env,
    machine: {},
    isAtHome: false,
    directory,
    ...more,
  });
  const credentials = Object.entries(settings.credentials).map(
    ([name, secret]) => [name, secret?.reveal()] as const,
  );
  return {
    values: settings.values as Readonly<Record<string, unknown>>,
    credentials: Object.fromEntries(credentials),
    prefix,
  };
}

describe('HashiCorp Vault', () => {
  const VAULT_ADDR = 'https://vault.example.com:8200/';

  it('reads the variables of its own tools', async () => {
    const { values, credentials } = await resolved('hashicorp-vault', {
      VAULT_ADDR,
      VAULT_TOKEN: 'hvs.token',
      VAULT_NAMESPACE: '/admin/team/',
      VAULT_CACERT: 'certs/ca.pem',
      VAULT_SKIP_VERIFY: '1',
    });
    expect(values).toMatchObject({
      url: 'https://vault.example.com:8200',
      authentication: 'token',
      namespace: 'admin/team',
      enginePath: 'admin/team/secret',
      caFile: join(directory, 'certs', 'ca.pem'),
      verifySsl: false,
    });
    expect(credentials).toEqual({ token: 'hvs.token' });
  });

  it('logs in with an AppRole if it is set, and then sends no token', async () => {
    const { values, credentials } = await resolved('hashicorp-vault', {
      VAULT_ADDR,
      VAULT_TOKEN: 'hvs.token',
      VAULT_ROLE_ID: 'role',
      VAULT_SECRET_ID: 'secret',
      STRONGROOM_ENGINE_PATH: 'kv',
    });
    expect(values).toMatchObject({ authentication: 'approle', roleId: 'role', enginePath: 'kv' });
    expect(credentials).toEqual({ secretId: 'secret' });
  });

  it('lets options decide, and puts no namespace in front of an engine that has it', async () => {
    const env = { VAULT_ADDR, VAULT_TOKEN: 'of-variable', VAULT_NAMESPACE: 'admin' };
    const given = { token: 'of-option', enginePath: 'admin/kv', prefix: '/shop/' };
    const { values, credentials, prefix } = await resolved('hashicorp-vault', env, { given });
    expect(values['enginePath']).toBe('admin/kv');
    expect(values['verifySsl']).toBe(true);
    expect(credentials).toEqual({ token: 'of-option' });
    expect(prefix).toBe('shop');
  });
});

describe('AWS', () => {
  it('leaves the credentials to the SDK, and reads the region as it does', async () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.aws'));
    const config = join(home, '.aws', 'config');
    writeFileSync(config, '[profile dev]\nregion = eu-north-1\n');
    vi.stubEnv('AWS_CONFIG_FILE', config);
    const machine = { region: 'eu-central-1' };
    const region = async (env: Env) =>
      (await resolved('aws-parameter-store', env, { machine })).values['region'];
    expect(await region({ AWS_DEFAULT_REGION: 'us-east-2', AWS_REGION: 'us-east-1' })).toBe(
      'us-east-1',
    );
    expect(await region({ AWS_DEFAULT_REGION: 'us-east-2', AWS_PROFILE: 'dev' })).toBe('us-east-2');
    expect(await region({ AWS_PROFILE: 'dev' })).toBe('eu-north-1');
    expect(await region({})).toBe('eu-central-1');
    const { values, credentials } = await resolved('aws-parameter-store', {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIA',
    });
    expect(values).toMatchObject({
      authentication: 'default-chain',
      prefix: '/strongroom',
      tier: 'intelligent',
    });
    expect(credentials).toEqual({});
  });

  it('takes keys, a profile and a prefix from options', async () => {
    const env = { AWS_REGION: 'us-east-1' };
    const keys = { accessKeyId: 'AKIA1', secretAccessKey: 'secret', prefix: 'shop' };
    const withKeys = await resolved('aws-parameter-store', env, { given: keys });
    expect(withKeys.values).toMatchObject({ authentication: 'access-keys', prefix: '/shop' });
    expect(withKeys.credentials).toEqual({ accessKeyId: 'AKIA1', secretAccessKey: 'secret' });
    const profile = await resolved('aws-secrets-manager', env, { given: { profile: 'dev' } });
    expect(profile.values).toMatchObject({ authentication: 'profile', profile: 'dev' });
    expect(profile.prefix).toBe('');
  });

  it('names the variable if the region is missing', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', join(temporaryDirectory(), 'none'));
    const error = await appErrorOf(resolved('aws-secrets-manager', {}));
    expect(error.hint).toContain('AWS_REGION, or settings.region');
  });
});

describe('Google Cloud', () => {
  it('uses a key if it is set, else the default credentials', async () => {
    const env = { GCP_PROJECT: 'my-project', GOOGLE_CLOUD_QUOTA_PROJECT: 'quota-project' };
    const { values } = await resolved('google-secret-manager', env);
    expect(values).toMatchObject({
      authentication: 'default',
      project: 'my-project',
      quotaProject: 'quota-project',
    });
    const key = '{"type":"service_account"}';
    const withKey = await resolved('google-secret-manager', env, { given: { key } });
    expect(withKey.values['authentication']).toBe('key');
    const machine = { project: 'machine-project' };
    const onMachine = await resolved('google-secret-manager', {}, { machine });
    expect(onMachine.values['project']).toBe('machine-project');
  });
});

describe('Azure', () => {
  const clientId = '12345678-90ab-cdef-1234-567890abcdef';
  const vault = { AZURE_KEY_VAULT_ENDPOINT: 'https://my-vault.vault.azure.net/' };

  it.each<[string, Env, boolean]>([
    ['secret', { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: 's' }, true],
    ['certificate', { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_CERTIFICATE_PATH: 'app.pem' }, true],
    ['workload', { AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: '/t' }, true],
    ['managed', {}, true],
    ['cli', {}, false],
  ])('signs in by what there is: %s', async (authentication, env, isAtHome) => {
    const { values } = await resolved('azure-key-vault', { ...vault, ...env }, { isAtHome });
    expect(values['authentication']).toBe(authentication);
  });
});
