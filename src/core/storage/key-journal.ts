import { z } from 'zod';
import type { Database } from './database';
import { PreferenceRows } from './preferences';

/** The name of the row that holds `keptSchema`. */
const KEY = 'key';

const keptSchema = z.object({ account: z.string() });

/** Says in the database which key its rows are sealed with, while one key takes the place of another. */
export class KeyJournal {
  readonly #rows: PreferenceRows;

  constructor(private readonly database: Database) {
    this.#rows = new PreferenceRows(database);
  }

  /** The account of the key, as it was last noted. */
  sealedWith(): string | undefined {
    return this.#rows.get(KEY, keptSchema)?.account;
  }

  /** Does the work and notes the key that rows are sealed with afterwards, both or neither. */
  note(account: string, work: () => void = () => undefined): void {
    this.database.transaction(() => {
      work();
      this.#rows.set(KEY, { account });
    });
  }

  /** Leaves no trace of what rows held before. */
  clean(): void {
    this.database.checkpoint();
  }
}
