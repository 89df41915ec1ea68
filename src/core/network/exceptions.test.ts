import { describe, expect, it } from 'vitest';
import { isException } from './exceptions';

const matches = (entry: string, host: string, port = 443): boolean =>
  isException([entry], { host, port });

describe('an exception', () => {
  it.each<[entry: string, host: string, port?: number]>([
    ['*', 'anything.example.com'],
    ['example.com', 'example.com'],
    ['example.com', 'vault.example.com'],
    ['.example.com', 'vault.example.com'],
    ['.example.com', 'example.com'],
    ['*.example.com', 'a.b.example.com'],
    ['EXAMPLE.com', 'Vault.example.COM'],
    ['localhost', 'localhost'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.0.0.0/8', '10.200.0.1'],
    ['0.0.0.0/0', '192.0.2.1'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['fd00::/8', 'fd12::5'],
    ['example.com:443', 'vault.example.com'],
    ['[::1]:443', '::1'],
    ['[::1]', '::1'],
    ['10.1.2.3:443', '10.1.2.3'],
    // As Windows writes them.
    ['10.*', '10.1.2.3'],
    ['192.168.*.7', '192.168.1.7'],
    ['*corp.example', 'vault.corp.example'],
    ['*corp.example', 'mycorp.example'],
    ['vault-*.corp.example', 'vault-1.corp.example'],
    ['*.corp.*', 'vault.corp.example'],
    ['10.*:8200', '10.1.2.3', 8200],
    ['<local>', 'vault'],
    ['<LOCAL>', 'localhost'],
    // A dot at the end changes nothing, on either side.
    ['corp.example', 'vault.corp.example.'],
    ['corp.example.', 'vault.corp.example'],
    ['corp.example.', 'corp.example.'],
    ['*.corp.example.', 'vault.corp.example'],
    ['localhost', 'localhost.'],
  ])('%s matches %s', (entry, host, port = 443) => {
    expect(matches(entry, host, port)).toBe(true);
  });

  it.each([
    ['example.com', 'badexample.com'],
    ['example.com', 'example.com.evil.test'],
    ['vault.example.com', 'example.com'],
    ['example.com:8200', 'example.com'],
    ['[::1]:8200', '::1'],
    ['10.0.0.0/8', '11.0.0.1'],
    ['10.0.0.0/8', '10.example.com'],
    ['10.0.0.0/99', '10.0.0.1'],
    ['a/b', 'a'],
    ['10.1.2.3', '10.1.2.30'],
    ['fd00::/8', 'fe80::1'],
    ['.', 'example.com'],
    ['10.*', '110.1.2.3'],
    ['0.*', '10.0.0.1'],
    ['10.*:8200', '10.1.2.3'],
    ['vault-*.corp.example', 'vault.corp.example'],
    ['a.c*', 'abc.c'],
    ['<local>', 'vault.corp.example'],
    ['<local>', '10.1.2.3'],
    ['<local>', '::1'],
  ])('%s does not match %s', (entry, host) => {
    expect(matches(entry, host)).toBe(false);
  });

  it('is any one of a list, and there is none in an empty one', () => {
    const endpoint = { host: 'vault.example.com', port: 443 };
    expect(isException(['10.0.0.0/8', '.example.com'], endpoint)).toBe(true);
    expect(isException([], endpoint)).toBe(false);
  });
});
