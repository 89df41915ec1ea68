import { z } from 'zod';
import { addingTo, blobSchema, isDuplicate, type Database } from './database';
import { ReadCache } from './read-cache';
import type { SealedRow, SealedTable } from './sealed-table';
import { AppError } from '@shared/errors';
import { grantSettingsSchema, type GrantSettings } from '@shared/model/grant';

export interface GrantReference {
  /** The name of the secret. */
  readonly name: string;
  /** The name or id of an environment of the grant’s workspace. */
  readonly environment: string;
  readonly key: string;
}

export interface GrantRow {
  readonly id: string;
  readonly workspaceId: string;
  /** The grant that it is a clone of; that grant may be gone. */
  readonly originalId: string | undefined;
  readonly name: string;
  readonly settings: GrantSettings;
  readonly references: readonly GrantReference[];
  readonly disabled: boolean;
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number;
  readonly changedAt: number;
  readonly rotatedAt: number | undefined;
}

const rowSchema = z
  .object({
    id: z.string(),
    workspace_id: z.string(),
    original_id: z.string().nullable(),
    name: z.string(),
    hosts_json: z.string(),
    settings_json: z.string(),
    references_json: z.string(),
    disabled: z.number(),
    created_at: z.number(),
    changed_at: z.number(),
    rotated_at: z.number().nullable(),
  })
  .transform((row): GrantRow => ({
    id: row.id,
    workspaceId: row.workspace_id,
    originalId: row.original_id ?? undefined,
    name: row.name,
    settings: settingsOf(row.settings_json, row.hosts_json),
    references: referencesSchema.parse(JSON.parse(row.references_json)),
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    rotatedAt: row.rotated_at ?? undefined,
  }));

/** The hosts stay as they are stored: the seals of the secrets cover that text. */
function settingsOf(text: string, hostsText: string): GrantSettings {
  const hosts = z.array(z.string()).parse(JSON.parse(hostsText));
  const settings = grantSettingsSchema.parse({ ...(JSON.parse(text) as object), hosts });
  return { ...settings, hosts };
}

const referencesSchema = z.array(
  z.object({ name: z.string(), environment: z.string(), key: z.string() }),
);

const columnsOf = ({ settings: { hosts, ...settings }, references, ...row }: GrantRow) => [
  row.workspaceId,
  row.originalId ?? null,
  row.name,
  JSON.stringify(hosts),
  JSON.stringify(settings),
  JSON.stringify(references),
  row.disabled ? 1 : 0,
  row.createdAt,
  row.changedAt,
  row.rotatedAt ?? null,
];

export class Grants {
  /** By id: each request needs one. */
  readonly #rows: ReadCache<GrantRow | undefined>;

  constructor(private readonly database: Database) {
    this.#rows = new ReadCache(database);
  }

  /** By name. */
  list(workspaceId: string): GrantRow[] {
    return this.database
      .all('SELECT * FROM grants WHERE workspace_id = ? ORDER BY name, id', workspaceId)
      .map((row) => rowSchema.parse(row));
  }

  /** Of all workspaces. */
  all(): GrantRow[] {
    return this.database.all('SELECT * FROM grants').map((row) => rowSchema.parse(row));
  }

