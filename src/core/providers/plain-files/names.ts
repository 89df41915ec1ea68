/** Paths of environments and names of files: `shop/prod` is `shop/prod.json` in the folder. */
import { join } from 'node:path';
import { AppError } from '@shared/errors';
import { pathProblem as platformPathProblem, platformLimits } from '@shared/model/platform-limits';

const ENDING = '.json';

/** Names that Windows keeps for devices, with any ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** What is wrong with a path. Its parts are names that every file system takes. */
export function pathProblem(path: string): AppError | undefined {
  const parts = path.split('/');
  const refuse = (message: string, hint: string): AppError =>
    new AppError('NAME_NOT_ALLOWED', { message, hint, details: { path } });
  for (const part of parts) {
    if (part === '') {
      return refuse(
        'A path cannot be empty, start or end with a slash, or have two in a row.',
        'Enter a path such as shop/prod.',
      );
    }
    if (DEVICES.test(part)) {
      return refuse(`Windows keeps the name ${part} for itself.`, 'Choose another name.');
    }
  }
  return platformPathProblem(platformLimits, path);
}

/** Throws `NAME_NOT_ALLOWED`. */
export function fileOf(folder: string, path: string): string {
  const problem = pathProblem(path);
  if (problem !== undefined) throw problem;
  return `${join(folder, ...path.split('/'))}${ENDING}`;
}

/** The path of a file below the folder, with slashes; `undefined` if it is none of ours. */
export function pathOf(file: string): string | undefined {
  if (!file.endsWith(ENDING)) return undefined;
  const path = file.slice(0, -ENDING.length).replaceAll('\\', '/');
  return pathProblem(path) === undefined ? path : undefined;
}
