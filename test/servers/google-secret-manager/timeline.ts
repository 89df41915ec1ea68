/** A value with its past, so that lists and aliases can lag behind as they do in the real service. */
export class Timeline<T> {
  private readonly entries: { readonly at: number; readonly value: T }[] = [];

  /** Times are milliseconds since 1970. */
  constructor(value: T, at: number) {
    this.set(value, at);
  }

  get current(): T {
    const last = this.entries.at(-1);
    if (last === undefined) throw new Error('A timeline begins with a value.');
    return last.value;
  }

  set(value: T, at: number): void {
    this.entries.push({ at, value });
  }

  /** `undefined` before the first value. */
  at(time: number): T | undefined {
    return this.entries.findLast((entry) => entry.at <= time)?.value;
  }
}
