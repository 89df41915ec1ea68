/**
 * What Strongroom must report for each fault of AWS Secrets Manager. Written by hand from the service's model
 * and https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html.
 */
import type { FaultAnswer } from '../servers/aws/faults';
import type { AwsRow } from './aws-scene';
import type { Plan } from './matrix';
import { markers } from './operations';

export const awsPlan: Plan = {
  moments: ['first', 'second', 'third'],
  requests: {
    // GetCallerIdentity, ListSecrets, GetSecretValue, then one of each optional permission
    check: 10,
    list: 2,
    read: 1,
    // One batch
    readMany: 1,
    // Look, check the permission to move a label, put, move, remove our label
    write: 6,
    // Look, delete, look
    remove: 3,
    versions: 1,
    readVersion: 1,
    glance: 1,
    undelete: 1,
  },
  // Nothing depends on STS: if it does not answer, the connection is not at fault.
  steps: { cold: 'list', first: 'list', second: 'list', third: 'read' },
};

const named = (code: string, message: string, status = 400): FaultAnswer => ({
  kind: 'error',
  code,
  message: `${message} ${markers.body}`,
  status,
});

const page = (status: number): FaultAnswer => ({
  kind: 'http',
  status,
  headers: { 'Content-Type': 'text/html' },
  body: `<html><body>${markers.body}</body></html>`,
});

const json = (status: number, body: string): FaultAnswer => ({
  kind: 'http',
  status,
  headers: { 'Content-Type': 'application/json' },
  body,
});

/** STS reports these too, and they are about the credentials. */
const atIdentity = { first: 'identity' } as const;

/** These operations do not need the optional permission, so they succeed without it. */
const optional = { 'glance first': 'unknown', 'remove third': 'done' } as const;

/** Access to some names may be refused while others are allowed. */
const withheld = { ...optional, 'check third': 'warned read PERMISSION_DENIED' } as const;

