/** The issues of the connection form, by the schema of its provider. Loaded with the form, or when it is used first. */
import { providerDescriptors } from '@shared/providers';
import { validateForm, type FieldIssues, type ProviderId } from '@shared/providers/descriptor';
import type { CredentialDraft, ProviderDraft } from './form';

/**
 * The issues of the form. A credential that is to be removed is missing for a test, but not for a save,
 * which removes it.
 */
export function issuesOf(
  provider: ProviderId,
  draft: ProviderDraft,
  purpose: 'test' | 'save',
): FieldIssues {
  const present = new Map(
    Object.entries(draft.credentials)
      .filter(([, credential]) =>
        credential.state === 'typed'
          ? credential.text !== ''
          : credential.state !== 'removed' || purpose === 'save',
      )
      .map(([name, credential]) => [name, knownText(credential)]),
  );
  return validateForm(providerDescriptors[provider], draft.values, present);
}

function knownText(credential: CredentialDraft): string | undefined {
  if (credential.state === 'typed') return credential.text;
  return credential.state === 'removed' ? '' : undefined;
}
