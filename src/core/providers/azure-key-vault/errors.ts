/**
 * What an answer of Key Vault that is no success means. The server's words are matched, never shown. See
 * https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes
 */
import { z } from 'zod';
import { AppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import { vaultUrl, type AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import type { HttpAnswer } from '@core/network/http';
import type { ApiCall } from './call';

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string().optional(),
    innererror: z.object({ code: z.string().optional() }).nullish(),
  }),
});

interface Complaint {
  readonly code: string;
  readonly inner: string;
  readonly message: string;
}

function complaintOf(answer: HttpAnswer): Complaint | undefined {
  const parsed = errorSchema.safeParse(answer.json());
  if (!parsed.success) return undefined;
  const { code, message = '', innererror } = parsed.data.error;
  return { code, message, inner: innererror?.code ?? '' };
}

type Meaning = readonly [ErrorCode, AppErrorOptions];

export function answerError(
  answer: HttpAnswer,
  call: ApiCall,
  values: AzureKeyVaultValues,
): AppError {
  const complaint = complaintOf(answer);
  const details = {
    ...answer.details,
    ...(call.secret !== undefined && { path: call.secret }),
    serverCode: /^\w{1,60}$/.exec(complaint?.inner || (complaint?.code ?? ''))?.[0],
  };
  if (complaint === undefined) {
    const code = answer.status === 429 ? 'RATE_LIMITED' : 'UNEXPECTED_ANSWER';
    return new AppError(answer.status >= 500 ? 'SERVER_ERROR' : code, { details });
  }
  const [code, options] = meaningOf(answer.status, complaint, call, values);
  return new AppError(code, { ...options, details: { ...details, ...options.details } });
}

function meaningOf(
  status: number,
  complaint: Complaint,
  call: ApiCall,
  values: AzureKeyVaultValues,
): Meaning {
  const { inner, message } = complaint;
  switch (status) {
    case 401:
      return [
        'TOKEN_INVALID',
        {
          message: 'The vault does not accept the access token.',
          likelyCause: /AKV10032|issuer|tenant/i.test(message)
            ? 'It is of another tenant than the vault.'
            : 'It has ended, or is for another service.',
          hint: 'Empty Tenant to use the tenant of the vault, with an application or account of that tenant.',
          details: { field: 'tenant', ...(values.tenant !== '' && { suggestion: '' }) },
        },
      ];
    case 403:
      return forbidden(complaint, call, values);
    case 404:
      return ['NOT_FOUND', {}];
    case 409:
      return conflict(inner);
    case 400:
      return /name/i.test(message)
        ? ['NAME_NOT_ALLOWED', {}]
        : /value|size|too (large|long)/i.test(message)
          ? ['VALUE_TOO_LARGE', {}]
          : ['REQUEST_REFUSED', {}];
    case 429:
      return ['RATE_LIMITED', {}];
    default:
      return [status >= 500 ? 'SERVER_ERROR' : 'REQUEST_REFUSED', {}];
  }
}

function conflict(inner: string): Meaning {
  if (inner === 'ObjectIsDeletedButRecoverable') {
    return [
      'SCHEDULED_FOR_DELETION',
      {
        message: 'The secret of this name was deleted, and the vault still keeps it.',
        hint: 'Undelete it and write over it, or choose another name.',
      },
    ];
  }
  if (inner.startsWith('ObjectIsBeing')) {
    return [
      'SERVER_ERROR',
      {
        message: `The secret is just being ${inner === 'ObjectIsBeingDeleted' ? 'deleted' : 'recovered'}.`,
        hint: 'Try again in half a minute.',
      },
    ];
  }
  return ['CONFLICT', {}];
}

