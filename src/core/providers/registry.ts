import type { ProviderId } from '@shared/providers/descriptor';
import type { ProviderFactory } from './provider';

/** How to load each provider there is; the composition root fills it. */
export type ProviderLoaders = Readonly<Record<ProviderId, () => Promise<ProviderFactory>>>;

/** Loads the code of a provider when it is first used: most people use one, and the code of all takes a while. */
export class ProviderRegistry {
  readonly #loading = new Map<ProviderId, Promise<ProviderFactory>>();
  readonly #loaded: ProviderFactory[] = [];

  constructor(private readonly loaders: ProviderLoaders) {}

  get(id: ProviderId): Promise<ProviderFactory> {
    const loading = this.#loading.get(id) ?? this.#load(id);
    this.#loading.set(id, loading);
    return loading;
  }

  /** Forgets logins that outlive the provider they were made for. */
  forgetLogins(): void {
    for (const factory of this.#loaded) factory.forgetLogins?.();
  }

  async #load(id: ProviderId): Promise<ProviderFactory> {
    const factory = await this.loaders[id]();
    this.#loaded.push(factory);
    return factory;
  }
}
