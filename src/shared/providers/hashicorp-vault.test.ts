import { describe, expect, it } from 'vitest';
import type { FormValues } from '../model/form-values';
import { validateForm } from './descriptor';
import { hashicorpVaultDescriptor, hashicorpVaultSchema } from './hashicorp-vault';

const filled: FormValues = {
  ...hashicorpVaultDescriptor.defaults,
  url: 'https://vault.example.com:8200',
};
const issues = (values: FormValues, present: readonly string[] = ['token', 'secretId']) =>
  validateForm(hashicorpVaultDescriptor, { ...filled, ...values }, new Set(present));

describe('the form of HashiCorp Vault', () => {
  it.each([
    'https://vault.example.com',
    'http://127.0.0.1:8200',
    'https://[::1]:8200',
    ' https://vault-cluster.vault.xxxxx.aws.hashicorp.cloud:8200 ',
    'HTTPS://Vault.Example.com',
    'https://example.com/vault',
    'https://example.com:8443/tools/vault-2.0/eu_1',
  ])('takes the address %j', (url) => {
    expect(issues({ url })).toEqual({});
  });

  it.each([
    ['', 'Enter the address'],
    ['vault.example.com', 'Start with https://'],
    ['ftp://vault.example.com', 'Start with https://'],
    ['https://', 'not a valid address'],
    ['https://vault.example.com:99999', 'not a valid address'],
    ['https://vault.example.com/', 'trailing slash'],
    ['https://vault.example.com/v1/secret', '“/v1/secret”'],
    ['https://vault.example.com/ui/', 'Remove the path'],
    ['https://example.com/vault/v1/secret', 'Remove “/v1/secret” at the end'],
    ['https://example.com/vault/ui', 'Remove “/ui” at the end'],
    ['https://example.com/vault/', 'trailing slash'],
    ['https://example.com/a/../vault', 'letters, digits'],
    ['https://example.com//vault', 'letters, digits'],
    ['https://example.com/vä', 'letters, digits'],
    ['https://example.com/a%2Fb', 'letters, digits'],
    ['https://vault.example.com?x=1', 'after the host and port'],
    ['https://vault.example.com#x', 'after the host and port'],
    ['https://user:password@vault.example.com', 'user and password'],
  ])('says what to mend in the address %j', (url, text) => {
    expect(issues({ url })['url']).toContain(text);
    expect(Object.keys(issues({ url }))).toEqual(['url']);
  });

  it.each(['secret', 'admin/kv', 'organization/team/kv-engine', 'v1', 'kv v2/é', ' secret '])(
    'takes the engine path %j',
    (enginePath) => {
      expect(issues({ enginePath })).toEqual({});
    },
  );

  it.each([
    ['', 'Enter the mount path'],
    ['/secret', 'slash at the beginning or end'],
    ['secret/', 'slash at the beginning or end'],
    ['a//b', 'double slash'],
    ['a/../b', '“..”'],
    ['v1/secret', 'Remove “v1/”'],
  ])('says what to mend in the engine path %j', (enginePath, text) => {
    expect(issues({ enginePath })['enginePath']).toContain(text);
  });

  it('asks for the credentials of the chosen authentication only', () => {
    expect(issues({ authentication: 'token' }, [])).toEqual({ token: 'Enter the Token.' });
    expect(issues({ authentication: 'approle' }, [])).toEqual({
      roleId: 'Enter the Role ID.',
      secretId: 'Enter the Secret ID.',
    });
    expect(issues({ authentication: 'approle', roleId: 'role' })).toEqual({});
  });

  it.each([
    ['admin', 'admin'],
    ['/admin/team/', 'admin/team'],
    ['', ''],
  ])('reads the namespace %j as %j', (namespace, read) => {
    expect(hashicorpVaultSchema.parse({ ...filled, namespace }).namespace).toBe(read);
  });

  it.each(['admin//team', 'a/../b', '.'])('does not take the namespace %j', (namespace) => {
    const form = { authentication: 'approle', roleId: 'role', namespace };
    expect(issues(form)['namespace']).toContain('admin/team');
    // It is a field of AppRole, and in nobody's way otherwise.
    expect(issues({ namespace })).toEqual({});
    expect(hashicorpVaultSchema.safeParse({ ...filled, namespace }).success).toBe(true);
  });

  it('takes an AppRole mount with slashes, with or without slashes around it', () => {
    const form = { ...filled, authentication: 'approle', roleId: 'role' };
    const mountOf = (approleMount: string) =>
      hashicorpVaultSchema.parse({ ...form, approleMount }).approleMount;
    expect([' /ci/approle/ ', 'approle', ''].map(mountOf)).toEqual([
      'ci/approle',
      'approle',
      'approle',
    ]);
    for (const approleMount of ['auth/approle', 'a//b', '../approle']) {
      expect(Object.keys(issues({ ...form, approleMount }))).toEqual(['approleMount']);
      // It is a field of AppRole, and in nobody's way otherwise.
      expect(issues({ approleMount })).toEqual({});
    }
  });

  it('reads settings that were stored before there were mount, wrapping and KV version', () => {
    const stored: FormValues = { ...filled };
    for (const name of ['approleMount', 'secretIdIsWrapped', 'kvVersion']) delete stored[name];
    expect(hashicorpVaultSchema.parse(stored)).toMatchObject({
      approleMount: 'approle',
      secretIdIsWrapped: false,
      kvVersion: 'auto',
    });
  });
});
