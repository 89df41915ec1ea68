import { isAppError, isAuthenticationFailure, type AppError } from '@shared/errors';
import type { CheckStep, Expiry } from '@shared/model/connection';
import type { HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import type { SecretDocument } from '@core/secrets/document';
import { mapWithSecondTurn } from '@core/network/concurrency';
import { Abort, onAbort } from '@core/network/on-abort';
import type {
  CallOptions,
  Glance,
  GlanceOptions,
  History,
  ListOptions,
  Listing,
  NoteRefusals,
  Ownership,
  ReadOutcome,
  UndeleteOptions,
  RemoveOutcome,
  SecretSnapshot,
  SecretsProvider,
  Written,
} from '../provider';
import type { NoteChanges } from '../notes';
import type { Revision } from '@core/secrets/revision';
import type { Network } from '@core/network/network';
import type { RequestLimit } from '@core/network/request-limit';
import { reachPort } from '@core/network/reach';
import { VaultApi } from './api';
import type { Authentication } from './authentication';
import { assertBelowPath, hasPath } from './base-path';
import { checkSteps } from './check/steps';
import { runSteps } from '../check/steps';
import type { VaultClient } from './client';
import { detectKvVersion } from './engine';
import { healthRequest } from './health-request';
import { problemOf, roundingProblem, type KvEngine } from './kv';
import { KvV1 } from './kv-v1';
import { KvV2 } from './kv-v2';
import { listableFolders } from './listable-folders';
import { listRecursively } from './listing';
import type { EngineAddress, KvVersion } from './mounts';
import { Shared, detached } from './shared';

/** The settings, with a namespace only if it counts. */
export type EffectiveValues = HashicorpVaultValues & Pick<EngineAddress, 'ignoredNamespace'>;

export interface ProviderParts {
  readonly values: EffectiveValues;
  readonly client: VaultClient;
  readonly network: Network;
  /** Throws if credentials are missing or malformed. Called only when they are needed. */
  readonly authentication: () => Authentication;
  readonly deadlineMs: number;
  /** Of all requests to the server. */
  readonly limit: RequestLimit;
}

/** After this many reads in a row that were throttled in all their attempts, the rest is not tried. */
const GIVE_UP_AFTER = 16;

export class HashicorpVaultProvider implements SecretsProvider {
  readonly #parts: ProviderParts;
  readonly #engine: Shared<KvEngine>;
  #authentication: Authentication | undefined;
  #api: VaultApi | undefined;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
    this.#engine = new Shared(() => this.#detectEngine());
  }

  check({ signal }: CallOptions): AsyncIterable<CheckStep> {
    const { values, client, network, deadlineMs } = this.#parts;
    // A test looks for the engine again, once for all of its steps.
    const engine = new Shared(() => this.#detectEngine());
    return runSteps(
      checkSteps({
        values,
        client,
        network,
        deadlineMs,
        authenticate: () => this.#authenticate(),
        openApi: () => this.#openApi(),
        findEngine: (signal) => engine.get(signal),
        detectVersion: (signal) => detectKvVersion(this.#openApi(), values, signal),
      }),
      client.runtime,
      signal,
    );
  }

  async list(options: ListOptions): Promise<Listing> {
    const engine = await this.#engine.get(options.signal);
    const api = this.#openApi();
    const { values, limit } = this.#parts;
    return listRecursively(
      {
        api,
        engine,
        limit,
        listableFolders: (signal) => listableFolders(api, values, engine.version, signal),
      },
      options,
    );
  }

  async read(path: string, { signal }: CallOptions): Promise<SecretSnapshot> {
    const engine = await this.#engine.get(signal);
    return engine.read(path, signal);
  }

  async *readMany(
    paths: readonly string[],
    { signal }: CallOptions,
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    // Ends with the caller, or when the caller leaves the loop.
    const reading = new Abort();
    const forget = onAbort(signal, () => reading.abort(signal.reason));
    let dead: AppError | undefined;
    let throttledInARow = 0;

    const readOne = async (path: string): Promise<ReadOutcome> => {
      if (dead) return { path, error: dead };
      try {
        const snapshot = await this.read(path, reading);
        throttledInARow = 0;
        return { path, snapshot };
      } catch (error) {
        if (!isAppError(error) || error.code === 'CANCELLED') throw error;
        throttledInARow = error.code === 'RATE_LIMITED' ? throttledInARow + 1 : 0;
        // Every further call would hear the same, and could lock an AppRole out.
        if (isAuthenticationFailure(error.code) || throttledInARow >= GIVE_UP_AFTER) dead = error;
        return { path, error };
      }
    };

    try {
      yield* mapWithSecondTurn(paths, this.#parts.limit, readOne);
    } finally {
      forget();
      reading.abort();
    }
  }

  async glance(path: string, { signal }: GlanceOptions): Promise<Glance> {
    const engine = await this.#engine.get(signal);
    return engine.glance(path, signal);
  }

  async versions(path: string, { signal }: CallOptions): Promise<History> {
    const engine = await this.#engine.get(signal);
    return engine.versions(path, signal);
  }

  async readVersion(
    path: string,
    revision: Revision,
    { signal }: CallOptions,
  ): Promise<SecretSnapshot> {
    const engine = await this.#engine.get(signal);
    return engine.readVersion(path, revision, signal);
  }

  async write(
    path: string,
    document: SecretDocument,
    expected: Revision | null,
    { signal }: CallOptions,
  ): Promise<Written> {
    const engine = await this.#engine.get(signal);
    return engine.write(path, document, expected, signal);
  }

  validate(path: string, document: SecretDocument): AppError | undefined {
    const rounds = this.#engine.result?.version === 2;
    return problemOf(path, document) ?? (rounds ? roundingProblem(document) : undefined);
  }

  async remove(path: string, expected: Revision, { signal }: CallOptions): Promise<RemoveOutcome> {
    const engine = await this.#engine.get(signal);
    return engine.remove(path, expected, signal);
  }

  async keepsRemoved({ signal }: CallOptions): Promise<boolean> {
    const engine = await this.#engine.get(signal);
    return engine.version === 2;
  }

  async undelete(path: string, { signal, revision }: UndeleteOptions): Promise<void> {
    const engine = await this.#engine.get(signal);
    return engine.undelete(path, signal, revision);
  }

  async owner(path: string, { signal }: CallOptions): Promise<Ownership> {
    const engine = await this.#engine.get(signal);
    return engine.owner(path, signal);
  }

  async setOwner(path: string, owner: string | null, { signal }: CallOptions): Promise<Ownership> {
    const engine = await this.#engine.get(signal);
    return engine.setOwner(path, owner, signal);
  }

  async setNotes(path: string, notes: NoteChanges, { signal }: CallOptions): Promise<NoteRefusals> {
    const engine = await this.#engine.get(signal);
    return engine.setNotes(path, notes, signal);
  }

  expiry(): Expiry | undefined {
    return this.#authentication?.expiry();
  }

  async reach({ signal }: CallOptions): Promise<void> {
    await reachPort(this.#parts.network, new URL(this.#parts.values.url), signal);
  }

  dispose(): void {
    this.#authentication?.dispose();
    this.#parts.client.close();
  }

  #authenticate(): Authentication {
    this.#authentication ??= this.#parts.authentication();
    return this.#authentication;
  }

  #openApi(): VaultApi {
    this.#api ??= new VaultApi(this.#parts.client, this.#authenticate());
    return this.#api;
  }

  async #detectEngine(): Promise<KvEngine> {
    const { values, client } = this.#parts;
    if (hasPath(values.url)) {
      assertBelowPath(await client.send(healthRequest, detached()), values.url);
    }
    const api = this.#openApi();
    const version = await this.#kvVersion(api);
    return version === 2 ? new KvV2(api, values.enginePath) : new KvV1(api, values.enginePath);
  }

  #kvVersion(api: VaultApi): KvVersion | Promise<KvVersion> {
    const { values } = this.#parts;
    if (values.kvVersion !== 'auto') return values.kvVersion === '1' ? 1 : 2;
    return detectKvVersion(api, values, detached());
  }
}
