import type { Runtime } from '@core/runtime';

export interface IdleLockParts {
  readonly runtime: Pick<Runtime, 'after'>;
  /** After how many minutes; 0 for never. */
  readonly minutes: () => number;
  readonly lock: () => void;
}

/** Locks when nobody has used a window for a while. For hosts that cannot ask the system. */
export class IdleLock {
  #cancel: () => void = () => undefined;

  constructor(private readonly parts: IdleLockParts) {
    this.active();
  }

  /** Somebody uses a window, or has chosen another time. */
  active(): void {
    this.close();
    const minutes = this.parts.minutes();
    if (minutes > 0) this.#cancel = this.parts.runtime.after(minutes * 60_000, this.parts.lock);
  }

  close(): void {
    this.#cancel();
  }
}
