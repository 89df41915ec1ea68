/**
 * Makes a new database of what can be read of a damaged one. A row whose checksum is right is carried over. For
 * others, the last backup is asked. What is left is kept only if it is worth more than the doubt about it.
 */
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { saysDamaged, withAttached } from './attached';
import { checkedTables, columnsOf, writeAllChecksums } from './checked-rows';
import { createDatabaseFile, removeDatabase } from './create';
import { Database } from './database';
import { PRIVATE_FILE } from './files';
import { migrations } from './migrations';
import { readableRows, type ReadableRow } from './readable-rows';
import { move } from './replace';
import { FIRST_CHECKED_VERSION, isSchemaSound } from './schema-check';
import { APPLICATION_ID, numberOf } from './soundness';

/** Rows without checksums: records of what happened, and the uses that limits count. */
const uncheckedTables = ['activity', 'audit', 'audit_head', 'grant_uses'] as const;

/** Tables whose rows are sealed, so that a changed one is refused when it is opened. */
const sealedTables: readonly string[] = [
  'local_documents',
  'kept_edits',
  'credentials',
  'grant_seals',
  'grant_secrets',
];

export interface Salvaged {
  /** Rows carried over, by table. */
  readonly kept: ReadonlyMap<string, number>;
  /** Rows that only the backup had as they were written, by table. */
  readonly fromBackup: ReadonlyMap<string, number>;
  /** Rows that could be read and not be trusted, by table. */
  readonly lost: ReadonlyMap<string, number>;
  /** Tables with parts that could not be read. */
  readonly gaps: readonly string[];
  /** Names of environments that may be wrong. */
  readonly doubtful: readonly string[];
}

export interface SalvageFiles {
  readonly damaged: string;
  /** Where the new database goes, complete or not at all. */
  readonly salvaged: string;
  /** A sound backup of the same version. */
  readonly backup: string | undefined;
}

/** `undefined` if nothing can be read. The damaged file is only read. Throws `STORAGE_FAILED`. */
export function salvage({ damaged, salvaged, backup }: SalvageFiles): Salvaged | undefined {
  const scratch = `${salvaged}.scratch`;
  const unfinished = `${salvaged}.unfinished`;
  try {
    const version = copyReadable(damaged, scratch);
    if (version === undefined) return undefined;
    createDatabaseFile(unfinished, version);
    const hasBackup = backup !== undefined && versionOf(backup) === version;
    const result = withAttached(
      { fresh: unfinished, old: scratch, ...(hasBackup && { backup }) },
      (database) => database.transaction(() => carryOver(database, version, hasBackup)),
      `${IGNORING_SCHEMA_ERRORS}; PRAGMA foreign_keys = OFF`,
    );
    if (result.kept.size + result.fromBackup.size === 0) return undefined;
    move(unfinished, salvaged);
    return result;
  } catch (error) {
    if (saysDamaged(error)) return undefined;
    throw error;
  } finally {
    removeDatabase(scratch);
    removeDatabase(unfinished);
  }
}

/** A table whose definition is damaged does not keep the others from being read. */
const IGNORING_SCHEMA_ERRORS = 'PRAGMA writable_schema = ON';

const versionOf = (path: string): number =>
  withAttached({ file: path }, (database) => numberOf(database, 'file', 'user_version'));

/** Copies a damaged database and repairs what is known of it. Returns its version, if it can be read then. */
function copyReadable(damaged: string, scratch: string): number | undefined {
  removeDatabase(scratch);
  const content = readFileSync(damaged);
  if (content.byteLength < HEADER_BYTES) return undefined;
  writeFileSync(scratch, repairedHeader(content), { mode: PRIVATE_FILE });
  if (existsSync(`${damaged}-wal`)) copyFileSync(`${damaged}-wal`, `${scratch}-wal`);
  try {
    const known = withAttached({ old: scratch }, (database) => {
      const version = numberOf(database, 'old', 'user_version');
      const candidates = [version, migrations.length].filter(
        (each) => each >= FIRST_CHECKED_VERSION && each <= migrations.length,
      );
      return candidates.find((each) => isSchemaSound(database, 'old', each));
    });
    if (known !== undefined) return known;
  } catch (error) {
    if (!saysDamaged(error)) throw error;
  }
  return repairSchema(scratch);
}

const HEADER_BYTES = 100;
const PAGE_BYTES = 4096;

