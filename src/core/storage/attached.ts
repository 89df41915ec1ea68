import { isAppError } from '@shared/errors';
import { Database, SQLITE, sqliteCode } from './database';

/** `path` as a text in SQL. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Runs work with database files attached, by the name of their schema. A file that is detached
 * is closed although a statement has read from it, unlike the file of a connection: see `database.ts`. `settings` is SQL that runs first.
 */
export function withAttached<T>(
  files: Readonly<Record<string, string>>,
  work: (database: Database) => T,
  settings = '',
): T {
  const database = new Database(':memory:');
  const attached: string[] = [];
  try {
    database.execute(settings);
    for (const [schema, path] of Object.entries(files)) {
      database.execute(`ATTACH ${quoted(path)} AS "${schema}"`);
      attached.push(schema);
    }
    return work(database);
  } finally {
    for (const schema of attached) database.execute(`DETACH "${schema}"`);
    database.close();
  }
}

/** What SQLite says if it could not even try: the file may be sound. */
const hindrances: readonly number[] = [
  SQLITE.perm,
  SQLITE.busy,
  SQLITE.locked,
  SQLITE.noMemory,
  SQLITE.readOnly,
  SQLITE.ioError,
  SQLITE.full,
  SQLITE.cannotOpen,
];

/** SQLite’s code of an error of `Database`. */
export const codeOf = (error: unknown): number | undefined =>
  sqliteCode(isAppError(error, 'STORAGE_FAILED') ? error.cause : error);

/** Whether an error says that a file is damaged, or is no database. */
export function saysDamaged(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && !hindrances.includes(code);
}
