/** Holds at most `limit` items. A new one takes the place of the oldest, which is handed to `drop`. */
export class BoundedSet<T> {
  readonly #items = new Set<T>();

  constructor(
    private readonly limit: number,
    private readonly drop: (item: T) => void,
  ) {}

  add(item: T): void {
    this.#items.add(item);
    if (this.#items.size <= this.limit) return;
    for (const oldest of this.#items) {
      this.#items.delete(oldest);
      this.drop(oldest);
      return;
    }
  }

  delete(item: T): void {
    this.#items.delete(item);
  }
}
