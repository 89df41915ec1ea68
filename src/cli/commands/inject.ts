/** `strongroom inject` */
import { realpathSync, statSync } from 'node:fs';
import { AppError } from '@shared/errors';
import { splitAtReferences } from '@shared/model/reference';
import { systemCode, writeFileAtomically } from '@core/storage/files';
import { bytesFromFile, bytesFromStdin } from '../arguments';
import { chosenEnvironments, warnOfDoubtful } from '../chosen';
import type { Context } from '../context';
import type { EnvironmentsOptions } from '../tree/run';

interface InjectOptions extends EnvironmentsOptions {
  readonly out?: string;
}

export async function inject(
  context: Context,
  options: InjectOptions,
  file?: string,
): Promise<void> {
  const target = options.out === undefined ? undefined : targetOf(context, options.out);
  const parts = splitAtReferences(await templateOf(context, file));
  const references = parts.filter((part) => typeof part !== 'string');
  const given =
    references.length === 0
      ? { values: [], doubtful: [] }
      : await context.withCore(({ client, options: call }) =>
          client.run.references(
            {
              ...context.workspace,
              environments: chosenEnvironments(context, options),
              references,
            },
            call,
          ),
        );
  await warnOfDoubtful(context, given.doubtful);
  const values = given.values.values();
  const text = parts
    .map((part) => (typeof part === 'string' ? part : (values.next().value?.value ?? '')))
    .join('');
  if (target === undefined) await context.output.data(text);
  else await writeFileAtomically(target, Buffer.from(text));
}

async function templateOf(context: Context, file: string | undefined): Promise<string> {
  const isStdin = file === undefined || file === '-';
  const { terminal } = context;
  if (isStdin && terminal.stdin.isTTY === true) {
    throw new AppError('INVALID_INPUT', {
      message: 'No text was given.',
      hint: 'Name a file, or send the text to standard input.',
    });
  }
  const bytes = isStdin ? await bytesFromStdin(terminal) : await bytesFromFile(context, file);
  try {
    // A byte order mark stays at the beginning.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new AppError('INVALID_INPUT', {
      message: `${isStdin ? 'Standard input' : `The file ${file}`} is not text in UTF-8.`,
      hint: 'References can only be replaced in text.',
      cause: error,
    });
  }
}

/** The path of the file to write. A link leads to its file. Throws `INVALID_INPUT` for what is no file. */
function targetOf(context: Context, typed: string): string {
  const path = context.path(typed);
  try {
    const real = realpathSync(path);
    if (statSync(real).isFile()) return real;
  } catch (error) {
    // It is written for the first time.
    if (systemCode(error) === 'ENOENT') return path;
    throw new AppError('INVALID_INPUT', { message: `${typed} cannot be written.`, cause: error });
  }
  throw new AppError('INVALID_INPUT', {
    message: `${typed} is not a file.`,
    hint: 'Name a file, or leave out --out to get the text on standard output.',
  });
}
