/** The workspaces there are. Everything else of the window belongs to the one that is in use. */
import type { Client } from '@shared/contract/window';
import type { Workspace } from '@shared/model/workspace';
import { createStore } from 'zustand';

export interface Workspaces {
  readonly list: readonly Workspace[];
  readonly current: Workspace;
  /** What the dialog on show is about, if there is one. */
  readonly dialog: 'new' | 'rename' | undefined;
  openDialog(this: void, dialog: 'new' | 'rename' | undefined): void;
  /** Makes it and goes there. Throws what the call throws: the form shows it beside the name. */
  create(this: void, name: string): Promise<void>;
  /** The one in use. Throws as above. */
  rename(this: void, name: string): Promise<void>;
  /** Does nothing where what is unsaved is to be kept. */
  switchTo(this: void, id: string): Promise<void>;
  /** The one in use, after asking. */
  remove(this: void): Promise<void>;
  /** Reads again which have their own configuration. */
  refresh(this: void): Promise<void>;
}

export interface WorkspacesEvents {
  /** Whether the workspace in use may be left; asks where something unsaved would be lost. */
  readonly mayLeave: (to: string) => Promise<boolean>;
  readonly mayRemove: (workspace: Workspace) => Promise<boolean>;
  /** Opens the window anew on the current workspace. */
  readonly onSwitched: (text: string) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

export const createWorkspaces = (
  client: Client,
  list: readonly Workspace[],
  current: Workspace,
  events: WorkspacesEvents,
) =>
  createStore<Workspaces>()((set, get) => {
    const attempt = async (act: () => Promise<void>): Promise<void> => {
      try {
        await act();
      } catch (error) {
        events.onFailed(error);
      }
    };
    const go = async ({ id, name }: Workspace): Promise<void> => {
      await client.workspaces.switchTo({ id });
      await events.onSwitched(`Workspace ${name}.`);
    };

    return {
      list,
      current,
      dialog: undefined,
      openDialog: (dialog) => set({ dialog }),
      create: async (name) => {
        const made = await client.workspaces.create({ name });
        set((state) => ({ list: [...state.list, made], dialog: undefined }));
        await attempt(async () => {
          if (await events.mayLeave(made.name)) await go(made);
        });
      },
      rename: async (name) => {
        const renamed = await client.workspaces.rename({ id: current.id, name });
        set((state) => ({
          current: renamed,
          list: state.list.map((one) => (one.id === renamed.id ? renamed : one)),
          dialog: undefined,
        }));
      },
      switchTo: (id) =>
        attempt(async () => {
          const target = get().list.find((one) => one.id === id);
          if (target === undefined || id === current.id) return;
          if (await events.mayLeave(target.name)) await go(target);
        }),
      remove: () =>
        attempt(async () => {
          const workspace = get().current;
          if (!(await events.mayRemove(workspace))) return;
          await client.workspaces.remove({ id: workspace.id });
          await events.onSwitched(`${workspace.name} deleted.`);
        }),
      refresh: async () => {
        const { workspaces } = await client.workspaces.list();
        set((state) => ({
          list: workspaces,
          current: workspaces.find(({ id }) => id === current.id) ?? state.current,
        }));
      },
    };
  });
