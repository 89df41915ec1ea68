/**
 * What a call to an AWS service can end with, as an `AppError`. Names and messages are those that all
 * services share, the signature check in front of them included; see
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html. Each service adds
 * its own, see `AwsService.errors`.
 */
import {
  AppError,
  concernsConnection,
  isAppError,
  type AppErrorOptions,
  type ErrorCode,
  type ErrorDetails,
} from '@shared/errors';
import { isTemporaryKey } from '@shared/providers/facts/aws';
import { codeOf, networkError } from '@core/network/network-error';
import { redirected } from '@core/network/redirected';
import { httpsExpected, saysHttpsExpected } from '@core/network/https-expected';
import { codeInXml, foreignText } from './foreign-answer';
import { anyAccount, statementText } from './policy';
import { isAwsItself } from './sts-endpoint';
import type { AnsweredError, CallContext, ErrorRule } from './service';

/** The rule of an error that means the same wherever it comes from. */
export const always =
  (code: ErrorCode): ErrorRule =>
  () => [code];

const accessDenied: ErrorRule = ({ message }, { service, operation, path, settings }) => {
  if (/\bkms\b/i.test(message)) {
    return [
      'ENCRYPTION_FAILED',
      {
        message: `The credentials may not use the KMS key of this ${service.item}.`,
        likelyCause:
          'It is encrypted with a key of your own, whose policy does not name these credentials.',
        hint: `Allow kms:Decrypt to read and ${service.encryptActions} to write, in the key’s policy or the user’s.`,
      },
    ];
  }
  const action = `${service.name}:${operation}`;
  const denied = `The credentials are valid but do not permit ${action}.`;
  if (/explicit deny/i.test(message)) {
    return [
      'PERMISSION_DENIED',
      {
        message: denied,
        likelyCause: 'A policy forbids it explicitly.',
        hint: 'Ask the administrator of the AWS account to lift that for you, or use other credentials.',
      },
    ];
  }
  const isForAll = service.callsWithoutResource.has(operation) || path === undefined;
  const resource = isForAll
    ? '*'
    : `${anyAccount(service.name, settings.values.region)}${service.resourceOf(path)}`;
  const statement = statementText({ actions: [action], resources: [resource] });
  return [
    'PERMISSION_DENIED',
    {
      message: denied,
      likelyCause: isForAll
        ? `None of their policies allows it, or only for certain ${service.item}s: ${operation} takes no resource but “*”.`
        : 'None of their policies allows it.',
      hint: `Use other credentials, or add this statement to the policy of this user or role:\n${statement}`,
      remedy: { handOver: statement },
    },
  ];
};

/** Whether a refusal can be lifted by a statement that allows the call: an explicit one wins over all. */
export const canBeAllowed = ({ remedy }: AppError): boolean =>
  remedy !== undefined && 'handOver' in remedy;

