/**
 * What the errors of Parameter Store mean that other AWS services do not have, by the names of its service
 * model. Source: under Errors of each call in
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/.
 */
import { always } from '../aws/errors';
import type { ErrorRule } from '../aws/service';

const validation: ErrorRule = ({ message }) => {
  if (/exceeds? the maximum|too large|(4096|8192) characters/i.test(message)) {
    return [
      'VALUE_TOO_LARGE',
      {
        message: 'The value is larger than its tier allows.',
        likelyCause: 'A Standard parameter holds 4,096 bytes, an Advanced one 8,192.',
        hint: 'Choose Intelligent as Tier, or store the variables in a folder, one parameter each.',
        remedy: { open: 'connection', field: 'tier' },
        details: { field: 'tier' },
      },
    ];
  }
  if (/type is required/i.test(message)) {
    // Asked for only if the parameter that was to be written over is not there.
    return [
      'NOT_FOUND',
      { message: 'Somebody else deleted this parameter before it was written.' },
    ];
  }
  if (/\{\{|parameter reference/i.test(message)) {
    return ['INVALID_INPUT', { message: 'Parameter Store does not take {{…}} in a value.' }];
  }
  if (/name|hierarchy|fully qualified/i.test(message)) return ['NAME_NOT_ALLOWED'];
  return ['REQUEST_REFUSED'];
};

const tooManyUpdates: ErrorRule = ({ message }) =>
  /stale tags|retry in a while/i.test(message)
    ? [
        'REQUEST_REFUSED',
        {
          message: 'A parameter of this name was deleted a moment ago.',
          likelyCause: 'AWS keeps the name of a deleted parameter for 30 seconds.',
          hint: 'Wait half a minute, then try again.',
        },
      ]
    : [
        'RATE_LIMITED',
        {
          message: 'AWS takes one change of a parameter at a time, and another one is under way.',
          likelyCause:
            'Somebody else writes the same parameter, or it was deleted less than 30 seconds ago.',
          hint: 'Wait half a minute, then try again.',
        },
      ];

const kms =
  (why: string): ErrorRule =>
  (_, { settings }) => [
    'ENCRYPTION_FAILED',
    {
      message: 'AWS could not use the KMS key of this parameter.',
      likelyCause: why,
      hint: 'Check KMS Key, and that the key is enabled and in this region.',
      ...('kmsKey' in settings.values && { details: { field: 'kmsKey' } }),
    },
  ];

const quota: ErrorRule = () => [
  'REQUEST_REFUSED',
  {
    message: 'This account has as many parameters as AWS allows in the region.',
    likelyCause: 'It is 10,000 Standard parameters, or 100,000 Advanced ones.',
    hint: 'Delete parameters that nobody needs, or ask AWS to raise the limit.',
  },
];

export const parameterStoreErrors: ReadonlyMap<string | undefined, ErrorRule> = new Map(
  Object.entries<ErrorRule>({
    ParameterNotFound: always('NOT_FOUND'),
    // Of calls about tags.
    InvalidResourceId: always('NOT_FOUND'),
    ParameterVersionNotFound: () => [
      'NOT_FOUND',
      {
        message: 'AWS does not keep this version any more.',
        likelyCause: 'A parameter keeps its last 100 versions.',
        hint: 'Choose another version.',
      },
    ],
    ParameterAlreadyExists: always('ALREADY_EXISTS'),
    TooManyUpdates: tooManyUpdates,
    ValidationException: validation,
    InvalidKeyId: kms(
      'There is no such key, it is disabled, or it is in another region or account.',
    ),
    ParameterLimitExceeded: quota,
    ParameterMaxVersionLimitExceeded: () => [
      'REQUEST_REFUSED',
      {
        message: 'The parameter has 100 versions, and the oldest of them has a label.',
        hint: 'Move the label to a newer version, so that AWS can drop the oldest one.',
      },
    ],
    HierarchyTypeMismatchException: () => [
      'REQUEST_REFUSED',
      {
        message: 'AWS does not change the type of a parameter.',
        hint: 'Delete the parameter, wait 30 seconds, and save again.',
      },
    ],
    HierarchyLevelLimitExceededException: always('NAME_NOT_ALLOWED'),
    ParameterPatternMismatchException: () => [
      'INVALID_INPUT',
      {
        message: 'The value does not fit the pattern that this parameter allows.',
        likelyCause: 'The parameter was created with an AllowedPattern.',
        hint: 'Change the value. “aws ssm describe-parameters” shows the pattern.',
      },
    ],
    UnsupportedParameterType: always('REQUEST_REFUSED'),
  }),
);
