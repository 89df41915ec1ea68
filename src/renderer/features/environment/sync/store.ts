/** Vault Sync of the environment on show: switching it on and off, and both sides if the path is taken. */
import type { Client } from '@shared/contract/window';
import type { SyncPreview, SyncResolution } from '@shared/model/link';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport } from '@renderer/bridge';
import { presentDraft, sentDraft, type DraftsStore } from '../drafts-store';

export type Side = 'here' | 'server';

/** Both sides, if the path already has a secret. */
export interface Meeting {
  readonly preview: SyncPreview;
  /** The sides chosen so far, by key. */
  readonly chosen: ReadonlyMap<string, Side>;
}

export interface Sync {
  readonly id: string | undefined;
  /** The text in the field “Vault path”. */
  readonly path: string;
  readonly busy: boolean;
  readonly error: ErrorReport | undefined;
  readonly meeting: Meeting | undefined;
  begin(this: void, id: string, path: string): void;
  setPath(this: void, path: string): void;
  /**
   * Saves unsaved edits, then pushes the variables to the path. With `undelete`, first undeletes a secret
   * that is scheduled for deletion there, then overwrites it.
   */
  enable(this: void, undelete?: boolean): Promise<void>;
  choose(this: void, side: Side, keys: readonly string[]): void;
  resolve(this: void, resolution: Exclude<SyncResolution, 'push'>): Promise<void>;
  /** Closes the meeting or the error. Sync stays off. */
  cancel(this: void): void;
  /** With `copy`, the values and the unsaved edits stay here, encrypted; else both are cleared. */
  disable(this: void, copy: boolean): Promise<void>;
  /** Repeats what failed, as after a person has unlocked the key. */
  retry(this: void): Promise<void>;
}

export interface SyncEvents {
  /** The environment was linked or unlinked. */
  readonly onChanged: (open: OpenEnvironment) => Promise<void>;
}

interface SyncOptions extends SyncEvents {
  readonly drafts: DraftsStore;
}

const nothing = { busy: false, error: undefined, meeting: undefined } as const;

export const createSync = (client: Client, { drafts, onChanged }: SyncOptions) =>
  createStore<Sync>()((set, get) => {
    let retry = async (): Promise<void> => undefined;

    /** Runs one call at a time, and shows its error if the environment is still on show. */
    const run = async (work: (id: string) => Promise<void>): Promise<void> => {
      const { id, busy } = get();
      if (id === undefined || busy) return;
      retry = () => run(work);
      set({ busy: true, error: undefined });
      try {
        await work(id);
      } catch (error) {
        if (get().id === id) set({ error: errorReport(error) });
      } finally {
        if (get().id === id) set({ busy: false });
      }
    };

    const meet = async (id: string, path: string): Promise<void> => {
      const preview = await client.environments.previewSync({ id, path });
      if (get().id === id) set({ meeting: { preview, chosen: new Map() } });
    };

    const changed = async (id: string, open: OpenEnvironment): Promise<void> => {
      drafts.getState().forget(id);
      if (get().id === id) set({ meeting: undefined });
      await onChanged(open);
    };

    return {
      id: undefined,
      path: '',
      ...nothing,
      begin: (id, path) => set({ id, path, ...nothing }),
      setPath: (path) => set({ path, error: undefined }),
      enable: (undelete = false) =>
        run(async (id) => {
          const hasEdits = drafts.getState().histories.has(id);
          if (hasEdits && !(await savedEdits(drafts, id))) return;
          const path = get().path.trim();
          try {
            await changed(
              id,
              await client.environments.enableSync({
                id,
                path,
                resolution: 'push',
                ...(undelete && { undelete }),
              }),
            );
          } catch (error) {
            const { code, details } = errorReport(error);
            // Another environment has this path, and a path cannot be shared.
            if (code !== 'ALREADY_EXISTS' || details?.field === 'path') throw error;
            await meet(id, path);
          }
        }),
      choose: (side, keys) => {
        const { meeting } = get();
        if (meeting === undefined) return;
        const chosen = new Map(meeting.chosen);
        for (const key of keys) chosen.set(key, side);
        set({ meeting: { ...meeting, chosen } });
      },
      resolve: (resolution) =>
        run(async (id) => {
          const { meeting } = get();
          if (meeting === undefined) return;
          const { path, serverRevision } = meeting.preview;
          try {
            const open = await client.environments.enableSync({
              id,
              path,
              resolution,
              ...(serverRevision !== undefined && { serverRevision }),
              ...(resolution === 'merge' && { prefer: Object.fromEntries(meeting.chosen) }),
            });
            await changed(id, open);
          } catch (error) {
            // Shows both sides as they are now, next to the error.
            if (errorReport(error).code === 'CONFLICT') await meet(id, path);
            throw error;
          }
        }),
      cancel: () => set({ meeting: undefined, error: undefined }),
      disable: (copy) =>
        run(async (id) => {
          const present = copy ? presentDraft(drafts, id) : undefined;
          const draft = present && sentDraft(id, present);
          await changed(
            id,
            await client.environments.disableSync({ id, copy, ...(draft && { draft }) }),
          );
        }),
      retry: () => retry(),
    };
  });

/** Saves unsaved edits. Returns whether none are left. */
async function savedEdits(drafts: DraftsStore, id: string): Promise<boolean> {
  const { edits, additions } = drafts.getState().histories.get(id)?.present ?? {
    edits: new Map(),
    additions: [],
  };
  return edits.size + additions.length === 0 || drafts.getState().save(id);
}

/** Keys for which a side must be chosen before merging. */
export const differingKeys = ({ preview }: Meeting): readonly string[] =>
  preview.keys.filter(({ state }) => state === 'different').map(({ key }) => key);
