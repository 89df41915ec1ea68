import type { Client } from '@shared/contract';
import type { ProviderStatus } from '@shared/contract/vault';
import { createStore } from 'zustand';

export interface ProviderStatusState {
  readonly status: ProviderStatus | undefined;
  refresh(this: void): Promise<void>;
}

export const createProviderStatus = (client: Client, workspaceId: string) =>
  createStore<ProviderStatusState>()((set) => ({
    status: undefined,
    refresh: async () => {
      // Where even this fails the connection to the core is gone, which has a page of its own.
      const status = await client.vault.status({ workspaceId }).catch(() => undefined);
      set({ status });
    },
  }));

export type ProviderStatusStore = ReturnType<typeof createProviderStatus>;
