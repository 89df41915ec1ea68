/**
 * Migrate…: the secret of an environment goes to another path or another provider. Each stage is in the
 * journal before it begins, and the source is removed last, so that whatever happens there is a complete
 * copy, and a note of where it is.
 */
import { randomUUID } from 'node:crypto';
import type {
  MigrationPlan,
  MigrationProgress,
  MigrationRequest,
  MigrationStage,
  MigrationTarget,
  PendingMigration,
  Place,
} from '@shared/model/migration';
import { AppError, isAppError, isWriteRefused, toErrorReport } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import { providerIds } from '@shared/providers/descriptor';
import type { Runtime } from '@core/runtime';
import type { ActivityLog, NewActivity } from '@core/activity/activity-log';
import { logged, loggedRun } from '@core/activity/logged';
import type { EnvironmentRow, Environments } from '@core/storage/environments';
import type { MoveRow, MoveRoute, Moves } from '@core/storage/moves';
import type { EnvironmentState } from '@core/environments/environment-state';
import type { EnvironmentValues } from '@core/environments/environment-values';
import type { NoteKeeper } from '@core/environments/note-keeper';
import type { OwnershipGuard } from '@core/environments/ownership-guard';
import { writeDocument } from '@core/environments/write-document';
import type { RemoveOutcome, SecretSnapshot, Written } from '@core/providers/provider';
import { sameContent } from '@core/secrets/same-content';
import type { SettingsStore } from '@core/connections/settings-store';
import type { ProviderConnection, Connections } from '@core/connections/connections';
import { readIfThere, readUnlessDeleted } from '@core/connections/read-if-there';
import { copyDiffers, labelOf, nameBoth, sourceGone } from './places';

export interface MigrationServiceParts {
  readonly state: EnvironmentState;
  readonly rows: Environments;
  readonly values: EnvironmentValues;
  readonly journal: Moves;
  readonly notes: NoteKeeper;
  readonly settings: SettingsStore;
  readonly connections: Connections;
  readonly guard: OwnershipGuard;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

export interface UndoOutcome {
  readonly copy: 'removed' | 'absent' | 'left';
  readonly removed?: RemoveOutcome;
}

interface Ends {
  readonly source: ProviderConnection;
  readonly target: ProviderConnection;
}

export class MigrationService {
  /** Migrations that are running in this process. */
  readonly #running = new Set<string>();

  constructor(private readonly parts: MigrationServiceParts) {}

  targets(workspaceId: string): MigrationTarget[] {
    const { settings } = this.parts;
    const current = settings.resolve(workspaceId).provider;
    return providerIds
      .filter((provider) => settings.resolve(workspaceId, provider).saved)
      .map((provider) => ({
        provider,
        label: providerDescriptors[provider].label,
        current: provider === current,
      }))
      .toSorted((a, b) => Number(b.current) - Number(a.current));
  }

