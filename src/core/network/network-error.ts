import {
  AppError,
  isAppError,
  type AppErrorOptions,
  type ErrorCode,
  type ErrorDetails,
} from '@shared/errors';

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
  ERR_HTTP2_STREAM_ERROR: 'CONNECTION_RESET',
  ERR_HTTP2_STREAM_CANCEL: 'CONNECTION_RESET',
  ERR_HTTP2_SESSION_ERROR: 'CONNECTION_RESET',
  ERR_HTTP2_GOAWAY_SESSION: 'CONNECTION_RESET',
  ERR_HTTP2_INVALID_SESSION: 'CONNECTION_RESET',
  ERR_HTTP2_ERROR: 'UNEXPECTED_ANSWER',
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
};

/**
 * What the alerts of a server mean (RFC 8446, 6), by their names there. Most are about the certificate that
 * the server was shown, or about there being none.
 */
const alerts: Readonly<Record<string, ErrorCode>> = {
  PROTOCOL_VERSION: 'TLS_OLD_VERSION',
  CERTIFICATE_REQUIRED: 'TLS_CLIENT_CERTIFICATE',
  NO_CERTIFICATE: 'TLS_CLIENT_CERTIFICATE',
  BAD_CERTIFICATE: 'TLS_CLIENT_CERTIFICATE',
  UNSUPPORTED_CERTIFICATE: 'TLS_CLIENT_CERTIFICATE',
  CERTIFICATE_REVOKED: 'TLS_CLIENT_CERTIFICATE',
  CERTIFICATE_EXPIRED: 'TLS_CLIENT_CERTIFICATE',
  CERTIFICATE_UNKNOWN: 'TLS_CLIENT_CERTIFICATE',
  UNKNOWN_CA: 'TLS_CLIENT_CERTIFICATE',
  ACCESS_DENIED: 'TLS_CLIENT_CERTIFICATE',
};

/** What the alerts that have no code here most likely mean. */
const brokenOff: Readonly<Record<string, AppErrorOptions>> = {
  // A server of TLS 1.2 does not say what it lacked when it gives up a handshake.
  HANDSHAKE_FAILURE: {
    likelyCause: 'It demands a client certificate, or offers only ciphers that are no longer safe.',
    hint: 'Enter the file of a client certificate, or ask the administrator of the server what it demands.',
    details: { field: 'clientCertFile' },
  },
  INSUFFICIENT_SECURITY: {
    likelyCause: 'It demands ciphers that this computer does not offer.',
    hint: 'Ask the administrator of the server which ciphers it demands.',
  },
  UNRECOGNIZED_NAME: {
    likelyCause: 'It serves other names than the one in the address.',
    hint: 'Check the address.',
  },
};

/**
 * The alert in one of Node's codes. Each TLS library, and each version of it, writes them in another way:
 * `SSLV3_ALERT_`, `TLSV1_ALERT_` and `TLSV13_ALERT_`, OpenSSL also `SSL/TLS_ALERT_` and BoringSSL `TLSV1_`.
 */
const alertIn = (code: string): string | undefined =>
  /^ERR_SSL_(?:SSLV3|SSL_TLS|TLSV1|TLSV13)_(?:ALERT_)?(\w+)$/.exec(code)?.[1];

/**
 * The code of one error by itself. A handshake that fails while something is being written comes as EPROTO,
 * with the library's own error only in its text: its reason is the code that Node gives it elsewhere.
 */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  if (typeof code !== 'string') return undefined;
  if (code.startsWith('ERR_SSL_')) return code.replaceAll(/\W+/g, '_');
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
    const alert = alertIn(code) ?? '';
    const known =
      codes[code] ??
      alerts[alert] ??
      (/^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)
        ? 'TLS_FAILED'
        : code.startsWith('HPE_')
          ? 'UNEXPECTED_ANSWER'
          : undefined);
    if (known === undefined) continue;
    const why = brokenOff[alert];
    return new AppError(known, {
      ...(why && { message: 'The server broke off the TLS handshake.', ...why }),
      details: { ...why?.details, ...details },
      cause: error,
    });
  }
  return undefined;
}
