/**
 * What the errors of Secrets Manager mean that other AWS services do not have, by the names of its
 * service model. Source: under Errors of each call in
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/.
 */
import type { AppError } from '@shared/errors';
import { always, errorFromAnswer } from '../aws/errors';
import type { CallContext, ErrorRule, Finding } from '../aws/service';

/** Regions as AWS lists them at the end of its sentence; none if it words it otherwise. */
const replicaRegions = (message: string): string[] =>
  (message.split(/replica regions?/i)[1] ?? '').match(/[a-z]{2,4}(?:-[a-z]+)+-\d+/g) ?? [];

/** What AWS says of secrets that are replicated, under either name of an error. */
function replication(message: string): Finding | undefined {
  if (/still has replica/i.test(message)) {
    const regions = replicaRegions(message);
    const where = regions.length === 0 ? 'other regions' : regions.join(', ');
    return [
      'REQUEST_REFUSED',
      {
        message: `This secret has replicas in ${where}, and AWS does not delete it before they are gone.`,
        hint: 'Remove the replicas first, in the AWS Console or with “aws secretsmanager remove-regions-from-replication”, then delete it again.',
      },
    ];
  }
  if (/replica secret/i.test(message)) {
    return [
      'REQUEST_REFUSED',
      {
        message: 'This secret is a replica and cannot be changed in this region.',
        hint: 'Change it in the region of its primary.',
      },
    ];
  }
  return undefined;
}

const invalidRequest: ErrorRule = ({ message }) => {
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
  return replication(message) ?? ['REQUEST_REFUSED'];
};

const invalidParameter: ErrorRule = ({ message }) =>
  /invalid name/i.test(message)
    ? ['NAME_NOT_ALLOWED']
    : (replication(message) ?? ['REQUEST_REFUSED']);

const notFound: ErrorRule = ({ message }) =>
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

export const secretsManagerErrors: ReadonlyMap<string | undefined, ErrorRule> = new Map(
  Object.entries<ErrorRule>({
    ResourceNotFoundException: notFound,
    ResourceExistsException: always('ALREADY_EXISTS'),
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
    EncryptionFailure: always('ENCRYPTION_FAILED'),
    DecryptionFailure: always('ENCRYPTION_FAILED'),
  }),
);

/** One of the failures inside the answer to BatchGetSecretValue. */
export const batchItemError = (
  item: { readonly ErrorCode?: string | undefined; readonly Message?: string | undefined },
  context: CallContext,
): AppError =>
  errorFromAnswer(
    { name: item.ErrorCode, message: item.Message },
    { ...context, operation: 'GetSecretValue' },
  );
