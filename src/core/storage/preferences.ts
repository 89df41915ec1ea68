import type { z } from 'zod';
import type { Database } from './database';

/** Small settings of the app, each a JSON value under a name. */
export class PreferenceRows {
  constructor(private readonly database: Database) {}

  /** `undefined` if it was never set, or if this version does not understand the value. */
  get<Schema extends z.ZodType>(key: string, schema: Schema): z.infer<Schema> | undefined {
    const row = this.database.get('SELECT value_json FROM preferences WHERE key = ?', key);
    if (row === undefined) return undefined;
    return schema.safeParse(JSON.parse(String(row['value_json']))).data;
  }

  set(key: string, value: unknown): void {
    this.database.run(
      `INSERT INTO preferences (key, value_json) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET value_json = excluded.value_json`,
      key,
      JSON.stringify(value),
    );
  }
}
