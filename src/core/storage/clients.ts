import { z } from 'zod';
import { AppError } from '@shared/errors';
import { addingTo, isDuplicate, type Database } from './database';

/** A client as it is stored: the hash of its token, never the token. */
export interface ClientRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  /** SHA-256 in hexadecimal. */
  readonly tokenHash: string;
  /** Ids. */
  readonly grants: readonly string[];
  /** Ids; of a core whose values are elsewhere, names. */
  readonly environments: readonly string[];
  readonly addresses: readonly string[] | undefined;
  readonly expiresAt: number | undefined;
  readonly createdAt: number;
}

const listSchema = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

const rowSchema = z
  .object({
    id: z.string(),
    workspace_id: z.string(),
    name: z.string(),
    token_hash: z.string(),
    grants_json: listSchema,
    environments_json: listSchema,
    addresses_json: listSchema.nullable(),
    expires_at: z.number().nullable(),
    created_at: z.number(),
  })
  .transform((row): ClientRow => ({
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    tokenHash: row.token_hash,
    grants: row.grants_json,
    environments: row.environments_json,
    addresses: row.addresses_json ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    createdAt: row.created_at,
  }));

/** The clients of `strongroom serve`. */
export class ClientRows {
  constructor(private readonly database: Database) {}

  /** By name. */
  list(): ClientRow[] {
    return this.database
      .all('SELECT * FROM clients ORDER BY name')
      .map((row) => rowSchema.parse(row));
  }

  /** Throws `NAME_TAKEN` and `NO_SUCH_WORKSPACE`. */
  insert(row: ClientRow): void {
    this.#assertingFree(row.name, () => {
      addingTo('NO_SUCH_WORKSPACE', () =>
        this.database.run(
          `INSERT INTO clients (id, workspace_id, name, token_hash, grants_json, environments_json,
             addresses_json, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          row.id,
          row.workspaceId,
          row.name,
          row.tokenHash,
          JSON.stringify(row.grants),
          JSON.stringify(row.environments),
          row.addresses === undefined ? null : JSON.stringify(row.addresses),
          row.expiresAt ?? null,
          row.createdAt,
        ),
      );
    });
  }

  /** Its workspace, its token and its time stay. Throws `NAME_TAKEN`. */
  update({ id, name, grants, environments, addresses, expiresAt }: ClientRow): void {
    this.#assertingFree(name, () => {
      this.database.run(
        `UPDATE clients SET name = ?, grants_json = ?, environments_json = ?, addresses_json = ?, expires_at = ?
           WHERE id = ?`,
        name,
        JSON.stringify(grants),
        JSON.stringify(environments),
        addresses === undefined ? null : JSON.stringify(addresses),
        expiresAt ?? null,
        id,
      );
    });
  }

  #assertingFree(name: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new AppError('NAME_TAKEN', {
        message: `There is already a client “${name}”, or one with this token.`,
        cause: error,
      });
    }
  }

  remove(id: string): void {
    this.database.run('DELETE FROM clients WHERE id = ?', id);
  }
}
