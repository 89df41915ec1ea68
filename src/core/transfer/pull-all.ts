/** Pull All: turns what the provider lists into environments, and reads their values into memory. */
import type { PullProgress, Skipped } from '@shared/model/transfer';
import { AppError, isAppError, mayBeUndeleted, type ErrorReport } from '@shared/errors';
import { formatBytes } from '@shared/model/format';
import type { EnvironmentState } from '@core/environments/environment-state';
import type { ListedSecret, Listing, SecretSnapshot } from '@core/providers/provider';
import type { ProviderConnection } from '@core/connections/connections';
import type { Runtime } from '@core/runtime';

/** How often progress is reported, in milliseconds: often enough to look alive, and cheap. */
const PROGRESS_EVERY_MS = 100;

/** How many environments are created in one transaction. */
const BATCH = 500;

export interface PullAllParts {
  readonly state: EnvironmentState;
  readonly runtime: Runtime;
}

const withoutName = (): AppError =>
  new AppError('NAME_NOT_ALLOWED', {
    message: 'The provider lists an entry without a name here.',
    likelyCause: 'Somebody once wrote a secret to a path that ends in a slash.',
    hint: 'No program can read it by a path. All other secrets are found as usual. If you miss a value that is in it, ask whoever administers the provider.',
  });

const problems = {
  'scheduled-for-deletion': () => new AppError('SCHEDULED_FOR_DELETION'),
  'without-name': withoutName,
} as const satisfies Record<NonNullable<ListedSecret['unavailable']>, () => AppError>;

const problemOf = ({ unavailable }: ListedSecret): ErrorReport | undefined =>
  unavailable && problems[unavailable]().report();

const binaryReport = (bytes: number): ErrorReport =>
  new AppError('BINARY_VALUE', {
    message: `This secret is binary (${formatBytes(bytes)}). It is in the list, locked.`,
  }).report();

/**
 * Ends with a summary. Throws if the listing fails; a secret that cannot be read is skipped. What was read
 * stays if the run is cancelled.
 */
export async function* pullAll(
  { state, runtime }: PullAllParts,
  workspaceId: string,
  connection: ProviderConnection,
  signal: AbortSignal,
): AsyncGenerator<PullProgress, void, undefined> {
  const startedAt = runtime.monotonic();
  const skipped: Skipped[] = [];
  const deleted: Skipped[] = [];

  const listing = yield* list(connection, runtime, signal);
  for (const { path, error } of listing.unlisted)
    skipped.push({ path: `${path}/`, error: error.report() });

  const synced = state.syncedByPath(workspaceId);
  const skip = (path: string, error: ErrorReport): void => {
    const environment = synced.get(path);
    // A deleted secret stays listed. It is news only for an environment that uses it.
    if (environment === undefined && mayBeUndeleted(error.code)) deleted.push({ path, error });
    else skipped.push({ path, error });
    if (environment !== undefined) state.recordProblem(environment.id, connection.id, error);
  };

  const readable: string[] = [];
  for (const secret of listing.secrets) {
    const problem = problemOf(secret);
    if (problem === undefined) readable.push(secret.path);
    else skip(secret.path, problem);
  }

  const places = state.placesFor(workspaceId, readable);
  const created: string[] = [];
  const existing: string[] = [];
  const batch: SecretSnapshot[] = [];
  const flush = (): void => {
    const made = new Set(state.record(workspaceId, connection, batch, places));
    for (const { path, document } of batch) {
      if (document.shape === 'binary') skipped.push({ path, error: binaryReport(document.bytes) });
      else (made.has(path) ? created : existing).push(path);
    }
    batch.length = 0;
  };

  let done = 0;
  let reportedAt = runtime.monotonic();
  yield { type: 'reading', done, total: readable.length };
  try {
    for await (const outcome of connection.provider.readMany(readable, { signal, listing })) {
      if ('snapshot' in outcome) batch.push(outcome.snapshot);
      else if (outcome.error.code === 'CANCELLED') throw outcome.error;
      else skip(outcome.path, outcome.error.report());
      if (batch.length === BATCH) flush();
      done += 1;
      if (runtime.monotonic() - reportedAt > PROGRESS_EVERY_MS) {
        reportedAt = runtime.monotonic();
        yield { type: 'reading', done, total: readable.length };
      }
    }
  } catch (error) {
    if (!isAppError(error, 'OFFLINE') || done === 0) throw error;
    throw new AppError('OFFLINE', {
      message: `${error.message} ${String(done)} of ${String(readable.length)} secrets had been pulled by then.`,
      likelyCause: error.likelyCause,
      details: error.details,
      cause: error,
    });
  } finally {
    flush();
  }
  yield { type: 'reading', done, total: readable.length };

  const listed = new Set(listing.secrets.map(({ path }) => path));
  // A folder that could not be listed may hold what seems to be missing.
  const isHidden = (path: string): boolean =>
    listing.unlisted.some((folder) => folder.path === '' || path.startsWith(`${folder.path}/`));
  yield {
    type: 'summary',
    provider: connection.providerId,
    created: created.toSorted(),
    existing: existing.toSorted(),
    skipped: skipped.toSorted(byPath),
    deleted: deleted.toSorted(byPath),
    missing: [...synced.keys()].filter((path) => !listed.has(path) && !isHidden(path)).toSorted(),
    durationMs: runtime.monotonic() - startedAt,
  };
}

const byPath = (a: Skipped, b: Skipped): number => (a.path < b.path ? -1 : 1);

/** Lists secrets, and reports how many have been found meanwhile. */
async function* list(
  { provider, providerId }: ProviderConnection,
  runtime: Runtime,
  signal: AbortSignal,
): AsyncGenerator<PullProgress, Listing, undefined> {
  let found = 0;
  const event = (): PullProgress => ({ type: 'listing', provider: providerId, found });
  const listing = provider.list({
    signal,
    onFound: (count) => {
      found = count;
    },
  });
  // Nobody waits for the listing while the reader of these events is away. Its failure is thrown below.
  listing.catch(() => undefined);
  yield event();
  for (;;) {
    const result = await firstWithin(runtime, PROGRESS_EVERY_MS, listing);
    if (result !== undefined) return result;
    yield event();
  }
}

/** The result of a promise, or `undefined` if that takes longer. */
async function firstWithin<T>(
  runtime: Runtime,
  milliseconds: number,
  promise: Promise<T>,
): Promise<T | undefined> {
  let cancel = (): void => undefined;
  const timeout = new Promise<undefined>((resolve) => {
    cancel = runtime.after(milliseconds, () => {
      resolve(undefined);
    });
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    cancel();
  }
}
