/**
 * What the window can do right now. What a command is called is in `@shared/commands`; what it does, and
 * when it can be done, is said by the part of the window that can do it (`useCommand`).
 */
import type { CommandId } from '@shared/commands';
import { createStore } from 'zustand';

type Run = () => void;

export interface Commands {
  /** What can be done right now. The one that was offered last stands for its command. */
  readonly offered: ReadonlyMap<CommandId, readonly Run[]>;
  /** Returns how to take the offer back. */
  offer(this: void, id: CommandId, run: Run): () => void;
  /** Whether there was somebody to do it. */
  run(this: void, id: CommandId): boolean;
}

export const createCommands = () =>
  createStore<Commands>()((set, get) => {
    const change = (id: CommandId, alter: (runs: readonly Run[]) => readonly Run[]): void => {
      set(({ offered }) => {
        const next = new Map(offered);
        const runs = alter(next.get(id) ?? []);
        if (runs.length === 0) next.delete(id);
        else next.set(id, runs);
        return { offered: next };
      });
    };
    return {
      offered: new Map(),
      offer: (id, run) => {
        change(id, (runs) => [...runs, run]);
        return () => change(id, (runs) => runs.filter((one) => one !== run));
      },
      run: (id) => {
        const run = get().offered.get(id)?.at(-1);
        run?.();
        return run !== undefined;
      },
    };
  });
