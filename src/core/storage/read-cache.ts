import type { Database } from './database';

/** Keeps what was read from a database until something else is written there. */
export class ReadCache<Value> {
  readonly #values = new Map<string, Value>();
  #generation = 0;

  constructor(private readonly database: Pick<Database, 'generation'>) {}

  get(key: string, read: () => Value): Value {
    this.#forgetOld();
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = read();
    this.#values.set(key, value);
    return value;
  }

  /** For a value that `append` has written. */
  put(key: string, value: Value): void {
    this.#forgetOld();
    this.#values.set(key, value);
  }

  #forgetOld(): void {
    if (this.#generation === this.database.generation) return;
    this.#values.clear();
    this.#generation = this.database.generation;
  }
}