  find(id: string): GrantRow | undefined {
    return this.#rows.get(id, () => {
      const row = this.database.get('SELECT * FROM grants WHERE id = ?', id);
      return row && rowSchema.parse(row);
    });
  }

  /** Throws `NO_SUCH_WORKSPACE` and `NAME_TAKEN`. */
  insert(row: GrantRow): void {
    namedAlone(row.name, () => {
      addingTo('NO_SUCH_WORKSPACE', () =>
        this.database.run(
          `INSERT INTO grants (workspace_id, original_id, name, hosts_json, settings_json,
             references_json, disabled, created_at, changed_at, rotated_at, id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...columnsOf(row),
          row.id,
        ),
      );
    });
  }

  /** Throws `NO_SUCH_GRANT` and `NAME_TAKEN`. */
  update(row: GrantRow): void {
    const changed = namedAlone(row.name, () =>
      this.database.run(
        `UPDATE grants SET workspace_id = ?, original_id = ?, name = ?, hosts_json = ?,
           settings_json = ?, references_json = ?, disabled = ?, created_at = ?, changed_at = ?,
           rotated_at = ?
         WHERE id = ?`,
        ...columnsOf(row),
        row.id,
      ),
    );
    if (changed === 0) throw new AppError('NO_SUCH_GRANT');
  }

  transaction(work: () => void): void {
    this.database.transaction(work);
  }

  remove(id: string): void {
    this.database.run('DELETE FROM grants WHERE id = ?', id);
  }

  /**
   * Notes a use of each of these grants at a moment, all or none. Returns the id of the first that was used as often
   * as its limit allows; then nothing is noted.
   */
  use(
    limits: readonly { readonly id: string; readonly requests: number; readonly since: number }[],
    at: number,
  ): string | undefined {
    return this.database.transaction(() => {
      for (const { id, requests, since } of limits) {
        this.database.append('DELETE FROM grant_uses WHERE grant_id = ? AND at <= ?', id, since);
        const used = this.database.get(
          'SELECT count(*) AS used FROM grant_uses WHERE grant_id = ?',
          id,
        );
        if (Number(used?.['used']) >= requests) return id;
      }
      for (const { id } of limits) {
        this.database.append('INSERT INTO grant_uses (grant_id, at) VALUES (?, ?)', id, at);
      }
      return undefined;
    });
  }
}

function namedAlone<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new AppError('NAME_TAKEN', {
      message: `There is already a grant “${name}” in this workspace.`,
      cause: error,
    });
  }
}

export interface GrantSecretAddress {
  readonly grantId: string;
  readonly name: string;
  /** The hosts of the grant as they are stored: the seal covers them. */
  readonly hosts: string;
}

const secretRowSchema = z
  .object({ grant_id: z.string(), name: z.string(), hosts_json: z.string(), sealed: blobSchema })
  .transform(({ grant_id: grantId, hosts_json: hosts, ...row }) => ({ grantId, hosts, ...row }));

export class SealedGrantSecrets implements SealedTable<GrantSecretAddress> {
  readonly #sealed: ReadCache<Uint8Array | undefined>;

  constructor(private readonly database: Database) {
    this.#sealed = new ReadCache(database);
  }

  all(): SealedRow<GrantSecretAddress>[] {
    return this.database
      .all(
        `SELECT grant_id, grant_secrets.name AS name, hosts_json, sealed
         FROM grant_secrets JOIN grants ON grants.id = grant_id`,
      )
      .map((row) => secretRowSchema.parse(row));
  }

  find({ grantId, name }: GrantSecretAddress): Uint8Array | undefined {
    return this.#sealed.get(`${grantId} ${name}`, () => {
      const row = this.database.get(
        'SELECT sealed FROM grant_secrets WHERE grant_id = ? AND name = ?',
        grantId,
        name,
      );
      return row && blobSchema.parse(row['sealed']);
    });
  }

  /** Throws `NO_SUCH_GRANT`. */
  put({ grantId, name, sealed }: SealedRow<GrantSecretAddress>): void {
    addingTo('NO_SUCH_GRANT', () =>
      this.database.run(
        `INSERT INTO grant_secrets (grant_id, name, sealed) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
        grantId,
        name,
        sealed,
      ),
    );
  }

  remove({ grantId, name }: GrantSecretAddress): void {
    this.database.run('DELETE FROM grant_secrets WHERE grant_id = ? AND name = ?', grantId, name);
  }

  removeAll(): void {
    this.database.run('DELETE FROM grant_secrets');
    this.database.checkpoint();
  }

  transaction(work: () => void): void {
    this.database.transaction(work);
  }
}

/** The seals over what grants may be used for. */
export class GrantSealRows {
  constructor(private readonly database: Database) {}

  any(): boolean {
    return this.database.get('SELECT 1 AS found FROM grant_seals LIMIT 1') !== undefined;
  }

  find(grantId: string): Uint8Array | undefined {
    const row = this.database.get('SELECT sealed FROM grant_seals WHERE grant_id = ?', grantId);
    return row && blobSchema.parse(row['sealed']);
  }

  /** Throws `NO_SUCH_GRANT`. */
  put(grantId: string, sealed: Uint8Array): void {
    addingTo('NO_SUCH_GRANT', () =>
      this.database.run(
        `INSERT INTO grant_seals (grant_id, sealed) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET sealed = excluded.sealed`,
        grantId,
        sealed,
      ),
    );
  }

  removeAll(): void {
    this.database.run('DELETE FROM grant_seals');
  }
}
