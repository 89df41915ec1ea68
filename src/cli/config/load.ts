/** Reads the configuration of a project: TypeScript or JavaScript by running it, JSON as it is. */
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { AppError, isAppError } from '@shared/errors';
import { readDeclaration, type Declaration, type UnsetSecret } from '@shared/model/declaration';
import { JsonError, parseJson } from '@shared/model/json';
import { WrittenConfig } from './written';

export interface LoadedConfig {
  readonly file: string;
  readonly declaration: Declaration;
  /** The workspace that it is for, if it names one. */
  readonly workspace: string | undefined;
}

const configSchema = z.object({
  name: z.string().optional(),
  secrets: z.unknown().optional(),
  workspace: z.string().optional(),
  environment: z.string().optional(),
});

/** Throws `INVALID_INPUT` with file, line and column of a mistake, and what `readDeclaration` throws. */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const { source, exported } = await readConfig(file);
  const parsed = configSchema.safeParse(exported);
  if (!parsed.success) {
    throw refused(
      file,
      'has no configuration as its default export',
      'Write “export default defineConfig({ name: …, secrets })”.',
    );
  }
  const { name, secrets, workspace, environment } = parsed.data;
  if (name === undefined) {
    throw refused(file, 'has no name', 'Give the configuration a name: it marks what it owns.');
  }
  if (environment !== undefined && new WrittenConfig(file, source).environment() !== environment) {
    throw refused(
      file,
      'names its environment in a way that commands cannot read without running it',
      `Write environment: '${environment}' in the object of the default export.`,
    );
  }
  const { declarationOf } = await import('../../sdk/define');
  const declared = extname(file) === '.json' ? secrets : declarationOf(secrets);
  if (declared === undefined) {
    throw refused(
      file,
      'declares no secrets',
      'Give it “secrets”, made with defineSecretManager. To release all vaults, declare {}.',
    );
  }
  const declaration = readDeclaration(name, declared, (unset) => variableOf(source, unset));
  return { file, declaration, workspace };
}

/** The text of a file, and what it exports. Throws `INVALID_INPUT` with file, line and column of a mistake. */
export async function readConfig(
  file: string,
): Promise<{ readonly source: string; readonly exported: unknown }> {
  const source = await readSource(file);
  return {
    source,
    exported: extname(file) === '.json' ? readJson(file, source) : await run(file),
  };
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('INVALID_INPUT', {
      message: `The file ${file} cannot be read.`,
      hint: 'Check its path and its permissions.',
      cause: error,
    });
  }
}

/** Runs the file. It gets this library as `strongroom/sdk`, whether or not its project has one. */
async function run(file: string): Promise<unknown> {
  const [{ createJiti }, sdk] = await Promise.all([import('jiti'), import('../../sdk/index')]);
  const jiti = createJiti(file, {
    // A cache would outlive this version of the library, and write to the folder of the project.
    fsCache: false,
    moduleCache: false,
    virtualModules: { 'strongroom/sdk': sdk },
  });
  try {
    return await jiti.import(file, { default: true });
  } catch (error) {
    if (isAppError(error)) throw error;
    throw broken(file, error);
  }
}

function readJson(file: string, source: string): unknown {
  try {
    // Reports a position, and quotes nothing of the text.
    parseJson(source);
    return JSON.parse(source) as unknown;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const before = source.slice(0, error.position).split('\n');
    const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
    throw new AppError('INVALID_INPUT', {
      message: `${file}:${String(line)}:${String(column)}: this is not JSON.`,
      hint: 'Correct the file there.',
      cause: error,
    });
  }
}

/** A file with line and column, as in `/app/strongroom.config.ts:5:12`, or in a line of a stack. */
const PLACE = /((?:[A-Za-z]:)?[^\s():]+):(\d+):(\d+)/g;

function broken(file: string, error: unknown): AppError {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const places = [...`${message}\n${stack}`.matchAll(PLACE)];
  const isOfProject = ([, path = '']: RegExpMatchArray): boolean =>
    !path.includes('node_modules') && !path.startsWith('node:');
  const place =
    places.find(([, path = '']) => path.endsWith(basename(file))) ?? places.find(isOfProject);
  const [, path = file, line, column] = place ?? [];
  const at = line === undefined ? file : `${path}:${line}:${String(column)}`;
  // The parser puts the place below its sentence.
  const [sentence = ''] = message.replace(/^ParseError: /, '').split('\n');
  return new AppError('INVALID_INPUT', {
    message: `${at}: ${sentence.trim()}`,
    hint: 'Correct the file there. Nothing was changed.',
    cause: error,
  });
}

const refused = (file: string, what: string, hint: string): AppError =>
  new AppError('INVALID_INPUT', { message: `${file} ${what}.`, hint });

/** The variable in `name: process.env.VARIABLE`, or with brackets, as it is written in the file. */
function variableOf(source: string, { name }: UnsetSecret): string | undefined {
  const escaped = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  const written = new RegExp(
    String.raw`(?:^|[\s,{])(["']?)${escaped}\1\s*:\s*process\.env(?:\.([A-Za-z_]\w*)|\[["']([^"']+)["']\])`,
    'm',
  );
  const [, , dotted, bracketed] = written.exec(source) ?? [];
  return dotted ?? bracketed;
}
