/**
 * Errors as Google's front end sends them: `{ error: { code, message, status, details } }`.
 * Sources: AIP-193 for the form, and answers of the service quoted in public issue threads for the texts.
 */
import type { Effect } from '../faults';

const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

/** A status of gRPC, in capitals. */
export type Status = keyof typeof HTTP_STATUS;

export interface Detail {
  readonly '@type': string;
  readonly [member: string]: unknown;
}

export const SERVICE = 'secretmanager.googleapis.com';

export class ApiError extends Error {
  constructor(
    readonly status: Status,
    message: string,
    readonly details: readonly Detail[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = status;
  }

  get code(): number {
    return HTTP_STATUS[this.status];
  }

  get body(): Record<string, unknown> {
    const { code, message, status, details } = this;
    return { error: { code, message, status, ...(details.length === 0 ? {} : { details }) } };
  }
}

/** The effect of a fault: an error of the service, instead of the real answer. */
export const errorEffect = (
  status: Status,
  message = 'A failure on command.',
  options: {
    readonly details?: readonly Detail[];
    readonly headers?: Readonly<Record<string, string>>;
    readonly applied?: boolean;
  } = {},
): Effect => {
  const error = new ApiError(status, message, options.details);
  return {
    kind: 'answer',
    status: error.code,
    body: error.body,
    headers: { 'Content-Type': 'application/json; charset=UTF-8', ...options.headers },
    ...(options.applied === undefined ? {} : { applied: options.applied }),
  };
};

const type = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

const errorInfo = (
  reason: string,
  metadata: Readonly<Record<string, string>>,
  domain = 'googleapis.com',
): Detail => ({ '@type': type('ErrorInfo'), reason, domain, metadata });

const localized = (message: string): Detail => ({
  '@type': type('LocalizedMessage'),
  locale: 'en-US',
  message,
});

const help = (description: string, url: string): Detail => ({
  '@type': type('Help'),
  links: [{ description, url }],
});

export const invalidArgument = (message: string): ApiError =>
  new ApiError('INVALID_ARGUMENT', message);

/** A field of the request that the JSON parser refuses. */
export const invalidField = (field: string, description: string): ApiError =>
  new ApiError('INVALID_ARGUMENT', description, [
    { '@type': type('BadRequest'), fieldViolations: [{ field, description }] },
  ]);

export const failedPrecondition = (message: string): ApiError =>
  new ApiError('FAILED_PRECONDITION', message);

export const notFound = (message: string): ApiError => new ApiError('NOT_FOUND', message);

// Who calls

const CHALLENGE = 'Bearer realm="https://accounts.google.com/"';
const EXPECTED =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';

export const credentialsMissing = (method: string): ApiError =>
  new ApiError(
    'UNAUTHENTICATED',
    `Request is missing required authentication credential. ${EXPECTED}`,
    [errorInfo('CREDENTIALS_MISSING', { method, service: SERVICE })],
    { 'WWW-Authenticate': CHALLENGE },
  );

/** An unknown, expired or revoked token. */
export const credentialsInvalid = (
  method: string,
  reason: 'ACCESS_TOKEN_EXPIRED' | 'ACCESS_TOKEN_TYPE_UNSUPPORTED',
): ApiError =>
  new ApiError(
    'UNAUTHENTICATED',
    `Request had invalid authentication credentials. ${EXPECTED}`,
    [errorInfo(reason, { method, service: SERVICE })],
    { 'WWW-Authenticate': `${CHALLENGE}, error="invalid_token"` },
  );

export const scopeInsufficient = (method: string): ApiError =>
  new ApiError(
    'PERMISSION_DENIED',
    'Request had insufficient authentication scopes.',
    [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { method, service: SERVICE })],
    { 'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope"` },
  );

// Who may

export const permissionDenied = (permission: string, resource: string): ApiError =>
  new ApiError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', { permission, resource }, 'iam.googleapis.com')],
  );

/** IAM does not name the service account. */
export const impersonationDenied = (): ApiError => {
  const permission = 'iam.serviceAccounts.getAccessToken';
  return new ApiError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', { permission }, 'iam.googleapis.com')],
  );
};

