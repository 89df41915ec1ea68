import { AppError } from '@shared/errors';

const CONTROL = /\p{Cc}/u;

/** What is wrong with a path; only with those that no other provider could take either. */
export function pathProblem(path: string): AppError | undefined {
  const problem =
    path === ''
      ? 'A path cannot be empty.'
      : path.split('/').includes('')
        ? 'A path cannot start or end with a slash, or have two in a row.'
        : CONTROL.test(path)
          ? 'A path cannot hold control characters, such as a line break.'
          : undefined;
  return problem === undefined ? undefined : new AppError('NAME_NOT_ALLOWED', { message: problem });
}
