import { z } from 'zod';
import { addingTo, type Database } from './database';

/** What a person set for a variable. An absent field has the default of the variable's kind. */
export interface VariableMark {
  readonly disabled: boolean;
  readonly secret?: boolean | undefined;
  /** What the variable is for. */
  readonly note?: string | undefined;
}

const rowSchema = z
  .object({
    key: z.string(),
    disabled: z.number(),
    secret: z.number().nullable(),
    note: z.string().nullable(),
  })
  .transform(({ key, disabled, secret, note }): readonly [string, VariableMark] => [
    key,
    {
      disabled: disabled === 1,
      ...(secret !== null && { secret: secret === 1 }),
      ...(note !== null && { note }),
    },
  ]);

/** Marks of variables, by environment and key. Never a value. */
export class VariableMarks {
  constructor(private readonly database: Database) {}

  list(environmentId: string): Map<string, VariableMark> {
    return new Map(
      this.database
        .all(
          'SELECT key, disabled, secret, note FROM variable_marks WHERE environment_id = ?',
          environmentId,
        )
        .map((row) => rowSchema.parse(row)),
    );
  }

  /**
   * Replaces all marks of an environment. Marks that equal the default are not stored. Throws
   * `NO_SUCH_ENVIRONMENT`.
   */
  replace(environmentId: string, marks: ReadonlyMap<string, VariableMark>): void {
    this.database.transaction(() => {
      this.database.run('DELETE FROM variable_marks WHERE environment_id = ?', environmentId);
      for (const [key, { disabled, secret, note }] of marks) {
        // A key with a NUL cannot be marked: the database would cut it there.
        const isDefault = !disabled && secret === undefined && note === undefined;
        if (isDefault || key.includes('\0')) continue;
        addingTo('NO_SUCH_ENVIRONMENT', () => {
          this.database.run(
            'INSERT INTO variable_marks (environment_id, key, disabled, secret, note) VALUES (?, ?, ?, ?, ?)',
            environmentId,
            key,
            disabled ? 1 : 0,
            secret === undefined ? null : secret ? 1 : 0,
            note ?? null,
          );
        });
      }
    });
  }
}
