/**
 * Whatever a call to Secrets Manager can end with, as an `AppError`. Names and messages are those of
 * the service model and of the signature check in front of it; see
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html.
 */
import { AppError, isAppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import { isTemporaryKey } from '@shared/providers/aws-secrets-manager';
import { codeOf, networkError } from '@core/network/network-error';
import type { AwsSettings } from './sdk';

export interface CallContext {
  readonly settings: AwsSettings;
  readonly host: string;
  /** AWS's name of the call, such as `GetSecretValue`. */
  readonly operation: string;
  /** The secret it was about. */
  readonly path?: string | undefined;
}

/** What the SDK tells of a failure, as far as it can be relied on. */
interface SdkError {
  /** AWS's name for it; `undefined` where the answer could not be read as one of AWS. */
  readonly name: string | undefined;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Where a redirect leads: scheme, host and port. */
  readonly location: string | undefined;
}

type Finding = readonly [ErrorCode, (AppErrorOptions | undefined)?];
type Rule = (error: SdkError, context: CallContext) => Finding;

const same =
  (code: ErrorCode): Rule =>
  () => [code];

const accessDenied: Rule = ({ message }, { operation }) => {
  if (/\bkms\b/i.test(message)) {
    return [
      'ENCRYPTION_FAILED',
      {
        message: 'The credentials may not use the KMS key of this secret.',
        likelyCause:
          'It is encrypted with a key of your own, whose policy does not name these credentials.',
        hint: 'Allow kms:Decrypt to read and kms:GenerateDataKey to write, in the key’s policy or the user’s.',
      },
    ];
  }
  const explicit = /explicit deny/i.test(message);
  return [
    'PERMISSION_DENIED',
    {
      message: `The credentials are valid but do not permit secretsmanager:${operation}.`,
      likelyCause: explicit ? 'A policy forbids it explicitly.' : 'No policy of theirs allows it.',
      hint: explicit
        ? 'Ask whoever administers the AWS account to lift that for you, or use other credentials.'
        : `Add secretsmanager:${operation} to the policy of this user or role, or use other credentials.`,
    },
  ];
};

const unknownKey: Rule = (_, { settings }) => {
  const { authentication, region } = settings.values;
  const entered = (field: string): string => settings.credentials[field]?.reveal().trim() ?? '';
  if (authentication === 'access-keys' && entered('sessionToken') !== '') {
    return [
      'KEY_ID_UNKNOWN',
      {
        message: 'AWS does not accept this key together with this session token.',
        likelyCause: isTemporaryKey(entered('accessKeyId'))
          ? 'They do not belong together: the three values are valid only as one set.'
          : 'Only keys that start with ASIA have a session token.',
        hint: isTemporaryKey(entered('accessKeyId'))
          ? 'Copy all three values again from where they were made.'
          : 'Remove the Session Token.',
        details: { field: 'sessionToken' },
      },
    ];
  }
  if (authentication === 'access-keys') {
    return [
      'KEY_ID_UNKNOWN',
      {
        likelyCause: `It is mistyped or was deleted, belongs to another partition of AWS, or its account has not enabled the region ${region}.`,
        details: { field: 'accessKeyId' },
      },
    ];
  }
  return [
    'KEY_ID_UNKNOWN',
    {
      message: 'AWS does not accept these credentials.',
      likelyCause: `They were deleted or belong to another partition, or the region ${region} is not enabled for the account.`,
      hint: 'Check that they still exist in IAM and belong to this partition, or choose another Region.',
    },
  ];
};

const expired: Rule = (_, { settings }) => {
  const { authentication, roleArn } = settings.values;
  if (authentication !== 'access-keys' || roleArn !== '') return ['CREDENTIALS_EXPIRED'];
  return [
    'CREDENTIALS_EXPIRED',
    {
      message: 'The session token has expired, and the keys with it.',
      hint: 'Enter a fresh Access Key ID, Secret Access Key and Session Token.',
      details: { field: 'sessionToken' },
    },
  ];
};

const signature: Rule = ({ message }, { settings, host }) => {
  if (/expired|not yet current|is now earlier|is still later/i.test(message)) {
    return ['CLOCK_SKEWED'];
  }
  const { region, authentication } = settings.values;
  if (/scoped to (a valid|correct) (region|service)/i.test(message)) {
    return [
      'INVALID_CONFIGURATION',
      {
        message: `${host} does not serve the region ${region}.`,
        hint: 'Change Region or Endpoint Override so that they belong together.',
        details: { field: 'region' },
      },
    ];
  }
  return [
    'SIGNATURE_REFUSED',
    authentication === 'access-keys' ? { details: { field: 'secretAccessKey' } } : undefined,
  ];
};

const invalidRequest: Rule = ({ message }) => {
  if (/marked (for deletion|deleted)|scheduled for deletion/i.test(message)) {
    return ['SCHEDULED_FOR_DELETION'];
  }
  if (/managed by|owned by|owning service/i.test(message)) {
    return [
      'REQUEST_REFUSED',
      {
        message: 'This secret is managed by another AWS service.',
        hint: 'Change it with that service; it can only be read here.',
      },
    ];
  }
  return ['REQUEST_REFUSED'];
};

const invalidParameter: Rule = ({ message }) => {
  if (/invalid name/i.test(message)) return ['NAME_NOT_ALLOWED'];
  if (/replica secret/i.test(message)) {
    return [
      'REQUEST_REFUSED',
      {
        message: 'This secret is a replica and cannot be changed in this region.',
        hint: 'Change it in the region of its primary.',
      },
    ];
  }
  return ['REQUEST_REFUSED'];
};

const notFound: Rule = ({ message }) =>
  /VersionId/.test(message)
    ? [
        'NOT_FOUND',
        {
          message: 'AWS does not keep this version any more.',
          hint: 'Choose another version.',
        },
      ]
    : /staging label/.test(message)
      ? [
          'NOT_FOUND',
          {
            message: 'This secret has no value.',
            likelyCause: 'It was created empty.',
            hint: 'It has a value as soon as somebody writes one.',
          },
        ]
      : ['NOT_FOUND'];

const unknownOperation: Rule = (_, { host, operation }) => [
  'REQUEST_REFUSED',
  {
    message: `${host} does not know the call ${operation}.`,
    likelyCause: 'It is not AWS itself but something like it, which is older or supports less.',
    hint: 'Update it, or see in its documentation what it supports.',
  },
];

const throttlingNames: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);

