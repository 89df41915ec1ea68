/** Several environments, as `run` and `inject` take them. */
import type { Context } from './context';
import type { EnvironmentsOptions } from './tree/run';

/** The environments as typed, else the one that `Context.selector` finds; none for the active one. */
export function chosenEnvironments(
  context: Context,
  { env = [], vaultName = [] }: EnvironmentsOptions,
): string[] {
  const typed = [...env, ...vaultName];
  if (typed.length > 0) return typed;
  const { environment } = context.selector(undefined);
  return environment === undefined ? [] : [environment];
}

/** Says which values look like references but were taken as text. Names no part of a value. */
export async function warnOfDoubtful(
  context: Context,
  doubtful: readonly { readonly environment: string; readonly key: string }[],
): Promise<void> {
  for (const { environment, key } of doubtful) {
    await context.output.warn(
      `The value of ${key} in “${environment}” has the form of a reference, @ENV/NAME, but names no environment. It is used as text.`,
    );
  }
}
