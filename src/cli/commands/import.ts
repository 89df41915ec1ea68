/** `strongroom import FILE` and `strongroom secret import --file FILE` */
import { basename } from 'node:path';
import { AppError } from '@shared/errors';
import { readImport } from '@shared/model/import/read-import';
import type { ImportReport } from '@shared/model/variable-import';
import { textFromFile, textFromStdin } from '../arguments';
import type { Context } from '../context';
import { writing } from '../failure';
import { table } from '../output';
import { environmentOf, type EnvironmentOptions } from '../tree/options';

interface ImportOptions extends EnvironmentOptions {
  readonly file?: string;
  readonly plain?: boolean;
  readonly plainKeys?: string;
  readonly overwrite?: boolean;
  readonly empty?: boolean;
  readonly dryRun?: boolean;
}

type Outcome = ImportReport[number]['outcome'];

const words: Readonly<Record<Outcome, string>> = {
  added: 'added',
  updated: 'updated',
  unchanged: 'skipped: it has this value',
  kept: 'skipped: it exists, and --overwrite was not given',
  blank: 'skipped: it is blank, and --empty was not given',
};

export async function importFile(
  context: Context,
  options: ImportOptions,
  argument?: string,
): Promise<void> {
  const { plain = false, overwrite = false, empty = false, dryRun = false } = options;
  const file = argument ?? options.file;
  if (file === undefined) {
    throw new AppError('INVALID_INPUT', {
      message: 'The file is missing.',
      hint: 'Name it with --file.',
    });
  }
  const { entries, problems } = await read(context, file);
  const plainKeys = keysOf(options.plainKeys, new Set(entries.map(({ key }) => key)));
  const variables = entries.map(({ key, value }) => ({
    key,
    value,
    secret: !plain && !plainKeys.has(key),
  }));
  const selector = context.selector(environmentOf(options));
  const { name, report } = await context.withCore(async ({ client, options: call }) => {
    const found = await client.environments.find(selector, call);
    const choices = { variables, overwrite, empty, dryRun };
    const environment = { ...context.workspace, environment: found.id };
    return {
      name: found.name,
      report: await writing('strongroom secret list', () =>
        client.variables.import({ ...environment, ...choices }, call),
      ),
    };
  });
  const { output } = context;
  for (const { message, line } of problems) {
    await output.warn(line === undefined ? message : `line ${String(line)}: ${message}`);
  }
  await output.result({ environment: name, dryRun, variables: report }, () =>
    table(report.map(({ key, outcome }) => [key, words[outcome]])),
  );
  if (!output.json) await output.say(summary(report, name, dryRun));
}

async function read(context: Context, file: string) {
  const text =
    file === '-' ? await textFromStdin(context.terminal) : await textFromFile(context, file);
  const result = await readImport(
    text,
    basename(file),
    async () => (await import('@shared/model/import/read-yaml')).readYaml,
  );
  if (result.file !== undefined) return result.file;
  throw new AppError('INVALID_INPUT', {
    message: `${file}: ${result.refusal}`,
    hint: 'Use a .env file, or a map of keys and values in JSON or YAML.',
  });
}

/** Throws `INVALID_INPUT` for a key that the file does not have: it is a typing error. */
function keysOf(typed: string | undefined, known: ReadonlySet<string>): ReadonlySet<string> {
  const keys = (typed ?? '').split(',').map((key) => key.trim());
  const named = keys.filter((key) => key !== '');
  const unknown = named.filter((key) => !known.has(key));
  if (unknown.length === 0) return new Set(named);
  throw new AppError('INVALID_INPUT', {
    message: `--plain-keys names ${unknown.join(', ')}, which the file does not have.`,
    hint: 'Check the names. Nothing was imported.',
  });
}

function summary(report: ImportReport, name: string, dryRun: boolean): string {
  const count = (...outcomes: Outcome[]): number =>
    report.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const counts = `${String(count('added'))} added, ${String(count('updated'))} updated, ${String(count('unchanged', 'kept', 'blank'))} skipped`;
  return dryRun ? `“${name}” would have ${counts}. Nothing was changed.` : `“${name}”: ${counts}.`;
}
