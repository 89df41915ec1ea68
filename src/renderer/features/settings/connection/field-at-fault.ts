/** The field of the form that fixes a failed step. */
import type { FormValues } from '@shared/model/form-values';
import type { ErrorCode, ErrorReport } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import { isFieldShown, type FieldDescriptor, type ProviderId } from '@shared/providers/descriptor';

type Fields = Partial<Record<ErrorCode, string>>;

const address = (field: string): Fields => ({
  NAME_NOT_FOUND: field,
  HOST_UNREACHABLE: field,
  CONNECTION_REFUSED: field,
  CONNECTION_RESET: field,
  TIMED_OUT: field,
  TLS_FAILED: field,
  HTTPS_EXPECTED: field,
  TLS_WRONG_NAME: field,
  TLS_UNTRUSTED: 'caFile',
  UNEXPECTED_ANSWER: field,
});

/** For errors that name no field, because they are also thrown in other places. */
const usual: Readonly<Record<ProviderId, Fields>> = {
  'hashicorp-vault': {
    ...address('url'),
    TOKEN_INVALID: 'token',
    APPROLE_REFUSED: 'secretId',
    ENGINE_NOT_FOUND: 'enginePath',
  },
  'aws-secrets-manager': {
    ...address('endpoint'),
    KEY_ID_UNKNOWN: 'accessKeyId',
    SIGNATURE_REFUSED: 'secretAccessKey',
  },
  'local-vault': {},
};

/** The field to fix; `undefined` if there is none, or if the form does not show it now. */
export function fieldAtFault(
  provider: ProviderId,
  values: FormValues,
  { code, details }: ErrorReport,
): FieldDescriptor | undefined {
  const name = details?.field ?? usual[provider][code];
  const field = providerDescriptors[provider].fields.find((one) => one.name === name);
  return field !== undefined && isFieldShown(field, values) ? field : undefined;
}
