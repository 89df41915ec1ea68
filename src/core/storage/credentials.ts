import { z } from 'zod';
import { blobSchema, type Database } from './database';
import type { SealedRow, SealedTable } from './sealed-table';

export interface CredentialAddress {
  /** `global` or a workspace's id. */
  readonly scope: string;
  readonly provider: string;
  readonly field: string;
}

const rowSchema = z.object({
  scope: z.string(),
  provider: z.string(),
  field: z.string(),
  sealed: blobSchema,
});

export class SealedCredentials implements SealedTable<CredentialAddress> {
  constructor(private readonly database: Database) {}

  all(): SealedRow<CredentialAddress>[] {
    return this.database.all('SELECT * FROM credentials').map((row) => rowSchema.parse(row));
  }

  find({ scope, provider, field }: CredentialAddress): Uint8Array | undefined {
    const row = this.database.get(
      'SELECT sealed FROM credentials WHERE scope = ? AND provider = ? AND field = ?',
      scope,
      provider,
      field,
    );
    return row && blobSchema.parse(row['sealed']);
  }

  /** The fields that are stored, in alphabetical order. */
  fields(scope: string, provider: string): string[] {
    return this.database
      .all(
        'SELECT field FROM credentials WHERE scope = ? AND provider = ? ORDER BY field',
        scope,
        provider,
      )
      .map((row) => String(row['field']));
  }

  put({ scope, provider, field, sealed }: SealedRow<CredentialAddress>): void {
    this.database.run(
      `INSERT INTO credentials (scope, provider, field, sealed) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
      scope,
      provider,
      field,
      sealed,
    );
  }

  remove({ scope, provider, field }: CredentialAddress): void {
    this.database.run(
      'DELETE FROM credentials WHERE scope = ? AND provider = ? AND field = ?',
      scope,
      provider,
      field,
    );
  }

  removeScope(scope: string): void {
    this.database.run('DELETE FROM credentials WHERE scope = ?', scope);
  }

  removeAll(): void {
    this.database.run('DELETE FROM credentials');
    this.database.checkpoint();
  }

  transaction(work: () => void): void {
    this.database.transaction(work);
  }
}
