/** The server's time. It runs with the machine's clock, and can be shifted or stopped. */
export class ServerClock {
  private offset = 0;
  private stopped: number | undefined;

  /** Milliseconds since 1970. */
  now(): number {
    return this.stopped ?? Date.now() + this.offset;
  }

  date(): Date {
    return new Date(this.now());
  }

  /** Moves forward, or back with a negative number, by milliseconds. */
  advance(milliseconds: number): void {
    if (this.stopped === undefined) this.offset += milliseconds;
    else this.stopped += milliseconds;
  }

  /** Sets the time; it runs on from there. */
  set(time: Date): void {
    this.stopped = undefined;
    this.offset = time.getTime() - Date.now();
  }

  /** Stops at `time`, or now, until `advance` or `set`. */
  stop(time: Date = this.date()): void {
    this.stopped = time.getTime();
  }
}

export const seconds = (count: number): number => count * 1000;
export const minutes = (count: number): number => seconds(count * 60);
export const hours = (count: number): number => minutes(count * 60);
export const days = (count: number): number => hours(count * 24);
