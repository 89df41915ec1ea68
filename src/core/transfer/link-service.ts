/** Vault Sync: links an environment to a path of its provider, and removes the link. */
import { layoutOf, pathIn, type Layout } from '@shared/model/layout';
import type { LinkSide, SideBySide, SyncPreview, SyncResolution } from '@shared/model/link';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { AppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import type { Runtime } from '@core/runtime';
import type { ActivityLog } from '@core/activity/activity-log';
import { logged } from '@core/activity/logged';
import type { EnvironmentRow, Environments } from '@core/storage/environments';
import type { VariableMarks } from '@core/storage/variable-marks';
import type { SecretSnapshot } from '@core/providers/provider';
import { asRevision } from '@core/secrets/revision';
import { entriesOf, mapDocument, type SecretDocument } from '@core/secrets/document';
import { sameEntry } from '@core/secrets/same-content';
import type { ProviderConnection, Connections } from '@core/connections/connections';
import { readIfThere } from '@core/connections/read-if-there';
import type { Edited, Edits } from '@core/environments/edit-document';
import { subjectOf, type EnvironmentState } from '@core/environments/environment-state';
import type { EnvironmentValues } from '@core/environments/environment-values';
import { EMPTY_DOCUMENT, type LocalDocuments } from '@core/environments/local-documents';
import type { NoteKeeper } from '@core/environments/note-keeper';
import type { OwnershipGuard } from '@core/environments/ownership-guard';
import { undeletedRevision, writeDocument } from '@core/environments/write-document';

export interface LinkServiceParts {
  readonly state: EnvironmentState;
  readonly rows: Environments;
  readonly values: EnvironmentValues;
  readonly marks: VariableMarks;
  readonly notes: NoteKeeper;
  readonly documents: LocalDocuments;
  readonly connections: Connections;
  readonly guard: OwnershipGuard;
  readonly activity: ActivityLog;
  readonly runtime: Runtime;
}

export interface LinkRequest {
  readonly id: string;
  readonly path: string;
  readonly resolution: SyncResolution;
  readonly serverRevision?: string | undefined;
  readonly prefer?: Readonly<Record<string, 'here' | 'server'>> | undefined;
  /** Unsaved edits, made before the environment is linked. */
  readonly draft?: Edits | undefined;
  /** For `push`: whether to undelete what is scheduled for deletion at the path, and write over it. */
  readonly undelete?: boolean | undefined;
}

export interface LinkOrder {
  readonly id: string;
  readonly path?: string | undefined;
  readonly layout?: Layout | undefined;
  readonly take?: LinkSide | undefined;
  readonly undelete?: boolean | undefined;
}

export interface UnlinkRequest {
  readonly id: string;
  /** Whether the values stay on this computer. */
  readonly copy?: boolean | undefined;
  /** For a copy: unsaved edits that become part of it. */
  readonly draft?: Edits | undefined;
}

const resolutions = {
  server: 'take-server',
  here: 'replace',
  merge: 'merge',
} as const satisfies Record<LinkSide, SyncResolution>;

/** What the provider holds once the environment is linked, and the revision that edits are based on. */
type Linked = Omit<SecretSnapshot, 'path' | 'revision' | 'modifiedAt'> & {
  readonly revision: SecretSnapshot['revision'] | null;
};

export class LinkService {
  constructor(private readonly parts: LinkServiceParts) {}

  /** Compares what is at the path with what is here. Throws `ALREADY_EXISTS` for another environment's path. */
  async preview(id: string, path: string, signal: AbortSignal): Promise<SyncPreview> {
    const row = this.parts.state.row(id);
    this.assertFree(row, path);
    const connection = await this.parts.connections.connect(row.workspaceId);
    const found = await readIfThere(connection, path, signal);
    if (found === undefined) return { path, exists: false, keys: [] };
    const here = await this.parts.state.heldOrThrow(row);
    return {
      path,
      exists: true,
      shape: found.document.shape,
      keys: sideBySide(here.document, found.document),
      serverRevision: found.revision,
    };
  }

  /**
   * Links an environment to a path, and takes the values of one side if the path holds a secret already.
   * Without `take`, that is `ALREADY_EXISTS`. `path` and `layout` default to those of the environment and the
   * provider. Throws as `preview` and `enable` do; then the environment stays as it was.
   */
  async link(
    { id, path: typed, layout, take, undelete }: LinkOrder,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { state, connections } = this.parts;
    const row = state.row(id);
    const { providerId } = await connections.connect(row.workspaceId);
    const { label, traits } = providerDescriptors[providerId];
    const { layouts } = traits;
    const wanted = layout ?? layoutOf(typed ?? pathIn(row.path, layouts[0]));
    if (!layouts.includes(wanted)) {
      throw new AppError('INVALID_INPUT', {
        message: `${label} cannot store an environment as ${wanted}.`,
        hint: `It can as ${layouts.join(' or ')}.`,
        details: { field: 'layout' },
      });
    }
    const path = pathIn(typed ?? row.path, wanted);
    const { exists, serverRevision } = await this.preview(id, path, signal);
    if (!exists) {
      if (take === 'server') throw new AppError('NOT_FOUND', { details: { path } });
      return this.enable({ id, path, resolution: 'push', undelete }, signal);
    }
    if (take === undefined) {
      throw new AppError('ALREADY_EXISTS', {
        message: `There is already a secret at ${path}.`,
        hint: 'Choose whose values to take: the server’s, those that are here, or both merged.',
        details: { path },
      });
    }
    return this.enable({ id, path, resolution: resolutions[take], serverRevision }, signal);
  }

  /** If this fails, the environment stays as it was: not synced, its values here. */
  async enable(request: LinkRequest, signal: AbortSignal): Promise<OpenEnvironment> {
    const { state, activity } = this.parts;
    const { id, path, resolution } = request;
    await state.inTurn(id, async () => {
      const row = state.row(id);
      const entry = {
        ...subjectOf(row),
        path,
        action: 'sync-enabled',
        detail: resolution,
      } as const;
      await logged(activity, entry, () => this.#link(row, request, signal));
    });
    return state.open(id);
  }

  /**
   * The values stay at the provider. They leave this computer, or with `copy` become those of this computer, sealed
   * with the master key. Throws what reading and sealing them throw, and `BINARY_VALUE`; then the environment is
   * synced as before.
   */
  async disable(
    { id, copy = false, draft }: UnlinkRequest,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const { state, rows, values, marks: allMarks, documents, connections, activity } = this.parts;
    await state.inTurn(id, async () => {
      const row = state.row(id);
      if (!row.synced) return;
      const unlink = (): void => rows.setSync(id, { synced: false, path: row.path });
      if (copy) {
        const { document, marks } = await this.#newest(row, draft, signal);
        if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
        // The copy and the end of the link are one step: no value of a synced environment is ever stored here.
        await documents.put(id, document, () => {
          unlink();
          allMarks.replace(id, marks);
        });
      } else {
        unlink();
      }
      values.forget(row, connections.currentId(row.workspaceId));
      state.forgetFindings(id);
      activity.record({
        ...subjectOf(row),
        action: 'sync-disabled',
        ...(copy && { detail: 'encrypted copy kept here' }),
      });
    });
    return state.open(id);
  }

  /** What is in memory, with the edits that were made on it; without both, what the provider has. */
  async #newest(
    row: EnvironmentRow,
    draft: Edits | undefined,
    signal: AbortSignal,
  ): Promise<Edited> {
    const { state, connections } = this.parts;
    const held = await state.held(row);
    if (held !== undefined || draft !== undefined) return state.edited(row, draft);
    const connection = await connections.connect(row.workspaceId);
    const found = await readIfThere(connection, row.path, signal);
    return { document: found?.document ?? EMPTY_DOCUMENT, marks: state.marks(row, found) };
  }

  async #link(row: EnvironmentRow, request: LinkRequest, signal: AbortSignal): Promise<void> {
    const {
      state,
      rows,
      values,
      marks: allMarks,
      notes,
      documents,
      connections,
      guard,
      runtime,
    } = this.parts;
    if (row.synced) throw new AppError('INVALID_INPUT', { message: 'Sync is already on.' });
    const { path } = request;
    this.assertFree(row, path);
    await guard.assertMayChange(row, signal);
    // What the path holds may have an owner too. A push overwrites nothing, unless it undeletes it first.
    const { resolution, undelete } = request;
    if (resolution === 'merge' || resolution === 'replace' || undelete === true) {
      await guard.assertMayOverwrite({ workspaceId: row.workspaceId, path }, signal);
    }
    const { document, marks } = await state.edited(row, request.draft);
    const connection = await connections.connect(row.workspaceId);
    const linked = await resolve(connection, document, request, signal);
    connection.ended.throwIfAborted();
    // The link and the end of the local copy are one step: no value of a synced environment stays here.
    await documents.remove(row.id, () => {
      rows.setSync(row.id, { synced: true, path });
      allMarks.replace(row.id, marks);
    });
    const pulledAt = runtime.now();
    values.keep({ workspaceId: row.workspaceId, path }, connection.id, linked, pulledAt);
    if (linked.revision !== null) {
      rows.markPulled([{ id: row.id, revisionLabel: linked.version, pulledAt }]);
    }
    const after = { document: linked.document, marks };
    await notes.keep({ ...row, synced: true, path }, { before: after, after, moves: true }, signal);
  }

  /** Throws `ALREADY_EXISTS` if another environment of the workspace is linked to this path. */
  assertFree({ workspaceId, id }: EnvironmentRow, path: string): void {
    const other = this.parts.rows.findSynced(workspaceId, path);
    if (other === undefined || other.id === id) return;
    throw new AppError('ALREADY_EXISTS', {
      message: `The environment “${other.name}” already uses the path ${path}.`,
      hint: 'Choose another path, or use that environment.',
      details: { field: 'path' },
    });
  }
}

