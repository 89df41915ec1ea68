/** The rules of the connection form: what was typed, what changed, and which issues there are. */
import type {
  CredentialChanges,
  ConnectionForm,
  ConnectionSettings,
} from '@shared/model/connection';
import type { FormValues } from '@shared/model/form-values';
import { providerFacts } from '@shared/providers/facts';
import {
  changesOfDestination,
  destinationOf,
  formerValue,
  storedFor,
} from '@shared/providers/destination';
import { providerIds, type ProviderId } from '@shared/providers/descriptor';

export type CredentialDraft =
  /** Stored, and left as it is. */
  | { readonly state: 'saved' }
  /** Being typed; `replaces` if there is a stored one to go back to. */
  | { readonly state: 'typed'; readonly text: string; readonly replaces: boolean }
  /** To be taken from where it was found on this computer; `from` says where. */
  | { readonly state: 'taken'; readonly from: string; readonly replaces: boolean }
  /** Stored, and to be removed with the next save. */
  | { readonly state: 'removed' };

export interface ProviderDraft {
  readonly values: FormValues;
  readonly credentials: Readonly<Record<string, CredentialDraft>>;
}

export type Drafts = Readonly<Record<ProviderId, ProviderDraft>>;

const NOTHING_TYPED: CredentialDraft = { state: 'typed', text: '', replaces: false };

export const credentialNames = (provider: ProviderId): readonly string[] =>
  providerFacts[provider].fields
    .filter((field) => field.kind === 'credential')
    .map((field) => field.name);

export function draftOf(settings: ConnectionSettings, provider: ProviderId): ProviderDraft {
  const { values, savedCredentials } = settings.providers[provider];
  return {
    values: { ...providerFacts[provider].defaults, ...values },
    credentials: Object.fromEntries(
      credentialNames(provider).map((name): [string, CredentialDraft] => [
        name,
        savedCredentials.includes(name) ? { state: 'saved' } : NOTHING_TYPED,
      ]),
    ),
  };
}

export const draftsOf = (settings: ConnectionSettings): Drafts =>
  Object.fromEntries(
    providerIds.map((provider) => [provider, draftOf(settings, provider)]),
  ) as Record<ProviderId, ProviderDraft>;

const mapCredentials = (
  drafts: Drafts,
  change: (draft: CredentialDraft) => CredentialDraft,
): Drafts =>
  Object.fromEntries(
    Object.entries(drafts).map(([provider, { values, credentials }]) => [
      provider,
      {
        values,
        credentials: Object.fromEntries(
          Object.entries(credentials).map(([name, draft]) => [name, change(draft)]),
        ),
      },
    ]),
  ) as Record<ProviderId, ProviderDraft>;

/** The drafts with every typed credential forgotten. */
export const withoutTyped = (drafts: Drafts): Drafts =>
  mapCredentials(drafts, (draft) => {
    if (draft.state !== 'typed' && draft.state !== 'taken') return draft;
    return draft.replaces ? { state: 'saved' } : NOTHING_TYPED;
  });

/** The drafts for a place where no credential is stored: those that were stored are to be entered. */
export const withoutStored = (drafts: Drafts): Drafts =>
  mapCredentials(drafts, (draft) =>
    draft.state === 'typed' || draft.state === 'taken'
      ? { ...draft, replaces: false }
      : NOTHING_TYPED,
  );

/**
 * The draft with the credentials that are stored for where its values lead. Others are to be entered: the core
 * sends a stored credential nowhere else.
 */
export function forDestination(
  settings: ConnectionSettings,
  provider: ProviderId,
  draft: ProviderDraft,
): ProviderDraft {
  const descriptor = providerFacts[provider];
  const destination = destinationOf(descriptor, draft.values);
  const credentials = Object.entries(draft.credentials).map(
    ([name, credential]): [string, CredentialDraft] => {
      const isStored = storedFor(descriptor, settings.providers[provider], name) === destination;
      if (credential.state === 'saved') return [name, isStored ? credential : NOTHING_TYPED];
      if (credential.state !== 'typed') return [name, credential];
      if (isStored && credential.text === '' && !credential.replaces) {
        return [name, { state: 'saved' }];
      }
      return [name, { ...credential, replaces: credential.replaces && isStored }];
    },
  );
  return { ...draft, credentials: Object.fromEntries(credentials) };
}

