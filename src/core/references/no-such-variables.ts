/** The failure for variables that do not exist. */
import { AppError } from '@shared/errors';
import { nearNames } from '@shared/model/near-names';
import { suggestion } from './lookup';

/** Names every variable that is missing. `known` are the variables of each environment, by its name. */
export function noSuchVariables(
  missing: readonly { readonly environment: string; readonly key: string }[],
  known: ReadonlyMap<string, readonly string[]>,
): AppError {
  const sentences = missing.map(
    ({ environment, key }) => `There is no variable ${key} in “${environment}”.`,
  );
  const near = missing.flatMap(({ environment, key }) => {
    const names = nearNames(key, known.get(environment) ?? []);
    return missing.length === 1 ? names : names.slice(0, 1);
  });
  return new AppError('NO_SUCH_VARIABLE', {
    message: sentences.join(' '),
    hint: suggestion(near) ?? 'List the variables of the environment to see their names.',
    details: { field: missing[0]?.key, suggestion: near[0] },
  });
}
