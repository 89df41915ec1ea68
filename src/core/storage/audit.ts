import { z } from 'zod';
import { auditContentSchema, type AuditEntry, type AuditFilter } from '@shared/model/audit';
import { textAsBlobSchema, type Database, type SqlValue } from './database';
import { ReadCache } from './read-cache';

/** An entry as it is stored: the content as the text that its hash covers. */
export interface AuditRow {
  readonly seq: number;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  readonly content: string;
  readonly hash: string;
}

export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** Which entries to return: the newest `limit` of those that match. */
export interface AuditQuery extends AuditFilter {
  readonly limit: number;
  /** Only entries older than this one. */
  readonly before?: number | undefined;
  /** Only entries newer than this one. */
  readonly after?: number | undefined;
}

const rowSchema = z
  .object({
    seq: z.number(),
    at: z.number(),
    content_json: textAsBlobSchema,
    hash: textAsBlobSchema,
  })
  .transform(({ content_json: content, ...row }): AuditRow => ({ ...row, content }));

const headSchema = z.object({ seq: z.number(), hash: textAsBlobSchema });

const COLUMNS = `seq, at, CAST(content_json AS BLOB) AS content_json, CAST(hash AS BLOB) AS hash`;

/** Where the entries of the audit go, and come from if they are kept. */
export type AuditStore = Pick<
  AuditRows,
  'append' | 'appendOnDisk' | 'head' | 'after' | 'lastUse' | 'list'
>;

/** The rows of the audit. Nothing changes or removes one: the database itself refuses it. */
export class AuditRows {
  /** The last entry: each new one needs it. */
  readonly #last: ReadCache<AuditHead | undefined>;

  constructor(private readonly database: Database) {
    this.#last = new ReadCache(database);
  }

  /** Appends the rows that `make` makes from the last entry, and notes the last of them. */
  append(make: (last: AuditHead | undefined) => readonly AuditRow[]): void {
    this.database.transaction(() => {
      this.#append(make(this.head()));
    });
  }

  /** As `append`. Resolves when the rows are on the disk. */
  async appendOnDisk(make: (last: AuditHead | undefined) => readonly AuditRow[]): Promise<void> {
    await this.database.transactionOnDisk(() => {
      this.#append(make(this.head()));
    });
  }

  #append(rows: readonly AuditRow[]): void {
    for (const { seq, at, content, hash } of rows) {
      this.database.append(
        'INSERT INTO audit (seq, at, content_json, hash) VALUES (?, ?, ?, ?)',
        seq,
        at,
        content,
        hash,
      );
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    this.database.append(
      `INSERT INTO audit_head (id, seq, hash) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
      last.seq,
      last.hash,
    );
    this.#last.put('head', last);
  }

  /** The last entry, as it was noted; `undefined` before the first. */
  head(): AuditHead | undefined {
    return this.#last.get('head', () => {
      const row = this.database.get('SELECT seq, CAST(hash AS BLOB) AS hash FROM audit_head');
      return row && headSchema.parse(row);
    });
  }

  /** Oldest first: at most `limit` rows after an entry. */
  after(seq: number, limit: number): AuditRow[] {
    return this.database
      .all(`SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit)
      .map((row) => rowSchema.parse(row));
  }

  /** When a grant was used last, in milliseconds since 1970, UTC; `undefined` if it never was. */
  lastUse(grantId: string): number | undefined {
    const row = this.database.get(
      `SELECT at FROM audit
       WHERE grant_id = ? AND event = 'request' AND content_json ->> '$.decision' = 'allowed'
       ORDER BY seq DESC LIMIT 1`,
      grantId,
    );
    return row && z.number().parse(row['at']);
  }

  /** Newest first. */
  list({ limit, ...query }: AuditQuery): AuditEntry[] {
    const conditions = conditionsOf(query);
    const where = conditions.map(({ sql }) => sql).join(' AND ');
    return this.database
      .all(
        `SELECT ${COLUMNS} FROM audit
         ${where === '' ? '' : `WHERE ${where}`} ORDER BY seq DESC LIMIT ?`,
        ...conditions.flatMap(({ values }) => values),
        limit,
      )
      .map((row) => entryOf(rowSchema.parse(row)));
  }
}

/** Reads an entry that somebody may have changed: what is not understood is left out. */
function entryOf({ seq, at, content, hash }: AuditRow): AuditEntry {
  const { data } = auditContentSchema.safeParse(parsed(content));
  return { seq, at, hash, ...(data ?? { event: 'request', actor: '', detail: UNREADABLE }) };
}

const UNREADABLE = 'This entry cannot be read: it was changed.';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

function conditionsOf(query: Omit<AuditQuery, 'limit'>): Condition[] {
  const { events, grant, decision, callers, since, until, text, before, after } = query;
  const conditions: Condition[] = [];
  const add = (sql: string, ...values: SqlValue[]): void => {
    conditions.push({ sql, values });
  };
  if (events !== undefined) {
    // One parameter, so that the statement is the same for any number of them.
    add('event IN (SELECT value FROM json_each(?))', JSON.stringify(events));
  }
  if (grant !== undefined) {
    add(`(grant_id = ? OR content_json ->> '$.grant.name' = ?)`, grant, grant);
  }
  if (decision !== undefined) add(`content_json ->> '$.decision' = ?`, decision);
  if (callers !== undefined) {
    add(
      `content_json ->> '$.caller.kind' IN (SELECT value FROM json_each(?))`,
      JSON.stringify(callers),
    );
  }
  if (since !== undefined) add('at >= ?', since);
  if (until !== undefined) add('at < ?', until);
  if (text !== undefined && text !== '') {
    const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    add(
      String.raw`EXISTS (SELECT 1 FROM json_tree(content_json)
         WHERE type NOT IN ('object', 'array') AND value LIKE ? ESCAPE '\')`,
      pattern,
    );
  }
  if (before !== undefined) add('seq < ?', before);
  if (after !== undefined) add('seq > ?', after);
  return conditions;
}
