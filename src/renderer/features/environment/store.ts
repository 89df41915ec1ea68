/** The environment on show. Values are in it only while they are revealed. */
import type { Client } from '@shared/contract';
import type { OpenEnvironment } from '@shared/contract/environments';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';

export const REVEALED_FOR_MS = 60_000;

export interface EnvironmentScreen {
  readonly id: string | undefined;
  readonly data: OpenEnvironment | undefined;
  /** Why the environment could not be opened or pulled. */
  readonly error: ErrorReport | undefined;
  readonly pulling: boolean;
  readonly revealed: ReadonlyMap<string, string>;
  /** What went wrong with a variable, by key. */
  readonly faults: ReadonlyMap<string, ErrorReport>;
  /** The key that was copied last, for a moment. */
  readonly copied: string | undefined;
  open(this: void, id: string): Promise<void>;
  /** Reads the state of the environment on show again, after something else may have changed it. */
  refresh(this: void): Promise<void>;
  pull(this: void): Promise<void>;
  reveal(this: void, key: string): Promise<void>;
  hide(this: void, key: string): void;
  hideAll(this: void): void;
  copy(this: void, key: string): Promise<void>;
  close(this: void): void;
}

export interface EnvironmentScreenOptions {
  readonly writeClipboard: (value: string, clearsAfterMs: number) => Promise<void>;
  readonly onPulled: () => Promise<void>;
  readonly onCopied: (key: string, clearsAfterMs: number) => void;
}

const nothing = {
  data: undefined,
  error: undefined,
  pulling: false,
  revealed: new Map<string, string>(),
  faults: new Map<string, ErrorReport>(),
  copied: undefined,
} as const;

const COPIED_FOR_MS = 2000;

const CLIPBOARD_REFUSED: ErrorReport = {
  code: 'INTERNAL',
  message: 'The clipboard could not be written.',
  hint: 'Click into the window and try again, or reveal the value and copy it by hand.',
};

const without = <Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> =>
  new Map([...map].filter(([other]) => other !== key));

export const createEnvironmentScreen = (client: Client, options: EnvironmentScreenOptions) =>
  createStore<EnvironmentScreen>()((set, get) => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    // A reveal whose answer arrives after values were hidden must not show one.
    let generation = 0;

    const hideAll = (): void => {
      generation += 1;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      set({ revealed: nothing.revealed });
    };

    const hide = (key: string): void => {
      clearTimeout(timers.get(key));
      timers.delete(key);
      set(({ revealed }) => ({ revealed: without(revealed, key) }));
    };

    const load = async (id: string, call: Client['environments']['open']): Promise<void> => {
      try {
        const data = await call({ id });
        if (get().id !== id) return;
        hideAll();
        set({ data, error: undefined, faults: nothing.faults });
      } catch (error) {
        if (get().id === id && !isCancelled(error)) set({ error: errorReport(error) });
      }
    };

    const fault = (id: string, key: string, report: ErrorReport): void => {
      if (get().id !== id) return;
      set(({ faults }) => ({ faults: new Map(faults).set(key, report) }));
    };

    /** Whether the value is on the clipboard now. */
    const toClipboard = async (value: string, clearsAfterMs: number): Promise<boolean> => {
      try {
        await options.writeClipboard(value, clearsAfterMs);
        return true;
      } catch {
        return false;
      }
    };

    return {
      id: undefined,
      ...nothing,
      open: async (id) => {
        hideAll();
        set({ id, ...nothing });
        await load(id, client.environments.open);
      },
      refresh: async () => {
        const { id } = get();
        if (id !== undefined) await load(id, client.environments.open);
      },
      pull: async () => {
        const { id, pulling } = get();
        if (id === undefined || pulling) return;
        set({ pulling: true, error: undefined });
        await load(id, client.environments.pull);
        if (get().id === id) set({ pulling: false });
        await options.onPulled();
      },
      reveal: async (key) => {
        const { id } = get();
        if (id === undefined) return;
        const asked = generation;
        try {
          const { value } = await client.environments.reveal({ id, key });
          if (asked !== generation) return;
          set(({ revealed, faults }) => ({
            revealed: new Map(revealed).set(key, value),
            faults: without(faults, key),
          }));
          clearTimeout(timers.get(key));
          timers.set(
            key,
            setTimeout(() => hide(key), REVEALED_FOR_MS),
          );
        } catch (error) {
          fault(id, key, errorReport(error));
        }
      },
      hide,
      hideAll,
      copy: async (key) => {
        const { id } = get();
        if (id === undefined) return;
        try {
          const copied = await client.environments.copy({ id, key });
          if (copied.by === 'window' && !(await toClipboard(copied.value, copied.clearsAfterMs))) {
            return fault(id, key, CLIPBOARD_REFUSED);
          }
          options.onCopied(key, copied.clearsAfterMs);
          if (get().id !== id) return;
          set(({ faults }) => ({ copied: key, faults: without(faults, key) }));
          setTimeout(() => {
            if (get().copied === key) set({ copied: undefined });
          }, COPIED_FOR_MS);
        } catch (error) {
          fault(id, key, errorReport(error));
        }
      },
      close: () => {
        hideAll();
        set({ id: undefined, ...nothing });
      },
    };
  });

export type EnvironmentScreenStore = ReturnType<typeof createEnvironmentScreen>;
