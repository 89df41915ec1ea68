/** The two calls of the Security Token Service that credentials need, with query parameters and XML. */
import { randomUUID } from 'node:crypto';
import { ServiceError } from './errors';
import type { Answer } from './faults';
import {
  matches,
  newSecretAccessKey,
  newSessionToken,
  refusal,
  uniqueId,
  type AccessKey,
  type Role,
} from './principals';

export interface StsContext {
  readonly account: string;
  readonly now: number;
  readonly principal: AccessKey;
  readonly role: (arn: string) => Role | undefined;
  readonly addKey: (key: AccessKey) => void;
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** Throws ServiceError with the codes of STS. */
export function callSts(parameters: URLSearchParams, context: StsContext): Answer {
  const action = parameters.get('Action') ?? '';
  switch (action) {
    case 'GetCallerIdentity':
      return xml(
        action,
        `<Arn>${escape(context.principal.arn)}</Arn><UserId>${context.principal.userId}</UserId><Account>${context.account}</Account>`,
      );
    case 'AssumeRole':
      return xml(action, assumeRole(parameters, context));
    default:
      throw new ServiceError(
        'InvalidAction',
        `Could not find operation ${action} for version 2011-06-15`,
      );
  }
}

function assumeRole(parameters: URLSearchParams, context: StsContext): string {
  const arn = parameters.get('RoleArn') ?? '';
  const session = parameters.get('RoleSessionName') ?? '';
  const seconds = Number(parameters.get('DurationSeconds') ?? '3600');
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
    throw new ServiceError(
      'ValidationError',
      "1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    );
  }
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(arn)) {
    throw new ServiceError('ValidationError', `${arn} is invalid`);
  }
  const externalId = parameters.get('ExternalId');
  if (externalId !== null && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId)) {
    throw new ServiceError(
      'ValidationError',
      "1 validation error detected: Value at 'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*",
    );
  }
  const role = context.role(arn);
  const denied = refusal(context.principal, { action: 'sts:AssumeRole', resource: arn });
  if (denied !== undefined) throw new ServiceError('AccessDenied', denied, 403);
  // The answer is the same if the role does not exist, does not trust the caller, or wants another
  // external id.
  if (role === undefined || !trusts(role, context.principal.arn, externalId)) {
    throw new ServiceError(
      'AccessDenied',
      `User: ${context.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      403,
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw new ServiceError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const expiresAt = context.now + seconds * 1000;
  const sessionToken = newSessionToken();
  const key: AccessKey = {
    accessKeyId: uniqueId('ASIA'),
    secretAccessKey: newSecretAccessKey(),
    sessionToken,
    arn: `arn:aws:sts::${context.account}:assumed-role/${role.name}/${session}`,
    userId: `${role.roleId}:${session}`,
    expiresAt,
    policy: role.policy,
  };
  context.addKey(key);
  return [
    '<AssumedRoleUser>',
    `<AssumedRoleId>${key.userId}</AssumedRoleId>`,
    `<Arn>${escape(key.arn)}</Arn>`,
    '</AssumedRoleUser>',
    '<Credentials>',
    `<AccessKeyId>${key.accessKeyId}</AccessKeyId>`,
    `<SecretAccessKey>${escape(key.secretAccessKey)}</SecretAccessKey>`,
    `<SessionToken>${escape(sessionToken)}</SessionToken>`,
    `<Expiration>${new Date(expiresAt).toISOString()}</Expiration>`,
    '</Credentials>',
  ].join('');
}

/** The trust policy of a role. */
const trusts = (role: Role, principal: string, externalId: string | null): boolean =>
  (role.trusts ?? ['*']).some((pattern) => matches(pattern, principal)) &&
  (role.externalId === undefined || role.externalId === externalId);

function xml(action: string, result: string): Answer {
  const requestId = randomUUID();
  return {
    status: 200,
    headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId },
    body: `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  };
}

/** What STS calls the failures that other services name differently. */
const stsCodes: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ExpiredTokenException: 'ExpiredToken',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  ThrottlingException: 'Throttling',
};

export function stsError(code: string, message: string, status: number): Answer {
  const requestId = randomUUID();
  const renamed = stsCodes[code];
  return {
    status: renamed !== undefined && renamed !== 'Throttling' ? 403 : status,
    headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId },
    body: `<ErrorResponse xmlns="${namespace}"><Error><Type>${status >= 500 ? 'Receiver' : 'Sender'}</Type><Code>${escape(renamed ?? code)}</Code><Message>${escape(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}