/** Why a credential has to be entered although one is stored: which settings were others, in a sentence. */
export function storedElsewhere(
  settings: ConnectionSettings,
  provider: ProviderId,
  { values }: ProviderDraft,
  name: string,
): string | undefined {
  const descriptor = providerFacts[provider];
  const from = storedFor(descriptor, settings.providers[provider], name);
  const to = destinationOf(descriptor, values);
  if (from === undefined || from === to) return undefined;
  const were = changesOfDestination(descriptor, from, to).map(formerValue);
  return `Enter it again. The stored one is only for the settings in which ${were.join(' and ')}.`;
}

/** Whether a field differs from a new form. */
export function isInUse(provider: ProviderId, draft: ProviderDraft, name: string): boolean {
  const credential = draft.credentials[name];
  return credential === undefined
    ? draft.values[name] !== providerFacts[provider].defaults[name]
    : credential.state !== 'typed' || credential.replaces || credential.text !== '';
}

/** Whether the form leads to another place than the settings do, or in another way, credentials aside. */
export function differs(
  settings: ConnectionSettings,
  provider: ProviderId,
  { values }: ProviderDraft,
): boolean {
  if (provider !== settings.provider) return true;
  const stored = draftOf(settings, provider);
  return Object.entries(values).some(([name, value]) => stored.values[name] !== value);
}

export const isDirty = (
  settings: ConnectionSettings,
  provider: ProviderId,
  draft: ProviderDraft,
): boolean =>
  differs(settings, provider, draft) ||
  Object.values(draft.credentials).some(
    (credential) =>
      credential.state === 'removed' ||
      credential.state === 'taken' ||
      (credential.state === 'typed' && credential.text !== ''),
  );

/**
 * The drafts over settings that were read again: typed values stay, and credentials are stored or not as
 * the settings say.
 */
export const rebase = (drafts: Drafts, settings: ConnectionSettings): Drafts =>
  Object.fromEntries(
    providerIds.map((provider) => {
      const fresh = draftOf(settings, provider);
      const { values, credentials } = drafts[provider];
      const merged = Object.entries(fresh.credentials).map(([name, stored]) => {
        const draft = credentials[name];
        const isTyped = draft?.state === 'taken' || (draft?.state === 'typed' && draft.text !== '');
        const isRemoval = draft?.state === 'removed' && stored.state === 'saved';
        return [name, isTyped || isRemoval ? draft : stored] as const;
      });
      return [provider, { values, credentials: Object.fromEntries(merged) }];
    }),
  ) as Record<ProviderId, ProviderDraft>;

/** The draft once `sent` is stored as `saved`. What was typed since it was sent stays. */
export function afterSave(
  now: ProviderDraft,
  sent: ProviderDraft,
  saved: ProviderDraft,
): ProviderDraft {
  const merged = <T>(
    mine: Readonly<Record<string, T>>,
    before: Readonly<Record<string, T>>,
    stored: Readonly<Record<string, T>>,
  ): Record<string, T> =>
    Object.fromEntries(
      Object.entries(stored).map(([name, value]) => {
        const own = mine[name];
        return [name, own === undefined || own === before[name] ? value : own];
      }),
    );
  return {
    values: merged(now.values, sent.values, saved.values),
    credentials: merged(now.credentials, sent.credentials, saved.credentials),
  };
}

export function toForm(
  target: Required<Pick<ConnectionForm, 'workspaceId' | 'scope'>>,
  provider: ProviderId,
  draft: ProviderDraft,
): ConnectionForm {
  const credentials: CredentialChanges = {};
  for (const [name, credential] of Object.entries(draft.credentials)) {
    if (credential.state === 'removed') credentials[name] = { action: 'remove' };
    else if (credential.state === 'taken') credentials[name] = { action: 'take' };
    else if (credential.state === 'typed' && credential.text !== '') {
      credentials[name] = { action: 'replace', value: credential.text };
    } else credentials[name] = { action: 'keep' };
  }
  return { ...target, provider, values: draft.values, credentials };
}
