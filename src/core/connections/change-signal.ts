/** Wakes those who wait for a change. What has changed, they look up themselves. */
export class ChangeSignal {
  readonly #waiting = new Set<() => void>();
  #count = 0;

  /** How many changes there have been. Take it before you look, and give it to `after`: so none is missed. */
  get count(): number {
    return this.#count;
  }

  /** Wakes everyone who waits. */
  tell(): void {
    this.#count += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves once there have been more changes than `count`, or when the signal aborts. */
  async after(count: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#count > count) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
