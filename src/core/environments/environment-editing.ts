/** Changes of an environment's variables, on this computer or at its provider. */
import { AppError } from '@shared/errors';
import type { ChangeSet } from '@shared/model/change-set';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { ActivityLog, NewActivity } from '@core/activity/activity-log';
import { logged } from '@core/activity/logged';
import type { Connections } from '@core/connections/connections';
import type { Runtime } from '@core/runtime';
import type { SecretDocument } from '@core/secrets/document';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { HeldValues } from '@core/secrets/session-secrets';
import type { EnvironmentRow } from '@core/storage/environments';
import type { VariableMarks } from '@core/storage/variable-marks';
import {
  describeChanges,
  notedIn,
  renamesIn,
  editWithMarks,
  touchesValues,
  type Edited,
  type EditedDocument,
  type Edits,
} from './edit-document';
import { subjectOf, type EnvironmentState } from './environment-state';
import { revisionToken, type EnvironmentValues } from './environment-values';
import type { LocalDocuments } from './local-documents';
import type { NoteKeeper } from './note-keeper';
import type { OwnershipGuard } from './ownership-guard';
import type { ReferenceGuard, Renames } from './reference-guard';
import { undeletedRevision, writeDocument } from './write-document';

export interface EnvironmentEditingParts {
  readonly state: EnvironmentState;
  readonly marks: VariableMarks;
  readonly notes: NoteKeeper;
  readonly values: EnvironmentValues;
  readonly documents: LocalDocuments;
  readonly connections: Connections;
  readonly guard: OwnershipGuard;
  readonly references: ReferenceGuard;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

export interface Changed extends EditedDocument {
  /** Whether the change touches more than marks, so that the provider has to be written to. */
  readonly touchesValues: boolean;
  /** The variables whose note is saved, changed or not. */
  readonly noted?: ReadonlySet<string>;
  /** References to renamed variables follow. */
  readonly renames?: Renames;
}

type Entry = Pick<NewActivity, 'action' | 'detail'>;

export class EnvironmentEditing {
  constructor(private readonly parts: EnvironmentEditingParts) {}

  /**
   * Makes the edits. References to renamed variables follow. Throws `CONFLICT` if the environment no longer is at `base`, on which they were made,
   * `INVALID_INPUT`, `REFERENCE_CYCLE`, and what the provider throws; then nothing has changed anywhere.
   */
  async save(
    id: string,
    base: string,
    changes: ChangeSet,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const entry = { action: 'saved', detail: describeChanges(changes) } as const;
    return this.change(id, base, entry, signal, (before) => ({
      ...editWithMarks(before, changes),
      touchesValues: touchesValues(changes),
      noted: notedIn(changes),
      renames: renamesIn(changes),
    }));
  }

