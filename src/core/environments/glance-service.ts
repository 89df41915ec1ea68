/** Finds out by metadata alone, without reading a value, whether somebody else changed a secret. */
import type { EnvironmentRow } from '@core/storage/environments';
import { mapConcurrently } from '@core/network/concurrency';
import type { ProviderConnection, Connections } from '@core/connections/connections';
import type { Reachability } from '@core/connections/reachability';
import type { EnvironmentState } from './environment-state';
import type { EnvironmentValues } from './environment-values';
import type { Glances } from './glances';

export interface GlanceServiceParts {
  readonly state: EnvironmentState;
  readonly values: EnvironmentValues;
  readonly connections: Connections;
  readonly glances: Glances;
  readonly reachability: Reachability;
}

const AT_ONCE = 4;

export class GlanceService {
  constructor(private readonly parts: GlanceServiceParts) {}

  /**
   * Looks at those of these environments that are synced and in memory. A glance that fails changes
   * nothing: a save or a pull gets the error when it needs the server. Throws only `CANCELLED`.
   */
  async look(workspaceId: string, ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { state, connections, values, glances, reachability } = this.parts;
    const wanted = new Set(ids);
    const connectionId = connections.currentId(workspaceId);
    const rows = state
      .rows(workspaceId)
      .filter(
        (row) =>
          wanted.has(row.id) &&
          row.synced &&
          values.heldInMemory(row, connectionId) !== undefined &&
          glances.canLook(row.id, connectionId),
      );
    // Reachability looks for a server that is out of reach, and needs only a connection for that.
    const isAway = (): boolean => reachability.outage(connectionId) !== undefined;
    if (rows.length === 0 || isAway()) return;
    const connection = await connections.connect(workspaceId).catch(() => undefined);
    if (connection === undefined) return;
    for await (const _ of mapConcurrently(rows, AT_ONCE, (row) =>
      this.#lookAt(row, connection, signal),
    )) {
      signal.throwIfAborted();
      if (isAway()) return;
    }
  }

  async #lookAt(
    row: EnvironmentRow,
    connection: ProviderConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const { values, glances } = this.parts;
    const held = () => values.heldInMemory(row, connection.id);
    const before = held();
    try {
      const glance = await connection.provider.glance(row.path, { signal, known: knownOf(before) });
      // What was read or written meanwhile is newer than the glance.
      if (held() === before) glances.keep(row.id, connection.id, glance);
    } catch {
      // A failed glance says nothing of the environment.
    }
  }
}

const knownOf = (held: ReturnType<EnvironmentValues['heldInMemory']>) =>
  held === undefined || held.revision === null
    ? undefined
    : { revision: held.revision, modifiedAt: held.modifiedAt };
