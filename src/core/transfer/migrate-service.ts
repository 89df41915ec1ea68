/**
 * Migrate…: the secret of an environment goes to another path or another provider. Every stage is in the
 * journal before it is begun, and the source is removed last of all, so that whatever happens there is a
 * complete copy, and a note of where.
 */
import { randomUUID } from 'node:crypto';
import type {
  MovePlan,
  MoveProgress,
  MoveRequest,
  MoveStage,
  MoveSummary,
  MoveTarget,
  PendingMove,
  Place,
} from '@shared/model/migration';
import { AppError, isAppError, isWriteRefused, toErrorReport } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import { providerIds } from '@shared/providers/descriptor';
import type { ActivityLog } from '@core/activity/activity-log';
import type { EnvironmentRow, Environments } from '@core/storage/environments';
import type { MoveRow, MoveRoute, Moves } from '@core/storage/moves';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { EnvironmentValues } from '@core/environments/environment-values';
import type { RemoveOutcome, SecretSnapshot, Written } from '@core/providers/provider';
import { sameContent } from '@core/secrets/same-content';
import type { Configurations } from '@core/connections/configurations';
import type { Connection, Connections } from '@core/connections/connections';
import { copyDiffers, labelOf, nameBoth, readIfKept, readIfThere, sourceGone } from './places';

export interface MigrateServiceParts {
  readonly environments: EnvironmentService;
  readonly rows: Environments;
  readonly values: EnvironmentValues;
  readonly journal: Moves;
  readonly configurations: Configurations;
  readonly connections: Connections;
  readonly activity: ActivityLog;
  readonly now: () => number;
}

export interface UndoOutcome {
  readonly copy: 'removed' | 'absent' | 'left';
  readonly removed?: RemoveOutcome;
}

interface Ends {
  readonly source: Connection;
  readonly target: Connection;
}

export class MigrateService {
  /** Moves that are under way in this process. */
  readonly #running = new Set<string>();

  constructor(private readonly parts: MigrateServiceParts) {}

  targets(workspaceId: string): MoveTarget[] {
    const { configurations } = this.parts;
    const current = configurations.resolve(workspaceId).provider;
    return providerIds
      .filter((provider) => configurations.resolve(workspaceId, provider).saved)
      .map((provider) => ({
        provider,
        label: providerDescriptors[provider].label,
        current: provider === current,
      }))
      .toSorted((a, b) => Number(b.current) - Number(a.current));
  }

  /** Throws where an end cannot be connected to; what else stands against it is in the plan. */
  async plan(request: MoveRequest, signal: AbortSignal): Promise<MovePlan> {
    const row = this.parts.environments.row(request.environmentId);
    const route = this.#routeOf(row, request);
    const ends = await this.#connect(row.workspaceId, route);
    let source: SecretSnapshot | undefined;
    let target: SecretSnapshot | undefined;
    let refusal: unknown;
    try {
      this.#assertRoute(row, route);
      source = await readIfThere(ends.source, route.from.path, signal);
      if (source === undefined) throw nothingToMove(route);
      await this.#assertAcceptable(route, ends, source, signal);
      target = await readIfThere(ends.target, route.to.path, signal);
      if (target !== undefined) throw targetExists(route);
    } catch (error) {
      if (!isAppError(error) || error.code === 'CANCELLED') throw error;
      refusal = error;
    }
    return {
      from: { ...route.from, label: labelOf(route.from), ...described(source) },
      to: { ...route.to, label: labelOf(route.to), ...described(target) },
      keys: source?.document.shape === 'map' ? [...source.document.entries.keys()] : [],
      reachable: this.#isInUse(row.workspaceId, route.to),
      ...(refusal !== undefined && { refused: toErrorReport(refusal) }),
    };
  }

  /** Ends with a summary. Throws what `plan` refuses for; broken off later it is among `pending`. */
  async *run(
    request: MoveRequest,
    signal: AbortSignal,
  ): AsyncGenerator<MoveProgress, void, undefined> {
    const release = await this.parts.environments.holdTurn(request.environmentId);
    try {
      if (signal.aborted) throw new AppError('CANCELLED');
      yield* this.#carryOut(this.#begin(request), signal);
    } finally {
      release();
    }
  }

