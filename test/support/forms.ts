/** For tests: forms of the connection settings, filled in for a stand-in. */
import type { ConnectionForm } from '@shared/model/connection';
import { azureKeyVaultDescriptor } from '@shared/providers/azure-key-vault';
import { googleSecretManagerDescriptor } from '@shared/providers/google-secret-manager';

type More = Partial<Pick<ConnectionForm, 'scope' | 'values'>>;

/** With a token. `url` is that of a server, or of a proxy in front of it. */
export const vaultForm = (
  workspaceId: string,
  { url }: { readonly url: string },
  token: string,
  { scope, values }: More = {},
): ConnectionForm => ({
  workspaceId,
  ...(scope !== undefined && { scope }),
  provider: 'hashicorp-vault',
  values: {
    url,
    authentication: 'token',
    roleId: '',
    namespace: '',
    enginePath: 'secret',
    verifySsl: true,
    autoSync: false,
    ...values,
  },
  credentials: { token: { action: 'replace', value: token } },
});

/** With an access key, such as `server.accessKey()` gives. */
export const awsForm = (
  workspaceId: string,
  { endpoint, region = 'us-east-1' }: { readonly endpoint: string; readonly region?: string },
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
  { scope, values }: More = {},
): ConnectionForm => ({
  workspaceId,
  ...(scope !== undefined && { scope }),
  provider: 'aws-secrets-manager',
  values: {
    endpoint,
    region,
    authentication: 'access-keys',
    profile: '',
    autoSync: false,
    ...values,
  },
  credentials: {
    accessKeyId: { action: 'replace', value: key.accessKeyId },
    secretAccessKey: { action: 'replace', value: key.secretAccessKey },
  },
});

/** The same for AWS Parameter Store. */
export const parameterStoreForm = (...parts: Parameters<typeof awsForm>): ConnectionForm => {
  const form = awsForm(...parts);
  return {
    ...form,
    provider: 'aws-parameter-store',
    values: { prefix: '', kmsKey: '', tier: 'standard', ...form.values },
  };
};

/** With the content of a key file. */
export const googleForm = (
  workspaceId: string,
  { url, project }: { readonly url: string; readonly project: string },
  key: string,
): ConnectionForm => ({
  workspaceId,
  provider: 'google-secret-manager',
  values: {
    ...googleSecretManagerDescriptor.defaults,
    endpoint: url,
    project,
    authentication: 'key',
  },
  credentials: { key: { action: 'replace', value: key } },
});

/** With the client secret of an application. */
export const keyVaultForm = (
  workspaceId: string,
  { url }: { readonly url: string },
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): ConnectionForm => ({
  workspaceId,
  provider: 'azure-key-vault',
  values: { ...azureKeyVaultDescriptor.defaults, vault: url, authentication: 'secret', clientId },
  credentials: { clientSecret: { action: 'replace', value: clientSecret } },
});
