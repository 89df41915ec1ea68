import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';
import { azureKeyVaultFacts } from './facts/azure-key-vault';
import { checkNetwork, networkShape } from './network';

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

export const azureKeyVaultDescriptor: ProviderDescriptor = {
  ...azureKeyVaultFacts,
  schema: azureKeyVaultSchema,
};
