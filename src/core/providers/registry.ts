import type { ProviderId } from '@shared/providers/descriptor';
import type { ProviderFactory } from './provider';

/** Every provider there is; the composition root fills it. */
export type ProviderRegistry = Readonly<Record<ProviderId, ProviderFactory>>;
