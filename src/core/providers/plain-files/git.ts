/** Whether git would commit what is in a folder. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@shared/errors';

/** Milliseconds. */
const GIT_MS = 5000;

/** The work tree that a folder is in; `undefined` if it is in none. */
async function workTreeOf(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    // A folder, or a file in a linked work tree.
    if (await exists(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Throws `INVALID_CONFIGURATION` if the folder is inside a work tree of git that does not ignore it, or if
 * git is not there to say so: values must not be committed by accident.
 */
export async function assertNotCommitted(folder: string, signal: AbortSignal): Promise<void> {
  const tree = await workTreeOf(folder);
  if (tree === undefined) return;
  const refuse = (message: string, hint: string): AppError =>
    new AppError('INVALID_CONFIGURATION', { message, hint, details: { field: 'folder' } });
  const ignored = await isIgnored(tree, folder, signal);
  if (ignored === true) return;
  if (ignored === undefined) {
    throw refuse(
      `The folder is inside ${tree}, a work tree of git, and git could not be asked whether it ignores it.`,
      'Choose a folder outside of it, or install git.',
    );
  }
  throw refuse(
    `The folder is inside ${tree}, a work tree of git, which would commit the values in it.`,
    'Add the folder to .gitignore, or choose one outside of the work tree.',
  );
}

/** `undefined` if git cannot say. See https://git-scm.com/docs/git-check-ignore for its exit codes. */
function isIgnored(
  tree: string,
  folder: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return new Promise((resolve, reject) => {
    const file = join(folder, 'environment.json');
    const options = { cwd: tree, signal, timeout: GIT_MS, windowsHide: true };
    execFile('git', ['check-ignore', '--quiet', '--no-index', file], options, (error) => {
      if (signal.aborted) reject(new AppError('CANCELLED', { cause: error }));
      else if (error === null) resolve(true);
      else resolve(error.code === 1 ? false : undefined);
    });
  });
}