  pending(workspaceId: string): PendingMove[] {
    const { journal, rows } = this.parts;
    return journal.list(workspaceId).map(({ id, environmentId, from, to, stage, at }) => ({
      id,
      environmentId,
      name: rows.find(environmentId)?.name ?? to.path,
      from,
      to,
      stage,
      source: stage === 'removing' ? 'maybe' : 'there',
      copy: copyAt(stage),
      at,
      running: this.#running.has(id),
    }));
  }

  /** Ends as `run`. Throws `COPY_DIFFERS`, and `NOT_FOUND` where one of the two is gone. */
  async *resume(id: string, signal: AbortSignal): AsyncGenerator<MoveProgress, void, undefined> {
    const release = await this.parts.environments.holdTurn(this.#find(id).environmentId);
    try {
      yield* this.#carryOut(this.#find(id), signal);
    } finally {
      release();
    }
  }

  /** Removes a copy only where it is the same as the source, which has just been read. */
  undo(id: string, signal: AbortSignal): Promise<UndoOutcome> {
    const { environments } = this.parts;
    return environments.inTurn(this.#find(id).environmentId, async () => {
      const move = this.#find(id);
      return this.#logged(move, 'undone', async () => {
        const ends = await this.#connect(move.workspaceId, move);
        const source = await readIfKept(ends.source, move.from.path, signal);
        if (source === undefined) throw sourceGone(move.from, move.to);
        this.#linkBack(move, ends.source, source);
        const outcome = await this.#removeCopy(move, ends.target, source, signal);
        this.parts.journal.remove(id);
        return outcome;
      });
    });
  }

  /** Ends a move where it stands. */
  keepBoth(id: string): Promise<void> {
    const { environments, journal } = this.parts;
    return environments.inTurn(this.#find(id).environmentId, async () => {
      const move = this.#find(id);
      await this.#logged(move, 'ended, both kept', () => {
        journal.remove(id);
        return Promise.resolve();
      });
    });
  }

  /** Puts the move in the journal. Throws what stands against it without asking a server. */
  #begin(request: MoveRequest): MoveRow {
    const { environments, journal, now } = this.parts;
    const row = environments.row(request.environmentId);
    const route = this.#routeOf(row, request);
    this.#assertRoute(row, route);
    const move: MoveRow = {
      id: randomUUID(),
      workspaceId: row.workspaceId,
      environmentId: row.id,
      ...route,
      stage: 'reading',
      at: now(),
    };
    journal.insert(move);
    return move;
  }

  async *#carryOut(
    move: MoveRow,
    signal: AbortSignal,
  ): AsyncGenerator<MoveProgress, void, undefined> {
    const { journal } = this.parts;
    const startedAt = performance.now();
    let outcome: 'done' | 'failed' | 'cancelled' = 'cancelled';
    let failure: string | undefined;
    this.#running.add(move.id);
    try {
      const ends = await this.#connect(move.workspaceId, move);
      if (move.stage !== 'removing') yield* this.#copy(move, ends, signal);
      yield { type: 'stage', stage: 'removing' };
      const removed = await this.#removeSource(move, ends, signal);
      journal.remove(move.id);
      outcome = 'done';
      yield {
        type: 'summary',
        from: move.from,
        to: move.to,
        reachable: this.#isInUse(move.workspaceId, move.to),
        ...(removed && removedFields(removed)),
        durationMs: performance.now() - startedAt,
      } satisfies MoveSummary;
    } catch (error) {
      const { code, message } = toErrorReport(error);
      if (code !== 'CANCELLED') {
        outcome = 'failed';
        failure = message;
        // Nothing was done yet, so there is nothing to go on with.
        if (journal.find(move.id)?.stage === 'reading') journal.remove(move.id);
      }
      throw error;
    } finally {
      this.#running.delete(move.id);
      this.#log(move, outcome, failure);
    }
  }

  /** Everything up to the point where the environment uses the copy. */
  async *#copy(
    move: MoveRow,
    ends: Ends,
    signal: AbortSignal,
  ): AsyncGenerator<MoveProgress, void, undefined> {
    const { from, to } = move;
    yield { type: 'stage', stage: 'reading' };
    const read = move.stage === 'reading' ? readIfThere : readIfKept;
    const source = await read(ends.source, from.path, signal);
    if (source === undefined) {
      throw move.stage === 'reading' ? nothingToMove(move) : sourceGone(from, to);
    }
    await this.#assertAcceptable(move, ends, source, signal);
    const existing = await readIfThere(ends.target, to.path, signal);
    let written: Written | undefined;
    if (existing === undefined) {
      this.#enter(move, 'writing');
      yield { type: 'stage', stage: 'writing' };
      written = await this.#write(move, ends.target, source, signal);
    } else if (move.stage === 'reading') {
      throw targetExists(move);
    }

    this.#enter(move, 'verifying');
    yield { type: 'stage', stage: 'verifying' };
    const copy = await readIfThere(ends.target, to.path, signal);
    if (copy === undefined || !sameContent(source.document, copy.document)) {
      await this.#takeBack(move, ends.target, copy, written, signal);
      throw copyDiffers(from, to);
    }

    this.#enter(move, 'switching');
    yield { type: 'stage', stage: 'switching' };
    this.#switch(move, ends, copy);
  }

  /** `undefined` where the copy turns out to be there already. */
  async #write(
    move: MoveRow,
    { provider }: Connection,
    { document }: SecretSnapshot,
    signal: AbortSignal,
  ): Promise<Written | undefined> {
    const { path } = move.to;
    try {
      return await provider.write(path, document, null, { signal });
    } catch (error) {
      if (!isAppError(error) || !isWriteRefused(error.code)) throw error;
      // A write that was sent again after its answer was lost meets itself.
      if (error.code === 'ALREADY_EXISTS') {
        const there = await provider.read(path, { signal });
        if (sameContent(document, there.document)) return undefined;
      }
      this.parts.journal.remove(move.id);
      throw error;
    }
  }

  /** What arrived is not what was sent: it goes again, where it is certain to be ours. */
  async #takeBack(
    move: MoveRow,
    { provider }: Connection,
    copy: SecretSnapshot | undefined,
    written: Written | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (copy === undefined || written?.revision !== copy.revision) return;
    await provider.remove(move.to.path, copy.revision, { signal });
    this.parts.journal.remove(move.id);
  }

  /** From here on the environment is at the target. */
  #switch(move: MoveRow, ends: Ends, copy: SecretSnapshot): void {
    const { journal, rows, now } = this.parts;
    const { environmentId, from, to } = move;
    const row = this.#linkedRow(move, from.path);
    journal.transaction(() => {
      rows.setSync(environmentId, { synced: true, path: to.path });
      journal.setStage(move.id, 'removing', now());
    });
    this.parts.values.forget(row, ends.source.id);
    this.#keepValues(move, to, ends.target, copy);
    if (this.#isInUse(move.workspaceId, to)) return;
    this.parts.environments.recordProblem(
      environmentId,
      this.parts.connections.currentId(move.workspaceId),
      new AppError('NOT_FOUND', {
        message: `This environment was moved to ${labelOf(to)}.`,
        hint: `Choose ${labelOf(to)} as the provider, then pull it.`,
        remedy: { open: 'connection' },
        details: { path: to.path },
      }).report(),
    );
  }

  /** The environment goes back to the source, where it was at the target already. */
  #linkBack(move: MoveRow, connection: Connection, source: SecretSnapshot): void {
    const { journal, rows, values, now } = this.parts;
    if (move.stage !== 'removing') return;
    const row = this.#linkedRow(move, move.to.path);
    journal.transaction(() => {
      rows.setSync(row.id, { synced: true, path: move.from.path });
      journal.setStage(move.id, 'switching', now());
    });
    values.forget(row, this.parts.connections.currentId(row.workspaceId));
    this.#keepValues(move, move.from, connection, source);
  }

  /** What was read becomes what the environment holds, where it lives with the provider in use. */
  #keepValues(
    { workspaceId, environmentId }: MoveRow,
    place: Place,
    connection: Connection,
    { document, revision, version }: SecretSnapshot,
  ): void {
    const { rows, values, now } = this.parts;
    if (!this.#isInUse(workspaceId, place)) return;
    const pulledAt = now();
    const { path } = place;
    values.keep({ workspaceId, path }, connection.id, { document, revision, version }, pulledAt);
    rows.markPulled([{ id: environmentId, revisionLabel: version, pulledAt }]);
  }

  /** Both are compared once more, whatever was seen before. `undefined` where the source is gone already. */
  async #removeSource(
    { from, to }: MoveRow,
    { source, target }: Ends,
    signal: AbortSignal,
  ): Promise<RemoveOutcome | undefined> {
    const copy = await readIfKept(target, to.path, signal);
    if (copy === undefined) {
      const name = nameBoth(from, to);
      throw new AppError('NOT_FOUND', {
        message: `The copy at ${name.to} is gone.`,
        hint: `Nothing was removed at ${name.from}. Undo this migration to use what is there again.`,
        details: { path: to.path },
      });
    }
    const original = await readIfKept(source, from.path, signal);
    if (original === undefined) return undefined;
    if (!sameContent(original.document, copy.document)) throw copyDiffers(from, to);
    return source.provider.remove(from.path, original.revision, { signal });
  }

  async #removeCopy(
    { stage, to }: MoveRow,
    { provider, ...connection }: Connection,
    source: SecretSnapshot,
    signal: AbortSignal,
  ): Promise<UndoOutcome> {
    // Nothing was written yet: what may be there is somebody else's.
    if (stage === 'reading') return { copy: 'absent' };
    const copy = await readIfKept({ provider, ...connection }, to.path, signal);
    if (copy === undefined) return { copy: 'absent' };
    if (!sameContent(source.document, copy.document)) return { copy: 'left' };
    return {
      copy: 'removed',
      removed: await provider.remove(to.path, copy.revision, { signal }),
    };
  }

  #routeOf({ workspaceId, path }: EnvironmentRow, { provider, toPath }: MoveRequest): MoveRoute {
    const current = this.parts.configurations.resolve(workspaceId).provider;
    return { from: { provider: current, path }, to: { provider, path: toPath } };
  }

  /** Throws what stands against it by what is known here. */
  #assertRoute(row: EnvironmentRow, { from, to }: MoveRoute): void {
    const { rows, journal } = this.parts;
    if (!row.synced) {
      throw new AppError('INVALID_INPUT', {
        message: 'This environment is not synced, so there is nothing at the provider to move.',
        hint: 'Switch sync on with the path you want.',
      });
    }
    if (from.provider === to.provider && from.path === to.path) {
      throw new AppError('INVALID_INPUT', {
        message: 'This is where it is already.',
        hint: 'Enter another path, or choose another provider.',
        details: { field: 'toPath' },
      });
    }
    const other = rows.findSynced(row.workspaceId, to.path);
    if (other !== undefined && other.id !== row.id) {
      throw new AppError('ALREADY_EXISTS', {
        message: `The environment “${other.name}” already uses the path ${to.path}.`,
        hint: 'Choose another path.',
        details: { field: 'toPath' },
      });
    }
    for (const move of journal.list(row.workspaceId)) {
      if (move.environmentId === row.id) {
        throw new AppError('ALREADY_RUNNING', {
          message: 'An earlier migration of this environment is not finished.',
          hint: 'Go on with it, or undo it.',
        });
      }
      if (move.from.path === to.path || move.to.path === to.path) {
        throw new AppError('ALREADY_EXISTS', {
          message: `Another migration that is not finished uses the path ${to.path}.`,
          hint: 'Finish that one first, or choose another path.',
          details: { field: 'toPath' },
        });
      }
    }
  }

  /** Throws where the target cannot hold it, or the environment would show something else afterwards. */
  async #assertAcceptable(
    { from, to }: MoveRoute,
    { source, target }: Ends,
    { document }: SecretSnapshot,
    signal: AbortSignal,
  ): Promise<void> {
    const problem = target.provider.validate(to.path, document);
    if (problem !== undefined) throw problem;
    // Until the workspace uses the other provider, the new path is looked for at the old one.
    if (from.provider === to.provider || from.path === to.path) return;
    if ((await readIfKept(source, to.path, signal)) === undefined) return;
    throw new AppError('ALREADY_EXISTS', {
      message: `${labelOf(from)} holds another secret at ${to.path}, which this environment would show until the workspace uses ${labelOf(to)}.`,
      hint: 'Choose another path, best the one it has now.',
      details: { field: 'toPath' },
    });
  }

  async #connect(workspaceId: string, { from, to }: MoveRoute): Promise<Ends> {
    const { connections } = this.parts;
    const source = await connections.connect(workspaceId, from.provider);
    return { source, target: await connections.connect(workspaceId, to.provider) };
  }

  #isInUse(workspaceId: string, { provider }: Place): boolean {
    return this.parts.configurations.resolve(workspaceId).provider === provider;
  }

  /** Throws `NO_SUCH_ENVIRONMENT` where it went meanwhile, and `CONFLICT` where it was linked elsewhere. */
  #linkedRow(move: MoveRow, path: string): EnvironmentRow {
    const row = this.parts.rows.find(move.environmentId);
    if (row === undefined) throw environmentGone(move);
    if (row.synced && row.path === path) return row;
    throw new AppError('CONFLICT', {
      message: `This environment is not linked to ${path} any more.`,
      hint: 'Nothing was removed. Keep both copies, and decide which one you want.',
      details: { path },
    });
  }

  #enter(move: MoveRow, stage: MoveStage): void {
    const { journal, now } = this.parts;
    if (!journal.setStage(move.id, stage, now())) throw environmentGone(move);
  }

  #find(id: string): MoveRow {
    const move = this.parts.journal.find(id);
    if (move !== undefined) return move;
    throw new AppError('NOT_FOUND', {
      message: 'There is no such unfinished migration.',
      hint: 'It may have been finished or undone elsewhere.',
    });
  }

  async #logged<T>(move: MoveRow, what: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#log(move, 'done', what);
      return result;
    } catch (error) {
      const { code, message } = toErrorReport(error);
      this.#log(move, code === 'CANCELLED' ? 'cancelled' : 'failed', message);
      throw error;
    }
  }

  #log(
    { workspaceId, environmentId, from, to }: MoveRow,
    outcome: 'done' | 'failed' | 'cancelled',
    what?: string,
  ): void {
    const name = nameBoth(from, to);
    const route = `${name.from} → ${name.to}`;
    this.parts.activity.record({
      workspaceId,
      action: 'migrated',
      outcome,
      environment: this.parts.rows.find(environmentId)?.name,
      path: to.path,
      detail: what === undefined ? route : `${route}: ${what}`,
    });
  }
}

