/** The status of the provider in use, and how it changes while somebody watches. */
import type { ProviderStatus } from '@shared/model/connection';
import type { Runtime } from '@core/runtime';
import type { ChangeSignal } from './change-signal';
import type { Connections } from './connections';
import type { SettingsStore } from './settings-store';
import type { ProviderStatuses } from './provider-statuses';
import type { Reachability } from './reachability';

export interface StatusServiceParts {
  readonly settings: SettingsStore;
  readonly statuses: ProviderStatuses;
  readonly reachability: Reachability;
  readonly connections: Pick<Connections, 'expiry'>;
  readonly changed: ChangeSignal;
  readonly runtime: Runtime;
}

export class StatusService {
  readonly #closed = new AbortController();

  constructor(private readonly parts: StatusServiceParts) {}

  status(workspaceId: string): ProviderStatus {
    const { settings, statuses, reachability, connections } = this.parts;
    const resolved = settings.resolve(workspaceId);
    const { provider, saved } = resolved;
    if (!saved) return { provider, state: 'not-configured' };
    const connectionId = settings.connectionId(resolved);
    const outage = reachability.outage(connectionId);
    if (outage !== undefined) {
      const { since, nextLookAt, error } = outage;
      return { provider, state: 'offline', since, nextLookAt, error: error.report() };
    }
    const expires = connections.expiry(connectionId);
    return {
      provider,
      state: 'unknown',
      ...statuses.get(connectionId),
      ...(expires && { expires }),
    };
  }

  /**
   * The status, and again whenever it changes. While somebody follows it, a server that is out of reach is
   * looked for when that is due. Ends when the signal aborts or the core closes. Throws
   * `NO_SUCH_WORKSPACE`, also once the workspace is deleted.
   */
  async *watch(
    workspaceId: string,
    signal: AbortSignal,
  ): AsyncGenerator<ProviderStatus, void, undefined> {
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    let told: string | undefined;
    while (!ended.aborted) {
      // Nothing may wait yet: `status` may throw, and the reader may leave at the `yield`.
      const { count } = this.parts.changed;
      const status = this.status(workspaceId);
      const text = JSON.stringify(status);
      if (text !== told) {
        told = text;
        yield status;
      }
      await this.#nextChange(workspaceId, count, ended);
    }
  }

  /** Looks now whether a server that is out of reach is back. Makes no other call. */
  async look(workspaceId: string): Promise<ProviderStatus> {
    await this.parts.reachability.look(this.#connectionId(workspaceId));
    return this.status(workspaceId);
  }

  close(): void {
    this.#closed.abort();
  }

  /**
   * Resolves when something may have changed since there were `count` changes. Looks for a server that is
   * out of reach when that is due.
   */
  async #nextChange(workspaceId: string, count: number, ended: AbortSignal): Promise<void> {
    const { changed, runtime, reachability } = this.parts;
    const connectionId = this.#connectionId(workspaceId);
    const outage = reachability.outage(connectionId);
    const stopWaiting =
      outage &&
      runtime.after(Math.max(0, outage.nextLookAt - runtime.now()), () => {
        void reachability.look(connectionId);
      });
    try {
      await changed.after(count, ended);
    } finally {
      stopWaiting?.();
    }
  }

  #connectionId(workspaceId: string): string {
    const { settings } = this.parts;
    return settings.connectionId(settings.resolve(workspaceId));
  }
}
