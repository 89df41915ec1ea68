export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs something later, without keeping the process alive for it. Gives what calls it off. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
