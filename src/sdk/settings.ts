/** The settings of a provider, from the options of a program and from environment variables. */
import { resolve } from 'node:path';
import { AppError } from '@shared/errors';
import { isFieldShown, validateForm, type ProviderDescriptor } from '@shared/providers/descriptor';
import type { FormValues } from '@shared/model/form-values';
import type { ProviderSettings } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { FoundMachine } from './platforms';
import { projectFolder } from './project-folder';
import type { SdkProvider } from './types';

type Env = Runtime['env'];

export type StoreProvider = Exclude<SdkProvider, 'strongroom'>;

/** What a program passes as `settings`. */
export type GivenSettings = Readonly<Record<string, string | number | boolean | undefined>>;

const region = { region: ['AWS_REGION', 'AWS_DEFAULT_REGION'] };

/** The variables that the platforms themselves document or that are in common use, by setting. */
export const standardVariables: Readonly<
  Record<StoreProvider, Readonly<Record<string, readonly string[]>>>
> = {
  'hashicorp-vault': {
    url: ['VAULT_ADDR'],
    token: ['VAULT_TOKEN'],
    roleId: ['VAULT_ROLE_ID'],
    secretId: ['VAULT_SECRET_ID'],
    namespace: ['VAULT_NAMESPACE'],
    caFile: ['VAULT_CACERT'],
    clientCertFile: ['VAULT_CLIENT_CERT'],
    clientKeyFile: ['VAULT_CLIENT_KEY'],
  },
  'aws-secrets-manager': region,
  'aws-parameter-store': region,
  'google-secret-manager': {
    project: ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'GCP_PROJECT'],
    quotaProject: ['GOOGLE_CLOUD_QUOTA_PROJECT'],
  },
  'azure-key-vault': {
    vault: ['AZURE_KEY_VAULT_URL', 'AZURE_KEY_VAULT_ENDPOINT', 'AZURE_KEY_VAULT_NAME'],
    tenant: ['AZURE_TENANT_ID'],
    clientId: ['AZURE_CLIENT_ID'],
    clientSecret: ['AZURE_CLIENT_SECRET'],
    certificateFile: ['AZURE_CLIENT_CERTIFICATE_PATH'],
    certificatePassphrase: ['AZURE_CLIENT_CERTIFICATE_PASSWORD'],
    authority: ['AZURE_AUTHORITY_HOST'],
  },
  'plain-files': {},
};

