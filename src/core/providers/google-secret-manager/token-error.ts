/** Why no access token came about. Google's library throws errors that carry whole requests: nothing of them leaves. */
import { AppError, isAppError } from '@shared/errors';
import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';

interface Context {
  /** Where the credentials came from. */
  readonly source: string;
  readonly values: GoogleSecretManagerValues;
}

/** `error` and `error_description` of RFC 6749, section 5.2, or the status of a Google API. */
interface Answered {
  readonly status: number | undefined;
  readonly name: string;
  readonly text: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The answer that an error of the library carries; `undefined` if none came. */
function answerIn(error: unknown): Answered | undefined {
  const response = isObject(error) ? error['response'] : undefined;
  if (!isObject(response)) return undefined;
  const { status, data } = response;
  const body = isObject(data) ? data : {};
  const nested = isObject(body['error']) ? body['error'] : {};
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    status: typeof status === 'number' ? status : undefined,
    name: textOf(body['error']) || textOf(nested['status']),
    text: textOf(body['error_description']) || textOf(nested['message']),
  };
}

/** Our own error, if the library wraps one that the HTTP client threw. */
function ownIn(error: unknown, depth = 0): AppError | undefined {
  if (isAppError(error)) return error;
  return error instanceof Error && depth < 5 ? ownIn(error.cause, depth + 1) : undefined;
}

export function tokenError(error: unknown, { source, values }: Context): AppError {
  const own = ownIn(error);
  if (own !== undefined) return own;
  const answer = answerIn(error);
  const details = {
    status: answer?.status,
    serverCode: /^\w{1,60}$/.exec(answer?.name ?? '')?.[0],
  };
  const isKey = values.authentication === 'key';
  const field = isKey ? 'key' : 'authentication';
  if (answer === undefined) {
    return new AppError('PROFILE_FAILED', {
      message: `${source}: no access token could be made of these credentials.`,
      likelyCause: 'The file is damaged, or is of a kind that this computer cannot use.',
      hint: isKey
        ? 'Create a new key of the service account, and paste the whole file.'
        : 'Run `gcloud auth application-default login` again.',
      details: { ...details, field },
    });
  }
  if (values.impersonate !== '' && /PERMISSION_DENIED|NOT_FOUND/.test(answer.name)) {
    return new AppError('ROLE_REFUSED', {
      message: `These credentials may not act as ${values.impersonate}.`,
      likelyCause:
        answer.name === 'NOT_FOUND'
          ? 'There is no such service account.'
          : 'They lack the role Service Account Token Creator on it, or the IAM Credentials API is not enabled.',
      hint: `Ask for the role roles/iam.serviceAccountTokenCreator on ${values.impersonate}.`,
      details: { ...details, field: 'impersonate' },
    });
  }
  if (/invalid_grant/.test(answer.name) && /jwt|iat|exp|reasonable timeframe/i.test(answer.text)) {
    return new AppError(/signature/i.test(answer.text) ? 'SIGNATURE_REFUSED' : 'CLOCK_SKEWED', {
      ...(/signature/i.test(answer.text) && {
        message: 'Google does not accept the signature of this key.',
        likelyCause: 'The key was deleted, or its text was changed when it was copied.',
        hint: 'Create a new key of the service account, and paste the whole file.',
      }),
      details: { ...details, field },
    });
  }
  if (/invalid_grant|invalid_rapt/.test(answer.name)) {
    return isKey
      ? new AppError('KEY_ID_UNKNOWN', {
          message: 'Google does not know the account of this key any more.',
          likelyCause: 'The service account or this key of it was deleted or disabled.',
          hint: 'Create a new key, and enter it.',
          details: { ...details, field },
        })
      : new AppError('CREDENTIALS_EXPIRED', {
          message: 'Google no longer accepts the default credentials of this computer.',
          likelyCause: 'They were revoked, or your organisation asks for a new sign-in.',
          hint: 'Run `gcloud auth application-default login`.',
          remedy: { run: 'gcloud auth application-default login' },
          details,
        });
  }
  if (answer.status !== undefined && answer.status >= 500) {
    return new AppError('SERVER_ERROR', { details });
  }
  return new AppError('AUTHENTICATION_FAILED', {
    message: `${source}: Google gives no access token for these credentials.`,
    hint: isKey
      ? 'Check that the service account exists and is enabled, or create a new key.'
      : 'Run `gcloud auth application-default login` again.',
    details: { ...details, field },
  });
}