/** Does at the provider what was chosen, and returns what the path holds then. */
async function resolve(
  connection: ProviderConnection,
  here: SecretDocument,
  { path, resolution, serverRevision, prefer = {}, undelete = false }: LinkRequest,
  signal: AbortSignal,
): Promise<Linked> {
  const { provider } = connection;
  if (resolution === 'push') {
    if (here.shape === 'map' && here.entries.size === 0) {
      if (undelete) await provider.undelete(path, { signal });
      const found = await readIfThere(connection, path, signal);
      if (found !== undefined) throw new AppError('ALREADY_EXISTS', { details: { path } });
      // Nothing to push: the first Save creates it.
      return { document: here, revision: null };
    }
    const expected = undelete ? await undeletedRevision(connection, path, signal) : null;
    const written = await writeDocument(connection, path, here, expected, { signal });
    return { document: here, ...written };
  }
  const found = await provider.read(path, { signal });
  if (found.revision !== serverRevision) throw new AppError('CONFLICT', { details: { path } });
  if (resolution === 'take-server') return found;
  const document = resolution === 'replace' ? here : mergeDocuments(here, found.document, prefer);
  const problem = provider.validate(path, here);
  if (problem?.code === 'NUMBER_ROUNDED') throw problem;
  const expected = asRevision(serverRevision);
  const written = await writeDocument(connection, path, document, expected, { signal });
  return { document, ...written };
}

function sideBySide(here: SecretDocument, server: SecretDocument): SideBySide[] {
  const mine = entriesOf(here);
  const theirs = entriesOf(server);
  return [...new Set([...mine.keys(), ...theirs.keys()])].map((key) => {
    const a = mine.get(key);
    const b = theirs.get(key);
    if (a === undefined) return { key, state: 'server' };
    if (b === undefined) return { key, state: 'here' };
    return { key, state: sameEntry(a, b) ? 'same' : 'different' };
  });
}

/** In the order of the server; variables that are only here come after. */
function mergeDocuments(
  here: SecretDocument,
  server: SecretDocument,
  prefer: Readonly<Record<string, 'here' | 'server'>>,
): SecretDocument {
  if (server.shape !== 'map' || here.shape !== 'map') {
    throw new AppError('INVALID_INPUT', {
      message: 'What is at this path is not a list of variables, so the two cannot be merged.',
      hint: 'Take the server’s, replace it, or choose another path.',
    });
  }
  const merged = new Map(server.entries);
  for (const [key, entry] of here.entries) {
    const takesServer = merged.has(key) && Object.hasOwn(prefer, key) && prefer[key] === 'server';
    if (!takesServer) merged.set(key, entry);
  }
  return mapDocument(merged);
}
