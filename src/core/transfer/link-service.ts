/** Vault Sync: linking an environment to a path of the provider, and taking the link away. */
import type { SideBySide, SyncPreview, SyncResolution } from '@shared/model/link';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { AppError, isAbsent, isAppError, toErrorReport } from '@shared/errors';
import type { ActivityLog } from '@core/activity/activity-log';
import type { EnvironmentRow, Environments } from '@core/storage/environments';
import type { VariableMarks } from '@core/storage/variable-marks';
import { asRevision, type SecretSnapshot } from '@core/providers/provider';
import { mapDocument, type SecretDocument, type SecretEntry } from '@core/secrets/document';
import type { Connection, Connections } from '@core/connections/connections';
import type { Edits, EnvironmentService } from '@core/environments/environment-service';
import type { EnvironmentValues } from '@core/environments/environment-values';
import type { LocalDocuments } from '@core/environments/local-documents';
import { undeleteAndWrite } from '@core/environments/write-document';

export interface LinkServiceParts {
  readonly environments: EnvironmentService;
  readonly rows: Environments;
  readonly values: EnvironmentValues;
  readonly marks: VariableMarks;
  readonly documents: LocalDocuments;
  readonly connections: Connections;
  readonly activity: ActivityLog;
  readonly now: () => number;
}

export interface EnableSync {
  readonly id: string;
  readonly path: string;
  readonly resolution: SyncResolution;
  readonly serverRevision?: string | undefined;
  readonly prefer?: Readonly<Record<string, 'here' | 'server'>> | undefined;
  /** Unsaved edits that are made on the way. */
  readonly draft?: Edits | undefined;
  /** For `push`: whether what is scheduled for deletion is brought back, to be written over. */
  readonly undelete?: boolean | undefined;
}

/** What the provider holds after the link was made, and what an edit of it is based on. */
type Linked = Omit<SecretSnapshot, 'path' | 'revision' | 'modifiedAt'> & {
  readonly revision: SecretSnapshot['revision'] | null;
};

export class LinkService {
  constructor(private readonly parts: LinkServiceParts) {}

  /** What is at the path beside what is here. Throws `ALREADY_EXISTS` for another environment's path. */
  async preview(id: string, path: string, signal: AbortSignal): Promise<SyncPreview> {
    const row = this.parts.environments.row(id);
    this.assertFree(row, path);
    const connection = await this.parts.connections.connect(row.workspaceId);
    const found = await readIfThere(connection, path, signal);
    if (found === undefined) return { path, exists: false, keys: [] };
    const here = await this.parts.environments.heldOrThrow(row);
    return {
      path,
      exists: true,
      shape: found.document.shape,
      keys: sideBySide(here.document, found.document),
      serverRevision: found.revision,
    };
  }

  /** A failure leaves the environment as it was: not synced, its values here. */
  async enable(request: EnableSync, signal: AbortSignal): Promise<OpenEnvironment> {
    const { environments, activity } = this.parts;
    const { id, path } = request;
    await environments.inTurn(id, async () => {
      const row = environments.row(id);
      const entry = { workspaceId: row.workspaceId, environment: row.name, path } as const;
      try {
        await this.#link(row, request, signal);
        activity.record({ ...entry, action: 'sync-enabled', detail: request.resolution });
      } catch (error) {
        const { code, message } = toErrorReport(error);
        const outcome = code === 'CANCELLED' ? 'cancelled' : 'failed';
        activity.record({ ...entry, action: 'sync-enabled', outcome, detail: message });
        throw error;
      }
    });
    return environments.open(id);
  }

  /** The values leave this computer and stay at the provider. */
  async disable(id: string): Promise<OpenEnvironment> {
    const { environments, rows, values, connections, activity } = this.parts;
    await environments.inTurn(id, async () => {
      const row = environments.row(id);
      if (!row.synced) return;
      rows.setSync(id, { synced: false, path: row.path });
      values.forget(row, connections.currentId(row.workspaceId));
      const { workspaceId, name, path } = row;
      activity.record({ workspaceId, action: 'sync-disabled', environment: name, path });
    });
    return environments.open(id);
  }

  async #link(row: EnvironmentRow, request: EnableSync, signal: AbortSignal): Promise<void> {
    const { rows, values, marks: allMarks, documents, connections, environments, now } = this.parts;
    if (row.synced) throw new AppError('INVALID_INPUT', { message: 'Sync is already on.' });
    const { path } = request;
    this.assertFree(row, path);
    const { document, marks } = await environments.edited(row, request.draft);
    const connection = await connections.connect(row.workspaceId);
    const linked = await resolve(connection, document, request, signal);
    connection.ended.throwIfAborted();
    // The link and the end of the local copy are one step: no value of a synced environment stays here.
    await documents.remove(row.id, () => {
      rows.setSync(row.id, { synced: true, path });
      allMarks.replace(row.id, marks);
    });
    const pulledAt = now();
    values.keep({ workspaceId: row.workspaceId, path }, connection.id, linked, pulledAt);
    if (linked.revision !== null) {
      rows.markPulled([{ id: row.id, revisionLabel: linked.version, pulledAt }]);
    }
  }

  /** Throws `ALREADY_EXISTS` where another environment of the workspace is linked to this path. */
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

async function readIfThere(
  { provider }: Connection,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot | undefined> {
  try {
    return await provider.read(path, { signal });
  } catch (error) {
    if (isAppError(error) && isAbsent(error.code)) return undefined;
    throw error;
  }
}

/** Does at the provider what was chosen, and returns what is there now. */
async function resolve(
  connection: Connection,
  here: SecretDocument,
  { path, resolution, serverRevision, prefer = {}, undelete = false }: EnableSync,
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
    const written = undelete
      ? await undeleteAndWrite(connection, path, here, { signal })
      : await provider.write(path, here, null, { signal });
    return { document: here, ...written };
  }
  const found = await provider.read(path, { signal });
  if (found.revision !== serverRevision) throw new AppError('CONFLICT', { details: { path } });
  if (resolution === 'take-server') return found;
  const document = resolution === 'replace' ? here : mergeDocuments(here, found.document, prefer);
  const problem = provider.validate(path, here);
  if (problem?.code === 'NUMBER_ROUNDED') throw problem;
  const expected = asRevision(serverRevision);
  return { document, ...(await provider.write(path, document, expected, { signal })) };
}

const entriesOf = (document: SecretDocument): ReadonlyMap<string, SecretEntry> =>
  document.shape === 'map' ? document.entries : new Map();

const isSame = (a: SecretEntry, b: SecretEntry): boolean =>
  a.kind === b.kind && a.value.equals(b.value);

function sideBySide(here: SecretDocument, server: SecretDocument): SideBySide[] {
  const mine = entriesOf(here);
  const theirs = entriesOf(server);
  return [...new Set([...mine.keys(), ...theirs.keys()])].map((key) => {
    const a = mine.get(key);
    const b = theirs.get(key);
    if (a === undefined) return { key, state: 'server' };
    if (b === undefined) return { key, state: 'here' };
    return { key, state: isSame(a, b) ? 'same' : 'different' };
  });
}

/** The server's order first, what is only here after it. */
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
