import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findVault } from './found';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'strongroom-home-'));
  vi.stubEnv('HOME', home);
  vi.stubEnv('USERPROFILE', home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const keep = (token: string): void => writeFileSync(join(home, '.vault-token'), token);

describe('the settings of the Vault CLI', () => {
  it('are nothing where nothing was set', async () => {
    expect(await findVault({ env: { VAULT_NAMESPACE: 'admin' } })).toBeUndefined();
  });

  it('are read from its variables, the token among them', async () => {
    keep('hvs.of-file');
    const found = await findVault({
      env: {
        VAULT_ADDR: 'https://vault.example.com:8200/',
        VAULT_TOKEN: 'hvs.of-variable',
        VAULT_NAMESPACE: '/admin/team/',
        VAULT_CACERT: '/etc/ca.pem',
        VAULT_CLIENT_CERT: '/etc/client.pem',
        VAULT_CLIENT_KEY: '/etc/client.key',
        VAULT_SKIP_VERIFY: 'true',
        VAULT_PROXY_ADDR: 'http://proxy.example.com:3128',
      },
    });
    expect(found?.values).toEqual({
      url: 'https://vault.example.com:8200',
      authentication: 'token',
      namespace: 'admin/team',
      enginePath: 'admin/team/secret',
      caFile: '/etc/ca.pem',
      clientCertFile: '/etc/client.pem',
      clientKeyFile: '/etc/client.key',
      verifySsl: false,
      proxy: 'typed',
      proxyUrl: 'http://proxy.example.com:3128',
    });
    expect(found?.credentials['token']?.reveal()).toBe('hvs.of-variable');
    expect(found?.credentialsFrom).toBe('VAULT_TOKEN');
  });

  it('are the token that vault login keeps, and the variables of OpenBao first', async () => {
    keep('s.of-file\n');
    const env = { VAULT_ADDR: 'https://vault.example.com', BAO_ADDR: 'https://bao.example.com' };
    const found = await findVault({ env });
    expect(found?.values).toEqual({ url: 'https://bao.example.com', authentication: 'token' });
    expect(found?.credentials['token']?.reveal()).toBe('s.of-file');
    expect(found?.from).toEqual(['BAO_ADDR', '~/.vault-token']);
    expect(found?.credentialsFrom).toBe('~/.vault-token');
  });

  it('leave the check of certificates on unless it is switched off', async () => {
    const env = { VAULT_ADDR: 'https://vault.example.com', VAULT_SKIP_VERIFY: 'false' };
    expect((await findVault({ env }))?.values).not.toHaveProperty('verifySsl');
  });
});