export const awsTable: readonly AwsRow[] = [
  // The connection
  {
    fault: 'a connection closed before the answer',
    code: 'CONNECTION_RESET',
    answer: { kind: 'drop' },
  },
  {
    fault: 'a connection closed in place of the answer',
    code: 'CONNECTION_RESET',
    answer: { kind: 'drop' },
    applied: true,
  },
  {
    fault: 'a reset in the middle of the answer',
    code: 'CONNECTION_RESET',
    answer: { kind: 'reset' },
  },
  { fault: 'no answer', code: 'TIMED_OUT', answer: { kind: 'hang' }, isSlow: true },
  {
    fault: 'no answer to what was done',
    code: 'TIMED_OUT',
    answer: { kind: 'hang' },
    applied: true,
    isSlow: true,
  },
  {
    fault: 'an answer byte by byte',
    code: 'TIMED_OUT',
    answer: { kind: 'drip', bytes: 1, everyMs: 50 },
    isSlow: true,
  },

  // Answers that do not come from AWS
  { fault: 'a page with 200', code: 'UNEXPECTED_ANSWER', answer: page(200) },
  { fault: 'a page with 401', code: 'UNEXPECTED_ANSWER', answer: page(401) },
  { fault: 'a page with 403', code: 'UNEXPECTED_ANSWER', answer: page(403) },
  { fault: 'a page with 404', code: 'UNEXPECTED_ANSWER', answer: page(404) },
  { fault: 'a page with 413', code: 'UNEXPECTED_ANSWER', answer: page(413) },
  { fault: 'a page with 429', code: 'RATE_LIMITED', answer: page(429) },
  { fault: 'a page with 500', code: 'UNEXPECTED_ANSWER', answer: page(500) },
  { fault: 'a page with 502', code: 'UNEXPECTED_ANSWER', answer: page(502) },
  { fault: 'a page with 503', code: 'UNEXPECTED_ANSWER', answer: page(503) },
  { fault: 'an answer cut short', code: 'UNEXPECTED_ANSWER', answer: { kind: 'truncate' } },
  {
    fault: 'JSON of another service',
    code: 'UNEXPECTED_ANSWER',
    answer: json(200, `{"ok":"${markers.body}"}`),
  },
  {
    fault: 'an error of another service',
    code: 'UNEXPECTED_ANSWER',
    answer: json(404, `{"detail":"${markers.body}"}`),
  },
  { fault: 'an empty answer', code: 'UNEXPECTED_ANSWER', answer: json(200, '') },
  {
    fault: 'JSON nested without end',
    code: 'UNEXPECTED_ANSWER',
    moments: ['first', 'second'],
    answer: { kind: 'deep', levels: 100_000 },
  },
  {
    fault: 'more than 32 MiB',
    code: 'RESPONSE_TOO_LARGE',
    answer: { kind: 'oversize', bytes: 33 * 1024 * 1024 },
    moments: ['first'],
    atOnce: 2,
  },
  {
    fault: 'a redirect',
    code: 'REDIRECTED',
    answer: { kind: 'redirect', location: 'https://other.example/' },
  },
  { fault: 'a redirect to itself', code: 'REDIRECTED', answer: { kind: 'redirect' } },

  {
    fault: 'a clock that is an hour behind',
    code: 'done',
    skew: 60 * 60 * 1000,
    moments: ['first'],
    except: { check: 'warned identity CLOCK_SKEWED' },
  },
  {
    fault: 'a clock that is an hour ahead',
    code: 'done',
    skew: -60 * 60 * 1000,
    moments: ['first'],
    except: { check: 'warned identity CLOCK_SKEWED' },
  },

  // Errors of AWS
  {
    fault: 'ResourceNotFoundException',
    code: 'NOT_FOUND',
    except: { 'glance first': 'absent', 'check third': 'done' },
    answer: named('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),
  },
  {
    fault: 'ResourceExistsException',
    code: 'ALREADY_EXISTS',
    answer: named(
      'ResourceExistsException',
      'The operation failed because the secret already exists.',
    ),
  },
  {
    fault: 'InvalidRequestException of a scheduled deletion',
    code: 'SCHEDULED_FOR_DELETION',
    answer: named(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    ),
  },
  {
    fault: 'InvalidRequestException of another owner',
    code: 'REQUEST_REFUSED',
    answer: named(
      'InvalidRequestException',
      "You can't modify the secret because it is managed by another AWS service.",
    ),
  },
  {
    fault: 'InvalidRequestException of a rotation',
    code: 'REQUEST_REFUSED',
    answer: named(
      'InvalidRequestException',
      "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured.",
    ),
  },
  {
    fault: 'InvalidParameterException',
    code: 'REQUEST_REFUSED',
    answer: named('InvalidParameterException', 'The parameter name or value is invalid.'),
  },
  {
    fault: 'LimitExceededException',
    code: 'REQUEST_REFUSED',
    answer: named(
      'LimitExceededException',
      'The request failed because it would exceed one of the Secrets Manager quotas.',
    ),
  },
  {
    fault: 'EncryptionFailure',
    code: 'ENCRYPTION_FAILED',
    answer: named(
      'EncryptionFailure',
      "Secrets Manager can't encrypt the protected secret text using the provided KMS key.",
    ),
  },
  {
    fault: 'DecryptionFailure',
    code: 'ENCRYPTION_FAILED',
    answer: named(
      'DecryptionFailure',
      "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
    ),
  },
  {
    fault: 'InternalServiceError',
    code: 'SERVER_ERROR',
    answer: named('InternalServiceError', 'An error occurred on the server side.', 500),
  },
  {
    fault: 'ServiceUnavailableException',
    code: 'SERVER_ERROR',
    answer: named('ServiceUnavailableException', 'Unavailable.', 503),
  },
  {
    fault: 'AccessDeniedException',
    code: 'PERMISSION_DENIED',
    except: withheld,
    answer: named(
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/tester is not authorized to perform: secretsmanager:Something because no identity-based policy allows it',
    ),
  },
  {
    fault: 'AccessDeniedException by explicit deny',
    code: 'PERMISSION_DENIED',
    except: withheld,
    answer: named(
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/tester is not authorized to perform: secretsmanager:Something with an explicit deny in an identity-based policy',
    ),
  },
  {
    fault: 'AccessDeniedException of KMS',
    code: 'ENCRYPTION_FAILED',
    answer: named('AccessDeniedException', 'Access to KMS is not allowed'),
  },
  {
    fault: 'ExpiredTokenException',
    code: 'CREDENTIALS_EXPIRED',
    steps: atIdentity,
    answer: named('ExpiredTokenException', 'The security token included in the request is expired'),
  },
  {
    fault: 'UnrecognizedClientException',
    code: 'KEY_ID_UNKNOWN',
    steps: atIdentity,
    answer: named(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ),
  },
  {
    fault: 'InvalidSignatureException of a wrong key',
    code: 'SIGNATURE_REFUSED',
    steps: atIdentity,
    answer: named(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
    ),
  },
  {
    fault: 'InvalidSignatureException of the clock',
    code: 'CLOCK_SKEWED',
    answer: named(
      'InvalidSignatureException',
      'Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z',
    ),
  },
  {
    fault: 'RequestTimeTooSkewed',
    code: 'CLOCK_SKEWED',
    answer: named(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
    ),
  },
  {
    fault: 'ThrottlingException',
    code: 'RATE_LIMITED',
    answer: named('ThrottlingException', 'Rate exceeded'),
  },
  {
    fault: 'ThrottlingException as 429',
    code: 'RATE_LIMITED',
    answer: named('ThrottlingException', 'Rate exceeded', 429),
  },
  {
    fault: 'UnknownOperationException',
    code: 'REQUEST_REFUSED',
    except: optional,
    answer: named('UnknownOperationException', ''),
  },
  {
    fault: 'an error of another name',
    code: 'REQUEST_REFUSED',
    answer: named('SomethingNewException', 'New.'),
  },
  {
    fault: 'a failure of another name',
    code: 'SERVER_ERROR',
    answer: named('SomethingNewFailure', 'New.', 500),
  },
];
