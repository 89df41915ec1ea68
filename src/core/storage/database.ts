/**
 * A small, typed layer over libsql. It avoids three traps: binding anything but a number, a text, bytes or
 * null aborts the whole process; a text is cut at a NUL; and a connection stays open until its last statement
 * has been garbage-collected.
 */
import LibsqlDatabase, { SqliteError } from 'libsql';
import { z } from 'zod';
import { AppError, isAppError } from '@shared/errors';
import { LogFile } from './log-file';

export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Readonly<Record<string, unknown>>;

/** A BLOB in a row: the library gives a `Buffer` for a single row, and an `ArrayBuffer` in a list. */
export const blobSchema = z
  .union([z.instanceof(Uint8Array), z.instanceof(ArrayBuffer)])
  .transform((bytes) => new Uint8Array(bytes));

/**
 * A text that was read as `CAST(… AS BLOB)`. libsql ends the process at a text that is not valid UTF-8, so texts that
 * no checksum covers are read in this way.
 */
export const textAsBlobSchema = blobSchema.transform((bytes) =>
  Buffer.from(bytes).toString('utf8'),
);

type LibsqlConnection = InstanceType<typeof LibsqlDatabase>;
type LibsqlStatement = ReturnType<LibsqlConnection['prepare']>;

function assertBindable(parameters: readonly SqlValue[]): void {
  for (const value of parameters as readonly unknown[]) {
    if (typeof value === 'number' || value === null || value instanceof Uint8Array) continue;
    if (typeof value !== 'string') throw new TypeError(`SQLite cannot hold a ${typeof value}`);
    if (value.includes('\0')) {
      throw new AppError('INVALID_INPUT', { message: 'A text cannot hold the character NUL.' });
    }
  }
}

/** SQLite's primary result code, see https://www.sqlite.org/rescode.html; `undefined` for other errors. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof SqliteError) || error.rawCode === undefined) return undefined;
  return error.rawCode & 0xff;
}

export const SQLITE = {
  perm: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const;

/** Whether a row was refused because a unique index already has the same values. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE';

/** Runs work that adds rows to a parent row; throws this code if the parent no longer exists. */
export function addingTo<T>(
  code: 'NO_SUCH_WORKSPACE' | 'NO_SUCH_ENVIRONMENT' | 'NO_SUCH_GRANT',
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SqliteError) || error.code !== 'SQLITE_CONSTRAINT_FOREIGNKEY')
      throw error;
    throw new AppError(code, { cause: error });
  }
}

/** `STORAGE_FAILED` for faults that the caller cannot handle; other errors unchanged. */
function storageError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined || code === SQLITE.constraint || code === 1) return error;
  if (code === SQLITE.full) {
    return new AppError('STORAGE_FAILED', {
      message: `The disk is full: ${path} cannot grow.`,
      hint: 'Make room on the disk, then try again.',
      cause: error,
    });
  }
  if (code === SQLITE.corrupt || code === SQLITE.notADatabase) {
    return new AppError('STORAGE_FAILED', {
      message: `The database ${path} is damaged.`,
      hint: 'Start Strongroom again: it sets a damaged database aside and creates a new one.',
      cause: error,
    });
  }
  return new AppError('STORAGE_FAILED', {
    message: `The database ${path} cannot be read or written.`,
    cause: error,
  });
}

/** When SQLite waits for the disk: at the end of a commit, or only before it copies its log into the database. */
export const WAITS = {
  atCommit: 'PRAGMA synchronous = FULL',
  later: 'PRAGMA synchronous = NORMAL',
} as const;

export class Database {
  readonly #connection: LibsqlConnection;
  readonly #statements = new Map<string, LibsqlStatement>();
  #depth = 0;
  readonly #log: LogFile;
  #beforeCommit: (() => void) | undefined;
  #generation = 0;
  /** Switched only when it has to be: one request after the other notes its use, and nothing else is written. */
  #waits: keyof typeof WAITS = 'atCommit';

  /** `onClose` runs after the connection has been closed. */
  constructor(
    readonly path: string,
    private readonly onClose: () => void = () => undefined,
  ) {
    this.#connection = connect(path);
    this.#log = new LogFile(`${path}-wal`);
  }

