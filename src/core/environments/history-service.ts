/**
 * The versions that the provider of a synced environment keeps. A version that was read stays in memory
 * with the values of the session, since it never changes.
 */
import type { OpenEnvironment } from '@shared/model/open-environment';
import type {
  EnvironmentHistory,
  SecretStanding,
  VersionDifference,
} from '@shared/model/secret-history';
import type { CopiedVariables } from '@shared/model/comparison';
import { AppError, isAppError } from '@shared/errors';
import { listOf } from '@shared/model/format';
import { mergeRows, type SideChange } from '@shared/model/merge';
import { WHOLE_SECRET_KEY, type Variable } from '@shared/model/variable';
import type { EnvironmentRow } from '@core/storage/environments';
import type { CallOptions, Glance, History, SecretVersion } from '@core/providers/provider';
import { asRevision } from '@core/secrets/revision';
import type { SecretDocument } from '@core/secrets/document';
import { sameContent, sameEntry } from '@core/secrets/same-content';
import type { HeldValues } from '@core/secrets/session-secrets';
import type { Connections } from '@core/connections/connections';
import type { EnvironmentEditing } from './environment-editing';
import type { EnvironmentReading } from './environment-reading';
import type { EnvironmentState } from './environment-state';
import type { EnvironmentValues } from './environment-values';
import { describeEntry, describeVariables, describeWhole, type KnownMarks } from './variables';

export interface HistoryServiceParts {
  readonly state: EnvironmentState;
  readonly editing: EnvironmentEditing;
  readonly reading: EnvironmentReading;
  readonly values: EnvironmentValues;
  readonly connections: Connections;
}

export class HistoryService {
  constructor(private readonly parts: HistoryServiceParts) {}

