/** What a form offers after a sign-in. */
import type { SignInChoices } from './connection';
import type { FormValues } from './form-values';

/** The values that a field can have, with what was chosen in the fields before it; `undefined` if it is not among them. */
export function choicesFor(
  { combinations }: SignInChoices,
  values: FormValues,
  field: string,
): readonly string[] | undefined {
  const concerned = combinations.filter((one) => Object.hasOwn(one, field));
  if (concerned.length === 0) return undefined;
  const fitting = concerned.filter((one) => {
    const names = Object.keys(one);
    return names.slice(0, names.indexOf(field)).every((name) => one[name] === values[name]);
  });
  const offered = fitting.length > 0 ? fitting : concerned;
  return [...new Set(offered.map((one) => one[field] ?? ''))].toSorted();
}

/** The values of fields that are empty and can have one value only. */
export function onlyChoices(choices: SignInChoices, values: FormValues): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const field of new Set(choices.combinations.flatMap((one) => Object.keys(one)))) {
    if ((values[field] ?? '') !== '') continue;
    const [only, ...others] = choicesFor(choices, { ...values, ...filled }, field) ?? [];
    if (only !== undefined && others.length === 0) filled[field] = only;
  }
  return filled;
}
