/** `strongroom diff` and `check` */
import { countGroups, rowGroup } from '@shared/model/row-groups';
import { expectedWords, type ExpectedVariable } from '@shared/model/expected';
import { plural } from '@shared/model/format';
import { readExpected } from '@shared/model/import/read-expected';
import { keyIssue } from '@shared/model/key-rules';
import { nearNames } from '@shared/model/near-names';
import type { Selector } from '@shared/model/selector';
import { textFromFile } from '../arguments';
import { chosenEnvironments } from '../chosen';
import type { Context, OpenCore } from '../context';
import { exitCodes } from '../exit-codes';
import { table } from '../output';
import type { EnvironmentsOptions } from '../tree/run';

/** Returns 2 if they differ. */
export async function diff(
  context: Context,
  { all = false }: { readonly all?: boolean },
  one: string,
  other: string,
): Promise<number> {
  const { environments, rows: found } = await context.withCore(({ client, options }) =>
    client.environments.compare({ ...context.workspace, environments: [one, other] }, options),
  );
  const [first = '', second = ''] = environments.map(({ name }) => name);
  // What a rule expects and both lack is no difference.
  const rows = found.filter(({ cells }) => cells.some(({ state }) => state === 'present'));
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

interface CheckOptions extends EnvironmentsOptions {
  readonly all?: boolean;
  readonly example?: string;
}

interface CheckedEnvironment {
  readonly environment: string;
  readonly missing: readonly string[];
  readonly findings: readonly { readonly key: string; readonly problem: string }[];
}

/** Returns 4 if a variable is missing, and 2 if programs could have trouble with one. */
export async function check(
  context: Context,
  { all = false, example, ...chosen }: CheckOptions,
  names: readonly string[],
): Promise<number> {
  const required = example === undefined ? [] : await keysOf(context, example);
  const results = await context.withCore(async (core) => {
    const checked: (CheckedEnvironment & { readonly rows: string[][] })[] = [];
    for (const selector of await selectorsOf(context, core, all, chosen)) {
      const keys = names.length > 0 ? { keys: [...names] } : {};
      const found = await core.client.environments.check({ ...selector, ...keys }, core.options);
      checked.push(resultOf(found, names, required));
    }
    return checked;
  });
  const { output } = context;
  const isMany = all || results.length > 1;
  const views = results.map(({ environment, missing, findings }) => ({
    environment,
    missing,
    findings,
  }));
  await output.result(isMany ? views : views[0], () =>
    table(
      results.flatMap(({ environment, rows }) =>
        rows.map((row) => (isMany ? [environment, ...row] : row)),
      ),
    ),
  );
  if (views.some(({ missing }) => missing.length > 0)) return exitCodes.missing.code;
  if (views.some(({ findings }) => findings.length > 0)) return exitCodes.differs.code;
  if (!output.json) {
    const [first] = views;
    await output.say(
      isMany || first === undefined
        ? `${plural(views.length, 'environment')} checked, no problems.`
        : `“${first.environment}” has no problems.`,
    );
  }
  return exitCodes.done.code;
}

async function selectorsOf(
  context: Context,
  { client, options }: OpenCore,
  all: boolean,
  chosen: EnvironmentsOptions,
): Promise<readonly Selector[]> {
  if (!all) {
    const named = chosenEnvironments(context, chosen);
    return named.length === 0
      ? [context.selector(undefined)]
      : named.map((environment) => ({ ...context.workspace, environment }));
  }
  const { id } = await client.workspaces.find(context.workspace, options);
  const listed = await client.environments.list({ workspace: id }, options);
  return listed.map((one) => ({ workspace: id, environment: one.id }));
}

/** The keys of a `.env.example`, or of a list of keys. Says which lines are neither. */
async function keysOf(context: Context, file: string): Promise<string[]> {
  const { variables, problems } = readExpected(await textFromFile(context, file));
  for (const { line, message } of problems) {
    await context.output.warn(`Line ${String(line)} of ${file}: ${message}`);
  }
  return variables.map(({ key }) => key);
}

type Found = Awaited<ReturnType<OpenCore['client']['environments']['check']>>;

function resultOf(
  { environment, variables, expected }: Found,
  names: readonly string[],
  required: readonly string[],
): CheckedEnvironment & { readonly rows: string[][] } {
  const keys = variables.map(({ key }) => key);
  const isNamed = names.length > 0;
  const rules = new Map(
    (isNamed ? [] : expected)
      .filter(({ optional }) => optional !== true)
      .map((rule) => [rule.key, rule]),
  );
  const needed = new Set([...names, ...rules.keys(), ...required]);
  const missing = [...needed].filter((name) => !keys.includes(name));
  const wanted = new Set(isNamed ? [...names, ...required] : keys);
  const findings = variables
    .filter(({ key }) => wanted.has(key))
    .flatMap(({ key, empty, disabled, misfit }) => {
      const others = new Set(keys.filter((other) => other !== key));
      const problems = new Set([
        keyIssue(key, others)?.message,
        empty === true ? 'The value is empty.' : undefined,
        misfit,
        disabled === true && needed.has(key)
          ? 'It is disabled: programs do not get it.'
          : undefined,
      ]);
      return [...problems].flatMap((problem) => (problem === undefined ? [] : [{ key, problem }]));
    });
  const rows = [
    ...missing.map((key) => [key, `missing${wordsOn(rules.get(key))}${suggested(key, keys)}`]),
    ...findings.map(({ key, problem }) => [key, problem]),
  ];
  return { environment, missing, findings, rows };
}

const wordsOn = (rule: ExpectedVariable | undefined): string =>
  rule?.type === undefined ? '' : `; it should be ${expectedWords(rule)}`;

function suggested(key: string, keys: readonly string[]): string {
  const [near] = nearNames(key, keys);
  return near === undefined ? '' : `; there is ${near}`;
}
