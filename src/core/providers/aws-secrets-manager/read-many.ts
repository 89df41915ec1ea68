/** Reading many secrets: twenty a call if that is possible, else one by one. */
import { concernsConnection, isAppError, isRetryable, type AppError } from '@shared/errors';
import { mapConcurrently, mapWithSecondTurn } from '@core/network/concurrency';
import type { ReadOutcome } from '../provider';
import type { SecretsManagerConnection } from './connection';
import { isUnavailable } from '../aws/errors';
import { batchItemError } from './errors';
import { readSecret, snapshotOf } from './read';

/** The most that BatchGetSecretValue takes. */
const BATCH = 20;

/** After this many failures of the connection in a row, the rest is not tried. */
const GIVE_UP_AFTER = 3;

class Outage {
  #inARow = 0;
  #error: AppError | undefined;

  /** Set once it makes no sense to go on. */
  get error(): AppError | undefined {
    return this.#inARow >= GIVE_UP_AFTER ? this.#error : undefined;
  }

  failed(error: AppError): void {
    if (!concernsConnection(error.code)) return;
    this.#inARow += 1;
    this.#error = error;
  }

  succeeded(): void {
    this.#inARow = 0;
  }
}

interface BatchResult {
  /** Those that are final. */
  readonly outcomes: readonly ReadOutcome[];
  /** Paths that were refused for lack of permission. */
  readonly refused: ReadonlySet<string>;
}

/** The batch as a whole came to nothing. */
const nothingSettled: BatchResult = { outcomes: [], refused: new Set() };

export class BatchReader {
  readonly #connection: SecretsManagerConnection;
  /** Unknown until the first batch, which goes alone. */
  #batchWorks: boolean | undefined;

  constructor(connection: SecretsManagerConnection) {
    this.#connection = connection;
  }

  /** One outcome for each path, in any order. Throws `CANCELLED` and nothing else. */
  async *read(
    paths: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    const outage = new Outage();
    const waiting = [...new Set(paths)];
    if (this.#batchWorks === undefined && waiting.length > 1) {
      yield* this.#readBatch(waiting.splice(0, BATCH), outage, signal);
    }
    if (this.#batchWorks === true) {
      const batches: string[][] = [];
      while (waiting.length > 0) batches.push(waiting.splice(0, BATCH));
      const work = (batch: string[]): Promise<ReadOutcome[]> =>
        collect(this.#readBatch(batch, outage, signal));
      const limit = this.#connection.limits.BatchGetSecretValue;
      for await (const outcomes of mapConcurrently(batches, limit, work)) yield* outcomes;
    } else {
      yield* this.#readSingly(waiting, outage, signal);
    }
  }

  /** `refused` are those among them that a batch was refused for. */
  #readSingly(
    paths: readonly string[],
    outage: Outage,
    signal: AbortSignal,
    refused: ReadonlySet<string> = new Set(),
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    const limit = this.#connection.limits.GetSecretValue;
    return mapWithSecondTurn(paths, limit, async (path): Promise<ReadOutcome> => {
      if (outage.error !== undefined) return { path, error: outage.error };
      try {
        const snapshot = await readSecret(this.#connection, path, signal, {
          wasRefused: refused.has(path),
        });
        outage.succeeded();
        return { path, snapshot };
      } catch (error) {
        if (!isAppError(error) || error.code === 'CANCELLED') throw error;
        outage.failed(error);
        return { path, error };
      }
    });
  }

  async *#readBatch(
    paths: readonly string[],
    outage: Outage,
    signal: AbortSignal,
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    const { outcomes, refused } =
      outage.error === undefined ? await this.#callBatch(paths, outage, signal) : nothingSettled;
    yield* outcomes;
    // What the batch did not settle is asked for by itself: that answer says more.
    const settled = new Set(outcomes.map(({ path }) => path));
    const left = paths.filter((path) => !settled.has(path));
    yield* this.#readSingly(left, outage, signal, refused);
  }

  async #callBatch(
    paths: readonly string[],
    outage: Outage,
    signal: AbortSignal,
  ): Promise<BatchResult> {
    const operation = 'BatchGetSecretValue';
    try {
      const answer = await this.#connection.call({ operation, signal }, (client, http) =>
        client.batchGetSecretValue({ SecretIdList: [...paths] }, http),
      );
      this.#batchWorks ??= true;
      outage.succeeded();
      const wanted = new Set(paths);
      const host = (await this.#connection.endpoint()).hostname;
      const { service, settings } = this.#connection;
      const outcomes: ReadOutcome[] = [];
      const refused = new Set<string>();
      for (const entry of answer.SecretValues ?? []) {
        const path = entry.Name ?? '';
        if (wanted.has(path)) outcomes.push({ path, snapshot: snapshotOf(path, entry) });
      }
      for (const item of answer.Errors ?? []) {
        const path = item.SecretId ?? '';
        const error = batchItemError(item, { service, settings, host, operation, path });
        if (!wanted.has(path)) continue;
        // A batch cannot name the staging label that a policy may ask for.
        if (error.code === 'PERMISSION_DENIED') refused.add(path);
        else if (!isRetryable(error.code)) outcomes.push({ path, error });
      }
      return { outcomes, refused };
    } catch (error) {
      if (!isAppError(error) || error.code === 'CANCELLED') throw error;
      if (isUnavailable(error)) this.#batchWorks = false;
      else outage.failed(error);
      return nothingSettled;
    }
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
