export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Runs something later that takes care of its own failures, without keeping the process alive for
   * it. Gives what calls it off.
   */
  after(milliseconds: number, run: () => Promise<void>): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(() => void run(), milliseconds).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