/** The header with what is the same in every database of ours, see https://www.sqlite.org/fileformat.html. */
function repairedHeader(content: Buffer): Buffer {
  const repaired = Buffer.from(content);
  repaired.write('SQLite format 3\0', 0, 'latin1');
  repaired.writeUInt16BE(PAGE_BYTES, 16);
  // Both formats are written with a write-ahead log, reserved bytes, and fractions of a page.
  repaired.set([2, 2, 0, 64, 32, 32], 18);
  repaired.writeUInt32BE(Math.floor(content.byteLength / PAGE_BYTES), 28);
  // Of the schema, the page that grows the file, and the encoding UTF-8.
  repaired.writeUInt32BE(4, 44);
  repaired.writeUInt32BE(0, 52);
  repaired.writeUInt32BE(1, 56);
  repaired.writeUInt32BE(0, 64);
  repaired.writeUInt32BE(APPLICATION_ID, 68);
  // The size above counts.
  repaired.writeUInt32BE(content.readUInt32BE(24), 92);
  return repaired;
}

/** Writes the schema that the version has over a damaged one. */
function repairSchema(scratch: string): number | undefined {
  try {
    return withAttached(
      { old: scratch },
      (database) => {
        const noted = numberOf(database, 'old', 'user_version');
        const version = noted >= 1 && noted <= migrations.length ? noted : migrations.length;
        for (const { type, name, tableName, sql } of schemaOf(version)) {
          database.run(
            'UPDATE old.sqlite_schema SET type = ?, tbl_name = ?, sql = ? WHERE name = ?',
            type,
            tableName,
            sql,
            name,
          );
          database.run(
            'UPDATE old.sqlite_schema SET type = ?, tbl_name = ?, name = ? WHERE sql = ?',
            type,
            tableName,
            name,
            sql,
          );
        }
        return version;
      },
      IGNORING_SCHEMA_ERRORS,
    );
  } catch (error) {
    if (saysDamaged(error)) return undefined;
    throw error;
  }
}

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly tableName: string;
  readonly sql: string;
}

function schemaOf(version: number): SchemaObject[] {
  const database = new Database(':memory:');
  try {
    for (const migration of migrations.slice(0, version)) database.execute(migration);
    return database
      .all('SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL')
      .map((row) => ({
        type: String(row['type']),
        name: String(row['name']),
        tableName: String(row['tbl_name']),
        sql: String(row['sql']),
      }));
  } finally {
    database.close();
  }
}

interface LeftRow {
  readonly table: string;
  readonly row: ReadableRow;
}

type Values = ReadableRow['values'];

/** Fills `fresh` with what can be had from `old` and `backup`. */
function carryOver(database: Database, version: number, hasBackup: boolean): Salvaged {
  const kept = new Tally();
  const fromBackup = new Tally();
  const lost = new Tally();
  const left: LeftRow[] = [];
  const gaps: string[] = [];
  const names = tablesOf(database);
  for (const table of names) {
    const { rows, hasGaps } = readableRows(database, table);
    const isChecked = checkedTables.some(({ name }) => name === table);
    for (const row of rows) {
      const isTrusted = row.isSound !== false || !isChecked;
      if (isTrusted && insert(database, table, row.values)) kept.add(table);
      else left.push({ table, row });
    }
    if (hasGaps) gaps.push(table);
  }
  const lossy = names.filter(
    (table) => gaps.includes(table) || left.some((each) => each.table === table),
  );
  if (hasBackup) {
    for (const table of lossy) fromBackup.add(table, copyFromBackup(database, table));
  }
  const doubtful: string[] = [];
  for (const { table, row } of left) {
    if (isThere(database, table, row.values)) continue;
    const worthy = worthKeeping(database, table, row.values, left);
    if (worthy === undefined || !insert(database, table, worthy)) {
      lost.add(table);
      continue;
    }
    kept.add(table);
    if (table === 'environments') doubtful.push(String(worthy['name']));
  }
  doubtful.push(...adoptOrphans(database));
  removeOrphans(database, lost);
  if (version >= FIRST_CHECKED_VERSION) writeAllChecksums(database, 'fresh');
  return { kept: kept.counts, fromBackup: fromBackup.counts, lost: lost.counts, gaps, doubtful };
}

class Tally {
  readonly #counts = new Map<string, number>();

