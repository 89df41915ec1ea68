/** Decides where the values of a vault live. */
import { AppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { platformByMetadata, platformByVariables, storeOf, type FoundMachine } from './platforms';
import type { GivenSettings } from './settings';
import { sdkProviders, type SdkProvider, type VaultOptions } from './types';

export interface Decision {
  readonly provider: SdkProvider;
  readonly because: string;
  readonly given: GivenSettings;
  readonly machine: Pick<FoundMachine, 'region' | 'project'>;
  /** Whether the program runs in the cloud of this provider. */
  readonly isAtHome: boolean;
  /** Whether nothing else was there to choose. */
  readonly isFallback: boolean;
}

export interface Deciding {
  readonly options: VaultOptions;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  /** Whether a Strongroom of this computer listens. */
  readonly strongroomListens: () => Promise<boolean>;
}

const isProvider = (name: string): name is SdkProvider =>
  (sdkProviders as readonly string[]).includes(name);

/**
 * In this order: the options, `STRONGROOM_PROVIDER`, the cloud that the program runs in, the Strongroom of this
 * computer, plain files. Throws `INVALID_CONFIGURATION` and `CANCELLED`.
 */
export async function decide(deciding: Deciding): Promise<Decision> {
  const { options, runtime, signal } = deciding;
  const { env } = runtime;
  const byVariables = platformByVariables(env);
  const mayAsk = options.metadata ?? env['STRONGROOM_METADATA'] === 'true';
  const named = namedProvider(options, env);
  const mayHelp =
    named === undefined || Object.keys(storeOf).some((cloud) => isIn(cloud, named.provider));
  const machine = mayAsk && mayHelp ? await platformByMetadata(runtime, signal) : undefined;
  const found = byVariables ?? machine;
  const decided = (provider: SdkProvider, because: string, isFallback = false): Decision => ({
    provider,
    because,
    isFallback,
    given: { ...options.settings },
    machine: machine ?? {},
    isAtHome: found !== undefined && isIn(found.platform, provider),
  });
  if (named !== undefined) return decided(named.provider, named.because);
  if (found !== undefined) return decided(storeOf[found.platform], found.because);
  if (await deciding.strongroomListens()) {
    return decided('strongroom', 'Strongroom is running on this computer');
  }
  return decided('plain-files', 'nothing else is set up', true);
}

/** Whether the store of a provider is one of this cloud. */
const isIn = (platform: string, provider: SdkProvider): boolean =>
  provider.startsWith(`${platform}-`);

function namedProvider(
  { provider }: VaultOptions,
  env: Runtime['env'],
): Pick<Decision, 'provider' | 'because'> | undefined {
  const variable = env['STRONGROOM_PROVIDER'] ?? '';
  const name = provider ?? variable;
  if (name === '') return undefined;
  const isOption = provider !== undefined;
  if (isProvider(name)) {
    return {
      provider: name,
      because: `${isOption ? 'the option provider' : 'STRONGROOM_PROVIDER'} says so`,
    };
  }
  throw new AppError('INVALID_CONFIGURATION', {
    message: `${isOption ? 'The option provider' : 'STRONGROOM_PROVIDER'} is “${name}”, which is not a provider.`,
    hint: `Use one of ${sdkProviders.join(', ')}.`,
    details: { field: 'provider' },
  });
}
