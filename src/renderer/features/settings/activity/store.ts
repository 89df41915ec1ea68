import type { Client } from '@shared/contract';
import type { ActivityEntry } from '@shared/contract/activity';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport } from '../../../bridge';

const ENTRIES_SHOWN = 1000;

export interface Activity {
  readonly entries: readonly ActivityEntry[] | undefined;
  readonly error: ErrorReport | undefined;
  refresh(this: void): Promise<void>;
}

export const createActivity = (client: Client, workspaceId: string) =>
  createStore<Activity>()((set) => ({
    entries: undefined,
    error: undefined,
    refresh: async () => {
      try {
        const entries = await client.activity.list({ workspaceId, limit: ENTRIES_SHOWN });
        set({ entries, error: undefined });
      } catch (error) {
        set({ error: errorReport(error) });
      }
    },
  }));

export type ActivityStore = ReturnType<typeof createActivity>;
