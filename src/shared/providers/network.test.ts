import { describe, expect, it } from 'vitest';
import type { FormValues } from '../model/form-values';
import { awsSecretsManagerDescriptor, awsSecretsManagerSchema } from './aws-secrets-manager';
import { validateForm } from './descriptor';
import { hashicorpVaultDescriptor, hashicorpVaultSchema } from './hashicorp-vault';
import { networkDefaults, networkFields } from './facts/network';

/** As they were stored before there was any of this. */
const storedVault: FormValues = {
  url: 'https://vault.example.com',
  authentication: 'token',
  roleId: '',
  namespace: '',
  enginePath: 'secret',
  verifySsl: true,
  autoSync: false,
};
const storedAws: FormValues = {
  endpoint: '',
  region: 'eu-west-1',
  authentication: 'default-chain',
  profile: '',
  autoSync: false,
};

describe('settings stored before there were network settings', () => {
  it.each([
    ['HashiCorp Vault', hashicorpVaultDescriptor, hashicorpVaultSchema, storedVault, ['token']],
    ['AWS', awsSecretsManagerDescriptor, awsSecretsManagerSchema, storedAws, []],
  ] as const)(
    'of %s are sound, and read with the defaults',
    (_name, descriptor, schema, stored, present) => {
      expect(validateForm(descriptor, stored, new Set(present))).toEqual({});
      expect(schema.parse(stored)).toMatchObject({ ...stored, ...networkDefaults });
    },
  );
});

const issues = (values: FormValues) =>
  validateForm(hashicorpVaultDescriptor, { ...storedVault, ...values }, new Set(['token']));

describe('the network fields', () => {
  it('each have a default and are under “More ways to connect”', () => {
    expect(networkFields.every(({ more }) => more === true)).toBe(true);
    const names = networkFields.filter(({ kind }) => kind !== 'credential').map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(networkDefaults).toSorted());
  });

  it.each([
    '~/ca.pem',
    '/etc/ssl/ca.pem',
    'C:\\certs\\ca.pem',
    '\\\\share\\ca.pem',
    ' /a b/ca.pem ',
  ])('take the path %j', (caFile) => {
    expect(issues({ caFile })).toEqual({});
  });

  it.each(['ca.pem', './ca.pem', '~someone/ca.pem'])('refuse the path %j', (caFile) => {
    expect(issues({ caFile })['caFile']).toContain('whole path');
  });

  it('want the certificate of a key', () => {
    expect(Object.keys(issues({ clientKeyFile: '/key.pem' }))).toEqual(['clientCertFile']);
    expect(issues({ clientKeyFile: '/key.pem', clientCertFile: '/cert.pem' })).toEqual({});
  });

  it.each([
    ['', 'Enter the Proxy address'],
    ['proxy:3128', 'Start with http://'],
    ['http://', 'not a valid address'],
    ['http://me:secret@proxy:3128', 'user and password'],
    ['http://proxy:3128/proxy.pac', 'after the host and port'],
  ])('say what to mend in the proxy %j', (proxyUrl, says) => {
    expect(issues({ proxy: 'typed', proxyUrl })['proxyUrl']).toContain(says);
  });

  it.each(['1', '128', ' 16 '])('take %j requests at a time', (requestsAtOnce) => {
    expect(issues({ requestsAtOnce })).toEqual({});
  });

  it.each(['0', '129', '-1', '1.5', 'many'])('refuse %j requests at a time', (requestsAtOnce) => {
    expect(issues({ requestsAtOnce })['requestsAtOnce']).toContain('from 1 to 128');
  });

  it('do not judge a proxy that is not used', () => {
    const values = { proxy: 'system', proxyUrl: 'nonsense', proxyExceptions: 'http://x' };
    expect(issues(values)).toEqual({});
    expect(hashicorpVaultSchema.safeParse({ ...storedVault, ...values }).success).toBe(true);
  });

  it.each([
    '*',
    'localhost, .example.com',
    '10.0.0.0/8 ::1 fd00::/8',
    '*.example.com:8200',
    'localhost;*.corp.example;10.*;<local>',
    '"localhost";"*.corp.example"',
    'bücher.example',
  ])('take the exceptions %j', (proxyExceptions) => {
    expect(issues({ proxy: 'typed', proxyUrl: 'http://p:1', proxyExceptions })).toEqual({});
  });

  it.each(['http://a.example.com', 'a/b', '<-loopback>', 'a|b'])(
    'refuse the exceptions %j',
    (proxyExceptions) => {
      const found = issues({ proxy: 'typed', proxyUrl: 'http://p:1', proxyExceptions });
      expect(Object.keys(found)).toEqual(['proxyExceptions']);
    },
  );
});
