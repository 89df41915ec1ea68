/** Where the configuration of a project is. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '@shared/errors';

/** In the order in which they are looked for. */
const names = [
  'strongroom.config.ts',
  'strongroom.config.js',
  'strongroom.config.mjs',
  'strongroom.config.json',
] as const;

export interface NearestConfig {
  /** The nearest in the folder and those above it; `undefined` if there is none. */
  readonly file: string | undefined;
  /** The nearest of another user, which is passed over: a folder such as /tmp is open to everybody. */
  readonly foreign: string | undefined;
}

export function nearestConfig(cwd: string): NearestConfig {
  let foreign: string | undefined;
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).filter((file) => existsSync(file));
    const file = found.find(isTrusted);
    if (file !== undefined) return { file, foreign };
    foreign ??= found[0];
    if (dirname(folder) === folder) return { file: undefined, foreign };
  }
}

/** Whether it belongs to this user, or to the administrator. Where files have no owner, to anybody. */
function isTrusted(file: string): boolean {
  const user = process.getuid?.();
  const { uid } = statSync(file);
  return user === undefined || uid === user || uid === 0;
}

/**
 * The file that is named, or the nearest one in the current directory and those above it. Throws `INVALID_INPUT`
 * if there is none.
 */
export function findConfig(cwd: string, named: string | undefined): string {
  if (named !== undefined) {
    const file = resolve(cwd, named);
    if (existsSync(file)) return file;
    throw new AppError('INVALID_INPUT', {
      message: `There is no file ${file}.`,
      hint: 'Check the path after --config.',
    });
  }
  const { file, foreign } = nearestConfig(cwd);
  if (file !== undefined) return file;
  if (foreign !== undefined) {
    throw new AppError('INVALID_INPUT', {
      message: `${foreign} belongs to another user, so it is not run.`,
      hint: 'If you trust it, name it with --config.',
    });
  }
  throw new AppError('INVALID_INPUT', {
    message: `There is no configuration in ${cwd}, nor in a folder above it.`,
    hint: 'Write a strongroom.config.ts, or name the file with --config.',
  });
}
