/** Push All: writes to the provider what is only here. */
import type { Draft, PushProgress, PushRow, PushSummary } from '@shared/model/transfer';
import { layoutOf, pathIn } from '@shared/model/layout';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Followed } from '@shared/model/stored-reference';
import { providerDescriptors } from '@shared/providers';
import { AppError, endsRun, isAppError, type ErrorReport } from '@shared/errors';
import type { ActivityLog } from '@core/activity/activity-log';
import { loggedRun, type Ending } from '@core/activity/logged';
import type { EnvironmentEditing } from '@core/environments/environment-editing';
import { mapConcurrently } from '@core/network/concurrency';
import type { Runtime } from '@core/runtime';
import type { Connections } from '@core/connections/connections';
import { planPush, type Drafts, type PlannedPush, type PushPlanParts } from './push-plan';

/** How many environments at a time. AWS allows an account 50 writes a second, and each push takes several. */
const CONCURRENCY = 4;

export interface PushServiceParts extends PushPlanParts {
  readonly editing: EnvironmentEditing;
  readonly connections: Connections;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

export interface PushRequest {
  readonly workspaceId: string;
  readonly drafts: readonly Draft[];
}

type Outcome = {
  readonly row: PushRow;
  readonly error?: ErrorReport;
  readonly followed?: Followed | undefined;
};

const subject = ({ id, name, path }: PushRow): Pick<PushRow, 'id' | 'name' | 'path'> => ({
  id,
  name,
  path,
});

export class PushService {
  /** Workspaces with a Push All under way. */
  readonly #pushing = new Set<string>();

  constructor(private readonly parts: PushServiceParts) {}

  async plan(request: PushRequest, signal: AbortSignal): Promise<PushRow[]> {
    const { plan } = await this.#plan(request, undefined, signal);
    return plan.map(({ row }) => row);
  }

  /**
   * Ends with a summary. Throws `CANCELLED`, with what was pushed by then pushed, and `ALREADY_RUNNING` if
   * a Push All of this workspace is under way.
   */
  async *run(
    {
      ids,
      undelete = false,
      ...request
    }: PushRequest & { readonly ids: readonly string[]; readonly undelete?: boolean | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<PushProgress, void, undefined> {
    const { workspaceId } = request;
    if (this.#pushing.has(workspaceId)) {
      throw new AppError('ALREADY_RUNNING', { message: 'Push All is already running.' });
    }
    this.#pushing.add(workspaceId);
    const left = new AbortController();
    const either = AbortSignal.any([signal, left.signal]);
    try {
      yield* loggedRun(
        this.parts.activity,
        { workspaceId, action: 'pushed' },
        this.#push(request, new Set(ids), undelete, either),
        endingOf,
      );
    } finally {
      left.abort();
      this.#pushing.delete(workspaceId);
    }
  }

  async *#push(
    request: PushRequest,
    ids: ReadonlySet<string>,
    undelete: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<PushProgress, void, undefined> {
    const startedAt = this.parts.runtime.monotonic();
    const { plan, ended } = await this.#plan(request, ids, signal, undelete);
    const outcomes = new Map<string, Outcome>();
    let done = 0;
    yield { type: 'pushing', done, total: plan.length };
    const pushing = mapConcurrently(plan, CONCURRENCY, (push) =>
      this.#pushOne(push, signal, ended),
    );
    for await (const outcome of pushing) {
      outcomes.set(outcome.row.id, outcome);
      done += 1;
      const { row, error, followed } = outcome;
      const finished = { ...subject(row), error, followed };
      yield { type: 'pushing', done, total: plan.length, finished };
    }
    const summary: PushSummary = {
      type: 'summary',
      pushed: [],
      failed: [],
      unchanged: [],
      durationMs: this.parts.runtime.monotonic() - startedAt,
    };
    // In the order of the environments, whichever was ready first.
    for (const { row } of plan) {
      const error = outcomes.get(row.id)?.error;
      if (error !== undefined) summary.failed.push({ ...subject(row), error });
      else if (row.action === 'none') summary.unchanged.push(subject(row));
      else summary.pushed.push(subject(row));
    }
    yield summary;
  }

  async #plan(
    { workspaceId, drafts }: PushRequest,
    only: ReadonlySet<string> | undefined,
    signal: AbortSignal,
    undelete = false,
  ): Promise<{ plan: PlannedPush[]; ended: AbortSignal }> {
    const { state, connections } = this.parts;
    const connection = await connections.connect(workspaceId);
    const [layout] = providerDescriptors[connection.providerId].traits.layouts;
    const rows = state
      .rows(workspaceId)
      .filter(({ id }) => only === undefined || only.has(id))
      // What is linked stays where it is.
      .map((row) =>
        row.synced || layout === layoutOf(row.path)
          ? row
          : { ...row, path: pathIn(row.path, layout) },
      );
    const byId: Drafts = new Map(drafts.map(({ id, ...edits }) => [id, edits]));
    const plan = await planPush(this.parts, rows, byId, connection, signal, undelete);
    return { plan, ended: connection.ended };
  }

  /** Throws only what ends the whole run. */
  async #pushOne(push: PlannedPush, signal: AbortSignal, ended: AbortSignal): Promise<Outcome> {
    const { row } = push;
    if (row.error !== undefined) return { row, error: row.error };
    try {
      if (signal.aborted) throw new AppError('CANCELLED');
      // A plan is for one provider: once the settings change, the rest of it must not reach another.
      const open = await this.#carryOut(push, AbortSignal.any([signal, ended]));
      return { row, followed: open?.followed };
    } catch (error) {
      ended.throwIfAborted();
      if (!isAppError(error) || endsRun(error.code)) throw error;
      return { row, error: error.report() };
    }
  }

  async #carryOut(
    { row, synced, draft, undelete, serverRevision }: PlannedPush,
    signal: AbortSignal,
  ): Promise<OpenEnvironment | undefined> {
    const { editing, links } = this.parts;
    const { id, path } = row;
    switch (row.action) {
      case 'create':
        return synced
          ? editing.recreateHeld(id, draft, undelete, signal)
          : links.enable({ id, path, resolution: 'push', draft, undelete }, signal);
      case 'link':
        if (synced && draft !== undefined) {
          return editing.save(id, draft.base, draft.changes, signal);
        }
        return links.enable({ id, path, resolution: 'take-server', serverRevision, draft }, signal);
      case 'update':
        return draft && editing.save(id, draft.base, draft.changes, signal);
      case 'none':
      case 'refused':
        return undefined;
    }
  }
}

/** A run that is broken off says how far it got. */
const endingOf = (event: PushProgress): Ending =>
  event.type === 'summary'
    ? { outcome: event.failed.length === 0 ? 'done' : 'failed', detail: summarise(event) }
    : { outcome: 'cancelled', detail: `${String(event.done)} of ${String(event.total)}` };

const summarise = ({ pushed, failed, unchanged }: PushSummary): string =>
  `${String(pushed.length)} pushed, ${String(failed.length)} failed, ${String(unchanged.length)} unchanged`;
