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
  /** The suite must leave it as it was. */
  readonly isReal: boolean;
  /** Stops the server if it was started here. */
  stop(): Promise<void>;
}

const names = [
  'AZURE_KEY_VAULT_URL',
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
] as const;

export interface RealKeyVault {
  /** For a summary. */
  readonly name: string;
  /** It may hold other secrets, so use unique names. */
  start(): Promise<RunningKeyVault>;
}

/** `undefined` unless all four variables are set. */
export async function findRealKeyVault(): Promise<RealKeyVault | undefined> {
  const [url = '', tenantId = '', clientId = '', clientSecret = ''] = names.map(
    (name) => process.env[name],
  );
  if ([url, tenantId, clientId, clientSecret].includes('')) return undefined;
  return {
    // Vitest cuts longer names, and then the summary would not find the tests.
    name: 'Key Vault of AZURE_KEY_VAULT_URL',
    start: async () => ({
      url,
      tenantId,
      clientId,
      clientSecret,
      authority: process.env['AZURE_AUTHORITY_HOST'] ?? 'https://login.microsoftonline.com',
      ca: undefined,
      pollMs: 2000,
      isReal: true,
      stop: async () => {},
    }),
  };
}
