/** The rules for names, paths and selectors. Source: user guide, “Requirements for parameter names”. */
import { ServiceError, validationError } from '../aws/errors';
import { accessDenied } from './errors';

const maxLevels = 15;
/** The ARN of the parameter counts, not only its name. */
const maxArnLength = 1011;

const segmentsOf = (name: string): string[] => name.replace(/^\//, '').split('/');

const isWellFormed = (name: string): boolean =>
  segmentsOf(name).every((segment) => /^[a-zA-Z0-9_.-]+$/.test(segment));

const isReserved = (name: string): boolean => /^\/?(aws|ssm)/i.test(name);

const invalidName = (): ServiceError =>
  validationError(
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );

/** Throws ValidationException if no parameter can have this name. */
export function checkName(name: string): void {
  if (!isWellFormed(name)) throw invalidName();
  if (name.includes('/') && !name.startsWith('/')) {
    throw validationError('Parameter name must be a fully qualified name.');
  }
}

/**
 * Throws ValidationException, AccessDeniedException or HierarchyLevelLimitExceededException if a parameter
 * cannot be created with this name.
 */
export function checkNewName(name: string, arn: string): void {
  checkName(name);
  if (isReserved(name)) {
    if (/^\/aws.*\//i.test(name)) {
      throw accessDenied(`No access to reserved parameter name: ${name}.`);
    }
    throw name.startsWith('/')
      ? invalidName()
      : validationError(
          'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
        );
  }
  if (name.startsWith('/') && segmentsOf(name).length > maxLevels) {
    throw new ServiceError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${maxLevels} levels. Remove some levels from the parameter name and try again.`,
    );
  }
  if (arn.length > maxArnLength) {
    throw validationError(
      `Parameter name is too long: its ARN can have a maximum of ${maxArnLength} characters.`,
    );
  }
}

/** A path may end with a slash; `/` is the root. Throws ValidationException. */
export function checkPath(path: string): void {
  const inner = path.replace(/\/$/, '');
  if (!path.startsWith('/') || (inner !== '' && (!isWellFormed(inner) || isReserved(inner)))) {
    throw validationError(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with \\"aws\\" or \\"ssm\\" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    );
  }
}

/** Whether a parameter is under a path: directly, or at any depth if `recursive`. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const full = name.startsWith('/') ? name : `/${name}`;
  const folder = path.endsWith('/') ? path : `${path}/`;
  return full.startsWith(folder) && (recursive || !full.slice(folder.length).includes('/'));
}

export interface Selected {
  readonly name: string;
  /** A version number or a label, without the colon. */
  readonly selector: string | undefined;
}

/** Splits `name:3` and `name:label`. */
export function parseSelector(text: string): Selected {
  const colon = text.indexOf(':');
  return colon === -1
    ? { name: text, selector: undefined }
    : { name: text.slice(0, colon), selector: text.slice(colon + 1) };
}
