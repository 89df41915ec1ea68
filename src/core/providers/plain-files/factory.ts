import type { PlainFilesValues } from '@shared/providers/plain-files';
import { systemRuntime, type Runtime } from '@core/runtime';
import type { ProviderFactory } from '../provider';
import { PlainFilesProvider } from './provider';

export const createPlainFilesFactory = ({
  runtime = systemRuntime,
}: { readonly runtime?: Runtime } = {}): ProviderFactory<PlainFilesValues> => ({
  id: 'plain-files',
  create: ({ values }) => new PlainFilesProvider(values, runtime),
});
