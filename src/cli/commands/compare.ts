/** `strongroom diff` and `check` */
import { countGroups, rowGroup } from '@shared/model/comparison';
import { keyIssue } from '@shared/model/key-rules';
import { nearNames } from '@shared/model/near-names';
import type { Context } from '../context';
import { exitCodes } from '../exit-codes';
import { table } from '../output';
import { environmentOf, type EnvironmentOptions } from '../tree/options';

/** Returns 2 if they differ. */
export async function diff(
  context: Context,
  { all = false }: { readonly all?: boolean },
  one: string,
  other: string,
): Promise<number> {
  const { environments, rows } = await context.withCore(({ client, options }) =>
    client.environments.compare({ ...context.workspace, environments: [one, other] }, options),
  );
  const [first = '', second = ''] = environments.map(({ name }) => name);
  const { equal, different, first: onlyFirst, second: onlySecond } = countGroups(rows);
  const counts = { equal, different, first: onlyFirst, second: onlySecond };
  const compared = rows
    .map((row) => ({ key: row.key, outcome: rowGroup(row) }))
    .filter(({ outcome }) => all || outcome !== 'equal');
  const words = {
    equal: 'equal',
    different: 'different',
    first: `only in “${first}”`,
    second: `only in “${second}”`,
    missing: 'missing',
  } as const;
  await context.output.result({ environments: [first, second], counts, variables: compared }, () =>
    table(compared.map(({ key, outcome }) => [key, words[outcome]])),
  );
  const differs = equal < rows.length;
  if (!context.output.json) {
    await context.output.say(
      differs
        ? `${String(onlyFirst)} only in “${first}”, ${String(onlySecond)} only in “${second}”, ${String(different)} different, ${String(equal)} equal.`
        : `“${first}” and “${second}” have the same variables and values.`,
    );
  }
  return differs ? exitCodes.differs.code : exitCodes.done.code;
}

/** Returns 4 if a named variable is missing, and 2 if programs could have trouble with a variable. */
export async function check(
  context: Context,
  options: EnvironmentOptions,
  names: readonly string[],
): Promise<number> {
  const selector = context.selector(environmentOf(options));
  const { environment, variables } = await context.withCore(({ client, options: call }) =>
    client.variables.list(selector, call),
  );
  const keys = variables.map(({ key }) => key);
  const missing = names.filter((name) => !keys.includes(name));
  const wanted = new Set(names.length > 0 ? names : keys);
  const findings = variables
    .filter(({ key }) => wanted.has(key))
    .flatMap(({ key, empty, disabled }) => {
      const others = new Set(keys.filter((other) => other !== key));
      const problems = [
        keyIssue(key, others)?.message,
        empty === true ? 'The value is empty.' : undefined,
        disabled === true && names.length > 0
          ? 'It is disabled: programs do not get it.'
          : undefined,
      ];
      return problems.filter((text) => text !== undefined).map((problem) => ({ key, problem }));
    });
  const { output } = context;
  await output.result({ environment: environment.name, missing, findings }, () =>
    table([
      ...missing.map((key) => [key, `missing${suggested(key, keys)}`]),
      ...findings.map(({ key, problem }) => [key, problem]),
    ]),
  );
  if (missing.length > 0) return exitCodes.missing.code;
  if (findings.length > 0) return exitCodes.differs.code;
  if (!output.json) await output.say(`“${environment.name}” has no problems.`);
  return exitCodes.done.code;
}

function suggested(key: string, keys: readonly string[]): string {
  const [near] = nearNames(key, keys);
  return near === undefined ? '' : `; there is ${near}`;
}
