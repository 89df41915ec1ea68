/**
 * Checksums of the rows that matter. SQLite notices damage to the structure of its file, but a flipped bit in a value
 * is just another value to it. A changed address, path or policy must never be used without a word.
 *
 * The checksum is a column of the row. Triggers of the connection note which rows a transaction writes, and the
 * checksums are written before it is committed, so that no repository can forget one.
 */
import { createHash } from 'node:crypto';
import { blobSchema, type Database } from './database';

export interface CheckedTable {
  readonly name: string;
  /** The columns that tell its rows apart. */
  readonly key: readonly string[];
}

/** Parents come before their children. */
export const checkedTables: readonly CheckedTable[] = [
  { name: 'workspaces', key: ['id'] },
  { name: 'environments', key: ['id'] },
  { name: 'local_documents', key: ['environment_id'] },
  { name: 'kept_edits', key: ['id'] },
  { name: 'variable_marks', key: ['environment_id', 'key'] },
  { name: 'owner_marks', key: ['environment_id'] },
  { name: 'moves', key: ['id'] },
  { name: 'vault_selection', key: ['scope'] },
  { name: 'vault_configurations', key: ['scope', 'provider'] },
  { name: 'credentials', key: ['scope', 'provider', 'field'] },
  { name: 'grants', key: ['id'] },
  { name: 'grant_seals', key: ['grant_id'] },
  { name: 'grant_secrets', key: ['grant_id', 'name'] },
  { name: 'clients', key: ['id'] },
  { name: 'preferences', key: ['key'] },
];

/** Those that a database has: an older version lacks some. */
export const checkedTablesIn = (database: Database, schema: string): readonly CheckedTable[] =>
  checkedTables.filter(({ name }) => {
    const tables = `SELECT count(*) AS found FROM "${schema}".sqlite_schema WHERE name = ?`;
    return database.get(tables, name)?.['found'] === 1;
  });

/** The columns of a table, without the checksum. `schema` is that of the database in the connection. */
export const columnsOf = (database: Database, schema: string, table: string): string[] =>
  database
    .all(
      `SELECT name FROM pragma_table_info(?, ?) WHERE name <> 'checksum' ORDER BY cid`,
      table,
      schema,
    )
    .map(({ name }) => String(name));

/**
 * The content of a row of a table as bytes. Not as text: a text that is not valid UTF-8 ends the process, because
 * libsql cannot return it.
 */
export const contentOf = (table: string, columns: readonly string[]): string => {
  const values = columns.map((column) => `quote("${column}")`).join(` || ',' || `);
  return `CAST('${table}:' || ${values} AS BLOB)`;
};

const CHECKSUM_BYTES = 32;

export const checksumOf = (content: Uint8Array): Buffer =>
  createHash('sha256').update(content).digest();

/** Keeps the checksums of a database right, from now on. Once for each connection. */
export function keepChecksums(database: Database): void {
  database.execute('CREATE TEMP TABLE written (place INTEGER NOT NULL, row INTEGER NOT NULL)');
  const writers = checkedTables.map(({ name }, place) => {
    for (const [event, only] of [
      ['INSERT', ''],
      // Writing the checksum itself is no news.
      ['UPDATE', 'WHEN NEW.checksum IS OLD.checksum'],
    ] as const) {
      database.execute(`
        CREATE TEMP TRIGGER "${event} ${name}" AFTER ${event} ON main."${name}" ${only}
        BEGIN INSERT INTO written VALUES (${String(place)}, NEW.rowid); END;
      `);
    }
    return writerOf(database, 'main', name);
  });
  database.beforeCommit(() => {
    const written = database.all(
      'SELECT place, json_group_array(DISTINCT row) AS rows FROM temp.written GROUP BY place',
    );
    if (written.length === 0) return;
    for (const { place, rows } of written) writers[Number(place)]?.(String(rows));
    database.run('DELETE FROM temp.written');
  });
}

/** Writes the checksums of all rows, after a migration or a salvage has changed them. */
export function writeAllChecksums(database: Database, schema: string): void {
  for (const { name } of checkedTablesIn(database, schema)) {
    const write = writerOf(database, schema, name);
    const all = `SELECT json_group_array(rowid) AS rows FROM "${schema}"."${name}"`;
    for (const { rows } of database.all(all)) write(String(rows));
  }
}

/**
 * Returns how the checksums of rows are written, by a JSON list of row ids; rows that are gone are left alone. Many rows
 * in two statements: each statement costs more than the checksum.
 */
function writerOf(database: Database, schema: string, table: string): (rows: string) => void {
  const place = `"${schema}"."${table}"`;
  const content = contentOf(table, columnsOf(database, schema, table));
  const read = `SELECT rowid AS row, ${content} AS content FROM ${place}
    WHERE rowid IN (SELECT value FROM json_each(?))`;
  const write = `UPDATE ${place} SET checksum = unhex(fresh.value) FROM json_each(?) AS fresh
    WHERE "${table}".rowid = CAST(fresh.key AS INTEGER)`;
  return (rows) => {
    const fresh = database
      .all(read, rows)
      .map(({ row, content: bytes }) => [
        String(row),
        checksumOf(blobSchema.parse(bytes)).toString('hex'),
      ]);
    if (fresh.length > 0) database.run(write, JSON.stringify(Object.fromEntries(fresh)));
  };
}

/** Whether every row of a table has its checksum. */
export function isTableSound(database: Database, schema: string, table: string): boolean {
  const content = contentOf(table, columnsOf(database, schema, table));
  // One value for each row, because this runs at every start: the checksum and what it is of.
  return database
    .all(`SELECT CAST(hex(checksum) || ${content} AS BLOB) AS row FROM "${schema}"."${table}"`)
    .every(({ row }) => {
      if (!(row instanceof ArrayBuffer)) return false;
      const bytes = Buffer.from(row);
      const checksum = bytes.subarray(0, CHECKSUM_BYTES * 2).toString('latin1');
      return (
        checksum ===
        checksumOf(bytes.subarray(CHECKSUM_BYTES * 2))
          .toString('hex')
          .toUpperCase()
      );
    });
}
