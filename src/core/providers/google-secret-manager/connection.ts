import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';
import { Network } from '@core/network/network';
import { RequestLimit, mostAtOnce } from '@core/network/request-limit';
import { environmentProxy, type SystemProxy } from '@core/network/system-proxy';
import { systemRuntime, type Runtime } from '@core/runtime';
import type { Listing, ProviderSettings } from '../provider';
import { GoogleApi } from './api';
import { crc32c } from './crc32c';
import type { ListedSecrets } from './listed-secrets';

/** Times in milliseconds. Only tests set other values than the defaults, to be quick. */
export interface GoogleOptions {
  readonly runtime?: Runtime;
  /** One call with all its attempts. */
  readonly deadlineMs?: number;
  /** Calls, and so connections, at a time, if the settings name no number. */
  readonly concurrency?: number;
  /** Which proxy this computer asks for. Default: that of the environment. */
  readonly systemProxy?: SystemProxy;
}

/** One configured way to Secret Manager, and what is known that Google does not tell yet. */
export class GoogleConnection {
  readonly network: Network;
  readonly limit: RequestLimit;
  readonly api: GoogleApi;
  readonly runtime: Runtime;
  /** What is known of the secrets in listings that were returned. */
  readonly listings = new WeakMap<Listing, ListedSecrets>();
  /** The newest version that is known here, by id: `latest` may name an older one for minutes. */
  readonly newest = new Map<string, number>();
  readonly #seen = new Map<string, { readonly number: number; readonly print: string }>();
  /** How often a secret is known to have been created, by id. */
  readonly #lives = new Map<string, number>();
  /** By folder: the ids of variables that were created here, and `undefined` for those deleted here. */
  readonly created = new Map<string, Map<string, string | undefined>>();

  constructor(
    readonly settings: ProviderSettings<GoogleSecretManagerValues>,
    {
      runtime = systemRuntime,
      deadlineMs = 30_000,
      concurrency,
      systemProxy = environmentProxy(runtime.env),
    }: GoogleOptions = {},
  ) {
    const { values, credentials } = settings;
    this.runtime = runtime;
    this.network = new Network({ values, credentials, verifySsl: true }, { runtime, systemProxy });
    const most = mostAtOnce(values, concurrency);
    this.limit = new RequestLimit({ runtime, most });
    this.api = new GoogleApi({
      settings,
      network: this.network,
      runtime,
      deadlineMs,
      limit: this.limit,
      maxSockets: most,
    });
  }

  noteNewest(id: string, number: number): void {
    this.newest.set(id, Math.max(number, this.newest.get(id) ?? 0));
  }

  /**
   * Takes note of what the newest version holds. Google numbers the versions of a secret that was deleted and
   * created again from 1, and reading a value tells no time: other content under the same number shows it.
   */
  noteContent(id: string, number: number, bytes: Uint8Array): void {
    const print = `${String(bytes.byteLength)}:${String(crc32c(bytes))}`;
    const seen = this.#seen.get(id);
    if (seen?.number === number && seen.print !== print) this.#lives.set(id, this.#lifeOf(id) + 1);
    this.#seen.set(id, { number, print });
  }

  /** A version, other than that of the same number before the secret was created again. */
  versionOf(id: string, number: number): string {
    const life = this.#lifeOf(id);
    return life === 1 ? String(number) : `${String(number)}~${String(life)}`;
  }

  #lifeOf(id: string): number {
    return this.#lives.get(id) ?? 1;
  }

  noteEntry(folder: string, key: string, id: string | undefined): void {
    const known = this.created.get(folder) ?? new Map<string, string | undefined>();
    this.created.set(folder, known.set(key, id));
  }

  forget(id: string): void {
    this.newest.delete(id);
  }
}
