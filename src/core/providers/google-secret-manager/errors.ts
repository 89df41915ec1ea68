/**
 * What an answer of the API that is no success means. The server's words are matched, never shown. See
 * https://cloud.google.com/apis/design/errors
 */
import { z } from 'zod';
import { AppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';
import type { HttpAnswer } from '@core/network/http';
import type { ApiCall } from './call';

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
  /** Without the names of resources, which are in brackets: they may hold any word. */
  readonly message: string;
  /** Of `google.rpc.ErrorInfo`, such as `SERVICE_DISABLED`. */
  readonly reason: string | undefined;
  /** The id or number of the project that the reason is about. */
  readonly consumer: string | undefined;
}

function complaintOf(answer: HttpAnswer): Complaint | undefined {
  const parsed = errorSchema.safeParse(answer.json());
  if (!parsed.success) return undefined;
  const { status = '', message = '', details = [] } = parsed.data.error;
  const info = details.find(({ reason }) => reason !== undefined);
  return {
    status,
    message: message.replaceAll(/\[[^\]]*\]|'\S*'/g, ''),
    reason: info?.reason,
    consumer: /^projects\/([a-z0-9-]{6,30})$/.exec(info?.metadata?.['consumer'] ?? '')?.[1],
  };
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
  complaint: Complaint,
  call: ApiCall,
  values: GoogleSecretManagerValues,
  quotaProject: string | undefined,
): Meaning {
  const { project } = values;
  const { status, message } = complaint;
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
              : 'Run “gcloud auth application-default login”.',
        },
      ];
    case 'PERMISSION_DENIED':
      return denied(complaint, call, values, quotaProject);
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

const set = (project: string): string =>
  `enter ${project} as Quota project, or run “gcloud auth application-default set-quota-project ${project}”`;

function denied(
  { reason, message, consumer }: Complaint,
  { permission, secret }: ApiCall,
  { project }: GoogleSecretManagerValues,
  quotaProject: string | undefined,
): Meaning {
  const quota = { field: 'quotaProject', suggestion: project };
  const isElsewhere = quotaProject !== undefined && quotaProject !== project;
  if (/requires a quota project/i.test(message)) {
    return [
      'PERMISSION_DENIED',
      {
        message: 'Google wants to know which project these calls count against.',
        likelyCause: 'Your own credentials, from gcloud, belong to no project.',
        hint: `Please ${set(project)}. You need the role Service Usage Consumer in that project.`,
        details: quota,
      },
    ];
  }
  if (reason === 'SERVICE_DISABLED' || /has not been used in project|is disabled/i.test(message)) {
    const where = consumer ?? quotaProject ?? project;
    const isQuota = isElsewhere && where === quotaProject;
    const command = `gcloud services enable secretmanager.googleapis.com --project ${where}`;
    return [
      'REQUEST_REFUSED',
      {
        message: `The Secret Manager API is not enabled in the project ${where}.`,
        likelyCause: isQuota
          ? 'Calls count against the quota project of your credentials, which has to enable the API too.'
          : 'It is a new project, or Secret Manager was never used in it.',
        hint: `Run “${command}”, and wait a minute.`,
        remedy: { run: command },
        details: { field: isQuota ? 'quotaProject' : 'project' },
      },
    ];
  }
  if (reason === 'USER_PROJECT_DENIED' || /serviceusage\.services\.use/i.test(message)) {
    return [
      'PERMISSION_DENIED',
      {
        message: `The credentials may not use ${quotaProject ?? 'the quota project'} as the quota project.`,
        likelyCause: 'They lack the role Service Usage Consumer in it.',
        hint: isElsewhere
          ? `Please ${set(project)}. Or ask for the role Service Usage Consumer in ${quotaProject}.`
          : `Ask for the role Service Usage Consumer in ${project}.`,
        details: quota,
      },
    ];
  }
  if (reason === 'CONSUMER_INVALID' || /project .*(not found|deleted|invalid)/i.test(message)) {
    if (!isElsewhere) return ['INVALID_CONFIGURATION', noProject(project)];
    return [
      'INVALID_CONFIGURATION',
      {
        message: `Google knows no project ${quotaProject}, which is the quota project.`,
        likelyCause: 'The id is misspelt, or the project was deleted.',
        hint: `Please ${set(project)}.`,
        details: quota,
      },
    ];
  }
  if (reason === 'ACCESS_TOKEN_SCOPE_INSUFFICIENT') {
    return [
      'PERMISSION_DENIED',
      {
        message: 'The access token is not meant for Secret Manager.',
        likelyCause: 'The machine was given only some of the access scopes.',
        hint: 'Give the machine the scope cloud-platform, or choose Service Account Key.',
        details: { field: 'authentication' },
      },
    ];
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
  if (/DISABLED state|is disabled/i.test(message)) {
    return [
      'SECRET_DELETED',
      {
        message: 'This version of the secret is disabled.',
        likelyCause: 'Somebody disabled it in Google Cloud, so that nobody uses it.',
        hint: 'Undelete it to enable it again, or roll back to another version from the history.',
      },
    ];
  }
  if (/DESTROYED state|is destroyed/i.test(message)) {
    return [
      'NOT_FOUND',
      {
        message: 'This version of the secret was destroyed.',
        likelyCause: 'Somebody destroyed it in Google Cloud, which is final.',
        hint: 'Roll back to another version from the history.',
      },
    ];
  }
  if (/replication|location|policy|constraint/i.test(message)) {
    return [
      'REQUEST_REFUSED',
      {
        message:
          'A policy of the organisation does not allow a secret to be kept in locations that Google chooses.',
        hint: 'Enter the locations that are allowed as Replica locations, or use one as Location.',
        details: { field: 'replicas' },
      },
    ];
  }
  return ['CONFLICT', {}];
}

function invalid(message: string): Meaning {
  if (/checksum/i.test(message)) {
    return ['SERVER_ERROR', { message: 'The value was damaged on its way to Google.' }];
  }
  if (/exceeds the limit|too large|65536/i.test(message)) return ['VALUE_TOO_LARGE', {}];
  if (/replication|location/i.test(message)) {
    return [
      'INVALID_CONFIGURATION',
      {
        message: 'Google does not accept these locations.',
        hint: 'Check Location and Replica locations.',
        details: {
          field: /replica|location\s+is not supported/i.test(message) ? 'replicas' : 'location',
        },
      },
    ];
  }
  if (/secret_?id|resource name|name/i.test(message)) return ['NAME_NOT_ALLOWED', {}];
  return ['REQUEST_REFUSED', {}];
}
