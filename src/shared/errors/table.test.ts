/**
 * Every code of the table, and what it is sorted as. A new code has to be entered here, so that its author
 * decides about each column and sees what the queries make of it.
 */
import { describe, expect, it } from 'vitest';
import { remedySchema } from '../model/error-report';
import * as errors from './index';
import {
  errorCodes,
  rowOf,
  type ErrorArea,
  type ErrorCode,
  type Remedy,
  type Retryable,
} from './index';

const queries = {
  concernsOneRequest: errors.concernsOneRequest,
  concernsConnection: errors.concernsConnection,
  endsRun: errors.endsRun,
  concernsProvider: errors.concernsProvider,
  isTlsFailure: errors.isTlsFailure,
  mayBeUnreachable: errors.mayBeUnreachable,
  isAuthenticationFailure: errors.isAuthenticationFailure,
  isOutcomeUnknown: errors.isOutcomeUnknown,
  isWriteRefused: errors.isWriteRefused,
  isAbsent: errors.isAbsent,
  isConflict: errors.isConflict,
  isOvertaken: errors.isOvertaken,
  mayBeUndeleted: errors.mayBeUndeleted,
  isKeyFailure: errors.isKeyFailure,
  isKeyQuestion: errors.isKeyQuestion,
} as const satisfies Record<string, (code: ErrorCode) => boolean>;

type Expected = readonly [
  area: ErrorArea,
  retryable: Retryable,
  /** As `open connection token`; empty if there is none. */
  remedy: string,
  /** The queries that hold, in the order above. */
  holds: string,
];

