/**
 * The types that programs see. They import nothing but types of the error table, so that the declarations of the
 * package need no other package.
 */

/** Where the values of a vault can live. `strongroom` is the Strongroom that runs on this computer. */
export const sdkProviders = [
  'hashicorp-vault',
  'aws-secrets-manager',
  'aws-parameter-store',
  'google-secret-manager',
  'azure-key-vault',
  'plain-files',
  'strongroom',
] as const;
export type SdkProvider = (typeof sdkProviders)[number];

/** How to reach a server. Paths of files are relative to the working directory. */
export interface NetworkSettings {
  /** A PEM file of authorities to trust, besides those known already. */
  readonly caFile?: string;
  /** A PEM file, for a server that asks for a certificate. */
  readonly clientCertFile?: string;
  /** A PEM file, unless `clientCertFile` holds the key too. */
  readonly clientKeyFile?: string;
  readonly clientKeyPassphrase?: string;
  /** `system`, the default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly proxy?: 'none' | 'system' | 'typed';
  readonly proxyUrl?: string;
  readonly proxyUser?: string;
  readonly proxyPassword?: string;
  /** Names, .suffixes, addresses and networks that are reached without the proxy. */
  readonly proxyExceptions?: string;
  /** The most requests at a time. Default: as many as the server answers without delay. */
  readonly requestsAtOnce?: number;
}

export interface HashicorpVaultSettings extends NetworkSettings {
  /** `VAULT_ADDR` */
  readonly url?: string;
  /**
   * Default: `approle` if there is a Role ID, `userpass` if there is a username, `kubernetes` if there is a Kubernetes
   * role, else `token`.
   */
  readonly authentication?: 'token' | 'approle' | 'userpass' | 'ldap' | 'kubernetes';
  /** `VAULT_TOKEN` */
  readonly token?: string;
  /** `VAULT_ROLE_ID` */
  readonly roleId?: string;
  /** `VAULT_SECRET_ID` */
  readonly secretId?: string;
  readonly secretIdIsWrapped?: boolean;
  /** Where AppRole is mounted, without `auth/`. Default: `approle`. */
  readonly approleMount?: string;
  /** Of `userpass` and `ldap`. */
  readonly username?: string;
  /** Of `userpass` and `ldap`. */
  readonly password?: string;
  /** The role of Vault’s Kubernetes auth method. */
  readonly kubernetesRole?: string;
  /** The token of the service account. Default: that of the pod. */
  readonly jwtFile?: string;
  /** Where the auth method is mounted, without `auth/`. Default: its name. Not for AppRole. */
  readonly authMount?: string;
  /** `VAULT_NAMESPACE`. It is put in front of `enginePath`. */
  readonly namespace?: string;
  /** The mount path of the KV engine. Default: `secret`. */
  readonly enginePath?: string;
  readonly kvVersion?: 'auto' | '1' | '2';
  /** Default: true, unless `VAULT_SKIP_VERIFY` is. */
  readonly verifySsl?: boolean;
  /** A folder that is put in front of the id of each vault. */
  readonly prefix?: string;
}

export interface AwsSettings extends NetworkSettings {
  /** `AWS_REGION`, then `AWS_DEFAULT_REGION` */
  readonly region?: string;
  /** For AWS-compatible services. `AWS_ENDPOINT_URL` and its like are heeded too. */
  readonly endpoint?: string;
  /** Default: `access-keys` or `profile` if those are given, else the default chain of the AWS SDK. */
  readonly authentication?: 'access-keys' | 'profile' | 'default-chain';
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly profile?: string;
  /** A role to assume. */
  readonly roleArn?: string;
  readonly externalId?: string;
  /**
   * Put in front of the id of each vault. Parameter Store: a hierarchy, `/strongroom` by default. Secrets Manager:
   * none by default.
   */
  readonly prefix?: string;
}

export interface AwsParameterStoreSettings extends AwsSettings {
  /** The KMS key of new parameters. Default: the key that AWS manages. */
  readonly kmsKey?: string;
  /** Default: `intelligent`, which AWS charges for values above 4 KB, and for those only. */
  readonly tier?: 'standard' | 'advanced' | 'intelligent';
}

