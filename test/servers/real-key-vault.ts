/** A real Azure Key Vault, for the suite that can use one. */

export interface RunningKeyVault {
  readonly url: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://login.microsoftonline.com`, or that of another cloud. */
  readonly authority: string;
  /** The authority to trust, as PEM; that of the machine if `undefined`. */
  readonly ca: string | undefined;
  /** Milliseconds between two looks at a deletion or recovery. */
  readonly pollMs: number;
  /** Stops the server if it was started here. */
  stop(): Promise<void>;
}

const names = [
  'AZURE_KEY_VAULT_URL',
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
] as const;

/** `undefined` unless all four variables are set. The vault may hold other secrets, so use unique names. */
export function findRealKeyVault(): RunningKeyVault | undefined {
  const [url = '', tenantId = '', clientId = '', clientSecret = ''] = names.map(
    (name) => process.env[name],
  );
  if ([url, tenantId, clientId, clientSecret].includes('')) return undefined;
  return {
    url,
    tenantId,
    clientId,
    clientSecret,
    authority: process.env['AZURE_AUTHORITY_HOST'] ?? 'https://login.microsoftonline.com',
    ca: undefined,
    pollMs: 2000,
    stop: async () => {},
  };
}
