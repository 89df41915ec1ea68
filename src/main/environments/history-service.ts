/**
 * The versions of a synced environment that its provider keeps. Each is read anew when it is asked for:
 * nothing of them stays in memory.
 */
import type {
  EnvironmentHistory,
  OpenEnvironment,
  VersionDifference,
} from '@shared/contract/environments';
import { AppError } from '@shared/errors';
import { mergeRows, type SideChange } from '@shared/model/merge';
import { WHOLE_SECRET_KEY, type Variable } from '@shared/model/variable';
import type { ActivityLog } from '../activity/activity-log';
import type { EnvironmentRow } from '../database/environments';
import type { VariableMark } from '../database/variable-marks';
import { asRevision, type CallOptions, type SecretSnapshot } from '../providers/provider';
import type { SecretDocument } from '../secrets/document';
import { sameContent, sameEntry } from '../secrets/same-content';
import type { Connection, Connections } from '../vault/connections';
import type { ProviderStatuses } from '../vault/provider-statuses';
import type { EnvironmentService } from './environment-service';
import { describeVariables, describeWhole, revealVariable, revealWhole } from './variables';

export interface HistoryServiceParts {
  readonly environments: EnvironmentService;
  readonly connections: Connections;
  readonly statuses: ProviderStatuses;
  readonly activity: ActivityLog;
}

export class HistoryService {
  constructor(private readonly parts: HistoryServiceParts) {}

  /** The newest version first. Throws what `SecretsProvider.versions` does. */
  async list(id: string, signal: AbortSignal): Promise<EnvironmentHistory> {
    const row = this.#synced(id);
    const history = await this.#ask(row, (provider) => provider.versions(row.path, { signal }));
    if (!history.isKept) return { isKept: false };
    const held = await this.parts.environments.held(row);
    return {
      isKept: true,
      isComplete: history.isComplete,
      versions: history.versions.map(({ createdAt, deletedAt, labels, ...version }) => ({
        ...version,
        labels: [...labels],
        isHeld: version.revision === held?.revision,
        ...(createdAt && { createdAt: createdAt.getTime() }),
        ...(deletedAt && { deletedAt: deletedAt.getTime() }),
      })),
    };
  }

  /** What one version changed against another, or against nothing. Secret values stay here. */
  async compare(
    { id, before, after }: { id: string; before?: string | undefined; after: string },
    signal: AbortSignal,
  ): Promise<VersionDifference> {
    const row = this.#synced(id);
    const [older, newer] = await Promise.all([
      before === undefined ? undefined : this.#read(row, before, { signal }),
      this.#read(row, after, { signal }),
    ]);
    return differenceOf(older?.document, newer.document, this.parts.environments.marks(row));
  }

  /** One value of one version. Logged, without the value. */
  async reveal(
    { id, revision, key }: { id: string; revision: string; key: string },
    signal: AbortSignal,
  ): Promise<string> {
    const row = this.#synced(id);
    const { document } = await this.#read(row, revision, { signal });
    const value =
      key === WHOLE_SECRET_KEY && document.shape === 'map' && !document.entries.has(key)
        ? revealWhole(document)
        : revealVariable(document, key);
    const { workspaceId, name, path } = row;
    this.parts.activity.record({
      workspaceId,
      action: 'revealed',
      environment: name,
      path,
      detail: key,
    });
    return value;
  }

  /**
   * Writes what a version holds as a new one, over what `base` names. Throws `CONFLICT` where that is no
   * longer there, `BINARY_VALUE`, and what reading the version throws.
   */
  async restore(
    { id, revision, base }: { id: string; revision: string; base: string },
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const row = this.#synced(id);
    const { document: past, version } = await this.#read(row, revision, { signal });
    if (past.shape === 'binary') throw new AppError('BINARY_VALUE');
    const entry = {
      action: 'restored',
      ...(version !== undefined && { detail: version }),
    } as const;
    return this.parts.environments.change(id, base, entry, signal, ({ document, marks }) => ({
      document: past,
      marks: new Map([...marks].filter(([key]) => past.shape !== 'map' || past.entries.has(key))),
      touchesValues: !sameContent(past, document),
    }));
  }

  #synced(id: string): EnvironmentRow {
    const row = this.parts.environments.row(id);
    if (row.synced) return row;
    throw new AppError('INVALID_INPUT', {
      message: 'This environment is not synced.',
      hint: 'Only a provider keeps versions. Switch sync on to have them from now on.',
    });
  }

  #read(row: EnvironmentRow, revision: string, options: CallOptions): Promise<SecretSnapshot> {
    return this.#ask(row, (provider) =>
      provider.readVersion(row.path, asRevision(revision), options),
    );
  }

  async #ask<T>(
    row: EnvironmentRow,
    ask: (provider: Connection['provider']) => Promise<T>,
  ): Promise<T> {
    const connection = await this.parts.connections.connect(row.workspaceId);
    return this.parts.statuses.observe(connection, () => ask(connection.provider));
  }
}

type Marks = ReadonlyMap<string, VariableMark>;

/** Lists of variables key by key, anything else as a whole. */
function differenceOf(
  before: SecretDocument | undefined,
  after: SecretDocument,
  marks: Marks,
): VersionDifference {
  if (after.shape === 'map' && (before === undefined || before.shape === 'map')) {
    const base = before?.entries ?? new Map<string, never>();
    const older = variablesByKey(before, marks);
    const newer = variablesByKey(after, marks);
    const rows = mergeRows({ base, mine: after.entries, theirs: base, equal: sameEntry });
    const changed = rows.map(({ key, mine }) => rowOf(key, mine, older.get(key), newer.get(key)));
    const kept = [...after.entries.keys()].filter((key) => base.has(key)).length;
    return {
      rows: changed,
      unchanged: kept - rows.filter(({ mine }) => mine === 'changed').length,
    };
  }
  if (before !== undefined && sameContent(before, after)) return { rows: [], unchanged: 1 };
  const mark = marks.get(WHOLE_SECRET_KEY);
  const older = before && describeWhole(before, mark);
  const change = before === undefined ? 'added' : 'changed';
  return {
    rows: [rowOf(WHOLE_SECRET_KEY, change, older, describeWhole(after, mark))],
    unchanged: 0,
  };
}

const rowOf = (
  key: string,
  change: SideChange,
  before: Variable | undefined,
  after: Variable | undefined,
): VersionDifference['rows'][number] => ({
  key,
  change,
  ...(before && { before }),
  ...(after && { after }),
});

const variablesByKey = (
  document: SecretDocument | undefined,
  marks: Marks,
): ReadonlyMap<string, Variable> =>
  new Map(
    (document === undefined ? [] : describeVariables(document, marks)).map((variable) => [
      variable.key,
      variable,
    ]),
  );
