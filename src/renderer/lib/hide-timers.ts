/** A revealed value is hidden after this time. */
export const REVEALED_FOR_MS = 60_000;

interface HideTimers {
  /** Calls `hide` when the time is over. For a value that has a timer already, the time starts over. */
  start(this: void, id: string, hide: () => void): void;
  stop(this: void, id: string): void;
  stopAll(this: void): void;
}

export function createHideTimers(): HideTimers {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  return {
    start: (id, hide) => {
      clearTimeout(timers.get(id));
      timers.set(id, setTimeout(hide, REVEALED_FOR_MS));
    },
    stop: (id) => {
      clearTimeout(timers.get(id));
      timers.delete(id);
    },
    stopAll: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