  /** Throws if one end cannot be connected to. Any other reason to refuse it is in the plan. */
  async plan(request: MigrationRequest, signal: AbortSignal): Promise<MigrationPlan> {
    const row = this.parts.state.row(request.environmentId);
    const route = this.#routeOf(row, request);
    const ends = await this.#connect(row.workspaceId, route);
    let source: SecretSnapshot | undefined;
    let target: SecretSnapshot | undefined;
    let refusal: unknown;
    try {
      this.#assertRoute(row, route);
      source = await readIfThere(ends.source, route.from.path, signal);
      if (source === undefined) throw nothingToMigrate(route);
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

  /** Ends with a summary. Throws what `plan` is refused for. A run that fails later is among `pending`. */
  async *run(
    request: MigrationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<MigrationProgress, void, undefined> {
    const release = await this.parts.state.holdTurn(request.environmentId);
    try {
      if (signal.aborted) throw new AppError('CANCELLED');
      const { guard, state } = this.parts;
      await guard.assertMayChange(state.row(request.environmentId), signal);
      yield* this.#carryOut(this.#begin(request), signal);
    } finally {
      release();
    }
  }

  pending(workspaceId: string): PendingMigration[] {
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

  /** Ends as `run` does. Throws `COPY_DIFFERS`, and `NOT_FOUND` if source or copy is gone. */
  async *resume(
    id: string,
    signal: AbortSignal,
  ): AsyncGenerator<MigrationProgress, void, undefined> {
    const release = await this.parts.state.holdTurn(this.#find(id).environmentId);
    try {
      yield* this.#carryOut(this.#find(id), signal);
    } finally {
      release();
    }
  }

  /** Removes the copy only if it is the same as the source, which has just been read. */
  undo(id: string, signal: AbortSignal): Promise<UndoOutcome> {
    const { state, activity } = this.parts;
    return state.inTurn(this.#find(id).environmentId, async () => {
      const migration = this.#find(id);
      return logged(activity, { ...this.#entry(migration), detail: 'undone' }, async () => {
        const ends = await this.#connect(migration.workspaceId, migration);
        const source = await readUnlessDeleted(ends.source, migration.from.path, signal);
        if (source === undefined) throw sourceGone(migration.from, migration.to);
        this.#linkBack(migration, ends.source, source);
        const outcome = await this.#removeCopy(migration, ends.target, source, signal);
        this.parts.journal.remove(id);
        return outcome;
      });
    });
  }

  /** Ends a migration and removes nothing. */
  keepBoth(id: string): Promise<void> {
    const { state, journal, activity } = this.parts;
    return state.inTurn(this.#find(id).environmentId, async () => {
      const migration = this.#find(id);
      journal.remove(id);
      activity.record({ ...this.#entry(migration), detail: 'ended, both kept' });
    });
  }

  /** Puts the migration in the journal. Throws as `#assertRoute` does. */
  #begin(request: MigrationRequest): MoveRow {
    const { state, journal, runtime } = this.parts;
    const row = state.row(request.environmentId);
    const route = this.#routeOf(row, request);
    this.#assertRoute(row, route);
    const migration: MoveRow = {
      id: randomUUID(),
      workspaceId: row.workspaceId,
      environmentId: row.id,
      ...route,
      stage: 'reading',
      at: runtime.now(),
    };
    journal.insert(migration);
    return migration;
  }

  #carryOut(
    migration: MoveRow,
    signal: AbortSignal,
  ): AsyncGenerator<MigrationProgress, void, undefined> {
    return loggedRun(
      this.parts.activity,
      this.#entry(migration),
      this.#stages(migration, signal),
      ({ type }) => (type === 'summary' ? { outcome: 'done' } : undefined),
    );
  }

  async *#stages(
    migration: MoveRow,
    signal: AbortSignal,
  ): AsyncGenerator<MigrationProgress, void, undefined> {
    const { journal, runtime } = this.parts;
    const { id, workspaceId, from, to, stage } = migration;
    const startedAt = runtime.monotonic();
    this.#running.add(id);
    try {
      const ends = await this.#connect(workspaceId, migration);
      if (stage !== 'removing') yield* this.#copy(migration, ends, signal);
      yield { type: 'stage', stage: 'removing' };
      const removed = await this.#removeSource(migration, ends, signal);
      journal.remove(id);
      yield {
        type: 'summary',
        from,
        to,
        reachable: this.#isInUse(workspaceId, to),
        ...(removed && removedFields(removed)),
        durationMs: runtime.monotonic() - startedAt,
      };
    } catch (error) {
      // Nothing was done yet, so there is nothing to resume.
      if (!isAppError(error, 'CANCELLED') && journal.find(id)?.stage === 'reading') {
        journal.remove(id);
      }
      throw error;
    } finally {
      this.#running.delete(id);
    }
  }

  /** All stages until the environment uses the copy. */
  async *#copy(
    migration: MoveRow,
    ends: Ends,
    signal: AbortSignal,
  ): AsyncGenerator<MigrationProgress, void, undefined> {
    const { from, to } = migration;
    yield { type: 'stage', stage: 'reading' };
    const read = migration.stage === 'reading' ? readIfThere : readUnlessDeleted;
    const source = await read(ends.source, from.path, signal);
    if (source === undefined) {
      throw migration.stage === 'reading' ? nothingToMigrate(migration) : sourceGone(from, to);
    }
    await this.#assertAcceptable(migration, ends, source, signal);
    const existing = await readIfThere(ends.target, to.path, signal);
    let written: Written | undefined;
    if (existing === undefined) {
      this.#enter(migration, 'writing');
      yield { type: 'stage', stage: 'writing' };
      written = await this.#write(migration, ends.target, source, signal);
    } else if (migration.stage === 'reading') {
      throw targetExists(migration);
    }

    this.#enter(migration, 'verifying');
    yield { type: 'stage', stage: 'verifying' };
    const copy = await readIfThere(ends.target, to.path, signal);
    if (copy === undefined || !sameContent(source.document, copy.document)) {
      await this.#takeBack(migration, ends.target, copy, written, signal);
      throw copyDiffers(from, to);
    }

    this.#enter(migration, 'switching');
    yield { type: 'stage', stage: 'switching' };
    const { environmentId } = migration;
    const noted = await this.parts.notes.carry(
      environmentId,
      source.notes,
      copy,
      ends.target,
      signal,
    );
    this.#switch(migration, ends, noted);
  }

  async #write(
    migration: MoveRow,
    target: ProviderConnection,
    { document }: SecretSnapshot,
    signal: AbortSignal,
  ): Promise<Written> {
    try {
      return await writeDocument(target, migration.to.path, document, null, { signal });
    } catch (error) {
      if (isAppError(error) && isWriteRefused(error.code)) {
        this.parts.journal.remove(migration.id);
      }
      throw error;
    }
  }

