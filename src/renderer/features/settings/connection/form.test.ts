import type { ConnectionSettings } from '@shared/model/connection';
import { destinationOf } from '@shared/providers/destination';
import { hashicorpVaultDescriptor } from '@shared/providers/hashicorp-vault';
import { describe, expect, it } from 'vitest';
import {
  draftOf,
  draftsOf,
  forDestination,
  isDirty,
  isInUse,
  storedElsewhere,
  rebase,
  toForm,
  withoutTyped,
  type ProviderDraft,
} from './form';
import { issuesOf } from './issues';

const WORKSPACE = '00000000-0000-4000-8000-000000000000';

const unset = { values: {}, savedCredentials: [], savedElsewhere: {}, saved: false };
const settings: ConnectionSettings = {
  source: 'global',
  provider: 'hashicorp-vault',
  providers: {
    'hashicorp-vault': {
      values: { url: 'https://vault.example.com', authentication: 'token', enginePath: 'secret' },
      savedCredentials: ['token'],
      savedElsewhere: {},
      saved: true,
    },
    'aws-secrets-manager': unset,
    'aws-parameter-store': unset,
    'google-secret-manager': unset,
    'azure-key-vault': unset,
    'local-vault': unset,
    'plain-files': unset,
  },
};

const stored = draftOf(settings, 'hashicorp-vault');
const withToken = (draft: ProviderDraft, token: ProviderDraft['credentials'][string]) => ({
  ...draft,
  credentials: { ...draft.credentials, token },
});
const typed = (text: string) => ({ state: 'typed', text, replaces: true }) as const;

describe('a draft', () => {
  it('starts from the stored settings and the defaults of the provider', () => {
    expect(stored.values).toMatchObject({ url: 'https://vault.example.com', verifySsl: true });
    expect(stored.credentials).toMatchObject({
      token: { state: 'saved' },
      secretId: { state: 'typed', text: '', replaces: false },
    });
  });

  it('is dirty with a changed value, a credential or another provider, but not with an empty Replace', () => {
    const dirty = (draft: ProviderDraft) => isDirty(settings, 'hashicorp-vault', draft);
    expect(dirty(stored)).toBe(false);
    expect(dirty(withToken(stored, typed('')))).toBe(false);
    expect(dirty(withToken(stored, typed('x')))).toBe(true);
    expect(dirty(withToken(stored, { state: 'removed' }))).toBe(true);
    expect(dirty({ ...stored, values: { ...stored.values, enginePath: 'kv' } })).toBe(true);
    expect(isDirty(settings, 'local-vault', draftOf(settings, 'local-vault'))).toBe(true);
  });

  it('sends the change of each credential, but never a stored one', () => {
    const credentials = (draft: ProviderDraft) =>
      toForm({ workspaceId: WORKSPACE, scope: 'global' }, 'hashicorp-vault', draft).credentials[
        'token'
      ];
    expect(credentials(stored)).toEqual({ action: 'keep' });
    expect(credentials(withToken(stored, typed('')))).toEqual({ action: 'keep' });
    expect(credentials(withToken(stored, typed('hvs.x')))).toEqual({
      action: 'replace',
      value: 'hvs.x',
    });
    expect(credentials(withToken(stored, { state: 'removed' }))).toEqual({ action: 'remove' });
  });

  it('forgets typed credentials and nothing else', () => {
    const drafts = {
      ...draftsOf(settings),
      'hashicorp-vault': withToken(
        { ...stored, values: { ...stored.values, enginePath: 'kv' } },
        typed('hvs.x'),
      ),
    };
    const after = withoutTyped(drafts)['hashicorp-vault'];
    expect(after.credentials['token']).toEqual({ state: 'saved' });
    expect(after.values['enginePath']).toBe('kv');
  });
});

describe('a draft over settings that were read again', () => {
  const forgotten: ConnectionSettings = {
    ...settings,
    providers: {
      ...settings.providers,
      'hashicorp-vault': {
        ...settings.providers['hashicorp-vault'],
        savedCredentials: [],
        savedElsewhere: {},
      },
    },
  };
  const after = (draft: ProviderDraft) =>
    rebase({ ...draftsOf(settings), 'hashicorp-vault': draft }, forgotten)['hashicorp-vault'];

  it('asks for a credential that is no longer stored', () => {
    expect(after(stored).credentials['token']).toEqual({
      state: 'typed',
      text: '',
      replaces: false,
    });
    expect(after(withToken(stored, { state: 'removed' })).credentials['token']).toMatchObject({
      state: 'typed',
    });
  });

  it('keeps typed values', () => {
    const edited = { ...stored, values: { ...stored.values, enginePath: 'kv' } };
    const kept = after(withToken(edited, typed('hvs.x')));
    expect(kept.values['enginePath']).toBe('kv');
    expect(kept.credentials['token']).toMatchObject({ state: 'typed', text: 'hvs.x' });
  });
});

