/** Errors in the words of Secrets Manager. */
import { ServiceError } from '../aws/errors';

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterException', message);

export const invalidRequest = (message: string): ServiceError =>
  new ServiceError('InvalidRequestException', message);

export const notFound = (
  message = "Secrets Manager can't find the specified secret.",
): ServiceError => new ServiceError('ResourceNotFoundException', message);

export const alreadyExists = (message: string): ServiceError =>
  new ServiceError('ResourceExistsException', message);

export const limitExceeded = (message: string): ServiceError =>
  new ServiceError('LimitExceededException', message);
