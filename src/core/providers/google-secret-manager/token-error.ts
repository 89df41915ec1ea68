/** Why no access token came about. Google's library throws errors that carry whole requests: nothing of them leaves. */
import { AppError, isAppError, type AppErrorOptions } from '@shared/errors';
import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';
import type { FoundGoogleCredentials } from './found-credentials';

interface Context {
  readonly found: FoundGoogleCredentials;
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

/**
 * Returns the error of the HTTP client itself if that was the failure; otherwise `ROLE_REFUSED`,
 * `SIGNATURE_REFUSED`, `CLOCK_SKEWED`, `KEY_ID_UNKNOWN`, `CREDENTIALS_EXPIRED`, `SERVER_ERROR`, `PROFILE_FAILED`
 * or `AUTHENTICATION_FAILED`.
 */
export function tokenError(error: unknown, { found, values }: Context): AppError {
  const own = ownIn(error);
  if (own !== undefined) return own;
  const answer = answerIn(error);
  const field = values.authentication === 'key' ? 'key' : 'authentication';
  const details = {
    status: answer?.status,
    serverCode: /^\w{1,60}$/.exec(answer?.name ?? '')?.[0],
    field,
  };
  const { source, kind, actsAs } = found;
  const again =
    values.authentication === 'key'
      ? 'Create a new key of the service account, and paste the whole file.'
      : kind === 'key'
        ? `Create a new key of the service account, and save it as the file of ${source}.`
        : 'Run “gcloud auth application-default login”.';
  if (answer === undefined) {
    return new AppError('PROFILE_FAILED', {
      message: `${source}: no access token could be made of these credentials.`,
      likelyCause: 'The file is damaged, or is of a kind that this computer cannot use.',
      hint: again,
      details,
    });
  }
  if (answer.status !== undefined && answer.status >= 500) {
    return new AppError('SERVER_ERROR', { details });
  }
  if (actsAs !== undefined && /PERMISSION_DENIED|NOT_FOUND/.test(answer.name)) {
    return impersonationRefused(answer, actsAs, { ...details, field: 'impersonate' });
  }
  if (answer.name === 'invalid_grant' && /invalid jwt/i.test(answer.text)) {
    return /signature/i.test(answer.text)
      ? new AppError('SIGNATURE_REFUSED', {
          message: 'Google does not accept the signature of this key.',
          likelyCause: 'The key was deleted, or its text was changed when it was copied.',
          hint: again,
          details,
        })
      : new AppError('CLOCK_SKEWED', { details });
  }
  if (/^invalid_(grant|rapt)$/.test(answer.name)) {
    return kind === 'key'
      ? new AppError('KEY_ID_UNKNOWN', {
          message: 'Google does not know the account of this key any more.',
          likelyCause: 'The service account was deleted or disabled.',
          hint: again,
          details,
        })
      : new AppError('CREDENTIALS_EXPIRED', {
          message: 'Google no longer accepts the default credentials of this computer.',
          likelyCause: 'They were revoked, or your organisation asks for a new sign-in.',
          hint: again,
          remedy: { run: 'gcloud auth application-default login' },
          details,
        });
  }
  return new AppError('AUTHENTICATION_FAILED', {
    message: `${source}: Google gives no access token for these credentials.`,
    likelyCause: 'They were deleted or disabled, or the file is damaged.',
    hint: again,
    details,
  });
}

function impersonationRefused(
  { name, text }: Answered,
  account: string,
  details: AppErrorOptions['details'],
): AppError {
  if (/has not been used in project|it is disabled/i.test(text)) {
    return new AppError('ROLE_REFUSED', {
      message: `These credentials cannot act as ${account}.`,
      likelyCause: 'The IAM Credentials API is not enabled in the project of the credentials.',
      hint: 'Run “gcloud services enable iamcredentials.googleapis.com” for that project, and wait a minute.',
      details,
    });
  }
  return new AppError('ROLE_REFUSED', {
    message: `These credentials may not act as ${account}.`,
    likelyCause:
      name === 'NOT_FOUND'
        ? 'There is no such service account.'
        : 'They lack the role Service Account Token Creator on it, or there is no such account.',
    hint: `Check the address, and ask for the role Service Account Token Creator (roles/iam.serviceAccountTokenCreator) on ${account}.`,
    details,
  });
}
