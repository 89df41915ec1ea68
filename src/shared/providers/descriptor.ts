/**
 * The settings that a provider needs from a person. The window builds the form of a connection from this, so
 * a new provider needs a descriptor and a client, but no new screen.
 */
import type { z } from 'zod';
import type { Layout } from '../model/layout';
import type { PlatformLimits } from '../model/platform-limits';
import type { FormValues } from '../model/form-values';
import type { Workspace } from '../model/workspace';

export const providerIds = [
  'hashicorp-vault',
  'aws-secrets-manager',
  'aws-parameter-store',
  'google-secret-manager',
  'azure-key-vault',
  'local-vault',
  'plain-files',
] as const;
export type ProviderId = (typeof providerIds)[number];

interface FieldBase {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly optional?: boolean;
  /** Shown under “More ways to connect”, which is closed while all fields there have their defaults. */
  readonly more?: boolean;
  /**
   * The field decides to whom credentials are sent, or who could read them on the way. They are stored for its
   * value, and sent with no other: see `destination.ts`.
   */
  readonly bindsCredentials?: boolean;
  /** The field counts only if another field has this value, or one of these. */
  readonly when?: { readonly field: string; readonly is: string | readonly string[] };
}

export type FieldDescriptor =
  | (FieldBase & {
      readonly kind: 'text';
      readonly placeholder?: string;
      /** This computer knows values to choose from: see `ConnectionOffer`. Others can be typed. */
      readonly hasChoices?: true;
      /** A sign-in does not need it, and may know values to choose from. */
      readonly isAfterSignIn?: true;
    })
  /** A credential: it is entered, and never sent back. */
  | (FieldBase & {
      readonly kind: 'credential';
      readonly placeholder?: string;
      /** It comes from a sign-in with a browser, and is not typed. */
      readonly signIn?: true;
    })
  | (FieldBase & {
      readonly kind: 'choice';
      readonly options: readonly { readonly value: string; readonly label: string }[];
    })
  | (FieldBase & { readonly kind: 'switch' });

/** Where a store runs, in the order in which a person is offered the providers. */
export const providerGroups = ['cloud', 'self-hosted', 'computer'] as const;
export type ProviderGroup = (typeof providerGroups)[number];

/**
 * What happens to a save if somebody else saves at the same time. `refused`: the store refuses the second one.
 * `caught`: it is stopped before it takes effect. `detected`: it is noticed right after, and nothing is lost.
 * `compared`: a change in the moment between comparing and writing is lost.
 */
export type StaleWrites = 'refused' | 'caught' | 'detected' | 'compared';

/** What becomes of a deleted secret, each in a sentence: it can be undeleted, or it is gone. */
export type Recovery =
  | { readonly kept: string; readonly gone?: string }
  | { readonly kept?: never; readonly gone: string };

