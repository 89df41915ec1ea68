/**
 * What an answer of the API that is no success means. The server's words are matched, never shown. See
 * https://cloud.google.com/apis/design/errors
 */
import { z } from 'zod';
import { AppError, isAppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';
import type { HttpAnswer } from '@core/network/http';
import type { ApiCall } from './api';

const errorSchema = z.object({
  error: z.object({
    status: z.string().optional(),
    message: z.string().optional(),
    details: z
      .array(
        z.looseObject({
          reason: z.string().optional(),
          metadata: z.record(z.string(), z.string()).optional(),
        }),
      )
      .optional(),
  }),
});

interface Complaint {
  readonly status: string;
  readonly message: string;
  /** Of `google.rpc.ErrorInfo`, such as `SERVICE_DISABLED`. */
  readonly reason: string | undefined;
}

function complaintOf(answer: HttpAnswer): Complaint | undefined {
  try {
    const parsed = errorSchema.safeParse(JSON.parse(answer.text()));
    if (!parsed.success) return undefined;
    const { status = '', message = '', details = [] } = parsed.data.error;
    return { status, message, reason: details.find(({ reason }) => reason !== undefined)?.reason };
  } catch (error) {
    if (isAppError(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What a role has to have for each permission, see https://cloud.google.com/secret-manager/docs/access-control */
const roles: Readonly<Record<string, string>> = {
  'secretmanager.secrets.list': 'Secret Manager Viewer',
  'secretmanager.secrets.get': 'Secret Manager Viewer',
  'secretmanager.versions.list': 'Secret Manager Viewer',
  'secretmanager.versions.get': 'Secret Manager Viewer',
  'secretmanager.versions.access': 'Secret Manager Secret Accessor',
  'secretmanager.versions.add': 'Secret Manager Secret Version Adder',
  'secretmanager.secrets.create': 'Secret Manager Admin',
  'secretmanager.secrets.update': 'Secret Manager Admin',
  'secretmanager.secrets.delete': 'Secret Manager Admin',
};

export function answerError(
  answer: HttpAnswer,
  call: ApiCall,
  values: GoogleSecretManagerValues,
  quotaProject: string | undefined,
): AppError {
  const complaint = complaintOf(answer);
  const details = {
    ...answer.details,
    ...(call.secret !== undefined && { path: call.secret }),
    serverCode: /^\w{1,60}$/.exec(complaint?.reason ?? complaint?.status ?? '')?.[0],
  };
  if (complaint === undefined) return notGoogle(answer, details);
  const [code, options] = meaningOf(complaint, call, values, quotaProject);
  return new AppError(code, { ...options, details: { ...details, ...options.details } });
}

function notGoogle(answer: HttpAnswer, details: AppErrorOptions['details']): AppError {
  if (answer.status === 429) return new AppError('RATE_LIMITED', { details });
  if (answer.status === 413) return new AppError('VALUE_TOO_LARGE', { details });
  return new AppError('UNEXPECTED_ANSWER', { details });
}

type Meaning = readonly [ErrorCode, AppErrorOptions];

function meaningOf(
  { status, message, reason }: Complaint,
  call: ApiCall,
  values: GoogleSecretManagerValues,
  quotaProject: string | undefined,
): Meaning {
  const { project } = values;
  switch (status) {
    case 'UNAUTHENTICATED':
      return [
        'TOKEN_INVALID',
        {
          message: 'Google does not accept the access token.',
          likelyCause: 'The account was disabled, or its session has ended.',
          hint:
            values.authentication === 'key'
              ? 'Create a new key of the service account, and enter it.'
              : 'Run `gcloud auth application-default login`.',
        },
      ];
    case 'PERMISSION_DENIED':
      return denied(reason, message, call, values, quotaProject);
    case 'NOT_FOUND':
      return /project/i.test(message) && call.secret === undefined
        ? ['INVALID_CONFIGURATION', noProject(project)]
        : ['NOT_FOUND', {}];
    case 'ALREADY_EXISTS':
      return ['ALREADY_EXISTS', {}];
    case 'FAILED_PRECONDITION':
      return precondition(message);
    case 'INVALID_ARGUMENT':
      return invalid(message);
    case 'RESOURCE_EXHAUSTED':
      return ['RATE_LIMITED', {}];
    case 'UNAVAILABLE':
    case 'INTERNAL':
    case 'DEADLINE_EXCEEDED':
    case 'ABORTED':
      return ['SERVER_ERROR', {}];
    default:
      return ['REQUEST_REFUSED', {}];
  }
}

const noProject = (project: string): AppErrorOptions => ({
  message: `Google knows no project ${project}.`,
  likelyCause: 'The id is misspelt, or the project was deleted.',
  hint: 'Check Project ID: the console shows it beside the name of the project.',
  details: { field: 'project' },
});

function denied(
  reason: string | undefined,
  message: string,
  { permission, secret }: ApiCall,
  { project }: GoogleSecretManagerValues,
  quotaProject: string | undefined,
): Meaning {
  if (
    reason === 'SERVICE_DISABLED' ||
    /has not been used in project|it is disabled/i.test(message)
  ) {
    const where = quotaProject ?? project;
    return [
      'REQUEST_REFUSED',
      {
        message: `The Secret Manager API is not enabled in the project ${where}.`,
        likelyCause:
          quotaProject !== undefined && quotaProject !== project
            ? 'Calls count against the quota project of your credentials, which has to enable the API too.'
            : 'It is a new project, or Secret Manager was never used in it.',
        hint: `Run \`gcloud services enable secretmanager.googleapis.com --project ${where}\`, and wait a minute.`,
        remedy: { run: `gcloud services enable secretmanager.googleapis.com --project ${where}` },
        ...(quotaProject !== undefined && { details: { field: 'quotaProject' } }),
      },
    ];
  }
  if (
    reason === 'USER_PROJECT_DENIED' ||
    /serviceusage\.services\.use|quota project/i.test(message)
  ) {
    return [
      'PERMISSION_DENIED',
      {
        message: `The credentials may not use ${quotaProject ?? 'the quota project'} as the quota project.`,
        likelyCause:
          'They name a project for quota in which they lack the role Service Usage Consumer.',
        hint: `Enter ${project} as Quota project, or run \`gcloud auth application-default set-quota-project ${project}\`.`,
        details: { field: 'quotaProject', suggestion: project },
      },
    ];
  }
  if (reason === 'CONSUMER_INVALID' || /project .*(not found|deleted|invalid)/i.test(message)) {
    return ['INVALID_CONFIGURATION', noProject(project)];
  }
  const role = roles[permission] ?? 'Secret Manager Admin';
  return [
    'PERMISSION_DENIED',
    {
      message: `The credentials are valid but do not permit ${permission}${secret === undefined ? '' : ` for ${secret}`}.`,
      likelyCause: `They lack the role ${role}, or ${project} is not the project you mean.`,
      hint: `Ask for the role ${role} in the project ${project}.`,
    },
  ];
}

function precondition(message: string): Meaning {
  if (/disabled/i.test(message)) {
    return [
      'REQUEST_REFUSED',
      {
        message: 'The newest version of this secret is disabled.',
        likelyCause: 'Somebody disabled it in Google Cloud, so that nobody uses it.',
        hint: 'Enable the version, or roll back to an older one from the history.',
      },
    ];
  }
  if (/destroyed/i.test(message)) {
    return [
      'SECRET_DELETED',
      {
        message: 'The newest version of this secret was destroyed.',
        hint: 'It cannot be undeleted. Roll back to an older version from the history.',
      },
    ];
  }
  if (/replication|location|policy|constraint/i.test(message)) {
    return [
      'REQUEST_REFUSED',
      {
        message:
          'A policy of the organisation does not allow a secret to be kept wherever Google chooses.',
        hint: 'Enter the locations that are allowed as Replica locations, or use one as Location.',
        details: { field: 'replicas' },
      },
    ];
  }
  return ['CONFLICT', {}];
}

function invalid(message: string): Meaning {
  if (/payload|size|too large|65536/i.test(message)) return ['VALUE_TOO_LARGE', {}];
  if (/secret_?id|resource name|name/i.test(message)) return ['NAME_NOT_ALLOWED', {}];
  if (/replication|location/i.test(message)) {
    return [
      'INVALID_CONFIGURATION',
      {
        message: 'Google does not accept these locations.',
        hint: 'Check Location and Replica locations.',
        details: { field: 'replicas' },
      },
    ];
  }
  return ['REQUEST_REFUSED', {}];
}