  /** Another number whenever something was written, except by `append`: what was read before may be out of date. */
  get generation(): number {
    return this.#generation;
  }

  /** Runs SQL that returns no rows and takes no parameters. Leaves no statement behind. */
  execute(sql: string): void {
    this.#generation += 1;
    this.#execute(sql);
  }

  #execute(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  all(sql: string, ...parameters: SqlValue[]): SqlRow[] {
    assertBindable(parameters);
    return this.#guard(() => this.#statement(sql).all(parameters) as SqlRow[]);
  }

  /** The first row. */
  get(sql: string, ...parameters: SqlValue[]): SqlRow | undefined {
    assertBindable(parameters);
    const found = this.#guard(() => this.#statement(sql).get(parameters) as SqlRow | undefined);
    if (found === undefined) return undefined;
    // The library adds how long it took.
    const { _metadata, ...row } = found;
    return row;
  }

  /** Returns the number of changed rows. */
  run(sql: string, ...parameters: SqlValue[]): number {
    this.#generation += 1;
    return this.append(sql, ...parameters);
  }

  /** As `run`, for a log: nothing that is kept in memory depends on its rows, so `generation` stays. */
  append(sql: string, ...parameters: SqlValue[]): number {
    assertBindable(parameters);
    const work = (): number => this.#guard(() => this.#statement(sql).run(parameters).changes);
    return this.#depth > 0 ? work() : this.transaction(work);
  }

  /** Runs work at the end of every transaction, as a part of it. A single `run` is a transaction then. */
  beforeCommit(work: () => void): void {
    this.#beforeCommit = work;
  }

  /**
   * Runs work completely or not at all. Inside another transaction it joins that one. `work` must not be
   * async: there is only one connection, so statements of others would join the transaction.
   */
  transaction<T>(work: () => T extends Promise<unknown> ? never : T): T {
    if (this.#depth > 0) return work();
    this.#wait('atCommit');
    return this.#transaction(work);
  }

  #transaction<T>(work: () => T): T {
    this.#begin('BEGIN IMMEDIATE');
    this.#depth += 1;
    try {
      const result = work();
      this.#beforeCommit?.();
      this.#begin('COMMIT');
      return result;
    } catch (error) {
      // What was read since has not happened.
      this.#generation += 1;
      if (this.#connection.inTransaction) this.#execute('ROLLBACK');
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /**
   * As `transaction`, but others can work while it waits for the disk. Resolves when the rows are on the disk; they
   * can be read before. Not inside another transaction.
   */
  async transactionOnDisk(work: () => void): Promise<void> {
    if (!this.#log.open()) {
      this.transaction(work);
      return;
    }
    this.#wait('later');
    this.#transaction(work);
    await this.#log.sync();
  }

  #wait(waits: keyof typeof WAITS): void {
    if (this.#waits === waits) return;
    this.#execute(WAITS[waits]);
    this.#waits = waits;
  }

  /** A statement of a transaction, kept as others are. */
  #begin(sql: 'BEGIN IMMEDIATE' | 'COMMIT'): void {
    this.#guard(() => this.#statement(sql).run([]));
  }

  /** Empties the write-ahead log, so that it no longer contains deleted rows. Not inside a transaction. */
  checkpoint(): void {
    this.#execute('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Writes the write-ahead log into the database file and closes it. Nothing may be called afterwards. */
  close(): void {
    if (!this.#connection.open) return;
    try {
      this.checkpoint();
    } catch (error) {
      // The log has the saved rows, and the next start reads them from there.
      if (!isAppError(error, 'STORAGE_FAILED')) throw error;
    } finally {
      this.#statements.clear();
      this.#log.close();
      this.#connection.close();
      this.onClose();
    }
  }

  #statement(sql: string): LibsqlStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storageError(error, this.path);
    }
  }
}

/** Opens or creates a database file. Throws `STORAGE_FAILED` with its path. */
export function connect(path: string): LibsqlConnection {
  try {
    return new LibsqlDatabase(path, { timeout: 0 });
  } catch (error) {
    throw new AppError('STORAGE_FAILED', {
      message: `The database ${path} cannot be opened.`,
      cause: error,
    });
  }
}
