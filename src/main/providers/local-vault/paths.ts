import { AppError } from '@shared/errors';

const CONTROL = /\p{Cc}/u;

/** Throws `NAME_NOT_ALLOWED` with what is wrong, for paths that no other provider could take either. */
export function assertPath(path: string): void {
  const problem =
    path === ''
      ? 'A path cannot be empty.'
      : path.split('/').includes('')
        ? 'A path cannot start or end with a slash, or have two in a row.'
        : CONTROL.test(path)
          ? 'A path cannot hold control characters, such as a line break.'
          : undefined;
  if (problem !== undefined) throw new AppError('NAME_NOT_ALLOWED', { message: problem });
}
