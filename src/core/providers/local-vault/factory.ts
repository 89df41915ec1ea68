import type { LocalVaultValues } from '@shared/providers/local-vault';
import { systemRuntime, type Runtime } from '@core/runtime';
import type { KeyHolder } from '@core/keys/key-store';
import type { ProviderFactory } from '../provider';
import { LocalVaultProvider } from './provider';
import { VaultFile } from './vault-file';

export interface LocalVaultOptions {
  /** Made, and locked against a second instance, by `openDatabase`. */
  readonly dataDirectory: string;
  readonly keys: KeyHolder;
  readonly runtime?: Runtime;
}

/** All connections share the one file of the data directory. */
export function createLocalVaultFactory({
  dataDirectory,
  keys,
  runtime = systemRuntime,
}: LocalVaultOptions): ProviderFactory<LocalVaultValues> {
  const file = new VaultFile(dataDirectory, keys, runtime);
  return {
    id: 'local-vault',
    create: ({ values: { folder } }) => {
      if (folder === '') throw new Error('`valuesFor` fills in the folder of the workspace');
      return new LocalVaultProvider(file, folder, runtime);
    },
  };
}
