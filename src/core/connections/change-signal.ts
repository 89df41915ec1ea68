/** Tells whoever waits that something has changed; what it is, they look up. */
export class ChangeSignal {
  readonly #waiting = new Set<() => void>();

  tell(): void {
    for (const go of this.#waiting) go();
  }

  /** Resolves at the next change, or when the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', go);
    });
  }
}
