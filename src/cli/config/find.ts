/** Where the configuration of a project is. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '@shared/errors';

/** In the order in which they are looked for. */
const names = [
  'strongroom.config.ts',
  'strongroom.config.js',
  'strongroom.config.mjs',
  'strongroom.config.json',
] as const;

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
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) break;
  }
  throw new AppError('INVALID_INPUT', {
    message: `There is no configuration in ${cwd}, nor in a folder above it.`,
    hint: 'Write a strongroom.config.ts, or name the file with --config.',
  });
}
