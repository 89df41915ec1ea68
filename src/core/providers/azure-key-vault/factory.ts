import type { AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import type { ProviderFactory } from '../provider';
import type { AzureOptions } from './connection';
import { AzureKeyVaultProvider } from './provider';

/** Credentials are `clientSecret` and `certificatePassphrase`; the other ways in need none. */
export const createAzureKeyVaultFactory = (
  options: AzureOptions = {},
): ProviderFactory<AzureKeyVaultValues> => ({
  id: 'azure-key-vault',
  create: (settings) => new AzureKeyVaultProvider(settings, options),
});
