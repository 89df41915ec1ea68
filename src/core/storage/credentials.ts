import { z } from 'zod';
import { blobSchema, type Database } from './database';
import type { SealedRow, SealedTable } from './sealed-table';

export interface CredentialAddress {
  /** `global` or a workspace's id. */
  readonly scope: string;
  readonly provider: string;
  readonly field: string;
  /** What the credential may be sent to, see `destinationOf`. */
  readonly destination: string;
}

const rowSchema = z.object({
  scope: z.string(),
  provider: z.string(),
  field: z.string(),
  // Before the start has filled it, nobody reads credentials.
  destination: z.string(),
  sealed: blobSchema,
});

/** A stored credential, without its value. */
export type CredentialName = Pick<CredentialAddress, 'field' | 'destination'>;

export class SealedCredentials implements SealedTable<CredentialAddress> {
  constructor(private readonly database: Database) {}

  all(): SealedRow<CredentialAddress>[] {
    return this.database.all('SELECT * FROM credentials').map((row) => rowSchema.parse(row));
  }

  find({ scope, provider, field, destination }: CredentialAddress): Uint8Array | undefined {
    const row = this.database.get(
      `SELECT sealed FROM credentials
       WHERE scope = ? AND provider = ? AND field = ? AND destination = ?`,
      scope,
      provider,
      field,
      destination,
    );
    return row && blobSchema.parse(row['sealed']);
  }

  /** The credentials that are stored, in alphabetical order. */
  names(scope: string, provider: string): CredentialName[] {
    return this.database
      .all(
        'SELECT field, destination FROM credentials WHERE scope = ? AND provider = ? ORDER BY field',
        scope,
        provider,
      )
      .map((row) => rowSchema.pick({ field: true, destination: true }).parse(row));
  }

  /** Replaces the credential of the field, whatever its destination. */
  put({ scope, provider, field, destination, sealed }: SealedRow<CredentialAddress>): void {
    this.database.run(
      `INSERT INTO credentials (scope, provider, field, destination, sealed) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET destination = excluded.destination, sealed = excluded.sealed`,
      scope,
      provider,
      field,
      destination,
      sealed,
    );
  }

  /** Gives a destination to the rows that have none: those from before there were any. */
  fillDestinations(destinationOf: (scope: string, provider: string) => string): void {
    const rows = this.database.all('SELECT * FROM credentials WHERE destination IS NULL');
    for (const row of rows) {
      const [scope, provider] = [String(row['scope']), String(row['provider'])];
      this.database.run(
        `UPDATE credentials SET destination = ?
         WHERE scope = ? AND provider = ? AND destination IS NULL`,
        destinationOf(scope, provider),
        scope,
        provider,
      );
    }
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