  /** Removes a copy that is not what was sent, if it is the revision that the write left behind. */
  async #takeBack(
    migration: MoveRow,
    { provider }: ProviderConnection,
    copy: SecretSnapshot | undefined,
    written: Written | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (copy === undefined || written?.revision !== copy.revision) return;
    await provider.remove(migration.to.path, copy.revision, { signal });
    this.parts.journal.remove(migration.id);
  }

  /** From now on the environment is at the target. */
  #switch(migration: MoveRow, ends: Ends, copy: SecretSnapshot): void {
    const { journal, rows, runtime } = this.parts;
    const { environmentId, from, to } = migration;
    const row = this.#linkedRow(migration, from.path);
    journal.transaction(() => {
      rows.setSync(environmentId, { synced: true, path: to.path });
      journal.setStage(migration.id, 'removing', runtime.now());
    });
    this.parts.values.forget(row, ends.source.id);
    this.parts.state.forgetFindings(environmentId);
    this.#keepValues(migration, to, ends.target, copy);
    if (this.#isInUse(migration.workspaceId, to)) return;
    this.parts.state.recordProblem(
      environmentId,
      this.parts.connections.currentId(migration.workspaceId),
      new AppError('NOT_FOUND', {
        message: `This environment was moved to ${labelOf(to)}.`,
        hint: `Choose ${labelOf(to)} as the provider, then pull it.`,
        remedy: { open: 'connection' },
        details: { path: to.path },
      }).report(),
    );
  }