  add(table: string, count = 1): void {
    if (count > 0) this.#counts.set(table, (this.#counts.get(table) ?? 0) + count);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** The tables of the version, parents first. */
const tablesOf = (database: Database): string[] =>
  [...checkedTables.map(({ name }) => name), ...uncheckedTables].filter(
    (table) => columnsOf(database, 'fresh', table).length > 0,
  );

/** `false` if the row contradicts the schema or another row. */
function insert(database: Database, table: string, values: Values): boolean {
  const columns = Object.keys(values);
  try {
    database.run(
      `INSERT INTO fresh."${table}" (${columns.map((column) => `"${column}"`).join(', ')})
       VALUES (${columns.map(() => '?').join(', ')})`,
      ...Object.values(values),
    );
    return true;
  } catch (error) {
    if (saysDamaged(error)) return false;
    throw error;
  }
}

/** Returns how many rows were missing. */
function copyFromBackup(database: Database, table: string): number {
  const columns = columnsOf(database, 'fresh', table)
    .map((column) => `"${column}"`)
    .join(', ');
  return database.run(
    `INSERT OR IGNORE INTO fresh."${table}" (${columns})
     SELECT ${columns} FROM backup."${table}" ORDER BY rowid`,
  );
}

/** Whether there is a row with the same key by now. */
function isThere(database: Database, table: string, values: Values): boolean {
  const key = checkedTables.find(({ name }) => name === table)?.key ?? ['rowid'];
  const found = database.get(
    `SELECT 1 AS found FROM fresh."${table}"
     WHERE ${key.map((column) => `"${column}" IS ?`).join(' AND ')}`,
    ...key.map((column) => values[column] ?? null),
  );
  return found !== undefined;
}

/** What to keep of a row that has a wrong checksum, and that no backup has. */
function worthKeeping(
  database: Database,
  table: string,
  values: Values,
  left: readonly LeftRow[],
): Values | undefined {
  if (sealedTables.includes(table)) return values;
  const id = values['id'] ?? null;
  const isNamedBy = (child: string, column: string): boolean =>
    left.some(({ table: name, row }) => name === child && row.values[column] === id) ||
    database.get(`SELECT 1 AS found FROM fresh."${child}" WHERE "${column}" = ?`, id) !== undefined;
  if (table === 'workspaces' && isNamedBy('environments', 'workspace_id')) return values;
  // Its values may be nowhere else. The path is in doubt, and so it is not linked to one.
  if (table === 'environments' && isNamedBy('local_documents', 'environment_id')) {
    return { ...values, synced: 0, active: 0 };
  }
  return undefined;
}

/** Gives a parent to rows that have lost theirs. Returns the names of new environments. */
function adoptOrphans(database: Database): string[] {
  const adopted: string[] = [];
  const workspaces = database.all(
    `SELECT DISTINCT workspace_id AS id FROM fresh.environments
     WHERE workspace_id NOT IN (SELECT id FROM fresh.workspaces)`,
  );
  const addWorkspace = (id: string): void => {
    insert(database, 'workspaces', { id, name: 'Recovered', position: 0, created_at: 0 });
  };
  for (const { id } of workspaces) addWorkspace(String(id));
  const documents = database.all(
    `SELECT environment_id AS id FROM fresh.local_documents
     WHERE environment_id NOT IN (SELECT id FROM fresh.environments)`,
  );
  if (documents.length === 0) return adopted;
  const anyWorkspace = (): string | undefined => {
    const row = database.get('SELECT id FROM fresh.workspaces ORDER BY position LIMIT 1');
    return row && String(row['id']);
  };
  if (anyWorkspace() === undefined) addWorkspace(randomUUID());
  for (const [index, { id }] of documents.entries()) {
    const name = `recovered-${String(index + 1)}`;
    insert(database, 'environments', {
      id: String(id),
      workspace_id: anyWorkspace() ?? '',
      name,
      position: 0,
      synced: 0,
      path: name,
      created_at: 0,
    });
    adopted.push(name);
  }
  return adopted;
}

/** Removes rows that refer to one that is gone. */
function removeOrphans(database: Database, lost: Tally): void {
  for (const { table, rowid } of database.all('PRAGMA fresh.foreign_key_check')) {
    lost.add(
      String(table),
      database.run(`DELETE FROM fresh."${String(table)}" WHERE rowid = ?`, Number(rowid)),
    );
  }
}
