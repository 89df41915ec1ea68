/** For tests: forms of the vault settings, filled in for a stand-in. */
import type { ConnectionForm } from '@shared/model/connection';
import type { SecretsManagerServer } from '../servers/secrets-manager/server';

type More = Partial<Pick<ConnectionForm, 'scope' | 'values'>>;

/** With a token. `url` is a server's, or that of what stands in front of one. */
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
  { endpoint, region }: Pick<SecretsManagerServer, 'endpoint' | 'region'>,
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
