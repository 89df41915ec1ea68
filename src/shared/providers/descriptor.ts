/**
 * What a provider asks a person for. The form of a connection is drawn from this, so that a new provider
 * needs a descriptor and a client, and no screen.
 */
import type { z } from 'zod';
import type { FormValues } from '../model/form-values';

export const providerIds = ['hashicorp-vault', 'aws-secrets-manager', 'local-vault'] as const;
export type ProviderId = (typeof providerIds)[number];

interface FieldBase {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly optional?: boolean;
  /** Stands under “More ways to connect”, which is closed while nothing there differs from the defaults. */
  readonly more?: boolean;
  /** The field counts only while another one has this value. */
  readonly when?: { readonly field: string; readonly is: string };
}

export type FieldDescriptor =
  | (FieldBase & { readonly kind: 'text'; readonly placeholder?: string })
  /** A credential: it goes in, and never comes back out. */
  | (FieldBase & { readonly kind: 'credential'; readonly placeholder?: string })
  | (FieldBase & {
      readonly kind: 'choice';
      readonly options: readonly { readonly value: string; readonly label: string }[];
    })
  | (FieldBase & { readonly kind: 'switch' });

export interface ProviderDescriptor {
  readonly id: ProviderId;
  readonly label: string;
  /** One sentence on what it is, for somebody who is choosing. */
  readonly summary: string;
  readonly fields: readonly FieldDescriptor[];
  /** The name of the field with the server's address; absent for a provider without a server. */
  readonly addressField?: string;
  /** The values of an empty form. */
  readonly defaults: FormValues;
  /**
   * Reads the form's values. Issues carry the field's name as path and a sentence for a person.
   * Credentials are not its business: see `validateForm`.
   */
  readonly schema: z.ZodType;
  /** What is wrong with credentials that are there, by field name, as far as their texts are known. */
  readonly checkCredentials?: (values: FormValues, credentials: KnownCredentials) => FieldIssues;
}

/**
 * The credentials that are there, by field name. The text is known of one that was just typed; it is
 * empty for one that is about to be removed.
 */
export type KnownCredentials = ReadonlyMap<string, string | undefined>;

export type FieldIssues = Readonly<Record<string, string>>;

/** Whether a field counts, given the form as it stands. */
export const isFieldShown = (field: FieldDescriptor, values: FormValues): boolean =>
  field.when === undefined || values[field.when.field] === field.when.is;

/** The field that a remedy names: `address` is the one with the server's address. */
export const fieldNamed = (
  { fields, addressField }: ProviderDescriptor,
  name: string | undefined,
): FieldDescriptor | undefined => {
  const wanted = name === 'address' ? addressField : name;
  return fields.find((field) => field.name === wanted);
};

/**
 * What is wrong with a form, by field name; empty if it can be tested and saved.
 * `present` names the credentials that are there, stored or just typed; if it is a map, their texts are
 * checked too.
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
  // A schema that fails in one field does not get to its rules across fields, so what is merely empty
  // is found here.
  for (const field of shown.values()) {
    const isEmpty =
      field.kind === 'credential'
        ? !present.has(field.name)
        : field.kind === 'text' && values[field.name] === '';
    if (isEmpty && field.optional !== true) issues[field.name] ??= `Enter the ${field.label}.`;
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
