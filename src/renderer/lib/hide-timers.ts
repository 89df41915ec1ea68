interface HideTimers {
  /** Calls `hide` when the time is over. For a value that has a timer already, the time starts over. */
  start(this: void, id: string, hide: () => void): void;
  stop(this: void, id: string): void;
  stopAll(this: void): void;
}

/** @param afterSeconds when a revealed value is hidden */
export function createHideTimers(afterSeconds: () => number): HideTimers {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  return {
    start: (id, hide) => {
      clearTimeout(timers.get(id));
      timers.set(id, setTimeout(hide, afterSeconds() * 1000));
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
