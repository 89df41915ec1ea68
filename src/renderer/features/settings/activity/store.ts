/** The log of what was done: filtered, page by page, and as a file. */
import type { Client } from '@shared/contract/window';
import type { ActivityEntry, ActivityFilter } from '@shared/model/activity';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport } from '@renderer/bridge';

export const PAGE = 200;

export interface Activity {
  readonly entries: readonly ActivityEntry[] | undefined;
  readonly filter: ActivityFilter;
  /** Whether there are older ones that fit. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly error: ErrorReport | undefined;
  /** The newest ones that fit. */
  refresh(this: void): Promise<void>;
  older(this: void): Promise<void>;
  setFilter(this: void, filter: ActivityFilter): Promise<void>;
  /** Everything that fits, as a file. */
  export(this: void): Promise<void>;
}

export interface ActivityEvents {
  readonly onExported: (text: string, fileName: string) => void;
}

export const createActivity = (client: Client, workspaceId: string, events: ActivityEvents) =>
  createStore<Activity>()((set, get) => {
    // What was asked with another filter is no answer to this one.
    let asked = 0;

    const load = async (before?: number): Promise<void> => {
      asked += 1;
      const mine = asked;
      set({ loading: true });
      try {
        const page = await client.activity.list({
          workspaceId,
          ...get().filter,
          limit: PAGE,
          ...(before !== undefined && { before }),
        });
        if (mine !== asked) return;
        set(({ entries }) => ({
          entries: before === undefined ? page : [...(entries ?? []), ...page],
          more: page.length === PAGE,
          loading: false,
          error: undefined,
        }));
      } catch (error) {
        if (mine === asked) set({ loading: false, error: errorReport(error) });
      }
    };

    return {
      entries: undefined,
      filter: {},
      more: false,
      loading: false,
      error: undefined,
      refresh: () => load(),
      older: async () => {
        const last = get().entries?.at(-1);
        if (last !== undefined && !get().loading) await load(last.id);
      },
      setFilter: async (filter) => {
        set({ filter });
        await load();
      },
      export: async () => {
        try {
          const { text, fileName } = await client.activity.export({
            workspaceId,
            ...get().filter,
          });
          events.onExported(text, fileName);
        } catch (error) {
          set({ error: errorReport(error) });
        }
      },
    };
  });

export const isFiltered = ({ filter }: Activity): boolean =>
  Object.values(filter).some((value) => value !== undefined);
