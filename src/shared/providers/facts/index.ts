/** The providers without the schemas of their settings, which the first screen of the window does not need. */
import type { ProviderFacts, ProviderId } from '../descriptor';
import { awsParameterStoreFacts } from './aws-parameter-store';
import { awsSecretsManagerFacts } from './aws-secrets-manager';
import { azureKeyVaultFacts } from './azure-key-vault';
import { googleSecretManagerFacts } from './google-secret-manager';
import { hashicorpVaultFacts } from './hashicorp-vault';
import { localVaultFacts } from './local-vault';
import { plainFilesFacts } from './plain-files';

export const providerFacts: Readonly<Record<ProviderId, ProviderFacts>> = {
  'hashicorp-vault': hashicorpVaultFacts,
  'aws-secrets-manager': awsSecretsManagerFacts,
  'aws-parameter-store': awsParameterStoreFacts,
  'google-secret-manager': googleSecretManagerFacts,
  'azure-key-vault': azureKeyVaultFacts,
  'local-vault': localVaultFacts,
  'plain-files': plainFilesFacts,
};
