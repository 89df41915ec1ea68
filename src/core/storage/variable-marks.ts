import { z } from 'zod';
import { addingTo, type Database } from './database';

/** What was said of a variable. What is not said is the default of its kind. */
export interface VariableMark {
  readonly disabled: boolean;
  readonly secret?: boolean | undefined;
}

const rowSchema = z
  .object({ key: z.string(), disabled: z.number(), secret: z.number().nullable() })
  .transform(({ key, disabled, secret }): readonly [string, VariableMark] => [
    key,
    { disabled: disabled === 1, ...(secret !== null && { secret: secret === 1 }) },
  ]);

/** Marks of variables, by environment and key. Never a value. */
export class VariableMarks {
  constructor(private readonly database: Database) {}

  list(environmentId: string): Map<string, VariableMark> {
    return new Map(
      this.database
        .all(
          'SELECT key, disabled, secret FROM variable_marks WHERE environment_id = ?',
          environmentId,
        )
        .map((row) => rowSchema.parse(row)),
    );
  }

  /**
   * Puts these in place of all marks of the environment; marks that say nothing are not kept.
   * Throws `NO_SUCH_ENVIRONMENT`.
   */
  replace(environmentId: string, marks: ReadonlyMap<string, VariableMark>): void {
    this.database.transaction(() => {
      this.database.run('DELETE FROM variable_marks WHERE environment_id = ?', environmentId);
      for (const [key, { disabled, secret }] of marks) {
        // A key that holds a NUL cannot be marked: the database cuts it there.
        if ((!disabled && secret === undefined) || key.includes('\0')) continue;
        addingTo('NO_SUCH_ENVIRONMENT', () => {
          this.database.run(
            'INSERT INTO variable_marks (environment_id, key, disabled, secret) VALUES (?, ?, ?, ?)',
            environmentId,
            key,
            disabled ? 1 : 0,
            secret === undefined ? null : secret ? 1 : 0,
          );
        });
      }
    });
  }
}
