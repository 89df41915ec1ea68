/** Addresses with a path, for a Vault that a reverse proxy serves below one. */
import { AppError } from '@shared/errors';
import type { VaultAnswer } from './answer';

const pathOf = (url: string): string => new URL(url).pathname;

export const hasPath = (url: string): boolean => pathOf(url) !== '/';

/**
 * The same error if the address has no path. Otherwise the path is the likely cause: a Vault that is not below one
 * redirects to its own pages, and a web server says that there is none. A gateway that fails is no sign of it.
 */
export function belowPath(error: AppError, url: string): AppError {
  const { pathname, origin } = new URL(url);
  const { status = 0 } = error.details ?? {};
  if (pathname === '/' || status === 429 || status >= 500) return error;
  return new AppError(error.code, {
    message: `No Vault answers below the path “${pathname}”. ${error.message}`,
    likelyCause:
      'The path belongs to a page or an engine, and not to a reverse proxy with Vault behind it.',
    hint: `Remove the path “${pathname}”. The engine goes into Engine Path.`,
    details: { ...error.details, field: 'url', suggestion: origin },
    cause: error,
  });
}

/**
 * Throws `UNEXPECTED_ANSWER` if an answer to `sys/health` shows that no Vault is below the path of the address. Vault
 * itself answers 404 in JSON to every path that it does not know, which otherwise means that a folder is empty.
 */
export function assertBelowPath(health: VaultAnswer, url: string): void {
  if (hasPath(url) && [404, 405].includes(health.status)) throw belowPath(health.unexpected(), url);
}