const rules: ReadonlyMap<string | undefined, Rule> = new Map(
  Object.entries<Rule>({
    AccessDeniedException: accessDenied,
    AccessDenied: accessDenied,
    NotAuthorized: accessDenied,
    UnrecognizedClientException: unknownKey,
    InvalidClientTokenId: unknownKey,
    InvalidSignatureException: signature,
    SignatureDoesNotMatch: signature,
    RequestExpired: same('CLOCK_SKEWED'),
    RequestInTheFuture: same('CLOCK_SKEWED'),
    RequestTimeTooSkewed: same('CLOCK_SKEWED'),
    ExpiredTokenException: expired,
    ExpiredToken: expired,
    IncompleteSignature: same('AUTHENTICATION_FAILED'),
    IncompleteSignatureException: same('AUTHENTICATION_FAILED'),
    MissingAuthenticationToken: same('AUTHENTICATION_FAILED'),
    MissingAuthenticationTokenException: same('AUTHENTICATION_FAILED'),
    OptInRequired: (_, { settings }) => [
      'PERMISSION_DENIED',
      {
        message: `This AWS account has not enabled Secrets Manager in ${settings.values.region}.`,
        hint: 'Enable the region in the AWS Console, or choose another one.',
      },
    ],
    ResourceNotFoundException: notFound,
    ResourceExistsException: same('ALREADY_EXISTS'),
    InvalidRequestException: invalidRequest,
    InvalidParameterException: invalidParameter,
    ValidationException: invalidParameter,
    LimitExceededException: () => [
      'REQUEST_REFUSED',
      {
        message: 'A quota of AWS Secrets Manager is used up.',
        likelyCause:
          'There is one for secrets, one for versions of a secret and one for staging labels.',
        hint: 'Delete secrets that nobody needs, or ask AWS to raise the first.',
      },
    ],
    EncryptionFailure: same('ENCRYPTION_FAILED'),
    DecryptionFailure: same('ENCRYPTION_FAILED'),
    InternalServiceError: same('SERVER_ERROR'),
    InternalFailure: same('SERVER_ERROR'),
    ServiceUnavailable: same('SERVER_ERROR'),
    ServiceUnavailableException: same('SERVER_ERROR'),
    ...Object.fromEntries([...throttlingNames].map((name) => [name, same('RATE_LIMITED')])),
    UnknownOperationException: unknownOperation,
    InvalidAction: unknownOperation,
    NotImplemented: unknownOperation,
  }),
);

