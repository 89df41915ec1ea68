/** Whether a database file can be used as it is. */
import { statSync } from 'node:fs';
import { AppError } from '@shared/errors';
import { codeOf, saysDamaged, withAttached } from './attached';
import { checkedTablesIn, isTableSound } from './checked-rows';
import { SQLITE, type Database } from './database';
import { storageFailed } from './files';
import { migrations } from './migrations';
import { FIRST_CHECKED_VERSION, isSchemaSound } from './schema-check';

/** “Strg” marks our files, see https://www.sqlite.org/fileformat.html#application_id. */
export const APPLICATION_ID = 0x53747267;

/** The smallest page, and so the smallest possible SQLite database, in bytes. */
const SMALLEST_DATABASE = 512;

/** Fails if a condition does not hold. Returns no text: see `contentOf`. */
const assertSql = (query: string, expected: string): string => `
  CREATE TEMP TABLE assertion (result ANY CHECK (result = ${expected}));
  INSERT INTO assertion ${query};
  DROP TABLE temp.assertion;
`;

export type Soundness = 'sound' | 'damaged' | 'too new';

/** Whether an existing file is an intact database of ours. Throws `STORAGE_FAILED` if nobody can tell. */
export function soundnessOf(path: string): Soundness {
  const stats = statSync(path);
  if (!stats.isFile()) {
    throw new AppError('STORAGE_FAILED', { message: `${path} is not a file.` });
  }
  if (stats.size < SMALLEST_DATABASE) return 'damaged';
  try {
    return withAttached({ file: path }, (database) => {
      if (!canBeWritten(database)) return 'damaged';
      if (numberOf(database, 'file', 'application_id') !== APPLICATION_ID) return 'damaged';
      database.execute(
        assertSql(`SELECT integrity_check FROM pragma_integrity_check(1, 'file')`, `'ok'`),
      );
      return soundnessOfContent(database);
    });
  } catch (error) {
    if (saysDamaged(error)) return 'damaged';
    throw storageFailed(path, error);
  }
}

/**
 * SQLite takes a higher number in the header for a later format, and refuses to write then. Nobody else may read the
 * header: closing the file would release the locks that SQLite holds in this process.
 */
function canBeWritten(database: Database): boolean {
  try {
    database.execute('BEGIN IMMEDIATE; ROLLBACK');
    return true;
  } catch (error) {
    if (codeOf(error) !== SQLITE.readOnly) throw error;
    return false;
  }
}

function soundnessOfContent(database: Database): Soundness {
  const version = numberOf(database, 'file', 'user_version');
  const latest = migrations.length;
  // A flipped bit in the number, and no later version: those have another schema, or note their own number.
  if (version > latest) return isNoted(database, latest) ? 'damaged' : 'too new';
  if (version < FIRST_CHECKED_VERSION) return isNoted(database, latest) ? 'damaged' : 'sound';
  if (!isSchemaSound(database, 'file', version)) return 'damaged';
  const areSound = checkedTablesIn(database, 'file').every(({ name }) =>
    isTableSound(database, 'file', name),
  );
  return areSound ? 'sound' : 'damaged';
}

/** Whether the file says that its schema is that of a version; `false` if it says nothing. */
function isNoted(database: Database, version: number): boolean {
  const found = database.get(
    `SELECT count(*) AS found FROM file.sqlite_schema WHERE name = 'schema_check'`,
  );
  return found?.['found'] === 1 && isSchemaSound(database, 'file', version);
}

/** A number in the header of a database. */
export const numberOf = (
  database: Database,
  schema: string,
  name: 'application_id' | 'user_version',
): number => Number(database.get(`PRAGMA "${schema}".${name}`)?.[name]);
