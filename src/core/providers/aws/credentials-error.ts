/**
 * Why a profile or the default chain gave no credentials. The SDK tells it in sentences, and calls STS
 * and IAM Identity Center on the way, so that their failures end here too.
 */
import type { AwsValues } from '@shared/providers/aws';
import { AppError, errorTable, isAppError, type AppErrorOptions } from '@shared/errors';
import { answeredError, capital, connectionError, withoutAnswer } from './errors';
import type { Finding } from './service';

/** How sentences speak of the method that was chosen. */
interface Subject {
  /** For the middle of a sentence. */
  readonly name: string;
  readonly profile: string | undefined;
  /** For the command line of `aws`. */
  readonly flag: string;
}

/** The failure of finding credentials, as an `AppError` without the SDK's own text. */
export function credentialsError(error: unknown, values: AwsValues): AppError {
  if (isAppError(error)) return error;
  const cause = withoutAnswer(error);
  const message = error instanceof Error ? error.message : '';

  const unreachable = connectionError(error);
  if (unreachable !== undefined) {
    return new AppError(unreachable.code, {
      message: `The service that hands out the credentials could not be reached. ${unreachable.message}`,
      likelyCause: unreachable.likelyCause,
      cause,
    });
  }

  const isProfile = values.authentication === 'profile';
  const subject: Subject = isProfile
    ? {
        name: `the profile “${values.profile}”`,
        profile: values.profile,
        flag: ` --profile ${quoted(values.profile)}`,
      }
    : { name: 'the default chain', profile: undefined, flag: '' };
  const answered = answeredError(error);
  const [code, options] =
    fromMessage(message, subject) ??
    (answered?.name === undefined ? undefined : fromService(answered.name, subject)) ??
    failed(subject, `${capital(subject.name)} could not be turned into credentials.`);
  return new AppError(code, {
    ...options,
    details: {
      ...(isProfile && { field: 'profile' }),
      status: answered?.status,
      requestId: answered?.requestId,
    },
    cause,
  });
}

/** An argument for a shell. Plain names need no quotes. */
const quoted = (argument: string): string =>
  /^[\w.@:+=,/-]*$/.test(argument) ? argument : `"${argument}"`;