/** The sentence that holds; both sentences while it is not known which one does. */
export function recoveryOf({ kept, gone }: Recovery, isRecoverable: boolean | undefined): string {
  const sentences = [isRecoverable === false ? undefined : kept, isRecoverable ? undefined : gone];
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

/** What the store does, so that the window names no provider. */
export interface ProviderTraits {
  /** `computer`: only this computer has the secrets. */
  readonly place: 'server' | 'computer';
  /** What one entry of the store is called. */
  readonly item: 'secret' | 'parameter' | 'file';
  /** How it can store an environment; the first is what a new one gets. */
  readonly layouts: readonly [Layout, ...Layout[]];
  /** What a new value and the path of a new environment may be, if that is less than what the store takes. */
  readonly limits?: PlatformLimits;
  /** `rounded`: where it keeps versions, it keeps numbers as 64-bit floating point. */
  readonly numbers: 'exact' | 'rounded';
  /** Where the mark of a declared set-up is kept. Without permission for it, on this computer. */
  readonly ownership: 'store' | 'computer';
  readonly staleWrites: StaleWrites;
  /** When it gives a weaker guarantee, and which, in a sentence. */
  readonly staleWritesExcept?: string;
  /** What becomes of a deleted secret. With both sentences, it depends on the engine in use: see `recoveryOf`. */
  readonly recovery: Recovery;
  /** Why it keeps no versions of a secret, and what would; absent if it always keeps some. */
  readonly withoutVersions?: string;
}

/** What the window shows of a provider, and asks a person for. */
export interface ProviderFacts {
  readonly id: ProviderId;
  readonly label: string;
  readonly group: ProviderGroup;
  /** The picture beside the name in lists. */
  readonly icon: 'cloud' | 'computer' | 'files' | 'folders' | 'key' | 'vault';
  /** One sentence about the provider, for somebody who is choosing. */
  readonly summary: string;
  readonly traits: ProviderTraits;
  readonly fields: readonly FieldDescriptor[];
  /** The name of the field with the server's address; absent for a provider without a server. */
  readonly addressField?: string;
  /** The values of an empty form. */
  readonly defaults: FormValues;
  /**
   * The values that one workspace uses, for a provider where workspaces with the same settings differ.
   * Default: the settings as they are.
   */
  readonly valuesFor?: (
    values: FormValues,
    workspace: Pick<Workspace, 'localFolder'>,
  ) => FormValues;
  /** The problems of the present credentials, by field name, as far as their texts are known. */
  readonly checkCredentials?: (values: FormValues, credentials: KnownCredentials) => FieldIssues;
}

export interface ProviderDescriptor extends ProviderFacts {
  /**
   * Parses the form's values. Issues have the field's name as path and a sentence for a person as message.
   * Credentials are checked elsewhere: see `validateForm`.
   */
  readonly schema: z.ZodType;
}

/**
 * The present credentials, by field name. The text is known only if it was just typed; it is empty if the
 * credential is about to be removed.
 */
export type KnownCredentials = ReadonlyMap<string, string | undefined>;

export type FieldIssues = Readonly<Record<string, string>>;

/** Whether a field counts, given the other values of the form. */
export function isFieldShown({ when }: FieldDescriptor, values: FormValues): boolean {
  if (when === undefined) return true;
  const value = values[when.field];
  return typeof when.is === 'string'
    ? value === when.is
    : typeof value === 'string' && when.is.includes(value);
}

/** Whether a field is filled by a sign-in with a browser. */
export const isSignIn = (field: FieldDescriptor): boolean =>
  field.kind === 'credential' && field.signIn === true;

/** The problems that keep a person from signing in: a field that comes after that may be empty. */
export function signInIssues(
  { fields }: ProviderFacts,
  values: FormValues,
  issues: FieldIssues,
): FieldIssues {
  const later = new Set(
    fields.flatMap((field) =>
      isSignIn(field) ||
      (field.kind === 'text' && field.isAfterSignIn === true && values[field.name] === '')
        ? [field.name]
        : [],
    ),
  );
  return Object.fromEntries(Object.entries(issues).filter(([name]) => !later.has(name)));
}

/** The field that a remedy names: `address` is the one with the server's address. */
export const fieldNamed = (
  { fields, addressField }: ProviderFacts,
  name: string | undefined,
): FieldDescriptor | undefined => {
  const wanted = name === 'address' ? addressField : name;
  return fields.find((field) => field.name === wanted);
};

/**
 * The problems of a form, by field name; empty if it can be tested and saved. `present` names the credentials
 * that exist, stored or just typed; if it is a map, their texts are checked too.
 */
export function validateForm(
  descriptor: ProviderDescriptor,
  values: FormValues,
  present: ReadonlySet<string> | KnownCredentials,
): FieldIssues {
  const issues: Record<string, string> = {};
  const shown = new Map(
    descriptor.fields.filter((field) => isFieldShown(field, values)).map((f) => [f.name, f]),
  );
  const parsed = descriptor.schema.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    if (shown.has(name)) issues[name] ??= issue.message;
  }
  // A schema that fails in one field does not reach its rules about several fields, so empty fields are
  // found here.
  for (const field of shown.values()) {
    const isEmpty =
      field.kind === 'credential'
        ? !present.has(field.name)
        : field.kind === 'text' && values[field.name] === '';
    if (isEmpty && field.optional !== true) {
      issues[field.name] ??= isSignIn(field) ? 'Sign in first.' : `Enter the ${field.label}.`;
    }
  }
  if (present instanceof Map) {
    for (const [name, message] of Object.entries(
      descriptor.checkCredentials?.(values, present) ?? {},
    )) {
      if (shown.has(name)) issues[name] ??= message;
    }
  }
  return issues;
}
