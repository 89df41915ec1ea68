/**
 * Why a role could not be assumed, from what STS says; see
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors and, for
 * the ends of its sentences,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html.
 */
import type { AwsValues } from '@shared/providers/aws';
import { AppError, isAppError } from '@shared/errors';
import { answeredError, capital, connectionError, withoutAnswer } from './errors';
import type { AwsService, Finding } from './service';

/** The role's name as people say it: the last part of its ARN. */
export const roleName = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** The failure of AssumeRole, as an `AppError` without the text of STS. */
export function roleError(
  error: unknown,
  values: AwsValues,
  { label }: Pick<AwsService, 'label'>,
): AppError {
  if (isAppError(error)) return error;
  const cause = withoutAnswer(error);
  const unreachable = connectionError(error);
  if (unreachable !== undefined) {
    return new AppError(unreachable.code, {
      message: `STS, which hands out the role, could not be reached. ${unreachable.message}`,
      likelyCause: `Your network lets calls through to ${label}, and not to STS.`,
      hint: 'Ask for sts.REGION.amazonaws.com to be let through, or leave Role ARN empty if the credentials need no role.',
      cause,
    });
  }
  const answered = answeredError(error);
  const [code, options] = explain(answered?.name ?? '', answered?.message ?? '', values);
  return new AppError(code, {
    ...options,
    details: {
      method: 'AssumeRole',
      status: answered?.status,
      requestId: answered?.requestId,
      serverCode: answered?.name,
      ...options?.details,
    },
    cause,
  });
}

function explain(name: string, message: string, values: AwsValues): Finding {
  switch (name) {
    case 'AccessDenied':
    case 'AccessDeniedException':
      return denied(message, values);
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return ['CREDENTIALS_EXPIRED'];
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return [
        'KEY_ID_UNKNOWN',
        {
          message: 'AWS does not know the credentials that the role is to be assumed with.',
          likelyCause: 'The key is mistyped or deleted, or its session token is another key’s.',
          hint: 'Check the key, and its session token where it is temporary.',
        },
      ];
    case 'SignatureDoesNotMatch':
    case 'InvalidSignatureException':
      return /expired|not yet current|is now earlier|is still later/i.test(message)
        ? ['CLOCK_SKEWED']
        : ['SIGNATURE_REFUSED'];
    case 'RegionDisabledException':
      return [
        'ROLE_REFUSED',
        {
          message: `STS is not enabled for this account in ${values.region}.`,
          hint: 'The administrator of the account can enable it in IAM, under Account settings. Or choose another region.',
          details: { field: 'region' },
        },
      ];
    case 'ValidationError':
    case 'ValidationException':
      return [
        'ROLE_REFUSED',
        {
          message: 'STS does not accept the Role ARN or the External ID as it is written.',
          hint: 'Copy both again: the ARN from the role’s page in IAM, the external ID from the person who created the role.',
          details: { field: /externalId/i.test(message) ? 'externalId' : 'roleArn' },
        },
      ];
    case 'Throttling':
    case 'ThrottlingException':
      return ['RATE_LIMITED'];
    default:
      return [
        'ROLE_REFUSED',
        {
          message: 'STS did not answer as it should, so the role could not be assumed.',
          likelyCause: 'The endpoint is not AWS itself, and has no STS.',
          hint: 'Leave Role ARN empty, or use an endpoint that hands out roles.',
          details: { field: 'roleArn' },
        },
      ];
  }
}

/**
 * AWS gives one answer for a role that does not exist, does not trust the caller, or wants another
 * external ID or a one-time code, and tells only sometimes which policy it was.
 */
function denied(message: string, { roleArn, externalId }: AwsValues): Finding {
  const role = `the role “${roleName(roleArn)}”`;
  const details = { field: 'roleArn' };
  if (/root account/i.test(message)) {
    return [
      'ROLE_REFUSED',
      {
        message: `${capital(role)} cannot be assumed with the keys of the account’s root user.`,
        hint: 'Use the keys of an IAM user, or another role.',
        details,
      },
    ];
  }
  if (/explicit deny/i.test(message)) {
    return [
      'ROLE_REFUSED',
      {
        message: `A policy forbids assuming ${role}.`,
        hint: 'Ask the administrator of the AWS account.',
        details,
      },
    ];
  }
  if (/no identity-based policy allows/i.test(message)) {
    return [
      'ROLE_REFUSED',
      {
        message: `The credentials may not assume ${role}.`,
        hint: `Add to the policy of this user: {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "${roleArn}"}.`,
        details,
      },
    ];
  }
  const hasId = externalId !== '';
  return [
    'ROLE_REFUSED',
    {
      message: `${capital(role)} could not be assumed.`,
      likelyCause: hasId
        ? 'It asks for another external ID, does not exist, or does not trust these credentials: AWS does not say which.'
        : 'It does not exist, does not trust these credentials, or asks for an external ID or a one-time code (MFA): AWS does not say which.',
      hint: hasId
        ? 'Compare External ID and Role ARN with the role’s trust policy, which has to allow this user sts:AssumeRole.'
        : 'Check the Role ARN, and enter the External ID if the role’s trust policy names one. For a one-time code, get temporary keys with “aws sts get-session-token --serial-number … --token-code …” and enter those.',
      details: { field: hasId ? 'externalId' : 'roleArn' },
    },
  ];
}
