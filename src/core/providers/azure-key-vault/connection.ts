import type { AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import { AdaptiveLimit } from '@core/network/concurrency';
import { Network } from '@core/network/network';
import { environmentProxy, type SystemProxy } from '@core/network/system-proxy';
import { systemRuntime, type Runtime } from '@core/runtime';
import type { ProviderSettings } from '../provider';
import { KeyVaultApi } from './api';

/** Times in milliseconds. Only tests set other values than the defaults, to be quick. */
export interface AzureOptions {
  readonly runtime?: Runtime;
  /** One call with all its attempts. */
  readonly deadlineMs?: number;
  /** Calls, and so connections, at a time; fewer if Azure throttles. A vault takes 4,000 in ten seconds. */
  readonly concurrency?: number;
  /** Which proxy this computer asks for. Default: that of the environment. */
  readonly systemProxy?: SystemProxy;
}

/** One configured way to a key vault. */
export class KeyVaultConnection {
  readonly network: Network;
  readonly limit: AdaptiveLimit;
  readonly api: KeyVaultApi;
  readonly runtime: Runtime;

  constructor(
    readonly settings: ProviderSettings<AzureKeyVaultValues>,
    {
      runtime = systemRuntime,
      deadlineMs = 30_000,
      concurrency = 24,
      systemProxy = environmentProxy(runtime.env),
    }: AzureOptions = {},
  ) {
    const { values, credentials } = settings;
    this.runtime = runtime;
    this.network = new Network({ values, credentials, verifySsl: true }, { runtime, systemProxy });
    this.limit = new AdaptiveLimit(concurrency);
    this.api = new KeyVaultApi({
      settings,
      network: this.network,
      runtime,
      deadlineMs,
      limit: this.limit,
      maxSockets: concurrency,
    });
  }
}
