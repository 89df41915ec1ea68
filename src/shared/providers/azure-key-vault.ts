import { z } from 'zod';
import { platformLimits } from '../model/platform-limits';
import type { ProviderDescriptor } from './descriptor';
import { checkNetwork, networkDefaults, networkFields, networkShape } from './network';

/** See https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name */
const NAME = /^[a-z](?:-?[a-z0-9]){2,23}$/i;

/** As `URL.hostname` gives it. A name such as 127.0.0.1.example is another computer. */
const isThisComputer = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);

const vaultSchema = z
  .string()
  .trim()
  .superRefine((text, context) => {
    if (text === '') return;
    const refuse = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (!text.includes(':') && !text.includes('.')) {
      if (!NAME.test(text) || text.length > 24) {
        refuse('The name of a key vault has 3 to 24 letters, digits and single hyphens.');
      }
      return;
    }
    const address = text.includes('://') ? text : `https://${text}`;
    if (!URL.canParse(address)) return refuse('Enter the name of the vault, or its whole address.');
    const url = new URL(address);
    if (!/^[\w.-]+$|^\[::1\]$/.test(url.hostname)) {
      return refuse('Enter the name of the vault, or its whole address.');
    }
    if (/(^|\.)portal\.azure\./i.test(url.hostname)) {
      return refuse('This is the Azure portal. It shows the “Vault URI” on the page of the vault.');
    }
    if (url.protocol !== 'https:' && !isThisComputer(url.hostname)) {
      return refuse('Start with https://.');
    }
    if (url.username !== '' || url.password !== '') {
      return refuse('Leave user and password out of the address.');
    }
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
      return refuse('Remove everything after the host.');
    }
  });

/** A tenant is a GUID, or a domain that belongs to it. */
const tenantSchema = z
  .string()
  .trim()
  .refine((text) => text === '' || /^[\w-]+(\.[\w-]+)*$/.test(text), {
    message: 'Enter the tenant’s id, or a domain of it such as contoso.onmicrosoft.com.',
  });

const idSchema = z
  .string()
  .trim()
  .refine((text) => text === '' || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text), {
    message: 'A client id is written like 12345678-90ab-cdef-1234-567890abcdef.',
  });

const isAuthority = (text: string): boolean =>
  URL.canParse(text) &&
  /^https?:\/\/[^/?#@]+\/?$/i.test(text) &&
  (new URL(text).protocol === 'https:' || isThisComputer(new URL(text).hostname));

const authoritySchema = z
  .string()
  .trim()
  .refine((text) => text === '' || isAuthority(text), {
    message: 'An authority is written like https://login.microsoftonline.com.',
  });

export const azureKeyVaultSchema = z
  .object({
    vault: vaultSchema,
    authentication: z.enum(['cli', 'secret', 'certificate', 'managed', 'workload'], {
      error: 'Choose how to authenticate. No call is made to Azure before that.',
    }),
    tenant: tenantSchema,
    clientId: idSchema,
    certificateFile: z.string().trim(),
    authority: authoritySchema,
    autoSync: z.boolean(),
    ...networkShape,
  })
  .superRefine((values, context) => {
    checkNetwork(values, context);
    const need = (field: 'tenant' | 'clientId' | 'certificateFile', message: string): void => {
      if (values[field] === '') context.addIssue({ code: 'custom', path: [field], message });
    };
    if (values.authentication === 'secret' || values.authentication === 'certificate') {
      need('clientId', 'Enter the client id of the application.');
    }
    if (values.authentication === 'certificate') {
      need('certificateFile', 'Enter the file with the certificate and its key.');
    }
  });

/** The matching credentials are `clientSecret` and `certificatePassphrase`. */
export type AzureKeyVaultValues = z.infer<typeof azureKeyVaultSchema>;

/** The address of a vault that was entered by name or as an address. */
export function vaultUrl(vault: string): URL {
  if (vault.includes('://')) return new URL(new URL(vault).origin);
  return new URL(vault.includes('.') ? `https://${vault}` : `https://${vault}.vault.azure.net`);
}

const withApplication = ['secret', 'certificate'] as const;

export const azureKeyVaultDescriptor: ProviderDescriptor = {
  id: 'azure-key-vault',
  label: 'Azure Key Vault',
  group: 'cloud',
  icon: 'cloud',
  summary: 'Each environment is one secret: a JSON object of keys and values.',
  traits: {
    place: 'server',
    item: 'secret',
    layouts: ['object', 'entries'],
    limits: platformLimits,
    numbers: 'exact',
    ownership: 'store',
    staleWrites: 'detected',
    recovery: { kept: 'The vault keeps it for 7 to 90 days, and it can be undeleted until then.' },
  },
  defaults: {
    vault: '',
    authentication: '',
    tenant: '',
    clientId: '',
    certificateFile: '',
    authority: '',
    autoSync: false,
    ...networkDefaults,
  },
  schema: azureKeyVaultSchema,
  addressField: 'vault',
  fields: [
    {
      kind: 'text',
      name: 'vault',
      bindsCredentials: true,
      label: 'Key vault',
      placeholder: 'my-vault',
      help: 'Its name, or its whole address for another cloud, such as my-vault.vault.azure.cn.',
    },
    {
      kind: 'choice',
      name: 'authentication',
      label: 'Authentication',
      options: [
        { value: 'cli', label: 'Azure CLI' },
        { value: 'secret', label: 'Client Secret' },
        { value: 'certificate', label: 'Certificate' },
        { value: 'managed', label: 'Managed Identity' },
        { value: 'workload', label: 'Workload Identity' },
      ],
      help: 'Azure CLI uses the sign-in of “az login”.',
    },
    {
      kind: 'text',
      name: 'clientId',
      label: 'Client ID',
      optional: true,
      placeholder: '12345678-90ab-cdef-1234-567890abcdef',
      help: 'The client ID of the application, or of a user-assigned managed identity.',
    },
    {
      kind: 'credential',
      name: 'clientSecret',
      label: 'Client Secret',
      help: 'The value of the secret and not its id.',
      when: { field: 'authentication', is: withApplication[0] },
    },
    {
      kind: 'text',
      name: 'certificateFile',
      label: 'Certificate file',
      optional: true,
      placeholder: '~/certs/app.pem',
      help: 'A PEM file with the certificate of the application and its private key.',
      when: { field: 'authentication', is: withApplication[1] },
    },
    {
      kind: 'credential',
      name: 'certificatePassphrase',
      label: 'Certificate passphrase',
      optional: true,
      help: 'If the private key is encrypted.',
      when: { field: 'authentication', is: withApplication[1] },
    },
    {
      kind: 'text',
      name: 'tenant',
      label: 'Tenant',
      optional: true,
      more: true,
      placeholder: 'contoso.onmicrosoft.com',
      help: 'Leave empty for the tenant that the vault names.',
    },
    {
      kind: 'text',
      name: 'authority',
      bindsCredentials: true,
      label: 'Authority',
      optional: true,
      more: true,
      placeholder: 'https://login.microsoftonline.com',
      help: 'The address to sign in at. Leave empty for the one that the vault names.',
    },
    {
      kind: 'switch',
      name: 'autoSync',
      label: 'Auto Sync',
      help: 'Pull from Azure when Strongroom starts.',
    },
    ...networkFields,
  ],
};
