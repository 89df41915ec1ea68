/** Reads the rows of a damaged table: all that can be reached from its start, from its end, or by their numbers. */
import { isUtf8 } from 'node:buffer';
import { saysDamaged } from './attached';
import { checksumOf, columnsOf, contentOf } from './checked-rows';
import { blobSchema, type Database, type SqlRow, type SqlValue } from './database';

export interface ReadableRow {
  readonly values: Readonly<Record<string, SqlValue>>;
  /** Whether the row is as it was written. `undefined` if it has no checksum. */
  readonly isSound: boolean | undefined;
}

export interface ReadableTable {
  readonly rows: readonly ReadableRow[];
  /** Whether a part of the table could not be reached. */
  readonly hasGaps: boolean;
}

/** Between the readable ends of a table, each row number is tried, if there are no more than this. */
const LARGEST_GAP = 100_000;

/** The rows of a table in the attached database `old`. */
export function readableRows(database: Database, table: string): ReadableTable {
  const columns = attempt(() => columnsOf(database, 'old', table)) ?? [];
  if (columns.length === 0) return { rows: [], hasGaps: true };
  const read = readerOf(database, table, columns);
  const first = inOrder(read, 'ASC');
  if (!first.isBroken) return { rows: first.rows.map(({ row }) => row), hasGaps: false };
  const last = inOrder(read, 'DESC', first.rows.at(-1)?.number);
  const rows = [...first.rows, ...last.rows];
  const from = first.rows.at(-1)?.number ?? 0;
  const to = last.rows.at(-1)?.number ?? from;
  if (to - from <= LARGEST_GAP) {
    for (let number = from + 1; number < to; number += 1) {
      const row = attempt(() => read(`rowid = ?`, number));
      if (row !== undefined) rows.push(row);
    }
  }
  return { rows: rows.map(({ row }) => row), hasGaps: true };
}

interface NumberedRow {
  readonly number: number;
  readonly row: ReadableRow;
}

type Read = (condition: string, ...parameters: SqlValue[]) => NumberedRow | undefined;

function inOrder(
  read: Read,
  order: 'ASC' | 'DESC',
  until?: number,
): { readonly rows: readonly NumberedRow[]; readonly isBroken: boolean } {
  const rows: NumberedRow[] = [];
  const isAscending = order === 'ASC';
  for (let at: number | undefined; ;) {
    const next = attempt(() =>
      at === undefined
        ? (read(`true ORDER BY rowid ${order} LIMIT 1`) ?? null)
        : (read(`rowid ${isAscending ? '>' : '<'} ? ORDER BY rowid ${order} LIMIT 1`, at) ?? null),
    );
    if (next === undefined) return { rows, isBroken: true };
    // A damaged page may lead back.
    const leadsBack = next !== null && at !== undefined && isAscending !== next.number > at;
    if (next === null || leadsBack) return { rows, isBroken: leadsBack };
    if (until !== undefined && next.number <= until) return { rows, isBroken: true };
    rows.push(next);
    at = next.number;
  }
}

/** `undefined` if SQLite finds damage. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (saysDamaged(error)) return undefined;
    throw error;
  }
}

function readerOf(database: Database, table: string, columns: readonly string[]): Read {
  // Texts as bytes: libsql ends the process at one that is not valid UTF-8.
  const parts = columns.flatMap((column, index) => [
    `typeof("${column}") AS type${String(index)}`,
    `iif(typeof("${column}") = 'text', CAST("${column}" AS BLOB), "${column}") AS value${String(index)}`,
  ]);
  const hasChecksum =
    database.get(
      `SELECT 1 AS found FROM pragma_table_info(?, 'old') WHERE name = 'checksum'`,
      table,
    ) !== undefined;
  const checksum = hasChecksum ? `iif(typeof(checksum) = 'blob', checksum, x'')` : 'NULL';
  const sql = `SELECT rowid AS number, ${parts.join(', ')}, ${contentOf(table, columns)} AS content,
    ${checksum} AS checksum FROM old."${table}" WHERE `;
  return (condition, ...parameters) => {
    const found = database.get(sql + condition, ...parameters);
    if (found === undefined) return undefined;
    const texts = columns.map((_, index) => valueOf(found, index));
    return {
      number: Number(found['number']),
      row: {
        values: Object.fromEntries(
          columns.map((column, index) => [column, texts[index]?.value ?? null]),
        ),
        isSound: texts.every(({ isWhole }) => isWhole) && soundnessOf(found),
      },
    };
  };
}

function soundnessOf({ content, checksum }: SqlRow): boolean | undefined {
  if (checksum === null) return undefined;
  return checksumOf(blobSchema.parse(content)).equals(blobSchema.parse(checksum));
}

interface ReadValue {
  readonly value: SqlValue;
  readonly isWhole: boolean;
}

function valueOf(row: SqlRow, index: number): ReadValue {
  const value = row[`value${String(index)}`];
  if (row[`type${String(index)}`] === 'text') {
    const bytes = Buffer.from(blobSchema.parse(value));
    const text = bytes.toString('utf8');
    return {
      value: text.replaceAll('\0', '\uFFFD'),
      isWhole: isUtf8(bytes) && !text.includes('\0'),
    };
  }
  const blob = blobSchema.safeParse(value);
  if (blob.success) return { value: blob.data, isWhole: true };
  return { value: typeof value === 'number' ? value : null, isWhole: true };
}
