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

export interface LocalVaultFactory extends ProviderFactory<LocalVaultValues> {
  /** Removes a folder with its secrets and its bin for good. Throws what the local vault throws. */
  removeFolder(folder: string): Promise<void>;
}

const NEVER = new AbortController().signal;

/** All connections share the one file of the data directory. */
export function createLocalVaultFactory({
  dataDirectory,
  keys,
  runtime = systemRuntime,
}: LocalVaultOptions): LocalVaultFactory {
  const file = new VaultFile(dataDirectory, keys, runtime);
  return {
    id: 'local-vault',
    removeFolder: async (folder) => {
      const { folders } = await file.load();
      // Without this, an update would create the file.
      if (!folders.has(folder)) return;
      await file.update(NEVER, (content) => void content.folders.delete(folder));
    },
    create: ({ values: { folder } }) => {
      if (folder === '') throw new Error('`valuesFor` fills in the folder of the workspace');
      return new LocalVaultProvider(file, folder, runtime);
    },
  };
}