  /**
   * Replaces what `base` names with what `alter` makes of it. `owners` are the configurations whose
   * environments may be changed. Throws as `save` does, and `OWNED_BY_CONFIG`.
   */
  async change(
    id: string,
    base: string,
    entry: Entry,
    signal: AbortSignal,
    alter: (before: Edited) => Changed,
    owners: readonly string[] = [],
  ): Promise<OpenEnvironment> {
    const { state, marks, notes, values, documents, guard, references, runtime } = this.parts;
    let renames: Renames = new Map();
    const within: string[] = [];
    const open = await this.#inTurn(id, entry, async (row) => {
      const held = await state.heldOrThrow(row);
      if (revisionToken(held) !== base) throw new AppError('CONFLICT');
      const altered = alter({ document: held.document, marks: state.marks(row, held) });
      renames = altered.renames ?? renames;
      const { document, keys } =
        renames.size === 0
          ? { document: altered.document, keys: [] }
          : references.followWithin(row, altered.document, renames);
      within.push(...keys);
      const after = { ...altered, document };
      await references.assertEnds(row, held.document, document);
      if (after.touchesValues) await guard.assertMayChange(row, signal, owners);
      if (row.synced) {
        if (after.touchesValues) await this.#write(row, document, held.revision, signal);
        await notes.keep(row, { before: held, after, noted: altered.noted }, signal);
      } else {
        await documents.put(id, after.document, () => {
          marks.replace(id, after.marks);
        });
        values.keepPast(row, held, runtime.now());
      }
    });
    if (renames.size === 0) return open;
    const row = state.row(id);
    const { changed, ...rest } = await references.followKeys(row, renames, signal);
    const inside = within.map((key) => ({ environment: row.name, key }));
    return { ...open, followed: { changed: [...inside, ...changed], ...rest } };
  }

  /**
   * Writes what is in memory, with a draft's edits, to a path that no longer holds anything. Throws
   * `ALREADY_EXISTS` if the path does hold something, and what `save` throws. With `undelete`, what is
   * scheduled for deletion there is undeleted first, and written over.
   */
  async recreateHeld(
    id: string,
    draft: Edits | undefined,
    undelete: boolean,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { state, notes, connections } = this.parts;
    return this.#inTurn(id, { action: 'pushed' }, async (row) => {
      const after = writable(await state.edited(row, draft));
      await this.parts.guard.assertMayChange(row, signal);
      const expected = undelete
        ? await undeletedRevision(await connections.connect(row.workspaceId), row.path, signal)
        : null;
      await this.#write(row, after.document, expected, signal);
      await notes.keep(row, { before: { document: after.document }, after }, signal);
    });
  }

  /** As `recreateHeld`, for edits that may have been made on older values than those in memory. */
  async recreate(
    id: string,
    { base, changes }: Edits,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { state, notes } = this.parts;
    const entry = { action: 'saved', detail: `${describeChanges(changes)}, recreated` } as const;
    return this.#inTurn(id, entry, async (row) => {
      const held = state.at(row, base);
      const after = editWithMarks(
        { document: held.document, marks: state.marks(row, held) },
        changes,
      );
      await this.parts.guard.assertMayChange(row, signal);
      await this.#write(row, after.document, null, signal);
      await notes.keep(row, { before: { document: held.document }, after }, signal);
    });
  }

  /**
   * Undeletes the secret at the provider, or one deleted `revision` of it; reads nothing. Throws as the
   * provider does.
   */
  async undelete(id: string, signal: AbortSignal, revision?: string): Promise<OpenEnvironment> {
    const { state, connections } = this.parts;
    return this.#inTurn(id, { action: 'undeleted' }, async (row) => {
      const { workspaceId, path } = row;
      await this.parts.guard.assertMayChange(row, signal);
      const { provider } = await connections.connect(workspaceId);
      await provider.undelete(path, {
        signal,
        ...(revision !== undefined && { revision: asRevision(revision) }),
      });
      if (revision === undefined) state.forgetFindings(id);
    });
  }

  /**
   * Writes an old version as a new one over `expected`, or over nothing with `null`. Variables that stay
   * keep their marks, and all notes stay with the secret: a later version may have their variables again. Throws `CONFLICT` if something else is there, and what the provider throws.
   */
  async rollBack(
    id: string,
    { document, version }: HeldValues,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    return this.#inTurn(id, { action: 'rolled-back', detail: version }, async (row) => {
      const { marks } = this.parts;
      const kept = [...marks.list(id)].filter(
        ([key]) => document.shape !== 'map' || document.entries.has(key),
      );
      await this.parts.guard.assertMayChange(row, signal);
      await this.#write(row, document, expected, signal);
      marks.replace(id, new Map(kept));
    });
  }

  /** Does the work after what is under way for the environment, and logs how it went. */
  async #inTurn(
    id: string,
    entry: Entry,
    work: (row: EnvironmentRow) => Promise<void>,
  ): Promise<OpenEnvironment> {
    const { state, activity } = this.parts;
    await state.inTurn(id, async () => {
      const row = state.row(id);
      await logged(activity, { ...subjectOf(row), ...entry }, () => work(row));
    });
    return state.open(id);
  }

  /** Writes at the provider over `expected`, and takes what was written into memory. */
  async #write(
    { workspaceId, path }: EnvironmentRow,
    document: SecretDocument,
    expected: Revision | null,
    signal: AbortSignal,
  ): Promise<void> {
    const connection = await this.parts.connections.connect(workspaceId);
    const written = await writeDocument(connection, path, document, expected, { signal });
    this.parts.state.record(workspaceId, connection, [{ path, document, ...written }]);
  }
}

/** Throws `BINARY_VALUE`: nobody edits bytes here, so they are not written either. */
function writable({ document, marks }: Edited): EditedDocument {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  return { document, marks };
}
