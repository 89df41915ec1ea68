import type { Client } from '@shared/contract/window';
import type { ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { matchRank, wantedOf } from '@shared/model/search';
import type { Followed } from '@shared/model/stored-reference';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';
import { keepSame } from '../../lib/same-data';

/** A dialog about one environment. */
export interface EnvironmentDialog {
  readonly what: 'rename' | 'duplicate' | 'delete' | 'settings';
  readonly environment: Environment;
}

/** A dialog that the sidebar opens. `folder`: the path that a new name starts with. */
export type SidebarDialog =
  EnvironmentDialog | { readonly what: 'new'; readonly folder: string | undefined };

export interface Environments {
  readonly list: readonly Environment[];
  /** The text in the search field. */
  readonly search: string;
  /** Why the list may be out of date. */
  readonly error: ErrorReport | undefined;
  /** The dialog on show, if there is one. */
  readonly dialog: SidebarDialog | undefined;
  openDialog(this: void, dialog: SidebarDialog | undefined): void;
  refresh(this: void): Promise<void>;
  /** Shows the newer state of one environment. */
  put(this: void, environment: Environment): void;
  /** Checks which of these somebody else changed on the server. Reports no error. */
  glance(this: void, ids: readonly string[]): Promise<void>;
  /** Throws what the call throws: the form shows it next to the name. */
  create(this: void, name: string): Promise<Environment>;
  /** Creates sample environments. Throws what the call throws. */
  createSamples(this: void): Promise<readonly Environment[]>;
  /** Resolves with what became of the references to it. */
  rename(this: void, id: string, name: string): Promise<Followed>;
  duplicate(this: void, id: string, name: string): Promise<Environment>;
  remove(this: void, id: string, onServer: boolean): Promise<Removal>;
  setExpands(this: void, id: string, expands: boolean): Promise<void>;
  setActive(this: void, id: string | null): Promise<void>;
  /** Moves environments before or after another one. */
  move(
    this: void,
    ids: ReadonlySet<string>,
    target: string,
    where: 'before' | 'after',
  ): Promise<void>;
  setSearch(this: void, text: string): void;
}

/** Whether and how long a secret that was deleted on the server can be undeleted. */
export type Removal = Awaited<ReturnType<Client['environments']['remove']>>;

export const createEnvironments = (client: Client, workspaceId: string) =>
  createStore<Environments>()((set, get) => ({
    list: [],
    search: '',
    error: undefined,
    dialog: undefined,
    openDialog: (dialog) => set({ dialog }),
    refresh: async () => {
      try {
        const list = await client.environments.list({ workspaceId });
        set({ list: keepSame(get().list, list), error: undefined });
      } catch (error) {
        set({ error: errorReport(error) });
      }
    },
    put: (environment) =>
      set(({ list }) => ({
        list: keepSame(
          list,
          list.map((one) => (one.id === environment.id ? environment : one)),
        ),
      })),
    glance: async (ids) => {
      const asked = new Set(ids);
      const held = get().list.filter(
        ({ id, synced, state }) => asked.has(id) && synced && state === 'loaded',
      );
      if (held.length === 0) return;
      try {
        const list = await client.environments.glance({
          workspaceId,
          ids: held.map(({ id }) => id),
        });
        set({ list: keepSame(get().list, list) });
      } catch {
        // Nobody asked for this glance. The next action of a person reports the error.
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
      const { followed } = await client.environments.rename({ id, name });
      await get().refresh();
      return followed;
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
    setExpands: async (id, expands) => {
      await client.environments.setExpands({ id, expands });
      await get().refresh();
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
      // At once: a list that jumps back and forth is hard to drag in.
      set({ list });
      try {
        await client.environments.reorder({ workspaceId, ids: list.map(({ id }) => id) });
      } finally {
        await get().refresh();
      }
    },
    setSearch: (search) => set({ search }),
  }));

/** The environments whose name or path contains every word of the search: the best first, else in their order. */
export function searchEnvironments(
  list: readonly Environment[],
  search: string,
): readonly Environment[] {
  const wanted = wantedOf(search);
  if (wanted.words.length === 0) return list;
  return list
    .flatMap((environment) => {
      const { name, path } = environment;
      const rank =
        matchRank(name, wanted) ??
        (matchRank(name === path ? '' : `${name} ${path}`, wanted) === undefined ? undefined : 0);
      return rank === undefined ? [] : [{ environment, rank }];
    })
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ environment }) => environment);
}

/** The list with some environments moved before or after the target. */
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
