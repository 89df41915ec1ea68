/** What a form does to stored credentials: pure rules, for storing it, checking it and testing it. */
import type { CredentialChanges } from '@shared/model/connection';
import { providerDescriptors } from '@shared/providers';
import type { ProviderId } from '@shared/providers/descriptor';
import type { CredentialUpdates } from '@core/keys/credential-store';
import { Secret } from '@core/secrets/secret';

/** The names of a provider's credential fields, in the order of its form. */
export const credentialNames = (provider: ProviderId): readonly string[] =>
  providerDescriptors[provider].fields
    .filter(({ kind }) => kind === 'credential')
    .map(({ name }) => name);

/** The new value of a credential: `null` if the form removes it, `undefined` if the form keeps it. */
export function changedCredential(
  changes: CredentialChanges,
  name: string,
): Secret | null | undefined {
  const change = changes[name];
  switch (change?.action) {
    case 'replace':
      return new Secret(change.value);
    case 'remove':
      return null;
    // What is taken has been put in the place of this change by `Offers`.
    case 'take':
    case 'keep':
    case undefined:
      return undefined;
  }
}

/** What to store. Credentials that the form keeps are left out. */
export function credentialUpdates(
  names: readonly string[],
  changes: CredentialChanges,
): CredentialUpdates {
  const updates: Record<string, Secret | null> = {};
  for (const name of names) {
    const value = changedCredential(changes, name);
    if (value !== undefined) updates[name] = value;
  }
  return updates;
}

/**
 * The credentials that the form may be saved with: those that have a value afterwards, and those that the
 * form removes. A removal may be saved; a missing credential is reported when a call needs it.
 */
export const acceptableCredentials = (
  names: readonly string[],
  changes: CredentialChanges,
  stored: readonly string[],
): Set<string> =>
  new Set(
    names.filter((name) => {
      const value = changedCredential(changes, name);
      if (value === undefined) return stored.includes(name);
      return value === null || value.reveal() !== '';
    }),
  );
