import { AppError, type ErrorDetails } from '@shared/errors';
import { withScheme } from './endpoint';

/**
 * Whether a TLS server says, in plain text, that it was not spoken to in TLS: Go's own answer, and those of
 * nginx and Apache httpd. Any server may send such a text with this status.
 */
export const saysHttpsExpected = (status: number | undefined, text: string): boolean =>
  status === 400 &&
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port/i.test(
    text,
  );

/** The error for an http address whose server wants https. `field` is the form's field of the address. */
export const httpsExpected = (
  address: URL,
  field: string,
  details?: ErrorDetails,
  cause?: unknown,
): AppError =>
  new AppError('HTTPS_EXPECTED', {
    details: { ...details, field, suggestion: withScheme(address, 'https') },
    cause,
  });