/** Characters that a shell obeys even in quotes. */
const OBEYED = /["$`\\%!\n]/;

/** The same for a command that is offered to be copied; `undefined` if it cannot be quoted safely. */
export const shellWord = (argument: string): string | undefined =>
  OBEYED.test(argument) ? undefined : quoted(argument);

/**
 * Advises a command. A profile whose name holds characters that a shell obeys even in quotes is not put
 * into a command that can be copied: the remedy is then that of the table.
 */
const toRun = (
  { profile = '', flag }: Subject,
  command: string,
): Pick<AppErrorOptions, 'remedy'> =>
  OBEYED.test(profile) ? {} : { remedy: { run: `${command}${flag}` } };

const failed = (subject: Subject, message: string): Finding => [
  subject.profile === undefined ? 'AUTHENTICATION_FAILED' : 'PROFILE_FAILED',
  {
    message,
    hint: `Try “aws sts get-caller-identity${subject.flag}” in a terminal: it uses the same settings.`,
    ...toRun(subject, 'aws sts get-caller-identity'),
  },
];

const loginNeeded = (subject: Subject, command: string): Finding => [
  'SSO_LOGIN_NEEDED',
  {
    message: `The sign-in of ${subject.name} has lapsed.`,
    likelyCause: 'A sign-in lasts only some hours.',
    hint: `Run “${command}${subject.flag}” in a terminal, then try again.`,
    ...toRun(subject, command),
  },
];

/** The sentences of `@aws-sdk/credential-provider-*` and `@aws-sdk/token-providers`, first match wins. */
const sentences: readonly (readonly [RegExp, (subject: Subject, match: string) => Finding])[] = [
  [
    /Could not load credentials from any providers/,
    () => [
      'CREDENTIALS_MISSING',
      {
        message: 'The default chain found no credentials on this computer.',
        likelyCause:
          'It looks at the environment Strongroom was started in, at the default profile and at the services of AWS that hand out roles.',
        hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a default profile before you start Strongroom, or choose Access Keys or Profile.',
      },
    ],
  ],
  [/using profile: \[(.*?)\]/, profileNotFound],
  [
    /requires multi-factor authentication/,
    (subject) => [
      'PROFILE_FAILED',
      {
        message: `${capital(subject.name)} asks for a one-time code (mfa_serial), which Strongroom cannot enter.`,
        hint: 'Sign in with a tool that keeps temporary credentials in a separate profile, and choose that one.',
      },
    ],
  ],
  [/aws login|login[\\/]cache|re-?authenticate/i, (subject) => loginNeeded(subject, 'aws login')],
  [
    /^ForbiddenException|No access$/,
    (subject) => [
      'PROFILE_FAILED',
      {
        message: `${capital(subject.name)} names an account or a role that your sign-in may not use.`,
        hint: 'Check sso_account_id and sso_role_name in ~/.aws/config, and what is assigned to you in IAM Identity Center.',
      },
    ],
  ],
  [
    /\bsso_\w+|Conflicting SSO|^Sso session/,
    (subject) => failed(subject, `The SSO settings of ${subject.name} are not complete.`),
  ],
  [
    /\bSSO\b|UnauthorizedException|Token is expired|Session token not found/i,
    (subject) => loginNeeded(subject, 'aws sso login'),
  ],
  [
    /Detected a cycle/,
    (subject) =>
      failed(subject, `${capital(subject.name)} leads back to itself by source_profile.`),
  ],
  [
    /credential_process returned expired/,
    (subject) => [
      'CREDENTIALS_EXPIRED',
      { message: `The program that ${subject.name} names gave credentials that have expired.` },
    ],
  ],
  [
    /credential_process|^Command failed|maxBuffer/,
    (subject) =>
      failed(subject, `The program that ${subject.name} names in credential_process failed.`),
  ],
  [
    /Unsupported credential source/,
    (subject) => failed(subject, `${capital(subject.name)} has an unknown credential_source.`),
  ],
];

function fromMessage(message: string, subject: Subject): Finding | undefined {
  for (const [pattern, explain] of sentences) {
    const match = pattern.exec(message);
    if (match !== null) return explain(subject, match[1] ?? '');
  }
  return undefined;
}

/** Also for a profile that exists and holds nothing: the SDK does not tell the two apart. */
function profileNotFound({ profile }: Subject, unresolved: string): Finding {
  return profile === undefined || unresolved === profile
    ? [
        'PROFILE_NOT_FOUND',
        {
          message: `There is no profile “${unresolved}” with credentials on this computer.`,
          likelyCause: errorTable.PROFILE_NOT_FOUND.cause,
        },
      ]
    : [
        'PROFILE_FAILED',
        {
          message: `The profile “${profile}” refers to “${unresolved}”, which does not exist or has no credentials.`,
          hint: 'Check source_profile in ~/.aws/config.',
        },
      ];
}

/** What STS answers, see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. */
function fromService(name: string, subject: Subject): Finding | undefined {
  switch (name) {
    case 'AccessDenied':
    case 'AccessDeniedException':
      return [
        'PROFILE_FAILED',
        {
          message: `The role of ${subject.name} may not be assumed.`,
          likelyCause:
            'Its trust policy or a policy of the source profile does not allow it, or asks for another external_id.',
          hint: 'Have the trust policy allow it, with the same external_id where it asks for one, and give the source profile sts:AssumeRole.',
        },
      ];
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return ['CREDENTIALS_EXPIRED'];
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return [
        'KEY_ID_UNKNOWN',
        {
          message: `AWS does not know the key that ${subject.name} starts from.`,
          likelyCause: 'It was deleted, or belongs to another partition.',
          hint: 'Make a new key in IAM and enter it in ~/.aws/credentials.',
        },
      ];
    case 'SignatureDoesNotMatch':
    case 'InvalidSignatureException':
      return ['SIGNATURE_REFUSED'];
    case 'RegionDisabledException':
      return failed(subject, 'STS is not enabled for this account in the region.');
    case 'Throttling':
    case 'ThrottlingException':
      return ['RATE_LIMITED'];
    default:
      return undefined;
  }
}
