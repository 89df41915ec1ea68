/**
 * Where credentials go: the server, and what is trusted on the way. A stored credential is only sent where it was
 * stored for, so a changed address asks for it again.
 */
import type { FormValues } from '../model/form-values';
import { isFieldShown, type ProviderFacts } from './descriptor';

/** Of an address only the origin matters: the same server gets the credentials below every path. */
function boundValue(value: string | boolean | undefined): string | boolean | undefined {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  return /^https?:/i.test(text) && URL.canParse(text) ? new URL(text).origin : text;
}

const boundValues = (
  { fields, defaults }: ProviderFacts,
  values: FormValues,
): Record<string, string | boolean | undefined> =>
  Object.fromEntries(
    fields
      .filter((field) => field.bindsCredentials === true && isFieldShown(field, values))
      .map(({ name }) => [name, boundValue(values[name])] as const)
      // A field that comes with a later version has its default, and changes nothing.
      .filter(([name, value]) => value !== undefined && value !== defaults[name])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/**
 * Where the credentials of these settings go: the server, and what is trusted on the way. A text to compare, which
 * is also part of what a stored credential is sealed with: its form must stay the same.
 */
export const destinationOf = (descriptor: ProviderFacts, values: FormValues): string =>
  JSON.stringify(boundValues(descriptor, values));

/** The fields whose values differ between two destinations, as labels, with the values of the first one. */
export function changesOfDestination(
  { fields, defaults }: ProviderFacts,
  from: string,
  to: string,
): { readonly label: string; readonly was: string }[] {
  const [before, after] = [from, to].map((text) => {
    const parsed: unknown = JSON.parse(text);
    return new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []);
  });
  return fields
    .filter(({ name }) => before?.get(name) !== after?.get(name))
    .map(({ name, label }) => ({ label, was: String(before?.get(name) ?? defaults[name] ?? '') }));
}

/** Such a difference in words. */
export const formerValue = ({
  label,
  was,
}: {
  readonly label: string;
  readonly was: string;
}): string => (was === '' ? `${label} was empty` : `${label} was “${was}”`);

/** What was stored with the settings of a provider, as `ConnectionSettings` has it. */
interface StoredSettings {
  readonly values: FormValues;
  readonly savedCredentials: readonly string[];
  readonly savedElsewhere: Readonly<Record<string, string>>;
}

/** The destination that a credential is stored for; `undefined` if none is stored. */
export function storedFor(
  descriptor: ProviderFacts,
  { values, savedCredentials, savedElsewhere }: StoredSettings,
  name: string,
): string | undefined {
  if (!savedCredentials.includes(name)) return savedElsewhere[name];
  return destinationOf(descriptor, { ...descriptor.defaults, ...values });
}
