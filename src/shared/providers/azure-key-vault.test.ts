import { describe, expect, it } from 'vitest';
import { azureKeyVaultDescriptor, azureKeyVaultSchema, vaultUrl } from './azure-key-vault';

const parse = (values: Readonly<Record<string, unknown>>) =>
  azureKeyVaultSchema.safeParse({
    ...azureKeyVaultDescriptor.defaults,
    authentication: 'cli',
    ...values,
  });

const messageOf = (values: Readonly<Record<string, unknown>>): string | undefined =>
  parse(values).error?.issues[0]?.message;

describe('the vault', () => {
  it.each([
    ['my-vault', 'https://my-vault.vault.azure.net'],
    ['my-vault.vault.azure.cn', 'https://my-vault.vault.azure.cn'],
    ['https://my-vault.vault.usgovcloudapi.net/', 'https://my-vault.vault.usgovcloudapi.net'],
    ['http://127.0.0.1:18443', 'http://127.0.0.1:18443'],
  ])('%s is at %s', (vault, url) => {
    expect(parse({ vault }).success).toBe(true);
    expect(vaultUrl(vault).origin).toBe(url);
  });

  it.each([
    ['a', 'The name of a key vault has 3 to 24 letters, digits and single hyphens.'],
    ['my--vault', 'The name of a key vault has 3 to 24 letters, digits and single hyphens.'],
    ['https://a&b.example', 'Enter the name of the vault, or its whole address.'],
    ['http://my-vault.vault.azure.net', 'Start with https://.'],
    ['http://127.0.0.1.vaults.example', 'Start with https://.'],
    ['https://me:pw@my-vault.vault.azure.net', 'Leave user and password out of the address.'],
    ['https://my-vault.vault.azure.net/secrets', 'Remove everything after the host.'],
    [
      'https://portal.azure.com/',
      'This is the Azure portal. It shows the “Vault URI” on the page of the vault.',
    ],
  ])('is not %s', (vault, message) => {
    expect(messageOf({ vault })).toBe(message);
  });
});

describe('the credentials', () => {
  it.each([
    [{ authentication: 'secret' }, 'Enter the client id of the application.'],
    [{ clientId: 'app' }, 'A client id is written like 12345678-90ab-cdef-1234-567890abcdef.'],
    [
      { tenant: 'a&calc' },
      'Enter the tenant’s id, or a domain of it such as contoso.onmicrosoft.com.',
    ],
    [
      { authentication: 'certificate', clientId: '12345678-90ab-cdef-1234-567890abcdef' },
      'Enter the file with the certificate and its key.',
    ],
  ])('%j is refused', (values, message) => {
    expect(messageOf({ vault: 'my-vault', ...values })).toBe(message);
  });

  it('are never sent to an authority without TLS, except on this computer', () => {
    const message = 'An authority is written like https://login.microsoftonline.com.';
    expect(messageOf({ authority: 'http://login.microsoftonline.com' })).toBe(message);
    expect(messageOf({ authority: 'https://me@login.microsoftonline.com' })).toBe(message);
    expect(parse({ authority: 'https://login.example.com' }).success).toBe(true);
    expect(parse({ authority: 'http://127.0.0.1:18443' }).success).toBe(true);
  });
});
