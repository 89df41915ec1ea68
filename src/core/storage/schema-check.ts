/** A checksum of the schema itself: a flipped bit in it can rename a column or change the version of the database. */
import { createHash } from 'node:crypto';
import { blobSchema, type Database } from './database';
import { migrations } from './migrations';

/** The version that added the checksums of the schema and of rows. */
export const FIRST_CHECKED_VERSION =
  migrations.findIndex((each) => each.includes('CREATE TABLE schema_check')) + 1;

/** The hash of a schema as if it had this version. As bytes: see `contentOf`. */
function hashOf(database: Database, schema: string, version: number): Buffer {
  const hash = createHash('sha256').update(`version ${String(version)}\n`);
  const rows = database.all(
    `SELECT CAST(quote(type) || quote(name) || quote(tbl_name) || quote(sql) AS BLOB) AS content
     FROM "${schema}".sqlite_schema ORDER BY CAST(name AS BLOB)`,
  );
  for (const { content } of rows) hash.update(blobSchema.parse(content)).update('\n');
  return hash.digest();
}

/** Notes the schema of a database after it was made or migrated. */
export function noteSchema(database: Database, schema: string, version: number): void {
  database.run(`DELETE FROM "${schema}".schema_check`);
  database.run(
    `INSERT INTO "${schema}".schema_check (id, hash) VALUES (1, ?)`,
    hashOf(database, schema, version),
  );
}

/** Whether the schema is as it was noted, for a database of this version. Throws SQLite’s errors if it cannot be read. */
export function isSchemaSound(database: Database, schema: string, version: number): boolean {
  const noted = database.get(
    `SELECT iif(typeof(hash) = 'blob', hash, x'') AS hash FROM "${schema}".schema_check`,
  );
  if (noted === undefined) return false;
  return hashOf(database, schema, version).equals(blobSchema.parse(noted['hash']));
}
