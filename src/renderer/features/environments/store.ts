import type { Client } from '@shared/contract';
import type { ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';

export interface Environments {
  readonly list: readonly Environment[];
  /** What is typed into the search field. */
  readonly search: string;
  /** Why the list on show may be out of date. */
  readonly error: ErrorReport | undefined;
  refresh(this: void): Promise<void>;
  /** Throws what the call throws: the form shows it beside the name. */
  create(this: void, name: string): Promise<Environment>;
  setSearch(this: void, text: string): void;
}

export const createEnvironments = (client: Client, workspaceId: string) =>
  createStore<Environments>()((set, get) => ({
    list: [],
    search: '',
    error: undefined,
    refresh: async () => {
      try {
        set({ list: await client.environments.list({ workspaceId }), error: undefined });
      } catch (error) {
        set({ error: errorReport(error) });
      }
    },
    create: async (name) => {
      const environment = await client.environments.create({ workspaceId, name });
      set({ search: '' });
      await get().refresh();
      return environment;
    },
    setSearch: (search) => set({ search }),
  }));

export type EnvironmentsStore = ReturnType<typeof createEnvironments>;

/** Environments whose name or path holds every word of the search, in their own order. */
export function searchEnvironments(
  list: readonly Environment[],
  search: string,
): readonly Environment[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return list;
  return list.filter(({ name, path }) => {
    const text = `${name} ${path}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
