import { awsParameterStoreDescriptor } from './aws-parameter-store';
import { awsSecretsManagerDescriptor } from './aws-secrets-manager';
import type { ProviderDescriptor, ProviderId } from './descriptor';
import { hashicorpVaultDescriptor } from './hashicorp-vault';
import { localVaultDescriptor } from './local-vault';

export const providerDescriptors: Readonly<Record<ProviderId, ProviderDescriptor>> = {
  'hashicorp-vault': hashicorpVaultDescriptor,
  'aws-secrets-manager': awsSecretsManagerDescriptor,
  'aws-parameter-store': awsParameterStoreDescriptor,
  'local-vault': localVaultDescriptor,
};