/** `project` is an id or a number, as the caller gave it. */
export function serviceDisabled(project: string): ApiError {
  const activationUrl = `https://console.developers.google.com/apis/api/${SERVICE}/overview?project=${project}`;
  const message = `Secret Manager API has not been used in project ${project} before or it is disabled. Enable it by visiting ${activationUrl} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
  return new ApiError('PERMISSION_DENIED', message, [
    errorInfo('SERVICE_DISABLED', {
      activationUrl,
      consumer: `projects/${project}`,
      containerInfo: project,
      service: SERVICE,
      serviceTitle: 'Secret Manager API',
    }),
    localized(message),
    help('Google developers console API activation', activationUrl),
  ]);
}

/** The quota project of `x-goog-user-project` exists, and the caller may not use it. */
export function quotaProjectDenied(project: string): ApiError {
  const consoleUrl = `https://console.developers.google.com/iam-admin/iam/project?project=${project}`;
  const message = `Caller does not have required permission to use project ${project}. Grant the caller the roles/serviceusage.serviceUsageConsumer role, or a custom role with the serviceusage.services.use permission, by visiting ${consoleUrl} and then retry. Propagation of the new permission may take a few minutes.`;
  return new ApiError('PERMISSION_DENIED', message, [
    errorInfo('USER_PROJECT_DENIED', {
      consumer: `projects/${project}`,
      containerInfo: project,
      consoleUrl,
      service: SERVICE,
    }),
    localized(message),
    help('Google developer console IAM admin', consoleUrl),
  ]);
}

/** There is no such quota project. */
export function quotaProjectInvalid(project: string): ApiError {
  const message = `Permission denied on resource project ${project}.`;
  return new ApiError('PERMISSION_DENIED', message, [
    errorInfo('CONSUMER_INVALID', {
      consumer: `projects/${project}`,
      containerInfo: project,
      service: SERVICE,
    }),
    localized(message),
    help('Google developers console', 'https://console.developers.google.com'),
  ]);
}

/** The project of gcloud's own OAuth client, which a user's credentials count against by default. */
const GCLOUD_PROJECT = '764086051850';

export function quotaProjectMissing(): ApiError {
  const message = `Your application is authenticating by using local Application Default Credentials. The ${SERVICE} API requires a quota project, which is not set by default. To learn how to set your quota project, see https://cloud.google.com/docs/authentication/adc-troubleshooting/user-creds .`;
  return new ApiError('PERMISSION_DENIED', message, [
    errorInfo('SERVICE_DISABLED', { consumer: `projects/${GCLOUD_PROJECT}`, service: SERVICE }),
    localized(message),
  ]);
}

// How much

export interface Quota {
  /** `Access requests`. */
  readonly metric: string;
  /** `Access requests per minute`. */
  readonly name: string;
  readonly limit: number;
}

export const quotaExceeded = (projectNumber: string, { metric, name, limit }: Quota): ApiError =>
  new ApiError(
    'RESOURCE_EXHAUSTED',
    `Quota exceeded for quota metric '${metric}' and limit '${name}' of service '${SERVICE}' for consumer 'project_number:${projectNumber}'.`,
    [
      errorInfo('RATE_LIMIT_EXCEEDED', {
        consumer: `projects/${projectNumber}`,
        quota_limit: name.replaceAll(' ', ''),
        quota_limit_value: String(limit),
        quota_location: 'global',
        quota_metric: `${SERVICE}/${metric.toLowerCase().replaceAll(' ', '_')}`,
        service: SERVICE,
      }),
    ],
  );

/** The answer of Google's front end to a path that no service has. */
export const frontEndNotFound = (path: string): string =>
  `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error 404 (Not Found)!!1</title>
  <p><b>404.</b> <ins>That’s an error.</ins>
  <p>The requested URL <code>${path.replaceAll(/[<>&]/g, '')}</code> was not found on this server.  <ins>That’s all we know.</ins>
`;