  /** Links the environment to the source again, if it was at the target already. */
  #linkBack(migration: MoveRow, connection: ProviderConnection, source: SecretSnapshot): void {
    const { journal, rows, state, values, runtime } = this.parts;
    if (migration.stage !== 'removing') return;
    const row = this.#linkedRow(migration, migration.to.path);
    journal.transaction(() => {
      rows.setSync(row.id, { synced: true, path: migration.from.path });
      journal.setStage(migration.id, 'switching', runtime.now());
    });
    values.forget(row, this.parts.connections.currentId(row.workspaceId));
    state.forgetFindings(row.id);
    this.#keepValues(migration, migration.from, connection, source);
  }

  /** Takes what was read into memory, if the workspace uses the provider that it was read from. */
  #keepValues(
    { workspaceId, environmentId }: MoveRow,
    place: Place,
    connection: ProviderConnection,
    { document, revision, version, notes }: SecretSnapshot,
  ): void {
    const { rows, values, runtime } = this.parts;
    if (!this.#isInUse(workspaceId, place)) return;
    const pulledAt = runtime.now();
    const { path } = place;
    const held = { document, revision, version, notes };
    values.keep({ workspaceId, path }, connection.id, held, pulledAt);
    rows.markPulled([{ id: environmentId, revisionLabel: version, pulledAt }]);
  }

  /** Compares both once more, whatever was seen before. `undefined` if the source is gone already. */
  async #removeSource(
    { from, to }: MoveRow,
    { source, target }: Ends,
    signal: AbortSignal,
  ): Promise<RemoveOutcome | undefined> {
    const copy = await readUnlessDeleted(target, to.path, signal);
    if (copy === undefined) {
      const name = nameBoth(from, to);
      throw new AppError('NOT_FOUND', {
        message: `The copy at ${name.to} is gone.`,
        hint: `Nothing was removed at ${name.from}. Undo this migration to use what is there again.`,
        details: { path: to.path },
      });
    }
    const original = await readUnlessDeleted(source, from.path, signal);
    if (original === undefined) return undefined;
    if (!sameContent(original.document, copy.document)) throw copyDiffers(from, to);
    return source.provider.remove(from.path, original.revision, { signal });
  }

  async #removeCopy(
    { stage, to }: MoveRow,
    target: ProviderConnection,
    source: SecretSnapshot,
    signal: AbortSignal,
  ): Promise<UndoOutcome> {
    // Nothing was written yet: what may be there belongs to somebody else.
    if (stage === 'reading') return { copy: 'absent' };
    const copy = await readUnlessDeleted(target, to.path, signal);
    if (copy === undefined) return { copy: 'absent' };
    if (!sameContent(source.document, copy.document)) return { copy: 'left' };
    return {
      copy: 'removed',
      removed: await target.provider.remove(to.path, copy.revision, { signal }),
    };
  }

  #routeOf(
    { workspaceId, path }: EnvironmentRow,
    { provider, toPath }: MigrationRequest,
  ): MoveRoute {
    const current = this.parts.settings.resolve(workspaceId).provider;
    return { from: { provider: current, path }, to: { provider, path: toPath } };
  }

  /** Throws if the migration is refused by what is known without a server. */
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
    for (const migration of journal.list(row.workspaceId)) {
      if (migration.environmentId === row.id) {
        throw new AppError('ALREADY_RUNNING', {
          message: 'An earlier migration of this environment is not finished.',
          hint: 'Go on with it, or undo it.',
        });
      }
      if (migration.from.path === to.path || migration.to.path === to.path) {
        throw new AppError('ALREADY_EXISTS', {
          message: `Another migration that is not finished uses the path ${to.path}.`,
          hint: 'Finish that one first, or choose another path.',
          details: { field: 'toPath' },
        });
      }
    }
  }

  /** Throws if the target cannot hold it, or if the environment would show another secret afterwards. */
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
    if (!(await holdsSecret(source, to.path, signal))) return;
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
    return this.parts.settings.resolve(workspaceId).provider === provider;
  }

  /** Throws `NO_SUCH_ENVIRONMENT` if it was deleted meanwhile, and `CONFLICT` if it was linked elsewhere. */
  #linkedRow(migration: MoveRow, path: string): EnvironmentRow {
    const row = this.parts.rows.find(migration.environmentId);
    if (row === undefined) throw environmentGone(migration);
    if (row.synced && row.path === path) return row;
    throw new AppError('CONFLICT', {
      message: `This environment is not linked to ${path} any more.`,
      hint: 'Nothing was removed. Keep both copies, and decide which one you want.',
      details: { path },
    });
  }

  #enter(migration: MoveRow, stage: MigrationStage): void {
    const { journal, runtime } = this.parts;
    if (!journal.setStage(migration.id, stage, runtime.now())) throw environmentGone(migration);
  }

  #find(id: string): MoveRow {
    const migration = this.parts.journal.find(id);
    if (migration !== undefined) return migration;
    throw new AppError('NOT_FOUND', {
      message: 'There is no such unfinished migration.',
      hint: 'It may have been finished or undone elsewhere.',
    });
  }

  /** Its entry in the activity log, about both ends. */
  #entry({ workspaceId, environmentId, from, to }: MoveRow): Omit<NewActivity, 'detail'> {
    const name = nameBoth(from, to);
    return {
      workspaceId,
      action: 'migrated',
      environment: this.parts.rows.find(environmentId)?.name,
      path: to.path,
      about: `${name.from} → ${name.to}`,
    };
  }
}

export const removedFields = (
  outcome: RemoveOutcome,
): { recoverable: boolean; until?: number | undefined } =>
  outcome.recoverable
    ? { recoverable: true, until: outcome.until?.getTime() }
    : { recoverable: false };

/** A path that the provider cannot have, such as that of a folder, holds nothing there. */
async function holdsSecret(
  connection: ProviderConnection,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await readUnlessDeleted(connection, path, signal)) !== undefined;
  } catch (error) {
    if (isAppError(error, 'NAME_NOT_ALLOWED')) return false;
    throw error;
  }
}

const copyAt = (stage: MigrationStage): PendingMigration['copy'] => {
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

const nothingToMigrate = ({ from }: MoveRoute): AppError =>
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
