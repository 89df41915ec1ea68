/** Tells whoever waits that something has changed; what it is, they look up. */
export class Changes {
  readonly #waiting = new Set<() => void>();

  tell(): void {
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /** Resolves at the next change, or when the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    let stop = (): void => undefined;
    await new Promise<void>((resolve) => {
      stop = resolve;
      this.#waiting.add(resolve);
      signal.addEventListener('abort', resolve);
    });
    this.#waiting.delete(stop);
    signal.removeEventListener('abort', stop);
  }
}