export const removedFields = (
  outcome: RemoveOutcome,
): { recoverable: boolean; until?: number | undefined } =>
  outcome.recoverable
    ? { recoverable: true, until: outcome.until?.getTime() }
    : { recoverable: false };

const copyAt = (stage: MoveStage): PendingMove['copy'] => {
  switch (stage) {
    case 'reading':
      return 'none';
    case 'writing':
    case 'verifying':
      return 'maybe';
    case 'switching':
    case 'removing':
      return 'there';
  }
};

const described = (
  snapshot: SecretSnapshot | undefined,
): { exists: boolean; variables?: number; revision?: string } => {
  if (snapshot === undefined) return { exists: false };
  const { document, version } = snapshot;
  return {
    exists: true,
    ...(document.shape === 'map' && { variables: document.entries.size }),
    ...(version !== undefined && { revision: version }),
  };
};

const nothingToMove = ({ from }: MoveRoute): AppError =>
  new AppError('NOT_FOUND', {
    message: `There is nothing at ${from.path} to move.`,
    hint: 'Save the environment first, or change its path by switching sync off and on.',
    details: { path: from.path },
  });

const targetExists = ({ to }: MoveRoute): AppError =>
  new AppError('ALREADY_EXISTS', {
    message: `There is already a secret at ${to.path}.`,
    hint: 'Choose another path. Nothing was changed.',
    details: { field: 'toPath', path: to.path },
  });

const environmentGone = ({ from, to }: MoveRow): AppError => {
  const name = nameBoth(from, to);
  return new AppError('NO_SUCH_ENVIRONMENT', {
    message: 'This environment was deleted while it was being moved.',
    hint: `Its values are still at ${name.from}, and there may be a copy at ${name.to}.`,
  });
};
