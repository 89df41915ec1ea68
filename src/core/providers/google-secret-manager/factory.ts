import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';
import type { ProviderFactory } from '../provider';
import type { GoogleOptions } from './connection';
import { GoogleSecretManagerProvider } from './provider';

/** The credential is `key`; default credentials need none. */
export const createGoogleSecretManagerFactory = (
  options: GoogleOptions = {},
): ProviderFactory<GoogleSecretManagerValues> => ({
  id: 'google-secret-manager',
  create: (settings) => new GoogleSecretManagerProvider(settings, options),
});
