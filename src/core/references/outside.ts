/** Values of environments that this core does not have: see `CoreOptions.outside`. */
import type { Secret } from '@core/secrets/secret';

export interface OutsideValues {
  /** All values of an environment, which is a vault there. With `fresh`, from the provider and no cache. */
  values(
    environment: string,
    options: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<ReadonlyMap<string, Secret>>;
}
