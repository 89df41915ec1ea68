import { awsSecretsManagerDescriptor } from './aws-secrets-manager';
import type { ProviderDescriptor, ProviderId } from './descriptor';
import { hashicorpVaultDescriptor } from './hashicorp-vault';
import { localVaultDescriptor } from './local-vault';
import { plainFilesDescriptor } from './plain-files';

export const providerDescriptors: Readonly<Record<ProviderId, ProviderDescriptor>> = {
  'hashicorp-vault': hashicorpVaultDescriptor,
  'aws-secrets-manager': awsSecretsManagerDescriptor,
  'local-vault': localVaultDescriptor,
  'plain-files': plainFilesDescriptor,
};