const unknownKey: ErrorRule = (_, { settings }) => {
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

const expired: ErrorRule = (_, { settings }) => {
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

const signature: ErrorRule = ({ message }, { settings, host }) => {
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

const unknownOperation: ErrorRule = (_, { host, operation }) => [
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

/** What the errors mean that every service has. */
const general: ReadonlyMap<string | undefined, ErrorRule> = new Map(
  Object.entries<ErrorRule>({
    AccessDeniedException: accessDenied,
    AccessDenied: accessDenied,
    NotAuthorized: accessDenied,
    UnrecognizedClientException: unknownKey,
    InvalidClientTokenId: unknownKey,
    InvalidSignatureException: signature,
    SignatureDoesNotMatch: signature,
    RequestExpired: always('CLOCK_SKEWED'),
    RequestInTheFuture: always('CLOCK_SKEWED'),
    RequestTimeTooSkewed: always('CLOCK_SKEWED'),
    ExpiredTokenException: expired,
    ExpiredToken: expired,
    IncompleteSignature: always('AUTHENTICATION_FAILED'),
    IncompleteSignatureException: always('AUTHENTICATION_FAILED'),
    MissingAuthenticationToken: always('AUTHENTICATION_FAILED'),
    MissingAuthenticationTokenException: always('AUTHENTICATION_FAILED'),
    OptInRequired: (_, { service, settings }) => [
      'PERMISSION_DENIED',
      {
        message: `This AWS account has not enabled ${service.label} in ${settings.values.region}.`,
        hint: 'Enable the region in the AWS Console, or choose another one.',
      },
    ],
    InternalServiceError: always('SERVER_ERROR'),
    InternalFailure: always('SERVER_ERROR'),
    ServiceUnavailable: always('SERVER_ERROR'),
    ServiceUnavailableException: always('SERVER_ERROR'),
    ...Object.fromEntries([...throttlingNames].map((name) => [name, always('RATE_LIMITED')])),
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
  if (isAppError(error)) return ownError(error, context);
  const answered = answeredError(error);
  if (answered !== undefined) return toAppError(answered, context);
  const failed = connectionError(error, { method: context.operation, path: context.path });
  return failed === undefined
    ? new AppError('INTERNAL', { cause: withoutAnswer(error) })
    : explainConnection(failed, context);
}

/** What an answer says that the SDK did not read. */
export const errorFromAnswer = (
  answer: {
    readonly name?: string | undefined;
    readonly message?: string | undefined;
    readonly status?: number | undefined;
  },
  context: CallContext,
): AppError =>
  toAppError(
    {
      name: errorName(answer.name),
      message: answer.message ?? '',
      status: answer.status,
      requestId: undefined,
      location: undefined,
    },
    context,
  );

/** For an answer that was well-formed but lacks what the service always sends. */
export const unexpectedAnswer = (operation: string, path?: string): AppError =>
  new AppError('UNEXPECTED_ANSWER', { details: { method: operation, path } });

/** Whether one attempt at a call was refused because there were too many. */
export function isThrottled(error: unknown): boolean {
  const answered = answeredError(error);
  return answered?.status === 429 || throttlingNames.has(answered?.name ?? '');
}

/** Whether a call failed because this server, or this policy, has no such call. */
export const isUnavailable = (error: unknown): boolean =>
  isAppError(error, 'PERMISSION_DENIED') ||
  (isAppError(error) &&
    (error.details?.status === 501 || general.get(error.details?.serverCode) === unknownOperation));

function toAppError(error: AnsweredError, context: CallContext): AppError {
  const { name, status, requestId, location } = error;
  const rule = context.service.errors.get(name) ?? general.get(name);
  if (rule === undefined && location !== undefined) {
    const details = { status, requestId, method: context.operation, path: context.path };
    return redirected(location, addressOf(context), details);
  }
  if (saysHttpsExpected(status, error.foreign ?? '')) {
    return httpsExpected(addressOf(context), 'endpoint', { status, method: context.operation });
  }
  const [code, options] = rule?.(error, context) ?? [byStatus(status, name !== undefined)];
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

/** Where the calls go. */
const addressOf = ({ override, host }: Pick<CallContext, 'override' | 'host'>): URL =>
  new URL(override?.address ?? `https://${host}`);

/** A name and not a text. The SDK says `Unknown` if the answer has none. */
const errorName = (name: unknown): string | undefined =>
  typeof name === 'string' && /^[A-Za-z][\w.]{0,99}$/.test(name) && !/^Unknown(Error)?$/.test(name)
    ? name
    : undefined;

/** An error of our own that the SDK has carried, and decorated, on its way through. */
const ownError = (error: AppError, { service }: Pick<CallContext, 'service'>): AppError =>
  error.code === 'RESPONSE_TOO_LARGE'
    ? new AppError('RESPONSE_TOO_LARGE', {
        hint: `Check the address: ${service.label} never answers at such length.`,
      })
    : error;

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** An error that came with an answer; `undefined` if there was none. */
export function answeredError(error: unknown): AnsweredError | undefined {
  const response = property(error, '$response');
  const metadata = property(error, '$metadata');
  const status = property(metadata, 'httpStatusCode') ?? property(response, 'statusCode');
  if (!(error instanceof Error) || typeof status !== 'number') return undefined;
  // A connection that ends inside the answer fails with a code, and has had a status all the same.
  if (networkError(error) !== undefined) return undefined;
  const requestId = property(metadata, 'requestId');
  const foreign = foreignText(property(response, 'body'));
  return {
    // Without `$fault` it is not what AWS said, but what went wrong in reading it.
    name:
      property(error, '$fault') === undefined
        ? errorName(codeInXml(foreign))
        : errorName(error.name),
    message: error.message,
    status,
    requestId:
      typeof requestId === 'string' && /^[\w-]{1,100}$/.test(requestId) ? requestId : undefined,
    location: redirectTarget(property(property(response, 'headers'), 'location')),
    foreign,
  };
}

function redirectTarget(location: unknown): string | undefined {
  if (typeof location !== 'string' || !URL.canParse(location)) return undefined;
  const { protocol, href } = new URL(location);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

/**
 * The failure of a connection; `undefined` if it is something else. The SDK calls resets timeouts too:
 * those are known by their code.
 */
export function connectionError(error: unknown, details?: ErrorDetails): AppError | undefined {
  const cause = withoutAnswer(error);
  const known = networkError(cause, details);
  if (known !== undefined) return known;
  return error instanceof Error && error.name === 'TimeoutError'
    ? new AppError('TIMED_OUT', { details, cause })
    : undefined;
}

/** Failures that leave open whether there is a server at all. */
const notReached: ReadonlySet<ErrorCode> = new Set([
  'NAME_NOT_FOUND',
  'CONNECTION_REFUSED',
  'HOST_UNREACHABLE',
  'TIMED_OUT',
]);

/** Says what is likely at fault if the connection itself failed. */
export function explainConnection(
  error: AppError,
  {
    service,
    settings,
    host,
    override,
  }: Pick<CallContext, 'service' | 'settings' | 'host' | 'override'>,
): AppError {
  const { region } = settings.values;
  const explained = (options: AppErrorOptions): AppError =>
    new AppError(error.code, {
      ...options,
      details: { ...error.details, ...options.details },
      cause: error.cause,
    });
  if (override?.isTyped === false && concernsConnection(error.code)) {
    return explained({
      message: `${error.message} The address is ${host}, from ${override.source}.`,
      likelyCause: error.likelyCause,
      hint: `${error.hint} To use another address, change it there, or enter it as Endpoint Override, which comes first.`,
      details: { field: 'endpoint' },
    });
  }
  if (error.code === 'NAME_NOT_FOUND' && override === undefined) {
    return explained({
      message: `${host} could not be found.`,
      likelyCause: `The region “${region}” is mistyped.`,
      hint: 'Check Region: it looks like eu-west-1. If it is right, check your network connection and VPN.',
      details: { field: 'region' },
    });
  }
  if (override !== undefined && notReached.has(error.code)) {
    const message = error.code === 'NAME_NOT_FOUND' ? `${host} could not be found.` : error.message;
    if (isAwsItself(host, service)) {
      const { likelyCause } = error;
      return explained({ message, likelyCause, details: { field: 'endpoint' } });
    }
    return explained({
      message,
      likelyCause:
        'Endpoint Override is left over from a test server, or that server is not running.',
      hint: `These calls go to Endpoint Override and not to AWS. Empty it for AWS itself. If you mean this server, check the address, and that it is running.`,
      details: { field: 'endpoint', suggestion: '' },
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

/** Begins a sentence with a capital letter. */
export const capital = (sentence: string): string =>
  sentence.charAt(0).toUpperCase() + sentence.slice(1);
