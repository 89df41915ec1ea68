import type { LocalVaultValues } from '@shared/providers/local-vault';
import type { KeyHolder } from '@core/keys/key-store';
import type { ProviderFactory } from '../provider';
import { LocalVaultProvider } from './provider';
import { VaultFile } from './vault-file';

export interface LocalVaultOptions {
  /** Made, and locked against a second instance, by `openDatabase`. */
  readonly dataDirectory: string;
  readonly keys: KeyHolder;
  /** Milliseconds since 1970, UTC. */
  readonly now?: () => number;
}

/** All connections share the one file of the data directory. */
export function createLocalVaultFactory({
  dataDirectory,
  keys,
  now = Date.now,
}: LocalVaultOptions): ProviderFactory<LocalVaultValues> {
  const file = new VaultFile(dataDirectory, keys, now);
  return { id: 'local-vault', create: () => new LocalVaultProvider(file, now) };
}
