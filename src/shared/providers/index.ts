import { awsParameterStoreDescriptor } from './aws-parameter-store';
import { awsSecretsManagerDescriptor } from './aws-secrets-manager';
import { azureKeyVaultDescriptor } from './azure-key-vault';
import type { ProviderDescriptor, ProviderId } from './descriptor';
import { googleSecretManagerDescriptor } from './google-secret-manager';
import { hashicorpVaultDescriptor } from './hashicorp-vault';
import { localVaultDescriptor } from './local-vault';
import { plainFilesDescriptor } from './plain-files';

export const providerDescriptors: Readonly<Record<ProviderId, ProviderDescriptor>> = {
  'hashicorp-vault': hashicorpVaultDescriptor,
  'aws-secrets-manager': awsSecretsManagerDescriptor,
  'aws-parameter-store': awsParameterStoreDescriptor,
  'google-secret-manager': googleSecretManagerDescriptor,
  'azure-key-vault': azureKeyVaultDescriptor,
  'local-vault': localVaultDescriptor,
  'plain-files': plainFilesDescriptor,
};
