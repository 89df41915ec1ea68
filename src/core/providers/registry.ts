import { AppError, isAppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import type { ProviderId } from '@shared/providers/descriptor';
import type { ProviderFactory } from './provider';

/** How to load each provider there is; the composition root fills it. */
export type ProviderLoaders = Readonly<Record<ProviderId, () => Promise<ProviderFactory>>>;

/** Loads the code of a provider when it is first used: most people use one, and the code of all takes a while. */
export class ProviderRegistry {
  readonly #loading = new Map<ProviderId, Promise<ProviderFactory>>();
  readonly #loaded: ProviderFactory[] = [];

  constructor(private readonly loaders: ProviderLoaders) {}

  /** Throws `VERSION_MISMATCH` if the code cannot be loaded. The next call tries again. */
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
    try {
      const factory = await this.loaders[id]();
      this.#loaded.push(factory);
      return factory;
    } catch (error) {
      this.#loading.delete(id);
      throw isAppError(error) ? error : notLoaded(id, error);
    }
  }
}

/** An update replaces the files of the program, and those of the new version have other names. */
const notLoaded = (id: ProviderId, cause: unknown): AppError =>
  new AppError('VERSION_MISMATCH', {
    message: `The part of Strongroom for ${providerDescriptors[id].label} could not be loaded.`,
    likelyCause:
      'A file of the program is missing, most likely because Strongroom was updated while it was running.',
    hint: 'Quit Strongroom and start it again. If this keeps happening, install it again.',
    cause,
  });
