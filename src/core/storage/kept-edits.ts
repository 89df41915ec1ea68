import { z } from 'zod';
import { blobSchema, type Database } from './database';
import type { SealedRow, SealedTable } from './sealed-table';

export interface KeptEditsAddress {
  readonly id: string;
  readonly environmentId: string;
  /** The window that had the edits. */
  readonly windowId: string;
}

const rowSchema = z
  .object({ id: z.string(), environment_id: z.string(), window_id: z.string(), sealed: blobSchema })
  .transform(({ id, environment_id, window_id, sealed }) => ({
    id,
    environmentId: environment_id,
    windowId: window_id,
    sealed,
  }));

/** Unsaved edits that Lock took from the windows, until a window has them again. */
export class SealedKeptEdits implements SealedTable<KeptEditsAddress> {
  constructor(private readonly database: Database) {}

  /** In the order in which they were kept. */
  all(): SealedRow<KeptEditsAddress>[] {
    return this.database
      .all('SELECT * FROM kept_edits ORDER BY rowid')
      .map((row) => rowSchema.parse(row));
  }

  find({ id }: KeptEditsAddress): Uint8Array | undefined {
    const row = this.database.get('SELECT sealed FROM kept_edits WHERE id = ?', id);
    return row && blobSchema.parse(row['sealed']);
  }

  /** Does nothing if the environment is gone: its edits went with it. */
  put({ id, environmentId, windowId, sealed }: SealedRow<KeptEditsAddress>): void {
    this.database.run(
      `INSERT INTO kept_edits (id, environment_id, window_id, sealed)
       SELECT ?, id, ?, ? FROM environments WHERE id = ?
       ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
      id,
      windowId,
      sealed,
      environmentId,
    );
  }

  remove({ id }: KeptEditsAddress): void {
    this.database.run('DELETE FROM kept_edits WHERE id = ?', id);
  }

  removeAll(): void {
    this.database.run('DELETE FROM kept_edits');
  }

  transaction(work: () => void): void {
    this.database.transaction(work);
  }
}
