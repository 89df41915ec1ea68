import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';
import { FIRST_FOLDER, localVaultFacts } from './facts/local-vault';

const folderSchema = z
  .string()
  .trim()
  .max(100, 'The name of a folder has at most 100 characters.')
  .refine((name) => name === FIRST_FOLDER || !/[/\p{Cc}]/u.test(name), {
    message: 'The name of a folder has no slashes and no line breaks. Only “/” itself is a folder.',
  });

const localVaultSchema = z.object({
  autoSync: z.boolean(),
  /** Empty for the workspace's own. Settings that were stored before folders existed do not have it. */
  folder: folderSchema.default(''),
});

export type LocalVaultValues = z.infer<typeof localVaultSchema>;

export const localVaultDescriptor: ProviderDescriptor = {
  ...localVaultFacts,
  schema: localVaultSchema,
};
