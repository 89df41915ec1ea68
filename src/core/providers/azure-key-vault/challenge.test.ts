import { describe, expect, it } from 'vitest';
import { AppError } from '@shared/errors';
import { readChallenge } from './challenge';

const vault = new URL('https://my-vault.vault.azure.net');
const tenant = '5a3b1e0f-5a3b-4e0f-8a3b-5a3b1e0f5a3b';
const headerOf = (authorization: string, resource = 'https://vault.azure.net'): string =>
  `Bearer authorization="${authorization}", resource="${resource}"`;
const good = headerOf(`https://login.microsoftonline.com/${tenant}`);

const codeOf = (header: string | undefined, url = vault, authority = ''): string => {
  try {
    readChallenge(header, url, authority);
    return '';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('a challenge', () => {
  it.each([
    ['my-vault.vault.azure.net', 'login.microsoftonline.com', 'vault.azure.net'],
    ['my-vault.vault.azure.cn', 'login.partner.microsoftonline.cn', 'vault.azure.cn'],
    ['my-vault.vault.usgovcloudapi.net', 'login.microsoftonline.us', 'vault.usgovcloudapi.net'],
    ['my-vault.privatelink.vault.azure.net', 'login.windows.net', 'vault.azure.net'],
  ])('of %s is that of its cloud', (host, place, resource) => {
    const header = headerOf(`https://${place}/${tenant}`, `https://${resource}/`);
    expect(readChallenge(header, new URL(`https://${host}`), '')).toEqual({
      authority: `https://${place}`,
      resource: `https://${resource}`,
      tenant,
    });
  });

  it.each([
    ['another service', 'https://management.azure.com'],
    ['a host that only ends alike', 'https://t.vault.azure.net'],
    ['a whole domain', 'https://net'],
  ])('for %s is refused', (_, resource) => {
    const header = headerOf(`https://login.microsoftonline.com/${tenant}`, resource);
    expect(codeOf(header)).toBe('REQUEST_REFUSED');
  });

  it('of a host that only ends like a vault is refused', () => {
    expect(codeOf(good, new URL('https://myvault.azure.net'))).toBe('REQUEST_REFUSED');
    expect(codeOf(good, new URL('https://evilvault.azure.net.example'))).toBe('REQUEST_REFUSED');
  });

  it.each([
    'https://login.evil.example',
    'https://login.microsoftonline.com.evil.example',
    'http://login.microsoftonline.com',
    'https://login.microsoftonline.com:8443',
  ])('sends nobody to %s', (place) => {
    expect(codeOf(headerOf(`${place}/${tenant}`))).toBe('REQUEST_REFUSED');
  });

  it('takes a host whose name only begins like an address of this computer for another one', () => {
    const host = 'https://127.0.0.1.evil.example';
    const header = headerOf('https://login.evil.example/t', 'https://evil.example');
    expect(codeOf(header, new URL(host))).toBe('REQUEST_REFUSED');
  });

  it('sends to the authority that the person has chosen, whatever the vault says', () => {
    const own = 'https://login.private.example';
    const header = headerOf(`https://adfs.private.example/${tenant}`);
    expect(readChallenge(header, vault, own)).toMatchObject({ authority: own, tenant });
    expect(
      codeOf(headerOf(`https://adfs.private.example/${tenant}`, 'https://x.example'), vault, own),
    ).toBe('REQUEST_REFUSED');
  });

  it.each([
    undefined,
    '',
    'Basic realm="x"',
    headerOf('not an address'),
    headerOf('https://login.microsoftonline.com/'),
    headerOf('https://login.microsoftonline.com/a&calc'),
    headerOf('https://login.microsoftonline.com/a%20b'),
    headerOf(`https://login.microsoftonline.com/${tenant}`, 'vault.azure.net'),
  ])('is not %j', (header) => {
    expect(codeOf(header)).toBe('UNEXPECTED_ANSWER');
  });
});
