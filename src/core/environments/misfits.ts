/** Which values are not the expected ones. */
import { misfitOf, type ExpectedVariable } from '@shared/model/expected';
import { entriesOf, type SecretDocument } from '@core/secrets/document';

/**
 * By key, sentences that have no part of a value. `differs` says of a text whether programs get another one: then it
 * is not checked.
 */
export function misfitsIn(
  document: SecretDocument,
  expected: ReadonlyMap<string, ExpectedVariable>,
  differs: (text: string) => boolean,
): ReadonlyMap<string, string> {
  const misfits = new Map<string, string>();
  const entries = entriesOf(document);
  for (const [key, rule] of expected) {
    const text = entries.get(key)?.value.reveal();
    if (text === undefined || differs(text)) continue;
    const misfit = misfitOf(rule, text);
    if (misfit !== undefined) misfits.set(key, misfit);
  }
  return misfits;
}