const table = {
  NAME_NOT_FOUND: [
    'network',
    'later',
    'open connection address',
    'concernsConnection concernsProvider mayBeUnreachable',
  ],
  CONNECTION_REFUSED: [
    'network',
    'later',
    'open connection address',
    'concernsConnection concernsProvider mayBeUnreachable',
  ],
  HOST_UNREACHABLE: [
    'network',
    'later',
    'open connection address',
    'concernsConnection concernsProvider mayBeUnreachable isOutcomeUnknown',
  ],
  CONNECTION_RESET: [
    'network',
    'at-once',
    'open connection address',
    'concernsConnection concernsProvider mayBeUnreachable isOutcomeUnknown',
  ],
  TIMED_OUT: [
    'network',
    'later',
    'open connection address',
    'concernsConnection concernsProvider mayBeUnreachable isOutcomeUnknown',
  ],
  OFFLINE: ['network', 'later', '', 'endsRun mayBeUnreachable isOutcomeUnknown'],
  HTTPS_EXPECTED: [
    'network',
    'no',
    'open connection address',
    'concernsConnection concernsProvider',
  ],
  UNEXPECTED_ANSWER: [
    'network',
    'no',
    'open connection address',
    'concernsConnection concernsProvider isOutcomeUnknown',
  ],
  RESPONSE_TOO_LARGE: [
    'network',
    'no',
    'open connection address',
    'concernsOneRequest concernsProvider isOutcomeUnknown',
  ],
  REDIRECTED: ['network', 'no', 'open connection address', 'concernsConnection concernsProvider'],
  TLS_UNTRUSTED: [
    'tls',
    'no',
    'open connection caFile',
    'concernsConnection concernsProvider isTlsFailure',
  ],
  TLS_EXPIRED: ['tls', 'no', '', 'concernsConnection concernsProvider isTlsFailure'],
  TLS_WRONG_NAME: [
    'tls',
    'no',
    'open connection address',
    'concernsConnection concernsProvider isTlsFailure',
  ],
  TLS_FAILED: [
    'tls',
    'no',
    'open connection address',
    'concernsConnection concernsProvider isTlsFailure isOutcomeUnknown',
  ],
  TLS_OLD_VERSION: ['tls', 'no', '', 'concernsConnection concernsProvider isTlsFailure'],
  TLS_CLIENT_CERTIFICATE: [
    'tls',
    'no',
    'open connection clientCertFile',
    'concernsConnection concernsProvider isTlsFailure',
  ],
  PROXY_UNREACHABLE: [
    'proxy',
    'later',
    'open connection proxy',
    'concernsConnection concernsProvider mayBeUnreachable',
  ],
  PROXY_AUTHENTICATION: [
    'proxy',
    'no',
    'open connection proxyUser',
    'concernsConnection concernsProvider',
  ],
  PROXY_REFUSED: [
    'proxy',
    'no',
    'open connection proxyExceptions',
    'concernsConnection concernsProvider',
  ],
  AUTHENTICATION_FAILED: [
    'authentication',
    'no',
    'open connection',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  TOKEN_INVALID: [
    'authentication',
    'no',
    'open connection token',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  APPROLE_REFUSED: [
    'authentication',
    'no',
    'open connection secretId',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  LOGIN_REFUSED: [
    'authentication',
    'no',
    'open connection',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  CREDENTIALS_MISSING: [
    'authentication',
    'no',
    'open connection',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  STORED_FOR_ANOTHER_ADDRESS: [
    'authentication',
    'no',
    'open connection',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  CREDENTIALS_EXPIRED: [
    'authentication',
    'no',
    'open connection',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  PROFILE_NOT_FOUND: [
    'authentication',
    'no',
    'open connection profile',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  PROFILE_FAILED: [
    'authentication',
    'no',
    'open connection profile',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  ROLE_REFUSED: [
    'authentication',
    'no',
    'open connection roleArn',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  SSO_LOGIN_NEEDED: [
    'authentication',
    'no',
    'run aws sso login --profile NAME',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  KEY_ID_UNKNOWN: [
    'authentication',
    'no',
    'open connection accessKeyId',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  SIGNATURE_REFUSED: [
    'authentication',
    'no',
    'open connection secretAccessKey',
    'concernsConnection concernsProvider isAuthenticationFailure isWriteRefused',
  ],
  PERMISSION_DENIED: ['permission', 'no', 'open connection', 'concernsOneRequest isWriteRefused'],
  ENCRYPTION_FAILED: ['permission', 'no', '', 'concernsOneRequest isWriteRefused'],
  INVALID_CONFIGURATION: [
    'configuration',
    'no',
    'open connection',
    'concernsConnection concernsProvider',
  ],
  ENGINE_NOT_FOUND: [
    'configuration',
    'no',
    'open connection enginePath',
    'concernsConnection concernsProvider',
  ],
  ENGINE_NOT_KV: [
    'configuration',
    'no',
    'open connection enginePath',
    'concernsConnection concernsProvider',
  ],
  RATE_LIMITED: ['server', 'later', '', 'concernsOneRequest concernsProvider'],
  LISTING_ENDLESS: [
    'server',
    'no',
    'open connection address',
    'concernsOneRequest concernsProvider',
  ],
  SERVER_SEALED: ['server', 'no', '', 'concernsConnection concernsProvider'],
  SERVER_NOT_INITIALIZED: ['server', 'no', '', 'concernsConnection concernsProvider'],
  SERVER_STANDBY: [
    'server',
    'no',
    'open connection address',
    'concernsConnection concernsProvider',
  ],
  SERVER_ERROR: ['server', 'later', '', 'concernsOneRequest concernsProvider isOutcomeUnknown'],
  CLOCK_SKEWED: ['server', 'no', '', 'concernsConnection concernsProvider'],
  REQUEST_REFUSED: ['server', 'no', 'open connection', 'concernsOneRequest concernsProvider'],
  NOT_FOUND: ['secret', 'no', 'do pull', 'concernsOneRequest isWriteRefused isAbsent isOvertaken'],
  SECRET_DELETED: [
    'secret',
    'no',
    'do undelete',
    'concernsOneRequest isWriteRefused isAbsent isOvertaken mayBeUndeleted',
  ],
  SCHEDULED_FOR_DELETION: [
    'secret',
    'no',
    'do undelete',
    'concernsOneRequest isWriteRefused isOvertaken mayBeUndeleted',
  ],
  CONFLICT: ['secret', 'no', 'do pull', 'concernsOneRequest isWriteRefused isConflict isOvertaken'],
  PARTLY_WRITTEN: ['secret', 'no', '', 'concernsOneRequest'],
  NO_SUCH_VERSION: ['secret', 'no', '', 'concernsOneRequest isWriteRefused'],
  ALREADY_EXISTS: ['secret', 'no', '', 'concernsOneRequest isWriteRefused isConflict isOvertaken'],
  NAME_NOT_ALLOWED: ['secret', 'no', '', 'concernsOneRequest isWriteRefused'],
  VALUE_TOO_LARGE: ['secret', 'no', '', 'concernsOneRequest isWriteRefused'],
  VALUE_OVER_LIMIT: ['secret', 'no', '', 'concernsOneRequest isWriteRefused'],
  NUMBER_ROUNDED: ['secret', 'no', '', 'concernsOneRequest isWriteRefused'],
  BINARY_VALUE: ['secret', 'no', '', 'concernsOneRequest isWriteRefused'],
  COPY_DIFFERS: ['secret', 'no', '', 'concernsOneRequest isWriteRefused'],
  NO_SUCH_WORKSPACE: ['workspace', 'no', 'open workspaces', 'endsRun'],
  NO_SUCH_ENVIRONMENT: ['workspace', 'no', 'open environments', 'concernsOneRequest'],
  AMBIGUOUS_NAME: ['workspace', 'no', 'open environments', 'concernsOneRequest'],
  NO_SUCH_VARIABLE: ['workspace', 'no', '', 'concernsOneRequest'],
  VALUES_NOT_LOADED: ['workspace', 'no', 'do pull', 'concernsOneRequest'],
  OWNED_BY_CONFIG: ['workspace', 'no', '', 'concernsOneRequest'],
  NOT_ADOPTED: ['workspace', 'no', '', 'concernsOneRequest'],
  WOULD_DELETE_ALL: ['workspace', 'no', '', 'concernsOneRequest'],
  NO_SUCH_GRANT: ['workspace', 'no', '', 'concernsOneRequest'],
  NO_SUCH_CLIENT: ['workspace', 'no', '', 'concernsOneRequest'],
  GRANT_DISABLED: ['grant', 'no', '', 'concernsOneRequest'],
  GRANT_EXPIRED: ['grant', 'no', '', 'concernsOneRequest'],
  GRANT_ENDED: ['grant', 'no', '', 'concernsOneRequest'],
  GRANT_CHANGED: ['grant', 'no', '', 'concernsOneRequest'],
  GRANT_INCOMPLETE: ['grant', 'no', '', 'concernsOneRequest'],
  HOST_NOT_GRANTED: ['grant', 'no', '', 'concernsOneRequest'],
  PLAIN_HTTP_REFUSED: ['grant', 'no', '', 'concernsOneRequest'],
  ADDRESS_REFUSED: ['grant', 'no', '', 'concernsOneRequest'],
  REDIRECT_REFUSED: ['grant', 'no', '', 'concernsOneRequest isOutcomeUnknown'],
  HEADER_REFUSED: ['grant', 'no', '', 'concernsOneRequest'],
  POLICY_REFUSED: ['grant', 'no', '', 'concernsOneRequest'],
  RATE_EXCEEDED: ['grant', 'later', '', 'concernsOneRequest'],
  APPROVAL_REFUSED: ['grant', 'no', '', 'concernsOneRequest'],
  REQUEST_TOO_LARGE: ['grant', 'no', '', 'concernsOneRequest'],
  VALUE_UNSET: ['input', 'no', '', 'concernsOneRequest isWriteRefused'],
  INVALID_INPUT: ['input', 'no', '', 'concernsOneRequest isWriteRefused'],
  UNKNOWN_REFERENCE: ['input', 'no', '', 'concernsOneRequest isWriteRefused'],
  REFERENCE_CYCLE: ['input', 'no', '', 'concernsOneRequest isWriteRefused'],
  NOT_EMPTY: ['input', 'no', '', 'concernsOneRequest isWriteRefused'],
  NAME_TAKEN: ['input', 'no', '', 'concernsOneRequest isWriteRefused'],
  CANCELLED: ['run', 'at-once', '', 'endsRun isOutcomeUnknown'],
  INTERRUPTED: ['run', 'at-once', '', 'endsRun isOutcomeUnknown'],
  ALREADY_RUNNING: ['run', 'later', '', 'endsRun'],
  VERSION_MISMATCH: ['run', 'no', '', 'endsRun'],
  KEY_CHOICE_NEEDED: [
    'key',
    'no',
    'open protection',
    'concernsConnection concernsProvider isKeyFailure isKeyQuestion',
  ],
  KEY_LOCKED: [
    'key',
    'no',
    'do unlock',
    'concernsConnection concernsProvider isKeyFailure isKeyQuestion',
  ],
  LOCKED: ['key', 'no', 'do unlock', 'endsRun isKeyFailure isKeyQuestion'],
  PASSPHRASE_NEEDED: ['key', 'no', 'run strongroom unlock --share', 'endsRun isKeyFailure'],
  WRONG_PASSPHRASE: ['key', 'no', '', 'concernsOneRequest concernsProvider isKeyFailure'],
  UNLOCK_PAUSED: [
    'key',
    'later',
    'open protection',
    'concernsOneRequest concernsProvider isKeyFailure',
  ],
  KEYCHAIN_FAILED: ['key', 'no', '', 'concernsConnection concernsProvider isKeyFailure'],
  KEY_MISSING: ['key', 'no', 'open protection', 'concernsConnection concernsProvider isKeyFailure'],
  CREDENTIALS_UNREADABLE: [
    'storage',
    'no',
    'open connection',
    'concernsConnection concernsProvider',
  ],
  LOCAL_VAULT_UNREADABLE: ['storage', 'no', '', 'concernsConnection concernsProvider'],
  STORAGE_FAILED: ['storage', 'no', '', 'concernsConnection concernsProvider'],
  DATA_TOO_NEW: ['storage', 'no', '', 'concernsConnection concernsProvider'],
  DATA_DIRECTORY_IN_USE: ['storage', 'later', '', 'endsRun'],
  INTERNAL: ['internal', 'at-once', '', 'concernsOneRequest concernsProvider isOutcomeUnknown'],
} as const satisfies Record<ErrorCode, Expected>;

const inWords = (remedy: Remedy | undefined): string =>
  Object.entries(remedy ?? {})
    .map(([key, value]) => (key === 'field' ? value : `${key} ${value}`))
    .join(' ');

describe.each(errorCodes)('%s', (code) => {
  const row = rowOf(code);

  it('is sorted as its author decided', () => {
    const holds = Object.entries(queries).filter(([, query]) => query(code));
    expect([
      row.area,
      row.retryable,
      inWords(row.remedy),
      holds.map(([name]) => name).join(' '),
    ]).toEqual(table[code]);
    expect(errors.isRetryable(code)).toBe(row.retryable !== 'no');
  });

  it('says in whole sentences what happened and what to do, and guesses at nothing said already', () => {
    const sentences = [row.message, row.hint, ...(row.cause === undefined ? [] : [row.cause])];
    for (const sentence of sentences) expect(sentence).toMatch(/^\p{Lu}[^!]+\.$/u);
    expect(new Set(sentences).size).toBe(sentences.length);
    // “Likely cause” is shown before it.
    expect(row.cause ?? '').not.toMatch(/likely/i);
  });
});

it('advises to try again only if that can help', () => {
  const again = errorCodes.filter((code) => /\b(try|start it) again\b/i.test(rowOf(code).hint));
  expect(again.filter((code) => !errors.isRetryable(code))).toEqual([
    // After something was changed: the input, or what the hint asks for first.
    'SSO_LOGIN_NEEDED',
    'INVALID_INPUT',
    'KEYCHAIN_FAILED',
  ]);
});

it('has remedies that cross to another process as they are', () => {
  const remedies = errorCodes.map((code) => rowOf(code).remedy ?? { do: 'pull' });
  expect(remedies.map((remedy) => remedySchema.parse(structuredClone(remedy)))).toEqual(remedies);
});

it('decides something by every query', () => {
  const rows: readonly Expected[] = Object.values(table);
  const holding = Object.keys(queries).map(
    (name) => rows.filter(([, , , holds]) => holds.split(' ').includes(name)).length,
  );
  expect(Math.min(...holding)).toBeGreaterThan(0);
  expect(Math.max(...holding)).toBeLessThan(rows.length);
});

it('says what is at the path of a secret instead', () => {
  const found = errorCodes.map((code) => [code, errors.foundAtPath(code)] as const);
  expect(found.filter(([, what]) => what !== undefined)).toEqual([
    ['NOT_FOUND', 'missing'],
    ['SECRET_DELETED', 'deleted'],
    ['SCHEDULED_FOR_DELETION', 'scheduled'],
    ['CONFLICT', 'changed'],
    ['ALREADY_EXISTS', 'changed'],
  ]);
});
