import { z } from 'zod';
import { addingTo, blobSchema, type Database } from './database';
import type { SealedRow, SealedTable } from './sealed-table';

export interface LocalDocumentAddress {
  readonly environmentId: string;
}

const rowSchema = z
  .object({ environment_id: z.string(), sealed: blobSchema })
  .transform(({ environment_id, sealed }) => ({ environmentId: environment_id, sealed }));

/** The documents of environments that are not synced. */
export class SealedDocuments implements SealedTable<LocalDocumentAddress> {
  constructor(private readonly database: Database) {}

  all(): SealedRow<LocalDocumentAddress>[] {
    return this.database.all('SELECT * FROM local_documents').map((row) => rowSchema.parse(row));
  }

  find({ environmentId }: LocalDocumentAddress): Uint8Array | undefined {
    const row = this.database.get(
      'SELECT sealed FROM local_documents WHERE environment_id = ?',
      environmentId,
    );
    return row && blobSchema.parse(row['sealed']);
  }

  /** Throws `NO_SUCH_ENVIRONMENT`. */
  put({ environmentId, sealed }: SealedRow<LocalDocumentAddress>): void {
    addingTo('NO_SUCH_ENVIRONMENT', () => {
      this.database.run(
        `INSERT INTO local_documents (environment_id, sealed) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
        environmentId,
        sealed,
      );
    });
  }

  remove({ environmentId }: LocalDocumentAddress): void {
    this.database.run('DELETE FROM local_documents WHERE environment_id = ?', environmentId);
  }

  removeAll(): void {
    this.database.run('DELETE FROM local_documents');
  }

  transaction(work: () => void): void {
    this.database.transaction(work);
  }
}
