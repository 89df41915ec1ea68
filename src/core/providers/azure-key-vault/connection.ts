import type { AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import { Network } from '@core/network/network';
import { RequestLimit, mostAtOnce } from '@core/network/request-limit';
import { environmentProxy, type SystemProxy } from '@core/network/system-proxy';
import { systemRuntime, type Runtime } from '@core/runtime';
import type { Listing, ProviderSettings } from '../provider';
import { KeyVaultApi } from './api';
import type { ListedSecrets } from './listed-secrets';

/** Times in milliseconds. Only tests set other values than the defaults, to be quick. */
export interface AzureOptions {
  readonly runtime?: Runtime;
  /** One call with all its attempts. */
  readonly deadlineMs?: number;
  /** Calls, and so connections, at a time, if the settings name no number. */
  readonly concurrency?: number;
  /** Calls in ten seconds, other than writes. */
  readonly calls?: number;
  /** Which proxy this computer asks for. Default: that of the environment. */
  readonly systemProxy?: SystemProxy;
}

/**
 * The calls that a vault takes in ten seconds. The period is a little longer, because clocks differ. Source:
 * https://learn.microsoft.com/en-us/azure/key-vault/general/service-limits#secrets-managed-storage-account-keys-and-vault-transactions
 */
const PERIOD_MS = 10_200;
const CALLS = 4000;
const WRITES = 300;

/** One configured way to a key vault. */
export class KeyVaultConnection {
  readonly network: Network;
  readonly limit: RequestLimit;
  readonly api: KeyVaultApi;
  readonly runtime: Runtime;
  /** What is known of the secrets in listings that were returned. */
  readonly listings = new WeakMap<Listing, ListedSecrets>();

  constructor(
    readonly settings: ProviderSettings<AzureKeyVaultValues>,
    {
      runtime = systemRuntime,
      deadlineMs = 30_000,
      concurrency,
      calls = CALLS,
      systemProxy = environmentProxy(runtime.env),
    }: AzureOptions = {},
  ) {
    const { values, credentials } = settings;
    this.runtime = runtime;
    this.network = new Network({ values, credentials, verifySsl: true }, { runtime, systemProxy });
    const most = mostAtOnce(values, concurrency);
    const limitOf = (requests: number): RequestLimit =>
      new RequestLimit({ runtime, most, window: { requests, periodMs: PERIOD_MS } });
    this.limit = limitOf(calls);
    this.api = new KeyVaultApi({
      settings,
      network: this.network,
      runtime,
      deadlineMs,
      limit: this.limit,
      writes: limitOf(WRITES),
      maxSockets: most,
    });
  }
}