function forbidden(
  { inner, message }: Complaint,
  { permission, secret = '' }: ApiCall,
  values: AzureKeyVaultValues,
): Meaning {
  const vault = vaultUrl(values.vault).hostname.split('.')[0] ?? '';
  if (inner === 'SecretManagedByKeyVault' || /lifetime is managed/i.test(message)) return managed();
  if (inner === 'SecretDisabled' || /disabled secret/i.test(message)) {
    return [
      'REQUEST_REFUSED',
      {
        message: 'This secret is disabled.',
        likelyCause: 'Somebody disabled it in Azure, so that nobody uses it.',
        hint: `Enable its newest version in the portal, or run: az keyvault secret set-attributes --vault-name ${vault} --name ${secret} --enabled true`,
        remedy: {
          run: `az keyvault secret set-attributes --vault-name ${vault} --name ${secret} --enabled true`,
        },
      },
    ];
  }
  if (/not yet valid|nbf/i.test(message) || /expired/i.test(inner)) {
    return [
      'REQUEST_REFUSED',
      {
        message: 'This secret may not be read at this time.',
        hint: 'Change its dates in the portal.',
      },
    ];
  }
  if (inner === 'ForbiddenByFirewall') {
    const [address] = /\b\d{1,3}(?:\.\d{1,3}){3}\b/.exec(message) ?? [];
    const command = `az keyvault network-rule add --name ${vault} --ip-address ${address ?? 'ADDRESS'}`;
    return [
      'PERMISSION_DENIED',
      {
        message: `The vault’s firewall does not let this computer in${address === undefined ? '' : ` (${address})`}.`,
        likelyCause: 'Its network settings name other addresses.',
        hint: `Have the address added under Networking of the vault, or by: ${command}`,
        remedy: { run: command },
      },
    ];
  }
  if (inner === 'ForbiddenByConnection') {
    return [
      'PERMISSION_DENIED',
      {
        message: 'The vault can be reached only from its private network.',
        likelyCause: 'Public access to it is disabled.',
        hint: 'Connect by the VPN or network that has its private endpoint.',
      },
    ];
  }
  const byPolicy = inner === 'AccessDenied' || inner === 'ForbiddenByPolicy';
  const role = ['get', 'list'].includes(permission)
    ? 'Key Vault Secrets User'
    : 'Key Vault Secrets Officer';
  const command = byPolicy ? policyCommand(vault, values) : roleCommand(vault, role, values);
  return [
    'PERMISSION_DENIED',
    {
      message: `The credentials are valid but do not permit secrets/${permission}${secret === '' ? '' : ` for ${secret}`}.`,
      likelyCause: byPolicy
        ? 'The vault uses access policies, and none gives this permission. Roles do not count there.'
        : `The vault uses roles (RBAC), and these credentials lack ${role}. Access policies do not count there, and a new role needs some minutes.`,
      hint: `${byPolicy ? 'Ask for an access policy' : `Ask for the role ${role}`} on the vault ${vault}: ${command}`,
      remedy: { run: command },
    },
  ];
}

const SIGNED_IN = '"$(az ad signed-in-user show --query id -o tsv)"';

function policyCommand(vault: string, { authentication, clientId }: AzureKeyVaultValues): string {
  const whom =
    authentication === 'cli'
      ? `--object-id ${SIGNED_IN}`
      : clientId === ''
        ? '--object-id PRINCIPAL-ID'
        : `--spn ${clientId}`;
  return `az keyvault set-policy --name ${vault} ${whom} --secret-permissions get list set delete recover`;
}

function roleCommand(
  vault: string,
  role: string,
  { authentication, clientId }: AzureKeyVaultValues,
): string {
  const whom = authentication === 'cli' ? SIGNED_IN : clientId || 'PRINCIPAL-ID';
  return `az role assignment create --role "${role}" --assignee ${whom} --scope "$(az keyvault show --name ${vault} --query id -o tsv)"`;
}

export const managed = (): Meaning => [
  'REQUEST_REFUSED',
  {
    message: 'This secret belongs to a certificate, and the vault manages it.',
    hint: 'Change the certificate in Azure; the secret can only be read here.',
  },
];
