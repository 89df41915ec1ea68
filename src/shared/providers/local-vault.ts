import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';

const localVaultSchema = z.object({ autoSync: z.boolean() });

export type LocalVaultValues = z.infer<typeof localVaultSchema>;

export const localVaultDescriptor: ProviderDescriptor = {
  id: 'local-vault',
  label: 'Local vault',
  summary: 'An encrypted file on this computer. No server, no account, and no sharing.',
  traits: {
    place: 'computer',
    numbers: 'exact',
    recovery: 'The local vault keeps it in its bin for 30 days.',
    withoutVersions:
      'The local vault keeps only the newest values. HashiCorp Vault with KV version 2 and AWS Secrets Manager also keep older ones.',
  },
  defaults: { autoSync: true },
  schema: localVaultSchema,
  fields: [
    {
      kind: 'switch',
      name: 'autoSync',
      label: 'Auto Sync',
      help: 'Load the values when Strongroom starts.',
    },
  ],
};
