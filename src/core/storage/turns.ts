/** Runs work on the same thing one after the other, and work on different things at the same time. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Resolves when the turn begins, with a function that ends it. */
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
