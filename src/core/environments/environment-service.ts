import { randomUUID } from 'node:crypto';
import type { CopyLine, ExportFormat, OpenEnvironment } from '@shared/model/open-environment';
import { formatDotenv, isDotenvKey } from '@shared/model/dotenv';
import {
  AppError,
  endsRun,
  isAbsent,
  isAppError,
  toErrorReport,
  type ErrorReport,
} from '@shared/errors';
import type { ChangeSet } from '@shared/model/change-set';
import type { Environment } from '@shared/model/environment';
import { fileNamePart } from '@shared/model/file-name';
import { slug } from '@shared/model/slug';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import type { ActivityLog, NewActivity } from '@core/activity/activity-log';
import type { EnvironmentRow, Environments } from '@core/storage/environments';
import type { VariableMark, VariableMarks } from '@core/storage/variable-marks';
import type { Moves } from '@core/storage/moves';
import {
  asRevision,
  type RemoveOutcome,
  type Revision,
  type SecretSnapshot,
} from '@core/providers/provider';
import type { SecretDocument, SecretEntry } from '@core/secrets/document';
import { sameEntry } from '@core/secrets/same-content';
import type { HeldValues } from '@core/secrets/session-secrets';
import type { Configurations } from '@core/connections/configurations';
import type { Connection, Connections } from '@core/connections/connections';
import type { ProviderStatuses } from '@core/connections/provider-statuses';
import { editDocument, editMarks, putEntry, type WritableDocument } from './edit-document';
import { revisionToken, type EnvironmentValues } from './environment-values';
import { exportDocument, type Exported } from './export-document';
import { EMPTY_DOCUMENT, type LocalDocuments } from './local-documents';
import type { Glances } from './glances';
import { Turns } from './turns';
import { undeleteAndWrite, writeDocument } from './write-document';
import { describeVariables, revealAll, revealVariable, revealWhole } from './variables';

export interface EnvironmentServiceParts {
  readonly rows: Environments;
  readonly marks: VariableMarks;
  readonly values: EnvironmentValues;
  readonly documents: LocalDocuments;
  readonly moves: Pick<Moves, 'pathsOf'>;
  readonly configurations: Configurations;
  readonly connections: Connections;
  readonly statuses: ProviderStatuses;
  readonly glances: Glances;
  readonly activity: ActivityLog;
  readonly now: () => number;
}

/** Unsaved edits, and what they were made on. */
export interface Edits {
  readonly base: string;
  readonly changes: ChangeSet;
}

export interface Edited {
  readonly document: SecretDocument;
  readonly marks: ReadonlyMap<string, VariableMark>;
}

interface EditedDocument extends Edited {
  readonly document: WritableDocument;
}

export interface Changed extends EditedDocument {
  /** Whether anything but marks changes, so that a provider has to be asked. */
  readonly touchesValues: boolean;
}

type DocumentWrite = typeof undeleteAndWrite;

/** A variable of another environment. */
export interface ForeignVariable {
  readonly key: string;
  readonly entry: SecretEntry;
  readonly mark: VariableMark | undefined;
  /** The name of that environment. */
  readonly from: string;
}

export class EnvironmentService {
  /** Why the last attempt to fetch an environment failed, by connection and environment. */
  readonly #problems = new Map<string, { connectionId: string; report: ErrorReport }>();
  /** Writes to one environment, one after the other. */
  readonly #turns = new Turns();

  constructor(private readonly parts: EnvironmentServiceParts) {}

