import type { Client } from '@shared/contract/window';
import type { ProviderStatus } from '@shared/model/connection';
import { createStore } from 'zustand';

export interface ProviderStatusState {
  readonly status: ProviderStatus | undefined;
  /** Whether a person has asked to check a server that is out of reach. */
  readonly looking: boolean;
  refresh(this: void): Promise<void>;
  /** Follows every change until `close`. */
  watch(this: void): Promise<void>;
  /** Checks now whether a server that is out of reach is back. */
  lookAgain(this: void): Promise<void>;
  close(this: void): void;
}

export interface ProviderStatusEvents {
  /** A server that was out of reach is back. */
  readonly onBack: (status: ProviderStatus) => void;
}

export const createProviderStatus = (
  client: Client,
  workspaceId: string,
  events: ProviderStatusEvents,
) =>
  createStore<ProviderStatusState>()((set, get) => {
    const closed = new AbortController();

    const take = (status: ProviderStatus | undefined): void => {
      if (closed.signal.aborted) return;
      const before = get().status;
      set({ status });
      // Other changes come from new settings or from locking.
      if (before?.state === 'offline' && status?.state === 'ok') events.onBack(status);
    };

    return {
      status: undefined,
      looking: false,
      refresh: async () => {
        // If even this fails, the connection to the core has ended, and another page says so.
        take(await client.connections.status({ workspaceId }).catch(() => undefined));
      },
      watch: async () => {
        try {
          const { signal } = closed;
          for await (const status of await client.connections.watch({ workspaceId }, { signal })) {
            take(status);
          }
        } catch {
          // As above, or the window went to another workspace.
        }
      },
      lookAgain: async () => {
        if (get().looking || get().status?.state !== 'offline') return;
        set({ looking: true });
        try {
          take(await client.connections.lookAgain({ workspaceId }));
        } catch {
          // As above.
        } finally {
          set({ looking: false });
        }
      },
      close: () => closed.abort(),
    };
  });
