/** The folder of a project for its values during development. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDirectories, storageFailed, systemCode } from '@core/storage/files';

const NAME = '.strongroom';

/** Beside the nearest package.json of this directory or one above it, else in this directory. */
export function projectFolder(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return join(at, NAME);
    if (dirname(at) === at) return join(directory, NAME);
  }
}

/**
 * Makes the folder, with a file that tells git to ignore everything in it: values must not be committed. Throws
 * `STORAGE_FAILED`.
 */
export async function prepareProjectFolder(folder: string): Promise<void> {
  try {
    createDirectories(folder);
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw storageFailed(folder, error);
  }
}
