/** All workspaces. Everything else in the window belongs to the current one. */
import type { Client } from '@shared/contract/window';
import type { ExpectedVariable } from '@shared/model/expected';
import type { Place } from '@shared/model/place';
import type { Workspace } from '@shared/model/workspace';
import { createStore } from 'zustand';
import { download } from '../../lib/download';

type WorkspaceDialog = 'new' | 'rename' | 'import' | 'plain' | 'expected';

/** A page, and how a person came to it. */
export interface Destination {
  readonly place: Place;
  /** Whether a link of another program led there: then no provider is asked. */
  readonly isLink: boolean;
}

export interface Workspaces {
  readonly list: readonly Workspace[];
  readonly current: Workspace;
  /** The dialog on show, if there is one. */
  readonly dialog: WorkspaceDialog | undefined;
  openDialog(this: void, dialog: WorkspaceDialog | undefined): void;
  /** Creates a workspace and switches to it. Throws what the call throws: the form shows it. */
  create(this: void, name: string): Promise<void>;
  /** Renames the current workspace. Throws as above. */
  rename(this: void, name: string): Promise<void>;
  /** Sets the rules for plain variables of the current workspace. Throws what the call throws. */
  setPlainPatterns(this: void, patterns: readonly string[]): Promise<void>;
  /** Sets the variables that environments of the current workspace are expected to have. Throws what the call throws. */
  setExpected(this: void, expected: readonly ExpectedVariable[]): Promise<void>;
  /** Saves the set-up of the current workspace as a file. */
  exportSetup(this: void): Promise<void>;
  /** Adds what a file has, and shows the workspace. Throws what the call throws: the dialog shows it. */
  importSetup(this: void, text: string): Promise<void>;
  /**
   * Switches to a workspace, after asking if something unsaved would be lost. `to`: a page there, and whether another
   * program led to it. Resolves with whether it is on show now.
   */
  switchTo(this: void, id: string, to?: Destination): Promise<boolean>;
  /** Deletes the current workspace, after asking. */
  remove(this: void): Promise<void>;
  /** Switches to the workspace with sample data. Throws what its creation throws, such as a question for the key. */
  openSample(this: void): Promise<void>;
  /** Deletes the current workspace, which has sample data. */
  removeSample(this: void): Promise<void>;
  /** Reads the list again: saving settings changes which workspaces have their own. */
  refresh(this: void): Promise<void>;
}

export interface WorkspacesEvents {
  /** Asks, if something unsaved would be lost, whether the current workspace may be left. */
  readonly mayLeave: (to: string) => Promise<boolean>;
  readonly mayRemove: (workspace: Workspace) => Promise<boolean>;
  /** Another workspace is current: the window must show it. */
  readonly onSwitched: (text: string, to?: Destination) => Promise<void>;
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
    const go = async ({ id, name }: Workspace, to?: Destination): Promise<void> => {
      await client.workspaces.switchTo({ id });
      await events.onSwitched(`Switched to the workspace ${name}.`, to);
    };

    /** Shows what became of the current workspace. */
    const take = (changed: Workspace): void =>
      set((state) => ({
        current: changed,
        list: state.list.map((one) => (one.id === changed.id ? changed : one)),
        dialog: undefined,
      }));

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
        take(await client.workspaces.rename({ id: current.id, name }));
      },
      setPlainPatterns: async (patterns) => {
        const { id } = current;
        take(await client.workspaces.setPlainPatterns({ id, patterns: [...patterns] }));
      },
      setExpected: async (expected) => {
        const { id } = current;
        take(await client.workspaces.setExpected({ id, expected: [...expected] }));
      },
      exportSetup: () =>
        attempt(async () => {
          const { text, fileName } = await client.workspaces.exportSetup({ id: current.id });
          download(text, fileName, 'application/json');
        }),
      importSetup: async (text) => {
        const { id, name } = await client.workspaces.importSetup({ text });
        await get().refresh();
        const target = get().list.find((one) => one.id === id);
        await attempt(async () => {
          if (target === undefined) return;
          if (id === current.id || (await events.mayLeave(name))) await go(target);
        });
      },
      switchTo: async (id, to) => {
        let isOn = false;
        await attempt(async () => {
          const target = get().list.find((one) => one.id === id);
          if (target === undefined || id === current.id) return;
          if (!(await events.mayLeave(target.name))) return;
          await go(target, to);
          isOn = true;
        });
        return isOn;
      },
      remove: () =>
        attempt(async () => {
          const workspace = get().current;
          if (!(await events.mayRemove(workspace))) return;
          await client.workspaces.remove({ id: workspace.id });
          await events.onSwitched(`${workspace.name} deleted.`);
        }),
      openSample: async () => {
        const sample = await client.workspaces.createSample();
        await attempt(async () => {
          if (await events.mayLeave(sample.name)) await go(sample);
        });
      },
      removeSample: () =>
        attempt(async () => {
          await client.workspaces.remove({ id: current.id });
          await events.onSwitched('The sample data is gone.');
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
