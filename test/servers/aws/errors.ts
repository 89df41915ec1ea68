/** Errors that AWS services with the JSON protocol share. They answer every client error with 400. */

/**
 * `framework` errors come from the layer in front of the service (signatures, parsing) and have `message`;
 * errors of the service have `Message` or `message`, as its model says. Clients must read both.
 */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly origin: 'framework' | 'service' = 'service',
  ) {
    super(message);
    this.name = code;
  }
}

export const frameworkError = (code: string, message: string, status = 400): ServiceError =>
  new ServiceError(code, message, status, 'framework');

export const validationError = (message: string): ServiceError =>
  frameworkError('ValidationException', message);

export const constraintError = (member: string, constraint: string): ServiceError =>
  validationError(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const throttled = (): ServiceError => frameworkError('ThrottlingException', 'Rate exceeded');
