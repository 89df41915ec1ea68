import { AppError, isAppError, type ErrorCode, type ErrorDetails } from '@shared/errors';

/** Node's error codes, see https://nodejs.org/api/errors.html and https://nodejs.org/api/tls.html. */
const codes: Readonly<Record<string, ErrorCode>> = {
  ENOTFOUND: 'NAME_NOT_FOUND',
  EAI_AGAIN: 'NAME_NOT_FOUND',
  EAI_NONAME: 'NAME_NOT_FOUND',
  ECONNREFUSED: 'CONNECTION_REFUSED',
  EHOSTUNREACH: 'HOST_UNREACHABLE',
  ENETUNREACH: 'HOST_UNREACHABLE',
  ENETDOWN: 'HOST_UNREACHABLE',
  EADDRNOTAVAIL: 'HOST_UNREACHABLE',
  ECONNRESET: 'CONNECTION_RESET',
  ECONNABORTED: 'CONNECTION_RESET',
  EPIPE: 'CONNECTION_RESET',
  UND_ERR_SOCKET: 'CONNECTION_RESET',
  ETIMEDOUT: 'TIMED_OUT',
  ESOCKETTIMEDOUT: 'TIMED_OUT',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_UNTRUSTED',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS_UNTRUSTED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT: 'TLS_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS_UNTRUSTED',
  CERT_UNTRUSTED: 'TLS_UNTRUSTED',
  CERT_SIGNATURE_FAILURE: 'TLS_UNTRUSTED',
  CERT_REVOKED: 'TLS_UNTRUSTED',
  CERT_HAS_EXPIRED: 'TLS_EXPIRED',
  CERT_NOT_YET_VALID: 'TLS_EXPIRED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_WRONG_NAME',
  HOSTNAME_MISMATCH: 'TLS_WRONG_NAME',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'TLS_OLD_VERSION',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'TLS_OLD_VERSION',
  // Alerts that a server sends about the certificate it was shown, or about there being none.
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'TLS_CLIENT_CERTIFICATE',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'TLS_CLIENT_CERTIFICATE',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'TLS_CLIENT_CERTIFICATE',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'TLS_CLIENT_CERTIFICATE',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'TLS_CLIENT_CERTIFICATE',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'TLS_CLIENT_CERTIFICATE',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'TLS_CLIENT_CERTIFICATE',
};

/**
 * The code of one error by itself. A handshake that fails while something is being written comes as
 * EPROTO, with OpenSSL's own error only in its text: its reason is the code that Node gives it elsewhere.
 */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  if (typeof code !== 'string') return undefined;
  if (code !== 'EPROTO' || !(error instanceof Error)) return code;
  const [, reason] = /:error:[\dA-F]+:SSL routines:[^:]*:([^:]+):/i.exec(error.message) ?? [];
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(/\W+/g, '_')}`;
}

/** The codes in an error and everything it wraps: causes, and the parts of an `AggregateError`. */
function* codesOf(error: unknown, depth = 0): Generator<string> {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  const code = codeOf(error);
  if (code !== undefined) yield code;
  if ('errors' in error && Array.isArray(error.errors)) {
    for (const part of error.errors) yield* codesOf(part, depth + 1);
  }
  if ('cause' in error) yield* codesOf(error.cause, depth + 1);
}

/** The failure of a connection as an `AppError`; `undefined` if it is something else. */
export function networkError(error: unknown, details?: ErrorDetails): AppError | undefined {
  // It is explained already, whatever caused it.
  if (isAppError(error)) return undefined;
  for (const code of codesOf(error)) {
    const known =
      codes[code] ??
      (/^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)
        ? 'TLS_FAILED'
        : code.startsWith('HPE_')
          ? 'UNEXPECTED_ANSWER'
          : undefined);
    if (known !== undefined) return new AppError(known, { details, cause: error });
  }
  return undefined;
}
