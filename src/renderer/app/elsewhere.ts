/** Hears what other windows and programs change in the workspace. */
import type { Client } from '@shared/contract/window';

export interface ElsewhereEvents {
  /** Something changed. Not called again until it has settled: changes meanwhile are one change. */
  readonly onChanged: () => Promise<void>;
}

export function createElsewhere(client: Client, workspaceId: string, events: ElsewhereEvents) {
  const closed = new AbortController();
  return {
    /** Follows every change until `close`. */
    watch: async (): Promise<void> => {
      const { signal } = closed;
      try {
        for await (const _change of await client.app.changes({ workspaceId }, { signal })) {
          if (signal.aborted) return;
          await events.onChanged();
        }
      } catch {
        // The connection to the core has ended, and another page says so; or the window went to another workspace.
      }
    },
    close: (): void => closed.abort(),
  };
}
