/** Errors in the words of Parameter Store. Source: API reference, and answers observed at AWS. */
import { ServiceError } from '../aws/errors';

/** AWS sends no text with this one. */
export const notFound = (): ServiceError => new ServiceError('ParameterNotFound', '');

export const versionNotFound = (name: string, what: string): ServiceError =>
  new ServiceError(
    'ParameterVersionNotFound',
    `Systems Manager could not find ${what} of ${name}. Verify the version and try again.`,
  );

export const alreadyExists = (): ServiceError =>
  new ServiceError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );

export const tooManyUpdates = (message = ''): ServiceError =>
  new ServiceError('TooManyUpdates', message);

export const invalidKey = (message: string): ServiceError =>
  new ServiceError('InvalidKeyId', message);

export const accessDenied = (message: string): ServiceError =>
  new ServiceError('AccessDeniedException', message);