export interface GoogleSecretManagerSettings extends NetworkSettings {
  /** `GOOGLE_CLOUD_PROJECT`, then `GCLOUD_PROJECT`, then `GCP_PROJECT` */
  readonly project?: string;
  /** Default: `key` if there is one, else Application Default Credentials. */
  readonly authentication?: 'default' | 'key';
  /** A service account key, as JSON. */
  readonly key?: string;
  /** For regional secrets. */
  readonly location?: string;
  /** Where new global secrets are kept, separated by commas. */
  readonly replicas?: string;
  /** A service account to act as. */
  readonly impersonate?: string;
  /** `GOOGLE_CLOUD_QUOTA_PROJECT` */
  readonly quotaProject?: string;
  readonly endpoint?: string;
  /** Put in front of the id of each vault, with a hyphen. */
  readonly prefix?: string;
}

export interface AzureKeyVaultSettings extends NetworkSettings {
  /** Name or address. `AZURE_KEY_VAULT_URL`, then `AZURE_KEY_VAULT_ENDPOINT`, then `AZURE_KEY_VAULT_NAME` */
  readonly vault?: string;
  /** Default: the method of the given variables, then the managed identity in Azure, then that of `az login`. */
  readonly authentication?: 'cli' | 'secret' | 'certificate' | 'managed' | 'workload';
  /** `AZURE_TENANT_ID` */
  readonly tenant?: string;
  /** `AZURE_CLIENT_ID` */
  readonly clientId?: string;
  /** `AZURE_CLIENT_SECRET` */
  readonly clientSecret?: string;
  /** `AZURE_CLIENT_CERTIFICATE_PATH` */
  readonly certificateFile?: string;
  /** `AZURE_CLIENT_CERTIFICATE_PASSWORD` */
  readonly certificatePassphrase?: string;
  /** `AZURE_AUTHORITY_HOST` */
  readonly authority?: string;
  /** Put in front of the id of each vault, with a hyphen. */
  readonly prefix?: string;
}

export interface PlainFilesSettings {
  /** Default: `.strongroom` beside the nearest package.json. */
  readonly folder?: string;
  /** A folder in it that is put in front of the id of each vault. */
  readonly prefix?: string;
}

export interface StrongroomSettings {
  /** Default: `STRONGROOM_DATA_DIR`, else that of the app. */
  readonly dataDir?: string;
  /** Name or id. Default: `STRONGROOM_WORKSPACE`, else the workspace in use. */
  readonly workspace?: string;
}

interface SettingsByProvider {
  readonly 'hashicorp-vault': HashicorpVaultSettings;
  readonly 'aws-secrets-manager': AwsSettings;
  readonly 'aws-parameter-store': AwsParameterStoreSettings;
  readonly 'google-secret-manager': GoogleSecretManagerSettings;
  readonly 'azure-key-vault': AzureKeyVaultSettings;
  readonly 'plain-files': PlainFilesSettings;
  readonly strongroom: StrongroomSettings;
}

interface CommonOptions {
  /** Milliseconds for which values are kept in memory. Default: 30,000. 0 reads them for each call. */
  readonly cacheFor?: number;
  /** `object`: one secret for the vault, as JSON. `entries`: one for each name. Default: by provider. */
  readonly layout?: 'object' | 'entries';
  /**
   * Whether the metadata server of the machine may be asked for the platform, the region and the project.
   * Default: whether `STRONGROOM_METADATA` is `true`.
   */
  readonly metadata?: boolean;
  /** Default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What sends the requests of `fetch` and `webhook`. Default: the `fetch` of Node. */
  readonly fetch?: typeof globalThis.fetch;
}

/** A provider and its settings, or neither. A setting that is left out comes from its environment variable. */
type ProviderChoice =
  | { readonly provider?: undefined; readonly settings?: undefined }
  | {
      [Id in SdkProvider]: { readonly provider: Id; readonly settings?: SettingsByProvider[Id] };
    }[SdkProvider];

export type VaultOptions = CommonOptions & ProviderChoice;

export interface CallOptions {
  /** Ends the call, which throws `CANCELLED`. Others who wait for the same values still get them. */
  readonly signal?: AbortSignal | undefined;
}

export interface ReadOptions extends CallOptions {
  /**
   * Whether values are returned as they are stored. By default, a reference, `@VAULT/NAME`, is replaced by the value
   * of that secret, if there is such a vault.
   */
  readonly raw?: boolean | undefined;
}

