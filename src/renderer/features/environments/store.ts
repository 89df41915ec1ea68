import type { Client } from '@shared/contract/window';
import type { ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';

/** At most this many environments are looked at in one glance. */
export const GLANCE_LIMIT = 100;

export interface Environments {
  readonly list: readonly Environment[];
  /** What is typed into the search field. */
  readonly search: string;
  /** Why the list on show may be out of date. */
  readonly error: ErrorReport | undefined;
  refresh(this: void): Promise<void>;
  /** Looks which of these somebody else changed on the server. What cannot be seen is left unsaid. */
  glance(this: void, ids: readonly string[]): Promise<void>;
  /** Throws what the call throws: the form shows it beside the name. */
  create(this: void, name: string): Promise<Environment>;
  /** Those to try the app with. Throws what the call throws. */
  createSamples(this: void): Promise<readonly Environment[]>;
  rename(this: void, id: string, name: string): Promise<void>;
  duplicate(this: void, id: string, name: string): Promise<Environment>;
  remove(this: void, id: string, onServer: boolean): Promise<Removal>;
  setActive(this: void, id: string | null): Promise<void>;
  /** Puts environments before or after another one. */
  move(
    this: void,
    ids: ReadonlySet<string>,
    target: string,
    where: 'before' | 'after',
  ): Promise<void>;
  setSearch(this: void, text: string): void;
}

/** What became of a secret that was deleted on the server. */
export type Removal = Awaited<ReturnType<Client['environments']['remove']>>;

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
    glance: async (ids) => {
      const meant = new Set(ids);
      const held = get().list.filter(
        ({ id, synced, state }) => meant.has(id) && synced && state === 'loaded',
      );
      if (held.length === 0) return;
      try {
        set({
          list: await client.environments.glance({ workspaceId, ids: held.map(({ id }) => id) }),
        });
      } catch {
        // Nobody asked for it: what a person does next says what is wrong.
      }
    },
    create: async (name) => {
      const environment = await client.environments.create({ workspaceId, name });
      set({ search: '' });
      await get().refresh();
      return environment;
    },
    createSamples: async () => {
      const made = await client.environments.createSamples({ workspaceId });
      await get().refresh();
      return made;
    },
    rename: async (id, name) => {
      await client.environments.rename({ id, name });
      await get().refresh();
    },
    duplicate: async (id, name) => {
      const copy = await client.environments.duplicate({ id, name });
      await get().refresh();
      return copy;
    },
    remove: async (id, onServer) => {
      const removal = await client.environments.remove({ id, onServer });
      await get().refresh();
      return removal;
    },
    setActive: async (id) => {
      try {
        await client.environments.setActive({ workspaceId, id });
      } finally {
        await get().refresh();
      }
    },
    move: async (ids, target, where) => {
      const list = reordered(get().list, ids, target, where);
      // At once, since a list that jumps back and forth cannot be dragged in.
      set({ list });
      try {
        await client.environments.reorder({ workspaceId, ids: list.map(({ id }) => id) });
      } finally {
        await get().refresh();
      }
    },
    setSearch: (search) => set({ search }),
  }));

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

/** The list with some of it moved before or after one that stays. */
export function reordered(
  list: readonly Environment[],
  ids: ReadonlySet<string>,
  target: string,
  where: 'before' | 'after',
): readonly Environment[] {
  if (ids.has(target)) return list;
  const moved = list.filter(({ id }) => ids.has(id));
  const rest = list.filter(({ id }) => !ids.has(id));
  const at = rest.findIndex(({ id }) => id === target);
  if (at === -1) return list;
  const cut = where === 'before' ? at : at + 1;
  return [...rest.slice(0, cut), ...moved, ...rest.slice(cut)];
}
