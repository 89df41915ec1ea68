/**
 * The commands that can be run now. `@shared/commands` names them; the part of the window that can run
 * one offers it (`useCommand`).
 */
import type { CommandId } from '@shared/commands';
import { createStore } from 'zustand';

type Run = () => void;

export interface Commands {
  /** Of several offers of one command, the last is run. */
  readonly offered: ReadonlyMap<CommandId, readonly Run[]>;
  /** Returns a function that takes the offer back. */
  offer(this: void, id: CommandId, run: Run): () => void;
  /** Returns whether the command was offered. */
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
