/** What was last seen at the server, by metadata alone, of environments whose values are in memory. */
import type { Environment } from '@shared/model/environment';
import type { Glance } from '@core/providers/provider';
import type { Revision } from '@core/secrets/revision';

interface Seen {
  readonly connectionId: string;
  readonly glance: Glance;
}

export class Glances {
  readonly #seen = new Map<string, Seen>();

  keep(environmentId: string, connectionId: string, glance: Glance): void {
    this.#seen.set(environmentId, { connectionId, glance });
  }

  /** What was read or written since is newer than any glance. That there is nothing to see stays so. */
  forget(environmentId: string): void {
    if (this.#seen.get(environmentId)?.glance.state !== 'unknown') this.#seen.delete(environmentId);
  }

  /** Whether there is any use in looking: the provider has metadata, and shows it. */
  canLook(environmentId: string, connectionId: string): boolean {
    const seen = this.#seen.get(environmentId);
    return seen?.connectionId !== connectionId || seen.glance.state !== 'unknown';
  }

  /** How the server differs from what is held; nothing where it does not, or where that is not known. */
  differenceFrom(
    held: Revision | null,
    environmentId: string,
    connectionId: string,
  ): Environment['server'] {
    const seen = this.#seen.get(environmentId);
    if (seen?.connectionId !== connectionId) return undefined;
    const { glance } = seen;
    switch (glance.state) {
      case 'present':
        if (glance.revision === held) return undefined;
        return {
          state: 'changed',
          ...(glance.version !== undefined && { version: glance.version }),
        };
      case 'deleted':
      case 'scheduled-for-deletion':
        if (held === null) return undefined;
        return {
          state: 'deleted',
          recoverable: glance.state === 'scheduled-for-deletion' || glance.recoverable,
          ...(glance.until && { until: glance.until.getTime() }),
        };
      case 'absent':
        // What was linked to an empty path is not there yet.
        return held === null ? undefined : { state: 'deleted', recoverable: false };
      case 'unknown':
        return undefined;
    }
  }
}
