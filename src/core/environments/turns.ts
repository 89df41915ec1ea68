/** Lets work on the same thing run one after the other, and work on different things side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Takes a turn that lasts until the returned function is called. */
  hold(name: string): Promise<() => void> {
    return new Promise((begin) => {
      void this.take(name, () => new Promise<void>(begin));
    });
  }

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(name, settled);
    try {
      return await result;
    } finally {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
