import { z } from 'zod';
import type { ProviderDescriptor } from './descriptor';
import { plainFilesFacts } from './facts/plain-files';

const plainFilesSchema = z.object({
  folder: z
    .string()
    .trim()
    .refine((path) => path === '' || /^(~[\\/]|\/|\\\\|[a-z]:[\\/])/i.test(path), {
      message: 'Write the whole path, from / or ~/ on.',
    }),
  autoSync: z.boolean(),
});

export type PlainFilesValues = z.infer<typeof plainFilesSchema>;

export const plainFilesDescriptor: ProviderDescriptor = {
  ...plainFilesFacts,
  schema: plainFilesSchema,
};
