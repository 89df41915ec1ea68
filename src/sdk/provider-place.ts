/** A provider that this process asks by itself. */
import { createHash } from 'node:crypto';
import { AppError } from '@shared/errors';
import type { Layout } from '@shared/model/layout';
import type { ProviderDescriptor } from '@shared/providers/descriptor';
import { vaultLayout } from '@shared/providers/vault-layout';
import type { ProviderFactory } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { Decision } from './decide';
import { prepareProjectFolder, projectFolder } from './project-folder';
import { ProviderStore } from './provider-store';
import { resolveSettings, sourceOf, type Resolved, type StoreProvider } from './settings';
import type { PreparedPlace } from './store';

interface Kind {
  readonly descriptor: ProviderDescriptor;
  readonly factory: ProviderFactory;
}

/** Each is loaded when it is first used, with the packages that it needs. */
const kinds: Readonly<Record<StoreProvider, (runtime: Runtime) => Promise<Kind>>> = {
  'hashicorp-vault': async (runtime) => {
    const [{ hashicorpVaultDescriptor }, { createHashicorpVaultFactory }] = await Promise.all([
      import('@shared/providers/hashicorp-vault'),
      import('@core/providers/hashicorp-vault/factory'),
    ]);
    const factory = createHashicorpVaultFactory({ runtime });
    return { descriptor: hashicorpVaultDescriptor, factory };
  },
  'aws-secrets-manager': async (runtime) => {
    const [{ awsSecretsManagerDescriptor }, { createAwsSecretsManagerFactory }] = await Promise.all(
      [
        import('@shared/providers/aws-secrets-manager'),
        import('@core/providers/aws-secrets-manager/factory'),
      ],
    );
    const factory = createAwsSecretsManagerFactory({ runtime });
    return { descriptor: awsSecretsManagerDescriptor, factory };
  },
  'aws-parameter-store': async (runtime) => {
    const [{ awsParameterStoreDescriptor }, { createAwsParameterStoreFactory }] = await Promise.all(
      [
        import('@shared/providers/aws-parameter-store'),
        import('@core/providers/aws-parameter-store/factory'),
      ],
    );
    const factory = createAwsParameterStoreFactory({ runtime });
    return { descriptor: awsParameterStoreDescriptor, factory };
  },
  'google-secret-manager': async (runtime) => {
    const [{ googleSecretManagerDescriptor }, { createGoogleSecretManagerFactory }] =
      await Promise.all([
        import('@shared/providers/google-secret-manager'),
        import('@core/providers/google-secret-manager/factory'),
      ]);
    const factory = createGoogleSecretManagerFactory({ runtime });
    return { descriptor: googleSecretManagerDescriptor, factory };
  },
  'azure-key-vault': async (runtime) => {
    const [{ azureKeyVaultDescriptor }, { createAzureKeyVaultFactory }] = await Promise.all([
      import('@shared/providers/azure-key-vault'),
      import('@core/providers/azure-key-vault/factory'),
    ]);
    const factory = createAzureKeyVaultFactory({ runtime });
    return { descriptor: azureKeyVaultDescriptor, factory };
  },
  'plain-files': async (runtime) => {
    const [{ plainFilesDescriptor }, { createPlainFilesFactory }] = await Promise.all([
      import('@shared/providers/plain-files'),
      import('@core/providers/plain-files/factory'),
    ]);
    const factory = createPlainFilesFactory({ runtime });
    return { descriptor: plainFilesDescriptor, factory };
  },
};

export interface PlaceOptions {
  readonly decision: Decision & { readonly provider: StoreProvider };
  readonly layout: Layout | undefined;
  readonly runtime: Runtime;
  /** The working directory. */
  readonly directory: string;
}

/** Makes no call. Throws `INVALID_CONFIGURATION` and `CREDENTIALS_MISSING`. */
export async function prepareProviderPlace({
  decision,
  layout: wanted,
  runtime,
  directory,
}: PlaceOptions): Promise<PreparedPlace> {
  const { provider: id, because } = decision;
  const { descriptor, factory } = await kinds[id](runtime);
  const layout = wanted ?? vaultLayout(descriptor);
  if (!descriptor.traits.layouts.includes(layout)) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `${descriptor.label} has no layout “${layout}”.`,
      hint: `Use ${descriptor.traits.layouts.join(' or ')}, or leave the option out.`,
      details: { field: 'layout' },
    });
  }
  const resolved = await resolveSettings({
    ...decision,
    descriptor,
    directory,
    env: runtime.env,
  });
  const own = id === 'plain-files' ? ownFolder(resolved, directory) : undefined;
  const path = (vault: string): string => pathOf(id, vault, layout, resolved);
  return {
    key: fingerprintOf([id, layout, because, resolved]),
    open: () => {
      const provider = factory.create(resolved.settings);
      return {
        source: (field) => sourceOf(id, descriptor, field),
        store: (vault) => new ProviderStore(provider, path(vault), { runtime, prepare: own }),
        describe: (vault) => ({
          vault,
          provider: id,
          label: descriptor.label,
          because,
          place: placeOf(id, path(vault), resolved),
          layout,
        }),
        close: () => {
          provider.dispose();
        },
      };
    },
  };
}

/** Returns what creates the folder of the project; `undefined` if another folder is in use. */
function ownFolder(resolved: Resolved, directory: string): (() => Promise<void>) | undefined {
  const folder = projectFolder(directory);
  return valueIn(resolved.settings, 'folder') === folder
    ? () => prepareProjectFolder(folder)
    : undefined;
}

/** The settings with the credentials, as a hash: equal if and only if they are. */
const fingerprintOf = (parts: readonly unknown[]): string =>
  createHash('sha256')
    .update(
      JSON.stringify(parts, (_, value: unknown) =>
        value instanceof Secret ? value.reveal() : value,
      ),
    )
    .digest('base64url');

const FOLDERLESS: ReadonlySet<StoreProvider> = new Set([
  'google-secret-manager',
  'azure-key-vault',
]);

/** The path of a vault, as its provider reads it. */
function pathOf(
  id: StoreProvider,
  vault: string,
  layout: Layout,
  { prefix, settings }: Resolved,
): string {
  const end = layout === 'entries' ? '/' : '';
  // Without the prefix of its settings, a path in a hierarchy starts with a slash.
  const start = id === 'aws-parameter-store' && valueIn(settings, 'prefix') === '' ? '/' : '';
  const separator = FOLDERLESS.has(id) ? '-' : '/';
  return `${start}${prefix === '' ? '' : `${prefix}${separator}`}${vault}${end}`;
}

const valueIn = ({ values }: Resolved['settings'], name: string): string =>
  typeof values === 'object' && values !== null && name in values
    ? String((values as Readonly<Record<string, unknown>>)[name])
    : '';

/** For people. */
function placeOf(id: StoreProvider, path: string, { settings }: Resolved): string {
  const value = (name: string): string => valueIn(settings, name);
  switch (id) {
    case 'hashicorp-vault':
      return `${value('enginePath')}/${path} at ${value('url')}`;
    case 'aws-secrets-manager':
      return `${path} in ${value('region')}`;
    case 'aws-parameter-store':
      return `${value('prefix')}${value('prefix') === '' ? '' : '/'}${path} in ${value('region')}`;
    case 'google-secret-manager':
      return `${path.replace(/\/$/, '-…')} in the project ${value('project')}`;
    case 'azure-key-vault':
      return `${path.replace(/\/$/, '-…')} in ${value('vault')}`;
    case 'plain-files':
      return `${value('folder')}/${path}.json`;
  }
}
