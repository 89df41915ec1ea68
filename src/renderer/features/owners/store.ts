/** Environments that a declared set-up owns: the mark, and the question before the first change. */
import type { Client } from '@shared/contract/window';
import type { Environment } from '@shared/model/environment';
import { createStore } from 'zustand';

export interface Owners {
  /**
   * Whether a person may change an environment: nobody owns it, or they agreed to release it. `fresh`: also asks
   * the store, which may know of an owner that this computer does not know.
   */
  mayChange(this: void, id: string, fresh?: boolean): Promise<boolean>;
  /** Does the work if the environment may be changed: at once if nobody is known to own it. */
  permit(this: void, id: string, work: () => void): void;
  /** Asks the store who owns an environment, once for each of its revisions. Reports no error. */
  look(this: void, environment: Environment): Promise<void>;
}

export interface OwnersEvents {
  /** Asks whether to release an environment. */
  readonly mayRelease: (name: string, owner: string) => Promise<boolean>;
  readonly onReleased: (name: string) => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

interface OwnersOptions extends OwnersEvents {
  readonly environments: () => readonly Environment[];
  readonly refresh: () => Promise<void>;
}

export const createOwners = (client: Client, options: OwnersOptions) =>
  createStore<Owners>()(() => {
    const looked = new Map<string, string>();
    // Two edits at once lead to one question.
    const asking = new Map<string, Promise<boolean>>();

    const find = (id: string): Environment | undefined =>
      options.environments().find((one) => one.id === id);

    const lookAgain = async (id: string): Promise<void> => {
      const { owner } = await client.environments.owner({ id });
      if (owner !== find(id)?.owner) await options.refresh();
    };

    const ask = async (id: string): Promise<boolean> => {
      const { name = '', owner } = find(id) ?? {};
      if (owner === undefined) return true;
      if (!(await options.mayRelease(name, owner))) return false;
      try {
        await client.environments.release({ id });
      } catch (error) {
        options.onFailed(error);
        return false;
      }
      await options.refresh();
      await options.onReleased(name);
      return true;
    };

    const mayChange = async (id: string, fresh = false): Promise<boolean> => {
      // If the store does not answer, the change itself says so.
      if (fresh) await lookAgain(id).catch(() => undefined);
      const asked = asking.get(id) ?? ask(id).finally(() => asking.delete(id));
      asking.set(id, asked);
      return asked;
    };

    return {
      mayChange,
      permit: (id, work) => {
        if (find(id)?.owner === undefined) work();
        else void mayChange(id).then((isPermitted) => isPermitted && work());
      },
      look: async ({ id, synced, state, revision, pulledAt }) => {
        const at = `${revision ?? ''} ${String(pulledAt)}`;
        if (!synced || state !== 'loaded' || looked.get(id) === at) return;
        looked.set(id, at);
        await lookAgain(id).catch(() => undefined);
      },
    };
  });
