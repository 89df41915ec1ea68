/**
 * What the core knows of environments: their rows, the values it holds, marks, problems, and whose turn it
 * is to write. The services of environments and those above them work on it; nobody outside of the core does.
 */
import { randomUUID } from 'node:crypto';
import { AppError, type ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { expectedOf, type ExpectedVariable } from '@shared/model/expected';
import { nameAt } from '@shared/model/layout';
import type { NoteHere } from '@shared/model/note';
import { plainKeys } from '@shared/model/plain-patterns';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { referenceIn } from '@shared/model/stored-reference';
import type { Variable } from '@shared/model/variable';
import type { NewActivity } from '@core/activity/activity-log';
import type { Connections, ProviderConnection } from '@core/connections/connections';
import type { NoteRefusals, SecretSnapshot } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import type { SecretDocument } from '@core/secrets/document';
import type { HeldValues } from '@core/secrets/session-secrets';
import type { EnvironmentRow, Environments, NewEnvironment } from '@core/storage/environments';
import type { Moves } from '@core/storage/moves';
import type { OwnerMarks } from '@core/storage/owner-marks';
import type { VariableMark, VariableMarks } from '@core/storage/variable-marks';
import type { Workspaces } from '@core/storage/workspaces';
import { editWithMarks, type Edited, type Edits } from './edit-document';
import { revisionToken, type EnvironmentValues } from './environment-values';
import type { Glances } from './glances';
import { EMPTY_DOCUMENT } from './local-documents';
import { notesOf, withNotes } from './notes';
import { Turns } from '@core/storage/turns';
import { describeVariables, type KnownMarks } from './variables';
import { withReferences } from './described-references';
import { misfitsIn } from './misfits';

export interface EnvironmentStateParts {
  readonly rows: Environments;
  readonly marks: VariableMarks;
  readonly owners: Pick<OwnerMarks, 'find' | 'owners'>;
  readonly values: EnvironmentValues;
  readonly workspaces: Pick<Workspaces, 'find'>;
  readonly moves: Pick<Moves, 'pathsOf'>;
  readonly connections: Connections;
  readonly glances: Glances;
  readonly runtime: Runtime;
}

/** What is known of an environment without asking for the key. It holds no secret value. */
export interface AtHand {
  /** Whether its values are in memory, or on this computer. */
  readonly isLoaded: boolean;
  readonly variables: readonly Variable[];
}

export class EnvironmentState {
  /** Why the last attempt to read an environment failed, by its id. */
  readonly #problems = new Map<string, { connectionId: string; report: ErrorReport }>();
  /** Why notes are not with the secret, since the start, by environment and key. */
  readonly #noteRefusals = new Map<string, NoteRefusals>();
  /** Writes to one environment, one after the other. */
  readonly #turns = new Turns();

  constructor(private readonly parts: EnvironmentStateParts) {}

  /** In the order people gave them. */
  rows(workspaceId: string): EnvironmentRow[] {
    return this.parts.rows.list(workspaceId);
  }

  /** Throws `NO_SUCH_ENVIRONMENT`. */
  row(id: string): EnvironmentRow {
    const row = this.parts.rows.find(id);
    if (row === undefined) throw new AppError('NO_SUCH_ENVIRONMENT');
    return row;
  }

  /** Synced environments of a workspace by their path. */
  syncedByPath(workspaceId: string): Map<string, EnvironmentRow> {
    return byPathOf(this.rows(workspaceId).filter(({ synced }) => synced));
  }

  /**
   * Where environments go that are created for these paths: after all others, in the order of their paths, whichever
   * is read first.
   */
  placesFor(workspaceId: string, paths: readonly string[]): ReadonlyMap<string, number> {
    const next = this.parts.rows.nextPosition(workspaceId);
    return new Map(paths.toSorted().map((path, index) => [path, next + index]));
  }

  /** The marks that are stored here; those of `held` also have the notes that are kept with its secret. */
  marks(
    { id }: EnvironmentRow,
    held?: Pick<HeldValues, 'notes'>,
  ): ReadonlyMap<string, VariableMark> {
    return withNotes(this.parts.marks.list(id), held?.notes);
  }

  /** The marks as they show: a variable without one may be plain by the rules of the workspace. */
  shownMarks(row: EnvironmentRow, stored: KnownMarks = this.marks(row)): KnownMarks {
    const isPlain = plainKeys(this.parts.workspaces.find(row.workspaceId)?.plainPatterns ?? []);
    return {
      get: (key) => {
        const mark = stored.get(key);
        if (mark?.secret !== undefined || !isPlain(key)) return mark;
        return { ...mark, disabled: mark?.disabled ?? false, secret: false };
      },
    };
  }

  /** The variables that an environment is expected to have, by key. */
  expected({ workspaceId, name }: EnvironmentRow): ReadonlyMap<string, ExpectedVariable> {
    return expectedOf(this.parts.workspaces.find(workspaceId)?.expected ?? [], name);
  }

  /**
   * By key, why a value that an environment holds is not as expected, without a part of it. References, and values in
   * which `{{NAME}}` is replaced, are not checked.
   */
  misfits(row: EnvironmentRow, document: SecretDocument): ReadonlyMap<string, string> {
    let names: ReadonlySet<string> | undefined;
    const isEnvironment = (name: string): boolean => {
      names ??= new Set(this.rows(row.workspaceId).flatMap((one) => [one.name, one.id]));
      return names.has(name);
    };
    return misfitsIn(
      document,
      this.expected(row),
      (text) =>
        referenceIn(text, isEnvironment) !== undefined ||
        (row.expands === true && text.includes('{{')),
    );
  }

  /** `undefined` while a synced environment's values are not in memory. */
  held(row: EnvironmentRow): Promise<HeldValues | undefined> {
    return this.parts.values.held(row, this.#connectionId(row));
  }

  /** As `held`. Throws `VALUES_NOT_LOADED`. */
  async heldOrThrow(row: EnvironmentRow): Promise<HeldValues> {
    const held = await this.held(row);
    if (held === undefined) throw new AppError('VALUES_NOT_LOADED');
    return held;
  }

  /** What edits were made on. Throws `VALUES_NOT_LOADED` if it is no longer in memory. */
  at(row: EnvironmentRow, base: string): HeldValues {
    const held = this.parts.values.at(row, this.#connectionId(row), base);
    if (held === undefined) throw new AppError('VALUES_NOT_LOADED');
    return held;
  }

  /**
   * What an environment would hold with these edits. Throws `VALUES_NOT_LOADED`, `CONFLICT` if the edits
   * were made on something else, and what `editDocument` throws.
   */
  async edited(row: EnvironmentRow, draft: Edits | undefined): Promise<Edited> {
    const held = await this.heldOrThrow(row);
    const before = { document: held.document, marks: this.marks(row, held) };
    if (draft === undefined) return before;
    if (revisionToken(held) !== draft.base) throw new AppError('CONFLICT');
    return editWithMarks(before, draft.changes);
  }

  /**
   * Takes what was read into memory and its metadata into the database, and creates the environments that
   * are missing, at these places if given. Returns the paths they were created for. Throws if the connection has ended
   * meanwhile.
   */
  record(
    workspaceId: string,
    connection: ProviderConnection,
    snapshots: readonly SecretSnapshot[],
    places?: ReadonlyMap<string, number>,
  ): string[] {
    const { rows, values, moves, runtime } = this.parts;
    connection.ended.throwIfAborted();
    const pulledAt = runtime.now();
    const paths = snapshots.map(({ path }) => path);
    const linked = rows.linkedTo(workspaceId, paths);
    // Both copies of a running migration belong to the environment that is migrated.
    const migrating = moves.pathsOf(workspaceId);
    const created = snapshots
      .filter(({ path }) => !linked.has(path) && !migrating.has(path))
      .map(({ path, version }): NewEnvironment => ({
        ...withPosition(places?.get(path)),
        id: randomUUID(),
        workspaceId,
        name: nameAt(path),
        synced: true,
        path,
        revisionLabel: version,
        pulledAt,
        createdAt: pulledAt,
      }));
    rows.insertMany(created);
    const known = snapshots.flatMap(({ path, version }) => {
      const id = linked.get(path);
      return id === undefined ? [] : [{ id, revisionLabel: version, pulledAt }];
    });
    rows.markPulled(known);
    for (const { id } of known) this.forgetFindings(id);
    for (const { path, document, revision, version, modifiedAt, notes } of snapshots) {
      const held = { document, revision, version, modifiedAt, notes };
      values.keep({ workspaceId, path }, connection.id, held, pulledAt);
    }
    return created.map(({ path }) => path);
  }

  /** Takes into memory that the path of an environment holds nothing yet. */
  recordEmpty(row: EnvironmentRow, connection: ProviderConnection): void {
    const nothing = { document: EMPTY_DOCUMENT, revision: null };
    this.parts.values.keep(row, connection.id, nothing, this.parts.runtime.now());
    this.forgetFindings(row.id);
  }

  recordProblem(environmentId: string, connectionId: string, report: ErrorReport): void {
    this.#problems.set(environmentId, { connectionId, report });
  }

  /** Takes note of why notes of these variables are not with the secret; those that are named no more, are. */
  recordRefusals(id: string, keys: Iterable<string>, refusals: NoteRefusals): void {
    const all = new Map(this.#noteRefusals.get(id));
    for (const key of keys) {
      const why = refusals.get(key);
      if (why === undefined) all.delete(key);
      else all.set(key, why);
    }
    this.#noteRefusals.set(id, all);
  }

  /** Forgets the last problem and the last glance of an environment: they are out of date. */
  forgetFindings(id: string): void {
    this.#problems.delete(id);
    this.parts.glances.forget(id);
  }

  /** Forgets all that is in memory of an environment that was deleted. */
  forget(row: EnvironmentRow): void {
    this.parts.values.forget(row, this.#connectionId(row));
    this.forgetFindings(row.id);
    this.#noteRefusals.delete(row.id);
  }

  /** In the order people gave them. */
  list(workspaceId: string): Environment[] {
    const connectionId = this.parts.connections.currentId(workspaceId);
    const owners = this.parts.owners.owners();
    return this.rows(workspaceId).map((row) => this.#view(row, connectionId, owners.get(row.id)));
  }

  view(row: EnvironmentRow): Environment {
    return this.#view(row, this.#connectionId(row), this.parts.owners.find(row.id)?.owner);
  }

  /** Keys, kinds and marks of an environment's variables; no secret value. Throws `NO_SUCH_ENVIRONMENT`. */
  async open(id: string): Promise<OpenEnvironment> {
    const row = this.row(id);
    const held = await this.held(row);
    return {
      environment: this.view(row),
      shape: held?.document.shape ?? 'map',
      variables: held === undefined ? [] : await this.#described(row, held),
      ...(held && {
        base: revisionToken(held),
        notesAt: held.notes === undefined ? 'computer' : 'secret',
      }),
    };
  }

  /**
   * The variables of an environment without asking anybody for the key: `undefined` if the key is needed and not in
   * memory. Leaves out where references point, and which values are not as expected. Throws `NO_SUCH_ENVIRONMENT` and
   * `CREDENTIALS_UNREADABLE`.
   */
  async openAtHand(id: string): Promise<AtHand | undefined> {
    const row = this.row(id);
    if (!this.parts.values.isAtHand(row)) return undefined;
    const held = await this.held(row);
    if (held === undefined) return { isLoaded: false, variables: [] };
    const marks = this.shownMarks(row, this.marks(row, held));
    return { isLoaded: true, variables: describeVariables(held.document, marks) };
  }

  /** Runs work that writes to an environment, after what is under way for it. */
  inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(id, work);
  }

  /** As `inTurn`, for work that reports progress: the turn lasts until the returned function is called. */
  holdTurn(id: string): Promise<() => void> {
    return this.#turns.hold(id);
  }

  async #described(row: EnvironmentRow, held: HeldValues): Promise<Variable[]> {
    const { document } = held;
    const noteHere = this.#notesHere(row, held);
    const described = describeVariables(document, this.shownMarks(row, this.marks(row, held)));
    const variables = await withReferences(
      described.map((variable) => {
        const here = noteHere(variable.key);
        return here === undefined ? variable : { ...variable, noteHere: here };
      }),
      document,
      () => this.rows(row.workspaceId),
      async (other) => (await this.held(other))?.document,
    );
    const misfits = this.misfits(row, document);
    if (misfits.size === 0) return variables;
    return variables.map((variable) => {
      const misfit = misfits.get(variable.key);
      return misfit === undefined ? variable : { ...variable, misfit };
    });
  }

  /** Which notes are only on this computer, although the secret could have them. */
  #notesHere({ id }: EnvironmentRow, { notes }: HeldValues): (key: string) => NoteHere | undefined {
    if (notes === undefined) return () => undefined;
    const here = notesOf(this.parts.marks.list(id));
    return (key) => {
      const [own, withSecret] = [here.get(key), notes.get(key)];
      if (own === undefined || own === (withSecret ?? '')) return undefined;
      const why = this.#noteRefusals.get(id)?.get(key);
      return { ...(why && { why }), ...(withSecret !== undefined && { withSecret }) };
    };
  }

  #connectionId({ workspaceId }: EnvironmentRow): string {
    return this.parts.connections.currentId(workspaceId);
  }

  #view(row: EnvironmentRow, connectionId: string, owner: string | undefined): Environment {
    const { id, name, synced, path, active = false, expands, revisionLabel, pulledAt } = row;
    const common = {
      id,
      name,
      synced,
      path,
      active,
      ...(expands === true && { expands }),
      ...(owner !== undefined && { owner }),
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

const withPosition = (position: number | undefined): Pick<NewEnvironment, 'position'> =>
  position === undefined ? {} : { position };

const byPathOf = (rows: readonly EnvironmentRow[]): Map<string, EnvironmentRow> =>
  new Map(rows.map((row) => [row.path, row]));

/** Which environment an entry of the activity log is about. */
export const subjectOf = ({
  workspaceId,
  name,
  path,
  synced,
}: EnvironmentRow): Pick<NewActivity, 'workspaceId' | 'environment' | 'path'> => ({
  workspaceId,
  environment: name,
  ...(synced && { path }),
});