describe('the issues of a form', () => {
  const issues = (draft: ProviderDraft, purpose: 'test' | 'save') =>
    Object.keys(issuesOf('hashicorp-vault', draft, purpose));

  it('are none for a stored form', () => {
    expect(issues(stored, 'test')).toEqual([]);
  });

  it('name a credential that was cleared to be replaced', () => {
    expect(issues(withToken(stored, typed('')), 'save')).toEqual(['token']);
  });

  it('name a removed credential for a test, but not for the save that removes it', () => {
    const removed = withToken(stored, { state: 'removed' });
    expect(issues(removed, 'test')).toEqual(['token']);
    expect(issues(removed, 'save')).toEqual([]);
  });
});

describe('a temporary key of AWS', () => {
  const fresh = draftOf(settings, 'aws-secrets-manager');
  const form = (credentials: ProviderDraft['credentials']): ProviderDraft => ({
    values: { ...fresh.values, region: 'us-east-1', authentication: 'access-keys' },
    credentials: { ...fresh.credentials, ...credentials },
  });
  const keys = { accessKeyId: typed('ASIAX'), secretAccessKey: typed('x') };
  const issues = (credentials: ProviderDraft['credentials'], purpose: 'test' | 'save') =>
    Object.keys(issuesOf('aws-secrets-manager', form(credentials), purpose));

  it('wants its session token, typed or stored and kept', () => {
    for (const purpose of ['test', 'save'] as const) {
      expect(issues(keys, purpose)).toEqual(['sessionToken']);
      expect(issues({ ...keys, sessionToken: typed('x') }, purpose)).toEqual([]);
      expect(issues({ ...keys, sessionToken: { state: 'saved' } }, purpose)).toEqual([]);
      expect(issues({ ...keys, sessionToken: { state: 'removed' } }, purpose)).toEqual([
        'sessionToken',
      ]);
    }
  });

  it('that gives way to a lasting one has its session token removed', () => {
    const lasting = { ...keys, accessKeyId: typed('AKIAX') };
    expect(issues({ ...lasting, sessionToken: { state: 'saved' } }, 'save')).toEqual([
      'sessionToken',
    ]);
    expect(issues({ ...lasting, sessionToken: { state: 'removed' } }, 'save')).toEqual([]);
  });
});

describe('a field', () => {
  it('is in use where it differs from a fresh form', () => {
    const provider = 'hashicorp-vault';
    expect(isInUse(provider, stored, 'caFile')).toBe(false);
    expect(isInUse(provider, stored, 'proxy')).toBe(false);
    expect(isInUse(provider, stored, 'proxyPassword')).toBe(false);
    expect(isInUse(provider, stored, 'token')).toBe(true);
    const proxy = { ...stored, values: { ...stored.values, proxy: 'none' } };
    expect(isInUse(provider, proxy, 'proxy')).toBe(true);
  });
});

describe('a stored credential and another address', () => {
  const at = (url: string): ProviderDraft => ({ ...stored, values: { ...stored.values, url } });
  const { url } = stored.values;
  const tokenFor = (draft: ProviderDraft, from = settings) =>
    forDestination(from, 'hashicorp-vault', draft).credentials['token'];

  it('is to be entered again, and says for which address the stored one is', () => {
    const moved = at('https://elsewhere.example');
    expect(tokenFor(moved)).toEqual({ state: 'typed', text: '', replaces: false });
    const shown = forDestination(settings, 'hashicorp-vault', moved);
    expect(Object.keys(issuesOf('hashicorp-vault', shown, 'save'))).toEqual(['token']);
    expect(storedElsewhere(settings, 'hashicorp-vault', moved, 'token')).toContain(
      `Vault URL was “${String(url)}”`,
    );
  });

  it('counts as stored again when the address is back', () => {
    expect(tokenFor(at(String(url)))).toEqual({ state: 'saved' });
    expect(tokenFor(at(`${String(url)}/below`))).toEqual({ state: 'saved' });
    expect(storedElsewhere(settings, 'hashicorp-vault', stored, 'token')).toBeUndefined();
  });

  it('cannot be gone back to while it is being replaced for another address', () => {
    const token = { state: 'typed', text: 'hvs.new', replaces: true } as const;
    const moved = at('https://elsewhere.example');
    const draft = { ...moved, credentials: { ...moved.credentials, token } };
    expect(tokenFor(draft)).toEqual({ ...token, replaces: false });
  });

  it('is used for the address that it was stored for, whatever the saved settings say', () => {
    const changed = {
      ...settings,
      providers: {
        ...settings.providers,
        'hashicorp-vault': {
          ...settings.providers['hashicorp-vault'],
          values: { ...stored.values, url: 'https://elsewhere.example' },
          savedCredentials: [],
          savedElsewhere: { token: destinationOf(hashicorpVaultDescriptor, stored.values) },
        },
      },
    };
    const draft = draftOf(changed, 'hashicorp-vault');
    expect(tokenFor(draft, changed)).toEqual({ state: 'typed', text: '', replaces: false });
    expect(storedElsewhere(changed, 'hashicorp-vault', draft, 'token')).toContain(
      `Vault URL was “${String(url)}”`,
    );
    const back = { ...draft, values: { ...draft.values, url: String(url) } };
    expect(tokenFor(back, changed)).toEqual({ state: 'saved' });
  });
});
