import { describe, expect, it } from 'vitest';
import type { CredentialChanges } from '@shared/model/connection';
import {
  acceptableCredentials,
  changedCredential,
  credentialNames,
  credentialUpdates,
} from './credential-changes';

const CHANGES: CredentialChanges = {
  kept: { action: 'keep' },
  replaced: { action: 'replace', value: 'new' },
  emptied: { action: 'replace', value: '' },
  removed: { action: 'remove' },
  foreign: { action: 'replace', value: 'of another provider' },
};
const NAMES = ['kept', 'unnamed', 'replaced', 'emptied', 'removed'];

it('knows the credential fields of a provider, and no other fields', () => {
  expect(credentialNames('hashicorp-vault')).toContain('token');
  expect(credentialNames('hashicorp-vault')).not.toContain('url');
  expect(credentialNames('local-vault')).toEqual([]);
});

describe('the new value of a credential', () => {
  it.each([
    ['kept', undefined],
    ['unnamed', undefined],
    ['replaced', 'new'],
    ['emptied', ''],
    ['removed', null],
    // A form is data from outside: the names of what every object has are no changes.
    ['constructor', undefined],
  ])('%s: %j', (name, expected) => {
    const value = changedCredential(CHANGES, name);
    expect(value === null ? null : value?.reveal()).toBe(expected);
  });
});

it('stores what is replaced and removed, of the fields of the provider only', () => {
  const updates = credentialUpdates(NAMES, CHANGES);
  expect(Object.keys(updates)).toEqual(['replaced', 'emptied', 'removed']);
  expect(updates['replaced']?.reveal()).toBe('new');
  expect(updates['removed']).toBeNull();
});

describe('a form may be saved', () => {
  it('with a kept credential only if it is stored', () => {
    expect(acceptableCredentials(['kept', 'unnamed'], CHANGES, ['kept'])).toEqual(
      new Set(['kept']),
    );
  });

  it('with a new value, if it is not empty, whatever is stored', () => {
    expect(acceptableCredentials(['replaced', 'emptied'], CHANGES, ['emptied'])).toEqual(
      new Set(['replaced']),
    );
  });

  it('without a credential that it removes', () => {
    expect(acceptableCredentials(['removed'], CHANGES, ['removed'])).toEqual(new Set(['removed']));
  });
});