  list(workspaceId: string): Environment[] {
    const connectionId = this.#connectionId(workspaceId);
    return this.parts.rows.list(workspaceId).map((row) => this.#view(row, connectionId));
  }

  /** An environment on this computer, not linked to a provider. Throws `NAME_TAKEN`. */
  create(workspaceId: string, name: string): Environment {
    const row = this.#insert(workspaceId, name);
    this.parts.activity.record({ workspaceId, action: 'environment-created', environment: name });
    return this.#view(row, this.#connectionId(workspaceId));
  }

  rename(id: string, name: string): Environment {
    const row = this.row(id);
    const { workspaceId } = row;
    this.#assertFree(workspaceId, name, id);
    this.parts.rows.rename(id, name);
    this.#log(row, { action: 'environment-renamed', detail: name });
    return this.#view({ ...row, name }, this.#connectionId(workspaceId));
  }

  /** A local copy of what is in memory, marks and all. Throws `VALUES_NOT_LOADED`, `BINARY_VALUE`. */
  async duplicate(id: string, name: string): Promise<Environment> {
    const { documents, marks, rows } = this.parts;
    const row = this.row(id);
    const { document } = await this.heldOrThrow(row);
    if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
    const copy = this.#insert(row.workspaceId, name);
    try {
      await documents.put(copy.id, document, () => {
        marks.replace(copy.id, marks.list(id));
      });
    } catch (error) {
      rows.remove(copy.id);
      throw error;
    }
    this.#log(row, { action: 'environment-duplicated', detail: name });
    return this.#view(copy, this.#connectionId(row.workspaceId));
  }

  reorder(workspaceId: string, ids: readonly string[]): void {
    this.parts.rows.reorder(workspaceId, ids);
  }

  setActive(workspaceId: string, id: string | null): void {
    this.parts.rows.setActive(workspaceId, id);
  }

  /** At the provider first, where that is asked for: what fails there removes nothing here. */
  remove(id: string, onServer: boolean, signal: AbortSignal): Promise<RemoveOutcome | undefined> {
    return this.#turns.take(id, async () => {
      const row = this.row(id);
      const entry = {
        action: 'environment-deleted',
        detail: onServer ? 'here and on the server' : 'here',
      } as const;
      return this.#logged(row, entry, async () => {
        const outcome =
          onServer && row.synced ? await this.#removeOnServer(row, signal) : undefined;
        await this.parts.documents.remove(id, () => {
          this.parts.rows.remove(id);
        });
        this.parts.values.forget(row, this.#connectionId(row.workspaceId));
        this.#problems.delete(id);
        this.parts.glances.forget(id);
        return outcome;
      });
    });
  }

  async open(id: string): Promise<OpenEnvironment> {
    const row = this.row(id);
    const connectionId = this.#connectionId(row.workspaceId);
    const held = await this.parts.values.held(row, connectionId);
    return {
      environment: this.#view(row, connectionId),
      shape: held?.document.shape ?? 'map',
      variables:
        held === undefined ? [] : describeVariables(held.document, this.parts.marks.list(id)),
      ...(held && { base: revisionToken(held) }),
    };
  }

  /** Fetches one environment anew. What was in memory stays there when this fails. */
  async pull(id: string, signal: AbortSignal): Promise<OpenEnvironment> {
    await this.#turns.take(id, () => this.#pull(this.row(id), signal));
    return this.open(id);
  }

  async #pull(row: EnvironmentRow, signal: AbortSignal): Promise<void> {
    const { statuses, connections } = this.parts;
    const { id, workspaceId, path, pulledAt } = row;
    if (!row.synced) {
      throw new AppError('INVALID_INPUT', {
        message: 'This environment is not synced.',
        hint: 'Switch sync on to link it to a path of the provider.',
      });
    }
    await this.#logged(row, { action: 'pulled' }, async () => {
      try {
        const connection = await connections.connect(workspaceId);
        // Linked while it was empty, and nothing was written since: the first Save creates it.
        const mayBeAbsent = pulledAt === undefined;
        const snapshot = await statuses.observe(connection, () =>
          connection.provider.read(path, { signal }).catch((error: unknown) => {
            if (mayBeAbsent && isAppError(error) && isAbsent(error.code)) return undefined;
            throw error;
          }),
        );
        connection.ended.throwIfAborted();
        // The environment may have gone meanwhile, with its workspace.
        this.row(id);
        if (snapshot !== undefined) this.record(workspaceId, connection, [snapshot]);
        else {
          const nothing = { document: EMPTY_DOCUMENT, revision: null };
          this.parts.values.keep(row, connection.id, nothing, this.parts.now());
          this.#problems.delete(id);
          this.parts.glances.forget(id);
        }
      } catch (error) {
        const report = toErrorReport(error);
        // These say nothing about the secret that was read.
        if (!endsRun(report.code) && report.code !== 'NO_SUCH_ENVIRONMENT') {
          this.recordProblem(id, this.#connectionId(workspaceId), report);
        }
        throw error;
      }
    });
  }

  /**
   * Makes the edits, against what they were made on. Throws `CONFLICT` where that is no longer what is
   * there, `INVALID_INPUT`, and what the provider throws; then nothing has changed anywhere.
   */
  async save(
    id: string,
    base: string,
    changes: ChangeSet,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const entry = { action: 'saved', detail: describeChanges(changes) } as const;
    return this.change(id, base, entry, signal, (before) => ({
      ...edit(before, changes),
      touchesValues: touchesValues(changes),
    }));
  }

  /** Puts in one variable of another environment, kind and all. Throws as `save` does. */
  async putVariable(
    id: string,
    base: string,
    { key, entry, mark, from }: ForeignVariable,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const log = { action: 'copied', detail: `${key} from ${from}` } as const;
    return this.change(id, base, log, signal, ({ document, marks }) => {
      const before = document.shape === 'map' ? document.entries.get(key) : undefined;
      const isNew = before === undefined;
      return {
        document: putEntry(document, key, entry),
        // What was said of a variable that is there stays.
        marks: isNew && mark !== undefined ? new Map(marks).set(key, mark) : marks,
        touchesValues: isNew || !sameEntry(before, entry),
      };
    });
  }

  /** Replaces what `base` names. Throws as `save` does. */
  async change(
    id: string,
    base: string,
    entry: Pick<NewActivity, 'action' | 'detail'>,
    signal: AbortSignal,
    alter: (before: Edited) => Changed,
  ): Promise<OpenEnvironment> {
    await this.#turns.take(id, async () => {
      const row = this.row(id);
      await this.#logged(row, entry, async () => {
        const held = await this.heldOrThrow(row);
        if (revisionToken(held) !== base) throw new AppError('CONFLICT');
        const before = { document: held.document, marks: this.parts.marks.list(id) };
        const after = alter(before);
        if (row.synced && after.touchesValues) {
          await this.#write(row, after.document, held.revision, after.marks, signal);
        } else if (row.synced) this.parts.marks.replace(id, after.marks);
        else {
          await this.parts.documents.put(id, after.document, () => {
            this.parts.marks.replace(id, after.marks);
          });
          this.parts.values.keepPast(row, held, this.parts.now());
        }
      });
    });
    return this.open(id);
  }

  /**
   * Writes what is in memory, with a draft's edits, to a path that holds nothing any more. Throws
   * `ALREADY_EXISTS` where it does after all, and what `save` does. With `undelete`, what is scheduled for
   * deletion there is brought back first, and written over.
   */
  async recreateHeld(
    id: string,
    draft: Edits | undefined,
    undelete: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#turns.take(id, async () => {
      const row = this.row(id);
      await this.#logged(row, { action: 'pushed' }, async () => {
        const after = await this.edited(row, draft);
        await this.#create(row, after, signal, undelete ? undeleteAndWrite : undefined);
      });
    });
  }

  /** As `recreateHeld`, for edits that may have been made on older values than those in memory. */
  async recreate(id: string, draft: Edits, signal: AbortSignal): Promise<OpenEnvironment> {
    await this.#turns.take(id, async () => {
      const row = this.row(id);
      const entry = { action: 'saved', detail: `${describeChanges(draft.changes)}, anew` } as const;
      await this.#logged(row, entry, async () => {
        const before = { document: this.at(row, draft.base).document, marks: this.marks(row) };
        await this.#create(row, edit(before, draft.changes), signal);
      });
    });
    return this.open(id);
  }

  async #create(
    row: EnvironmentRow,
    after: Edited,
    signal: AbortSignal,
    write: DocumentWrite = (connection, path, document, options) =>
      writeDocument(connection, path, document, null, options),
  ): Promise<void> {
    if (after.document.shape === 'binary') throw new AppError('BINARY_VALUE');
    await this.#record(row, after.document, after.marks, signal, write);
  }

  /**
   * Brings back what was deleted at the provider, or one `revision` of it; reads nothing. Throws as the
   * provider does.
   */
  async undelete(id: string, signal: AbortSignal, revision?: string): Promise<void> {
    await this.#turns.take(id, async () => {
      const row = this.row(id);
      await this.#logged(row, { action: 'restored' }, async () => {
        const connection = await this.parts.connections.connect(row.workspaceId);
        await this.parts.statuses.observe(connection, () =>
          connection.provider.undelete(row.path, {
            signal,
            ...(revision !== undefined && { revision: asRevision(revision) }),
          }),
        );
        if (revision !== undefined) return;
        this.#problems.delete(id);
        this.parts.glances.forget(id);
      });
    });
  }

  /**
   * Writes what a version holds as a new one over `expected`; `null` where the secret is deleted. Marks
   * stay with the variables that do. Throws `CONFLICT` where something else is there, and what the
   * provider throws.
   */
  async rollBack(
    id: string,
    { document, version }: HeldValues,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    await this.#turns.take(id, async () => {
      const row = this.row(id);
      await this.#logged(row, { action: 'restored', detail: version }, async () => {
        const marks = [...this.marks(row)].filter(
          ([key]) => document.shape !== 'map' || document.entries.has(key),
        );
        await this.#write(row, document, expected, new Map(marks), signal);
      });
    });
    return this.open(id);
  }

  /** What edits were made on. Throws `VALUES_NOT_LOADED` where memory no longer has it. */
  at(row: EnvironmentRow, base: string): HeldValues {
    const held = this.parts.values.at(row, this.#connectionId(row.workspaceId), base);
    if (held === undefined) throw new AppError('VALUES_NOT_LOADED');
    return held;
  }

  marks({ id }: EnvironmentRow): ReadonlyMap<string, VariableMark> {
    return this.parts.marks.list(id);
  }

  /** What an environment would hold with these edits. Throws as `save` does. */
  async edited(row: EnvironmentRow, draft: Edits | undefined): Promise<Edited> {
    const held = await this.heldOrThrow(row);
    const marks = this.parts.marks.list(row.id);
    if (draft === undefined) return { document: held.document, marks };
    if (revisionToken(held) !== draft.base) throw new AppError('CONFLICT');
    return edit({ document: held.document, marks }, draft.changes);
  }

  /**
   * Takes what was read into memory, its metadata into the database, and makes the environments that
   * are missing. Returns the paths they were made for. Throws where the connection has ended meanwhile.
   */
  record(
    workspaceId: string,
    connection: Connection,
    snapshots: readonly SecretSnapshot[],
  ): string[] {
    const { rows, values, now } = this.parts;
    connection.ended.throwIfAborted();
    const pulledAt = now();
    const byPath = this.syncedByPath(workspaceId);
    // Both copies of a move that is under way belong to the environment that is being moved.
    const moving = this.parts.moves.pathsOf(workspaceId);
    const created = snapshots
      .filter(({ path }) => !byPath.has(path) && !moving.has(path))
      .map(({ path, version }): EnvironmentRow => ({
        id: randomUUID(),
        workspaceId,
        name: path,
        synced: true,
        path,
        revisionLabel: version,
        pulledAt,
        createdAt: pulledAt,
      }));
    rows.insertMany(created);
    const known = snapshots.flatMap(({ path, version }) => {
      const row = byPath.get(path);
      return row === undefined ? [] : [{ id: row.id, revisionLabel: version, pulledAt }];
    });
    rows.markPulled(known);
    for (const { id } of known) {
      this.#problems.delete(id);
      this.parts.glances.forget(id);
    }
    for (const { path, document, revision, version, modifiedAt } of snapshots) {
      const held = { document, revision, version, modifiedAt };
      values.keep({ workspaceId, path }, connection.id, held, pulledAt);
    }
    return created.map(({ path }) => path);
  }

  /** Puts environments that came in the order their reads ended into the order of their paths. */
  sortByPath(workspaceId: string, paths: readonly string[]): void {
    const meant = new Set(paths);
    const rows = this.parts.rows.list(workspaceId);
    const isMeant = ({ synced, path }: EnvironmentRow): boolean => synced && meant.has(path);
    const sorted = rows.filter(isMeant).toSorted((a, b) => (a.path < b.path ? -1 : 1));
    this.parts.rows.reorder(
      workspaceId,
      [...rows.filter((row) => !isMeant(row)), ...sorted].map(({ id }) => id),
    );
  }

  recordProblem(environmentId: string, connectionId: string, report: ErrorReport): void {
    this.#problems.set(environmentId, { connectionId, report });
  }

  /** Synced environments of a workspace by their path. */
  syncedByPath(workspaceId: string): Map<string, EnvironmentRow> {
    return new Map(
      this.parts.rows
        .list(workspaceId)
        .filter(({ synced }) => synced)
        .map((row) => [row.path, row]),
    );
  }

  /** One value as it was at the base of edits. Logged, without the value. */
  revealAt(id: string, base: string, key: string): string {
    const row = this.row(id);
    return this.#revealIn(row, this.at(row, base).document, key, key);
  }

  /** One value of a version. Logged, without the value. */
  revealOf(row: EnvironmentRow, { document, version }: HeldValues, key: string): string {
    return this.#revealIn(row, document, key, version === undefined ? key : `${key}, ${version}`);
  }

  #revealIn(row: EnvironmentRow, document: SecretDocument, key: string, detail: string): string {
    const isWhole = key === WHOLE_SECRET_KEY && document.shape === 'map';
    const value =
      isWhole && !document.entries.has(key) ? revealWhole(document) : revealVariable(document, key);
    this.#log(row, { action: 'revealed', detail });
    return value;
  }

  /** One value as text. Logged, without the value. */
  async reveal(id: string, key: string): Promise<string> {
    return this.#takeOut(id, key, 'revealed');
  }

  /** One value as text, for the clipboard. Logged, without the value. */
  async copy(id: string, key: string): Promise<string> {
    return this.#takeOut(id, key, 'copied');
  }

  /** Several as the lines of a `.env`, for the clipboard. Logged, without the values. */
  async copyLines(
    id: string,
    lines: readonly CopyLine[],
  ): Promise<{ text: string; leftOut: number }> {
    const row = this.row(id);
    const { document } = await this.heldOrThrow(row);
    const written = lines
      .map(({ key, as = key, value }) => ({
        key: as,
        value: value ?? revealVariable(document, key),
      }))
      .filter(({ key, value }) => isDotenvKey(key) && !value.includes('\0'));
    if (written.length === 0) {
      throw new AppError('INVALID_INPUT', {
        message: 'None of these variables can be written as a line of a .env file.',
        hint: 'Copy their values one by one.',
      });
    }
    this.#log(row, { action: 'copied', detail: namesOf(written) });
    return { text: formatDotenv(written), leftOut: lines.length - written.length };
  }

  /** All values as text, for editing them as such. Logged, without the values. */
  async revealAll(id: string): Promise<{ key: string; value: string }[]> {
    const row = this.row(id);
    const { document } = await this.heldOrThrow(row);
    const values = revealAll(document);
    this.#log(row, { action: 'revealed', detail: 'all variables' });
    return values;
  }

  /** How values from elsewhere stand to those that are here; gives none away. */
  async compareValues(
    id: string,
    entries: readonly { readonly key: string; readonly value: string }[],
  ): Promise<{ key: string; state: 'new' | 'same' | 'different' }[]> {
    const { document } = await this.heldOrThrow(this.row(id));
    const here = document.shape === 'map' ? document.entries : new Map<string, never>();
    return entries.map(({ key, value }) => {
      const entry = here.get(key);
      if (entry === undefined) return { key, state: 'new' };
      return { key, state: entry.value.reveal() === value ? 'same' : 'different' };
    });
  }

  /** What is not disabled, in one of the formats. Logged, without the values. */
  async export(id: string, format: ExportFormat): Promise<Exported & { fileName: string }> {
    const row = this.row(id);
    const { document } = await this.heldOrThrow(row);
    const exported = exportDocument(document, this.parts.marks.list(id), format);
    this.#log(row, { action: 'exported', detail: format });
    const name = fileNamePart(row.name) || 'environment';
    return {
      ...exported,
      fileName:
        format === 'dotenv' ? `${name}.env` : `${name}.${format === 'json' ? 'json' : 'sh'}`,
    };
  }

  rows(workspaceId: string): EnvironmentRow[] {
    return this.parts.rows.list(workspaceId);
  }

  row(id: string): EnvironmentRow {
    const row = this.parts.rows.find(id);
    if (row === undefined) throw new AppError('NO_SUCH_ENVIRONMENT');
    return row;
  }

  /** `undefined` while a synced environment's values are not in memory. */
  held(row: EnvironmentRow): Promise<HeldValues | undefined> {
    return this.parts.values.held(row, this.#connectionId(row.workspaceId));
  }

  async heldOrThrow(row: EnvironmentRow): Promise<HeldValues> {
    const held = await this.held(row);
    if (held === undefined) throw new AppError('VALUES_NOT_LOADED');
    return held;
  }

  /** Runs work that writes to an environment, after what is under way for it. */
  inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(id, work);
  }

  /** As `inTurn`, for work that tells its progress: the turn lasts until the returned function is called. */
  holdTurn(id: string): Promise<() => void> {
    return this.#turns.hold(id);
  }

  async #write(
    row: EnvironmentRow,
    document: HeldValues['document'],
    expected: Revision | null,
    marks: ReadonlyMap<string, VariableMark>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#record(row, document, marks, signal, (connection, path, written, options) =>
      writeDocument(connection, path, written, expected, options),
    );
  }

  /** Writes at the provider, and takes what was written into memory. */
  async #record(
    row: EnvironmentRow,
    document: HeldValues['document'],
    marks: ReadonlyMap<string, VariableMark>,
    signal: AbortSignal,
    write: DocumentWrite,
  ): Promise<void> {
    const { workspaceId, path, id } = row;
    const connection = await this.parts.connections.connect(workspaceId);
    const written = await this.parts.statuses.observe(connection, () =>
      write(connection, path, document, { signal }),
    );
    this.record(workspaceId, connection, [{ path, document, ...written }]);
    this.parts.marks.replace(id, marks);
  }

  async #removeOnServer(row: EnvironmentRow, signal: AbortSignal): Promise<RemoveOutcome> {
    const connection = await this.parts.connections.connect(row.workspaceId);
    const held = this.parts.values.heldInMemory(row, connection.id);
    const revision =
      held?.revision ?? (await connection.provider.read(row.path, { signal })).revision;
    return connection.provider.remove(row.path, revision, { signal });
  }

  async #takeOut(id: string, key: string, action: 'revealed' | 'copied'): Promise<string> {
    const row = this.row(id);
    const { document } = await this.heldOrThrow(row);
    const value = revealVariable(document, key);
    this.#log(row, { action, detail: key });
    return value;
  }

  #insert(workspaceId: string, name: string): EnvironmentRow {
    this.#assertFree(workspaceId, name);
    const row: EnvironmentRow = {
      id: randomUUID(),
      workspaceId,
      name,
      synced: false,
      path: slug(name) || 'environment',
      createdAt: this.parts.now(),
    };
    this.parts.rows.insertMany([row]);
    return row;
  }

  #assertFree(workspaceId: string, name: string, exceptId?: string): void {
    const isTaken = this.parts.rows
      .list(workspaceId)
      .some((row) => row.name === name && row.id !== exceptId);
    if (isTaken) {
      throw new AppError('NAME_TAKEN', { message: `There is already an environment “${name}”.` });
    }
  }

  #connectionId(workspaceId: string): string {
    const { configurations } = this.parts;
    return configurations.connectionId(configurations.resolve(workspaceId));
  }

  #log(row: EnvironmentRow, entry: Pick<NewActivity, 'action' | 'outcome' | 'detail'>): void {
    this.parts.activity.record({ ...entryOf(row), ...entry });
  }

  /** Logs how the work went, and with a failure its sentence. */
  async #logged<T>(
    row: EnvironmentRow,
    entry: Pick<NewActivity, 'action' | 'detail'>,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await work();
      this.#log(row, entry);
      return result;
    } catch (error) {
      this.parts.activity.recordFailure({ ...entryOf(row), ...entry }, error);
      throw error;
    }
  }

  #view(row: EnvironmentRow, connectionId: string): Environment {
    const { id, name, synced, path, active = false, revisionLabel, pulledAt } = row;
    const common = {
      id,
      name,
      synced,
      path,
      active,
      ...(revisionLabel !== undefined && { revision: revisionLabel }),
      ...(pulledAt !== undefined && { pulledAt }),
    };
    if (!synced) return { ...common, state: 'local' };
    const problem = this.#problems.get(id);
    if (problem?.connectionId === connectionId) {
      return { ...common, state: 'failed', problem: problem.report };
    }
    const held = this.parts.values.heldInMemory(row, connectionId);
    if (held === undefined) return { ...common, state: 'not-loaded' };
    const server = this.parts.glances.differenceFrom(held.revision, id, connectionId);
    return { ...common, state: 'loaded', ...(server && { server }) };
  }
}

const entryOf = ({ workspaceId, name, path, synced }: EnvironmentRow) => ({
  workspaceId,
  environment: name,
  ...(synced && { path }),
});

const edit = ({ document, marks }: Edited, changes: ChangeSet): EditedDocument => ({
  document: editDocument(document, changes),
  marks: editMarks(marks, changes),
});

/** Whether anything but marks changes, so that a provider has to be asked. */
export const touchesValues = ({ edits, additions }: ChangeSet): boolean =>
  additions.length > 0 ||
  edits.some(
    ({ rename, value, remove }) => rename !== undefined || value !== undefined || remove === true,
  );

/** For the activity log. */
export const describeChanges = ({ edits, additions }: ChangeSet): string => {
  const removed = edits.filter(({ remove }) => remove === true).length;
  const parts = [
    [additions.length, 'added'],
    [edits.length - removed, 'changed'],
    [removed, 'removed'],
  ] as const;
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${String(count)} ${word}`);
  return said.join(', ') || 'nothing changed';
};

const NAMED = 5;

/** So many names as fit on a line, and how many more there are. */
function namesOf(variables: readonly { readonly key: string }[]): string {
  const names = variables.slice(0, NAMED).map(({ key }) => key);
  const more = variables.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${String(more)} more`;
}