/** Every setting has one: `STRONGROOM_ENGINE_PATH` for `enginePath`. */
const ownVariable = (setting: string): string =>
  `STRONGROOM_${setting.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** The variables of a setting; the first that is set is used. */
export const variablesOf = (provider: StoreProvider, setting: string): readonly string[] => [
  ...(standardVariables[provider][setting] ?? []),
  ownVariable(setting),
];

/** The settings of files and folders, which may be relative to the working directory. */
const PATHS: ReadonlySet<string> = new Set([
  'caFile',
  'clientCertFile',
  'clientKeyFile',
  'certificateFile',
  'jwtFile',
  'folder',
]);

const isTrue = (text: string): boolean => /^(true|1|yes|on)$/i.test(text);

/** Defaults that differ from those of the form. */
const defaults: Readonly<Partial<Record<StoreProvider, Readonly<Record<string, string>>>>> = {
  'aws-parameter-store': { prefix: '/strongroom', tier: 'intelligent' },
};

/** What a provider can be given: the fields of its form, and where its vaults are. */
const settingNames = ({ fields }: ProviderDescriptor): readonly string[] => [
  ...new Set([...fields.map(({ name }) => name), 'prefix']),
];

export interface Resolved {
  readonly settings: ProviderSettings<unknown>;
  /** Put in front of the id of each vault. The prefix of Parameter Store is one of its settings. */
  readonly prefix: string;
}

export interface Resolving {
  readonly provider: StoreProvider;
  readonly descriptor: ProviderDescriptor;
  readonly given: GivenSettings;
  readonly env: Env;
  /** What the metadata server said. */
  readonly machine: Pick<FoundMachine, 'region' | 'project'>;
  /** Whether the program runs in the cloud of this provider. */
  readonly isAtHome: boolean;
  /** The working directory. */
  readonly directory: string;
}

/** Throws `INVALID_CONFIGURATION` and `CREDENTIALS_MISSING`, saying what to set. */
export async function resolveSettings(resolving: Resolving): Promise<Resolved> {
  const { provider, descriptor, given } = resolving;
  const names = settingNames(descriptor);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `${descriptor.label} has no setting ${unknown}.`,
      hint: `Use one of ${names.filter((name) => name !== 'autoSync').join(', ')}.`,
      details: { field: unknown },
    });
  }
  const { values, prefix = '' } = await withDerived(resolving, gathered(resolving, names));
  const credentials = credentialsIn(descriptor, values);
  const plain = valuesIn(descriptor, values);
  const texts = new Map(
    Object.entries(credentials).map(([name, secret]) => [name, secret.reveal()]),
  );
  const [problem] = Object.entries(validateForm(descriptor, plain, texts));
  if (problem !== undefined) throw invalid(provider, descriptor, problem);
  return { settings: { values: descriptor.schema.parse(plain), credentials }, prefix };
}

type Gathered = Map<string, string | boolean>;

/** The given value of each setting, else that of a variable, else the default. Leaves out settings without any. */
function gathered(
  { provider, descriptor, given, env, directory }: Resolving,
  names: readonly string[],
): Gathered {
  const found: Gathered = new Map();
  for (const name of names) {
    const value = given[name] ?? fromVariables(variablesOf(provider, name), env);
    const kind = descriptor.fields.find((field) => field.name === name)?.kind;
    if (value !== undefined) {
      const text = typeof value === 'number' ? String(value) : value;
      const typed = kind === 'switch' && typeof text === 'string' ? isTrue(text) : text;
      found.set(name, PATHS.has(name) ? wholePath(String(typed), directory) : typed);
      continue;
    }
    const otherwise = defaults[provider]?.[name];
    if (otherwise !== undefined) found.set(name, otherwise);
  }
  return found;
}

const fromVariables = (names: readonly string[], env: Env): string | undefined =>
  names.map((name) => env[name]).find((value) => value !== undefined && value !== '');

const wholePath = (path: string, directory: string): string =>
  path === '' || /^~[\\/]/.test(path) ? path : resolve(directory, path);

/** Settings that follow from others, as the tools of each platform do it. */
async function withDerived(
  { provider, env, machine, isAtHome, directory }: Resolving,
  found: Gathered,
): Promise<{ readonly values: Gathered; readonly prefix?: string | undefined }> {
  const has = (name: string): boolean => (found.get(name) ?? '') !== '';
  const put = (name: string, value: string | boolean | undefined): void => {
    if (value !== undefined && !has(name)) found.set(name, value);
  };
  const takePrefix = (): string => {
    const prefix = String(found.get('prefix') ?? '');
    found.delete('prefix');
    return prefix.replaceAll(/^\/+|\/+$/g, '');
  };
  switch (provider) {
    case 'hashicorp-vault': {
      put('authentication', vaultAuthentication(has));
      if (!found.has('verifySsl')) put('verifySsl', !isTrue(env['VAULT_SKIP_VERIFY'] ?? ''));
      // The tools of Vault take an address with a slash at its end.
      if (has('url')) found.set('url', String(found.get('url')).replace(/\/+$/, ''));
      const namespace = String(found.get('namespace') ?? '').replaceAll(/^\/+|\/+$/g, '');
      const engine = String(found.get('enginePath') ?? 'secret');
      if (namespace !== '' && !engine.startsWith(`${namespace}/`)) {
        found.set('enginePath', `${namespace}/${engine}`);
      }
      return { values: found, prefix: takePrefix() };
    }
    case 'aws-parameter-store':
    case 'aws-secrets-manager': {
      put(
        'authentication',
        has('accessKeyId') ? 'access-keys' : has('profile') ? 'profile' : 'default-chain',
      );
      if (!has('region')) put('region', (await regionOfProfile(found, env)) ?? machine.region);
      if (provider === 'aws-secrets-manager') return { values: found, prefix: takePrefix() };
      const prefix = String(found.get('prefix') ?? '');
      if (prefix !== '' && !prefix.startsWith('/')) found.set('prefix', `/${prefix}`);
      return { values: found };
    }
    case 'google-secret-manager':
      put('authentication', has('key') ? 'key' : 'default');
      put('project', machine.project);
      return { values: found, prefix: takePrefix() };
    case 'azure-key-vault':
      put('authentication', azureAuthentication(has, env, isAtHome));
      return { values: found, prefix: takePrefix() };
    case 'plain-files':
      put('folder', projectFolder(directory));
      return { values: found, prefix: takePrefix() };
  }
}

function vaultAuthentication(has: (name: string) => boolean): string {
  if (has('roleId')) return 'approle';
  if (has('username')) return 'userpass';
  return has('kubernetesRole') && !has('token') ? 'kubernetes' : 'token';
}

/** In the order of https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains */
function azureAuthentication(has: (name: string) => boolean, env: Env, isAtHome: boolean): string {
  if (has('clientSecret')) return 'secret';
  if (has('certificateFile')) return 'certificate';
  if ((env['AZURE_FEDERATED_TOKEN_FILE'] ?? '') !== '') return 'workload';
  return isAtHome ? 'managed' : 'cli';
}

async function regionOfProfile(found: Gathered, env: Env): Promise<string | undefined> {
  if (found.get('authentication') === 'access-keys') return undefined;
  const { readProfiles } = await import('@core/providers/aws/profiles');
  const profile = String(found.get('profile') || env['AWS_PROFILE'] || 'default');
  return (await readProfiles()).get(profile)?.['region'];
}

const isCredential = ({ fields }: ProviderDescriptor, name: string): boolean =>
  fields.some((field) => field.name === name && field.kind === 'credential');

function valuesIn(descriptor: ProviderDescriptor, values: Gathered): FormValues {
  const plain = [...values].filter(([name]) => !isCredential(descriptor, name));
  return { ...descriptor.defaults, ...Object.fromEntries(plain) };
}

/** The credentials of the chosen method: with AppRole, leaves out a token from the environment. */
function credentialsIn(descriptor: ProviderDescriptor, values: Gathered): Record<string, Secret> {
  const plain = valuesIn(descriptor, values);
  const used = descriptor.fields.filter(
    (field) => field.kind === 'credential' && isFieldShown(field, plain),
  );
  const texts = used.flatMap(({ name }) => {
    const value = String(values.get(name) ?? '');
    return value === '' ? [] : [[name, new Secret(value)] as const];
  });
  return Object.fromEntries(texts);
}

function invalid(
  provider: StoreProvider,
  descriptor: ProviderDescriptor,
  [name, issue]: readonly [string, string],
): AppError {
  const { label, kind } = descriptor.fields.find((field) => field.name === name) ?? { label: name };
  const source = sourceOf(provider, descriptor, name) ?? name;
  return new AppError(kind === 'credential' ? 'CREDENTIALS_MISSING' : 'INVALID_CONFIGURATION', {
    message: `${descriptor.label}: ${label} is missing or invalid. ${issue}`,
    hint: `Set ${source}.`,
    details: { field: name },
  });
}

/** What a setting is called in a program, as in `VAULT_TOKEN, or settings.token`. */
export function sourceOf(
  provider: StoreProvider,
  descriptor: ProviderDescriptor,
  field: string,
): string | undefined {
  const name = field === 'address' ? descriptor.addressField : field;
  if (name === undefined || !settingNames(descriptor).includes(name)) return undefined;
  const [variable = ''] = variablesOf(provider, name);
  return `${variable}, or settings.${name}`;
}
