/** Which values are not the expected ones. */
import { misfitOf, type ExpectedVariable } from '@shared/model/expected';
import type { Variable } from '@shared/model/variable';
import { entriesOf, type SecretDocument } from '@core/secrets/document';

/**
 * `variables` describe `document`. A value that programs do not get as it is, a reference or one with `{{NAME}}` in an
 * environment that expands them, is not checked.
 */
export function withMisfits(
  variables: readonly Variable[],
  document: SecretDocument,
  expected: ReadonlyMap<string, ExpectedVariable>,
  expands: boolean,
): Variable[] {
  if (expected.size === 0) return [...variables];
  const entries = entriesOf(document);
  return variables.map((variable) => {
    const rule = expected.get(variable.key);
    const text = entries.get(variable.key)?.value.reveal();
    if (rule === undefined || text === undefined || variable.reference !== undefined)
      return variable;
    if (expands && text.includes('{{')) return variable;
    const misfit = misfitOf(rule, text);
    return misfit === undefined ? variable : { ...variable, misfit };
  });
}