  /** The newest version first. Throws what `SecretsProvider.versions` throws, except `NOT_FOUND`. */
  async list(id: string, signal: AbortSignal): Promise<EnvironmentHistory> {
    const row = this.#synced(id);
    const { provider } = await this.parts.connections.connect(row.workspaceId);
    const [history, glance] = await Promise.all([
      provider.versions(row.path, { signal }).catch(noVersionsIfAbsent),
      provider.glance(row.path, { signal }),
    ]);
    if (!history.isKept) return { isKept: false };
    const held = await this.parts.state.held(row);
    return {
      isKept: true,
      secret: standingOf(glance, history.versions[0]),
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

  /** What one version changed compared with another, or with nothing. Gives no secret value away. */
  async compare(
    { id, before, after }: { id: string; before?: string | undefined; after: string },
    signal: AbortSignal,
  ): Promise<VersionDifference> {
    const row = this.#synced(id);
    const [older, newer] = await Promise.all([
      before === undefined ? undefined : this.#read(row, before, { signal }),
      this.#read(row, after, { signal }),
    ]);
    return differenceOf(older?.document, newer.document, this.parts.state.shownMarks(row));
  }

  /** One value of one version. It is logged, without the value. */
  async reveal(
    { id, revision, key }: { id: string; revision: string; key: string },
    signal: AbortSignal,
  ): Promise<string> {
    const row = this.#synced(id);
    const version = await this.#read(row, revision, { signal });
    return this.parts.reading.revealOf(row, version, key);
  }

  /**
   * One variable of a version, with its kind and its marks of now, to become an unsaved edit of the environment. Writes
   * nothing. Throws `NO_SUCH_VARIABLE`, `VALUES_NOT_LOADED`, and `INVALID_INPUT` if one of the two is not a list of
   * variables.
   */
  async variable(
    { id, revision, key }: { id: string; revision: string; key: string },
    signal: AbortSignal,
  ): Promise<CopiedVariables> {
    const { state, reading } = this.parts;
    const row = this.#synced(id);
    const version = await this.#read(row, revision, { signal });
    const { base, ...target } = await state.open(id);
    if (base === undefined) throw new AppError('VALUES_NOT_LOADED');
    if (version.document.shape !== 'map' || target.shape !== 'map') {
      throw new AppError('INVALID_INPUT', {
        message: 'Only a list of variables has single variables to restore.',
        hint: 'Roll back to the whole version instead.',
      });
    }
    const entry = version.document.entries.get(key);
    if (entry === undefined) throw new AppError('NO_SUCH_VARIABLE');
    const { secret } = describeEntry(key, entry, state.shownMarks(row).get(key));
    reading.recordCopied(row, key, version);
    return {
      variables: [{ key, value: entry.value.reveal(), kind: entry.kind, secret }],
      target: { ...target, base },
    };
  }

  /**
   * Writes an old version as a new one over `newest`, which is `null` if the secret is deleted. Throws
   * `CONFLICT` if something else is there, and what reading the version throws.
   */
  async rollBack(
    { id, revision, newest }: { id: string; revision: string; newest: string | null },
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    const row = this.#synced(id);
    const version = await this.#read(row, revision, { signal });
    const expected = newest === null ? null : asRevision(newest);
    return this.parts.editing.rollBack(id, version, expected, signal);
  }

  /**
   * Writes an old version, named as people write it or by its revision, as a new one; without a version,
   * undeletes the secret. Throws `NO_SUCH_VERSION`, and as `rollBack` and `undelete` do.
   */
  async restore(
    id: string,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<OpenEnvironment> {
    if (version === undefined) {
      this.#synced(id);
      return this.parts.editing.undelete(id, signal);
    }
    const { revision, newest } = await this.#named(id, version, signal);
    return this.rollBack({ id, revision, newest }, signal);
  }

  /** As `compare`, for versions that are named as people write them, or by revision. */
  async compareNamed(
    { id, before, after }: { id: string; before?: string | undefined; after: string },
    signal: AbortSignal,
  ): Promise<VersionDifference> {
    const older = before === undefined ? undefined : await this.#named(id, before, signal);
    const newer = await this.#named(id, after, signal);
    return this.compare({ id, before: older?.revision, after: newer.revision }, signal);
  }

  async #named(
    id: string,
    typed: string,
    signal: AbortSignal,
  ): Promise<{ revision: string; newest: string | null }> {
    const history = await this.list(id, signal);
    const versions = history.isKept ? history.versions : [];
    const found = versions.find(
      ({ version, revision, labels }) =>
        version === typed || revision === typed || labels.includes(typed),
    );
    if (found === undefined) {
      const names = versions.map(({ version }) => version);
      throw new AppError('NO_SUCH_VERSION', {
        message: `There is no version “${typed}” of this secret.`,
        hint:
          names.length === 0
            ? 'The provider keeps no versions of it.'
            : `The provider keeps ${listOf(names.slice(0, 10))}.`,
      });
    }
    const newest = versions.find(({ state }) => state === 'current')?.revision ?? null;
    return { revision: found.revision, newest };
  }

  #synced(id: string): EnvironmentRow {
    const row = this.parts.state.row(id);
    if (row.synced) return row;
    throw new AppError('INVALID_INPUT', {
      message: 'This environment is not synced.',
      hint: 'Only a provider keeps versions. Switch sync on to have them from now on.',
    });
  }

  async #read(row: EnvironmentRow, revision: string, options: CallOptions): Promise<HeldValues> {
    const { connections, values } = this.parts;
    const connection = await connections.connect(row.workspaceId);
    const known = values.at(row, connection.id, revision);
    if (known !== undefined) return known;
    const snapshot = await connection.provider.readVersion(row.path, asRevision(revision), options);
    connection.ended.throwIfAborted();
    values.keepSeen(row, connection.id, snapshot);
    return snapshot;
  }
}

const noVersionsIfAbsent = (error: unknown): History => {
  if (isAppError(error, 'NOT_FOUND')) return { isKept: true, versions: [], isComplete: true };
  throw error;
};

/** If the metadata of the secret may not be seen, its newest version says as much as can be known. */
function standingOf(glance: Glance, newest: SecretVersion | undefined): SecretStanding {
  switch (glance.state) {
    case 'present':
    case 'absent':
      return { state: glance.state };
    case 'deleted':
    case 'scheduled-for-deletion': {
      const isScheduled = glance.state === 'scheduled-for-deletion';
      return {
        state: isScheduled ? 'scheduled' : 'deleted',
        recoverable: isScheduled || glance.recoverable,
        ...(glance.until && { until: glance.until.getTime() }),
      };
    }
    case 'unknown':
      break;
  }
  if (newest === undefined) return { state: 'absent' };
  const isGone = newest.state === 'deleted' || newest.state === 'destroyed';
  return isGone
    ? { state: 'deleted', recoverable: newest.state === 'deleted' }
    : { state: 'present' };
}

/** Compares lists of variables key by key, any other documents as a whole. */
function differenceOf(
  before: SecretDocument | undefined,
  after: SecretDocument,
  marks: KnownMarks,
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
  marks: KnownMarks,
): ReadonlyMap<string, Variable> =>
  new Map(
    (document === undefined ? [] : describeVariables(document, marks)).map((variable) => [
      variable.key,
      variable,
    ]),
  );