const byStatus = (status: number | undefined, isNamed: boolean): ErrorCode => {
  if (status === undefined) return 'UNEXPECTED_ANSWER';
  if (status >= 300 && status < 400) return 'REDIRECTED';
  if (status === 429) return 'RATE_LIMITED';
  if (!isNamed) return 'UNEXPECTED_ANSWER';
  return status >= 500 ? 'SERVER_ERROR' : 'REQUEST_REFUSED';
};

/** The failure of one call. Neither the server's text nor the SDK's error goes along. */
export function serviceError(error: unknown, context: CallContext): AppError {
  const own = ownError(error);
  if (own !== undefined) return own;
  const known = sdkError(error);
  if (known === undefined) {
    return (
      connectionError(error, context) ?? new AppError('INTERNAL', { cause: withoutAnswer(error) })
    );
  }
  return fromFinding(known, context);
}

/** What an answer says that was not read by the SDK. */
export const answeredError = (
  answer: {
    readonly name: string | undefined;
    readonly message: string | undefined;
    readonly status: number | undefined;
  },
  context: CallContext,
): AppError =>
  fromFinding(
    {
      name: errorName(answer.name),
      message: answer.message ?? '',
      status: answer.status,
      requestId: undefined,
      location: undefined,
    },
    context,
  );

/** One of the failures inside the answer to BatchGetSecretValue. */
export const batchItemError = (
  item: { readonly ErrorCode?: string | undefined; readonly Message?: string | undefined },
  context: CallContext,
): AppError =>
  answeredError(
    { name: item.ErrorCode, message: item.Message, status: undefined },
    { ...context, operation: 'GetSecretValue' },
  );

/** For an answer that was well-formed but lacks what Secrets Manager always sends. */
export const unexpectedAnswer = (operation: string, path?: string): AppError =>
  new AppError('UNEXPECTED_ANSWER', { details: { method: operation, path } });

/** Whether one attempt at a call was refused because there were too many. */
export function isThrottled(error: unknown): boolean {
  const known = sdkError(error);
  return known?.status === 429 || throttlingNames.has(known?.name ?? '');
}

/** Whether a call failed because this server, or this policy, has no such call. */
export const isUnavailable = (error: unknown): boolean =>
  isAppError(error, 'PERMISSION_DENIED') ||
  (isAppError(error) &&
    (error.details?.status === 501 || rules.get(error.details?.serverCode) === unknownOperation));

function fromFinding(error: SdkError, context: CallContext): AppError {
  const { name, status, requestId, location } = error;
  const [code, options] = rules.get(name)?.(error, context) ?? [
    byStatus(status, name !== undefined),
    location === undefined
      ? undefined
      : { hint: `It redirects to ${location}: enter that address if you trust it.` },
  ];
  return new AppError(code, {
    ...options,
    details: {
      status,
      requestId,
      method: context.operation,
      path: context.path,
      serverCode: name,
      ...options?.details,
    },
  });
}