/** Where the values of a vault live. It holds no secret. */
export interface Description {
  readonly vault: string;
  readonly provider: SdkProvider;
  /** The name of the provider for people. */
  readonly label: string;
  /** Why it was chosen, such as `AWS_LAMBDA_FUNCTION_NAME is set`. */
  readonly because: string;
  /** Where the values live, such as `/strongroom/app-secrets in eu-west-1`. */
  readonly place: string;
  readonly layout: 'object' | 'entries';
}

/** A secret in the header of a request, by its names. */
export interface SecretReference {
  /** The id of the vault. */
  readonly vault: string;
  /** The name of the secret in it. */
  readonly key: string;
}

type HeaderValue = string | SecretReference;

/** By name, or as pairs. */
export type RequestHeaders =
  Readonly<Record<string, HeaderValue>> | Iterable<readonly [name: string, value: HeaderValue]>;

/** As `RequestInit`, with references among the headers. */
export type RequestOptions = Omit<RequestInit, 'headers'> & {
  readonly headers?: RequestHeaders | undefined;
};

export interface WebhookDefinition<Args> {
  readonly url: string | URL;
  /** Default: POST. */
  readonly method?: string;
  readonly headers?: RequestHeaders;
  /** Makes the body from what the webhook is called with. Anything but a `BodyInit` is sent as JSON. */
  readonly requestBody?: (args: Args) => unknown;
}

/** Sends the request. Resolves with the answer, whatever its status. */
export type Webhook<Args> = (args: Args, options?: CallOptions) => Promise<Response>;

/** Sends requests whose headers refer to secrets. */
export interface Requests {
  /**
   * As the global `fetch`, with references among the headers. All are resolved before anything is sent: a secret
   * that does not exist throws `NO_SUCH_VARIABLE`. A redirect to another origin goes without these headers.
   */
  fetch(url: string | URL, options?: RequestOptions): Promise<Response>;
  /** A request to send again and again. */
  webhook<Args = void>(definition: WebhookDefinition<Args>): Webhook<Args>;
}

/** The secrets of one vault. Every method throws a `StrongroomError`. */
export interface Vault extends Requests {
  readonly id: string;
  /**
   * `undefined` if there is no secret of this name, or no vault yet. Throws `UNKNOWN_REFERENCE` if the value refers to
   * a secret that does not exist.
   */
  get(name: string, options?: ReadOptions): Promise<string | undefined>;
  /** All secrets by name. */
  getAll(options?: ReadOptions): Promise<Record<string, string>>;
  /** The secrets of these names, in their order. */
  getAll(names: readonly string[], options?: ReadOptions): Promise<(string | undefined)[]>;
  /** The names, without values. */
  list(options?: CallOptions): Promise<string[]>;
  /**
   * Creates or replaces one secret; the others stay as they are, whoever writes them at the same time. The value
   * has at most 25 KB (25,600 bytes).
   */
  set(name: string, value: string, options?: CallOptions): Promise<void>;
  /** Does nothing if there is no secret of this name. Returns whether there was one. */
  delete(name: string, options?: CallOptions): Promise<boolean>;
  describe(): Description;
  /** Forgets the values and closes connections. Do not use the vault afterwards. */
  close(): void;
}

/** A request with a grant of the Strongroom on this computer. Strongroom adds the credential. */
export interface GrantRequest extends CallOptions {
  readonly url: string | URL;
  /** Default: GET. */
  readonly method?: string;
  /** Without those that Strongroom adds. */
  readonly headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
  /** A stream is sent in parts, as it comes. */
  readonly body?: RequestInit['body'];
  /** For the audit, and for the person who is asked. */
  readonly reason?: string;
  /** Milliseconds for the whole request. Default: 60,000. At most 600,000. */
  readonly timeout?: number;
  /** `follow`, the default: to hosts of the grant. `manual`: the answer is the redirect. */
  readonly redirect?: 'follow' | 'manual';
  /** Called if a person is asked whether the request may be made. */
  readonly onWaiting?: () => void;
  /** Which Strongroom, and the workspace in which the grant is looked for by its name. */
  readonly settings?: StrongroomSettings;
}
