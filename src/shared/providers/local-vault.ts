import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';

export const localVaultSchema = z.object({ autoSync: z.boolean() });

export type LocalVaultValues = z.infer<typeof localVaultSchema>;

export const localVaultDescriptor: ProviderDescriptor = {
  id: 'local-vault',
  label: 'Local vault',
  summary: 'An encrypted file on this computer. No server, no account, and no sharing.',
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
  guide: [
    {
      title: 'What the local vault is',
      intro:
        'One file in the data directory, encrypted with the same key as your credentials: AES-256 with a key from this computer’s keychain, or from your passphrase. It is for trying Strongroom out and for variables that only you need.',
      notes: [
        'Nobody else can read it, and nothing backs it up: a lost key or disk is a lost vault.',
        'Move to HashiCorp Vault or AWS Secrets Manager when a team needs the values.',
      ],
    },
  ],
};