/** A name and not a text. The SDK says `Unknown` where the answer has none. */
const errorName = (name: unknown): string | undefined =>
  typeof name === 'string' && /^[A-Za-z][\w.]{0,99}$/.test(name) && !/^Unknown(Error)?$/.test(name)
    ? name
    : undefined;

/** Errors of our own that the SDK has carried, and decorated, on their way through. */
const ownError = (error: unknown): AppError | undefined =>
  isAppError(error, 'RESPONSE_TOO_LARGE')
    ? new AppError('RESPONSE_TOO_LARGE', {
        hint: 'Check the address: Secrets Manager never answers at such length.',
      })
    : isAppError(error)
      ? error
      : undefined;

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** An error that came with an answer; `undefined` where there was none. */
export function sdkError(error: unknown): SdkError | undefined {
  const response = property(error, '$response');
  const metadata = property(error, '$metadata');
  const status = property(metadata, 'httpStatusCode') ?? property(response, 'statusCode');
  if (!(error instanceof Error) || typeof status !== 'number') return undefined;
  // A connection that ends inside the answer fails with a code, and has had a status all the same.
  if (networkError(error) !== undefined) return undefined;
  const requestId = property(metadata, 'requestId');
  return {
    // Without `$fault` it is not what AWS said, but what went wrong in reading it.
    name: property(error, '$fault') === undefined ? undefined : errorName(error.name),
    message: error.message,
    status,
    requestId:
      typeof requestId === 'string' && /^[\w-]{1,100}$/.test(requestId) ? requestId : undefined,
    location: redirectTarget(property(property(response, 'headers'), 'location')),
  };
}

function redirectTarget(location: unknown): string | undefined {
  if (typeof location !== 'string' || !URL.canParse(location)) return undefined;
  const { protocol, origin } = new URL(location);
  return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
}

/** A failure of the network, with what is likely where the host is AWS's own. */
function connectionError(error: unknown, context: CallContext): AppError | undefined {
  const details = { method: context.operation, path: context.path };
  const cause = withoutAnswer(error);
  const known = networkError(cause, details);
  if (known !== undefined) return explainConnection(known, context);
  // Timeouts of the SDK's own, which it also calls resets by: those are known by their code.
  return error instanceof Error && error.name === 'TimeoutError'
    ? new AppError('TIMED_OUT', { details, cause })
    : undefined;
}

/** Says what is likely at fault where the connection itself failed. */
export function explainConnection(
  error: AppError,
  { settings, host }: Pick<CallContext, 'settings' | 'host'>,
): AppError {
  const { endpoint, region } = settings.values;
  const explained = (options: AppErrorOptions): AppError =>
    new AppError(error.code, {
      ...options,
      details: { ...error.details, ...options.details },
      cause: error.cause,
    });
  if (error.code === 'NAME_NOT_FOUND' && endpoint === '') {
    return explained({
      message: `${host} could not be found.`,
      likelyCause: `The region “${region}” is mistyped.`,
      hint: 'Check Region: it looks like eu-west-1. If it is right, check your network connection and VPN.',
      details: { field: 'region' },
    });
  }
  if (error.code === 'NAME_NOT_FOUND') {
    return explained({
      message: `${host} could not be found.`,
      likelyCause: error.likelyCause,
      details: { field: 'endpoint' },
    });
  }
  if (error.code === 'TLS_UNTRUSTED' && settings.values.caFile === '') {
    return explained({
      message: error.message,
      likelyCause:
        'A proxy of your network puts its own certificate in place of the server’s, or the server was given a private one.',
      hint: 'Enter the certificate of the authority that issued it as CA certificate file.',
      details: { field: 'caFile' },
    });
  }
  return error;
}

/** The code of a failure and of what it wraps, and nothing else: the SDK hangs answers on its errors. */
export function withoutAnswer(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const cause: unknown =
    error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  const code = codeOf(error);
  return Object.assign(
    new Error(error.name, { cause: withoutAnswer(cause, depth + 1) }),
    code === undefined ? undefined : { code },
  );
}
