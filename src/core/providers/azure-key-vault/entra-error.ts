/**
 * Why Microsoft Entra ID gives no token. The codes are those of
 * https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
import { z } from 'zod';
import { AppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import type { AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import type { HttpAnswer } from '@core/network/http';

const errorSchema = z.object({
  error: z.string(),
  error_description: z.string().optional(),
  error_codes: z.array(z.number()).optional(),
});

type Meaning = readonly [ErrorCode, AppErrorOptions];

const EMPTY_TENANT = { field: 'tenant', suggestion: '' } as const;

const byCode: Readonly<Record<number, (values: AzureKeyVaultValues, text: string) => Meaning>> = {
  7000215: () => [
    'KEY_ID_UNKNOWN',
    {
      message: 'Azure does not accept this client secret.',
      likelyCause: 'It is mistyped, or it is the id of the secret and not its value.',
      hint: 'Enter the value of the secret. The portal shows it only once, when it is created.',
      details: { field: 'clientSecret' },
    },
  ],
  7000222: () => [
    'CREDENTIALS_EXPIRED',
    {
      message: 'The client secret has expired.',
      hint: 'Create a new one under Certificates & secrets of the application, and enter its value.',
      details: { field: 'clientSecret' },
    },
  ],
  700016: ({ clientId, tenant }) => [
    'KEY_ID_UNKNOWN',
    {
      message: `The tenant ${tenant === '' ? 'of the vault' : tenant} has no application ${clientId}.`,
      likelyCause: 'The client id is mistyped, or the application belongs to another tenant.',
      hint:
        tenant === ''
          ? 'Check Client ID: the portal shows it as Application (client) ID.'
          : 'Empty Tenant to use the tenant of the vault, or check Client ID.',
      details: tenant === '' ? { field: 'clientId' } : EMPTY_TENANT,
    },
  ],
  90002: ({ tenant }) => [
    'INVALID_CONFIGURATION',
    {
      message: `There is no tenant ${tenant === '' ? 'such as the vault names' : tenant}.`,
      likelyCause: 'It is mistyped, or belongs to another cloud.',
      hint: 'Empty Tenant to use the tenant of the vault.',
      details: EMPTY_TENANT,
    },
  ],
  700027: (_, text) =>
    /key used is expired/i.test(text)
      ? [
          'CREDENTIALS_EXPIRED',
          {
            message: 'The certificate has expired.',
            hint: 'Upload a new one under Certificates & secrets of the application, and choose its file.',
            details: { field: 'certificateFile' },
          },
        ]
      : [
          'KEY_ID_UNKNOWN',
          {
            message: 'Azure does not know this certificate.',
            likelyCause: 'It has not been added to the application, or another certificate has.',
            hint: 'Upload the certificate under Certificates & secrets of the application.',
            details: { field: 'certificateFile' },
          },
        ],
  500011: ({ tenant }) => [
    'INVALID_CONFIGURATION',
    {
      message: `The tenant ${tenant === '' ? 'of the vault' : tenant} gives no tokens for key vaults of this cloud.`,
      likelyCause: 'The tenant or the authority belongs to another cloud than the vault.',
      hint: 'Empty Tenant and Authority to use those that the vault names.',
      details: { field: 'tenant' },
    },
  ],
  700024: () => ['CLOCK_SKEWED', {}],
  70021: () => [
    'ROLE_REFUSED',
    {
      message: 'The application does not trust this workload.',
      likelyCause: 'It has no federated credential for this issuer and subject.',
      hint: 'Add a federated credential for the service account of the workload to the application.',
      details: { field: 'clientId' },
    },
  ],
  50034: () => [
    'KEY_ID_UNKNOWN',
    {
      message: 'The account is not in this tenant.',
      hint: 'Check Tenant.',
      details: { field: 'tenant' },
    },
  ],
};
const same: Readonly<Record<number, number>> = {
  7000216: 7000215,
  7000218: 7000215,
  900023: 90002,
  90013: 90002,
  700211: 70021,
  700212: 70021,
  700213: 70021,
};

export function entraError(answer: HttpAnswer, values: AzureKeyVaultValues): AppError {
  const parsed = errorSchema.safeParse(answer.json());
  if (!parsed.success) {
    return new AppError(answer.status >= 500 ? 'SERVER_ERROR' : 'UNEXPECTED_ANSWER', {
      details: answer.details,
    });
  }
  const { error, error_description: text = '', error_codes: codes = [] } = parsed.data;
  const code = codes[0] ?? Number(/AADSTS(\d+)/.exec(text)?.[1] ?? 0);
  const meaning = byCode[same[code] ?? code]?.(values, text) ?? general(error);
  const [name, options] = meaning;
  const details = {
    status: answer.status,
    serverCode: code === 0 ? error : `AADSTS${String(code)}`,
  };
  return new AppError(name, { ...options, details: { ...details, ...options.details } });
}

const general = (error: string): Meaning =>
  error === 'temporarily_unavailable'
    ? ['SERVER_ERROR', {}]
    : [
        'AUTHENTICATION_FAILED',
        {
          message: 'Microsoft Entra ID gives no token for these credentials.',
          hint: 'Check Client ID, Tenant and the credentials of the application.',
          details: { field: 'clientId' },
        },
      ];
