import { describe, expect, it } from 'vitest';
import type { FormValues } from '../model/form-values';
import { providerIds } from './descriptor';
import { changesOfDestination, destinationOf } from './destination';
import { hashicorpVaultDescriptor as vault } from './hashicorp-vault';
import { providerDescriptors } from './index';

const values: FormValues = { ...vault.defaults, url: 'https://vault.example' };
const at = (changes: FormValues): string => destinationOf(vault, { ...values, ...changes });

describe('the destination of credentials', () => {
  // It is part of what stored credentials are sealed with: another form would ask for all of them again.
  it('has a form that stays', () => {
    expect(at({})).toBe('{"url":"https://vault.example"}');
    expect(at({ proxy: 'typed', proxyUrl: 'http://proxy:3128', verifySsl: false })).toBe(
      '{"proxy":"typed","proxyUrl":"http://proxy:3128","url":"https://vault.example","verifySsl":false}',
    );
  });

  it.each([
    ['a path', { url: 'https://vault.example/below' }],
    ['the usual port', { url: 'HTTPS://Vault.Example:443' }],
    ['white space', { url: ' https://vault.example ' }],
    ['a setting that leads nowhere', { enginePath: 'other', autoSync: true }],
    ['a proxy that is not used', { proxyUrl: 'http://proxy:3128' }],
  ])('is the same with %s', (_, changes) => {
    expect(at(changes)).toBe(at({}));
  });

  it.each([
    ['host', { url: 'https://vault.example.org' }],
    ['scheme', { url: 'http://vault.example' }],
    ['port', { url: 'https://vault.example:8200' }],
    ['CA file', { caFile: '/ca.pem' }],
    ['proxy', { proxy: 'none' }],
    ['check of the certificate', { verifySsl: false }],
  ])('is another one with another %s', (_, changes) => {
    expect(at(changes)).not.toBe(at({}));
  });

  it('is bound by the address of every provider that has one', () => {
    for (const id of providerIds) {
      const { addressField, fields } = providerDescriptors[id];
      if (addressField === undefined) continue;
      expect(fields.find(({ name }) => name === addressField)?.bindsCredentials).toBe(true);
    }
  });

  it('says which settings differ, and what they were', () => {
    const typed = at({ proxy: 'typed', proxyUrl: 'http://proxy:3128' });
    expect(changesOfDestination(vault, at({}), typed)).toEqual([
      { label: 'Proxy', was: 'system' },
      { label: 'Proxy address', was: '' },
    ]);
  });
});
