/** The last glances at environments whose values are in memory. */
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

  /** Forgets an outdated glance. That the provider shows no metadata does not become outdated. */
  forget(environmentId: string): void {
    if (this.#seen.get(environmentId)?.glance.state !== 'unknown') this.#seen.delete(environmentId);
  }

  /** Whether a glance can show anything: the provider has metadata, and shows it. */
  canLook(environmentId: string, connectionId: string): boolean {
    const seen = this.#seen.get(environmentId);
    return seen?.connectionId !== connectionId || seen.glance.state !== 'unknown';
  }

  /** How the server differs from what is held; `undefined` if it does not, or if that is not known. */
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
