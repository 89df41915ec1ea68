import { ProviderRegistry, type ProviderLoaders } from '@core/providers/registry';
import type { ProviderFactory } from '@core/providers/provider';

/** A registry that loads every provider in the same way. */
export function registryOf(load: () => Promise<ProviderFactory>): ProviderRegistry {
  const loaders: ProviderLoaders = {
    'hashicorp-vault': load,
    'aws-secrets-manager': load,
    'aws-parameter-store': load,
    'google-secret-manager': load,
    'azure-key-vault': load,
    'local-vault': load,
    'plain-files': load,
  };
  return new ProviderRegistry(loaders);
}
