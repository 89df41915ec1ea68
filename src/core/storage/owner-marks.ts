import { z } from 'zod';
import { addingTo, type Database } from './database';

const places = ['store', 'here', 'pending'] as const;

export interface OwnerMark {
  /** The name of the declared set-up. */
  readonly owner: string;
  /**
   * `store`: the store has the mark. `here`: only this computer has it. `pending`: a write is under way or was
   * broken off, after which the store gets it.
   */
  readonly place: (typeof places)[number];
}

const rowSchema = z.object({
  environment_id: z.string(),
  owner: z.string(),
  place: z.enum(places),
});

/** Which declared set-up owns an environment, as far as this computer knows. */
export class OwnerMarks {
  constructor(private readonly database: Database) {}

  find(environmentId: string): OwnerMark | undefined {
    const row = this.database.get(
      'SELECT * FROM owner_marks WHERE environment_id = ?',
      environmentId,
    );
    if (row === undefined) return undefined;
    const { owner, place } = rowSchema.parse(row);
    return { owner, place };
  }

  /** All owners, by the id of their environment. */
  owners(): ReadonlyMap<string, string> {
    return new Map(
      this.database
        .all('SELECT * FROM owner_marks')
        .map((row) => rowSchema.parse(row))
        .map(({ environment_id: id, owner }) => [id, owner]),
    );
  }

  /** The ids of the environments that a set-up owns. */
  ownedBy(owner: string): string[] {
    return this.database
      .all('SELECT * FROM owner_marks WHERE owner = ? ORDER BY environment_id', owner)
      .map((row) => rowSchema.parse(row).environment_id);
  }

  /** Throws `NO_SUCH_ENVIRONMENT`. */
  set(environmentId: string, { owner, place }: OwnerMark): void {
    addingTo('NO_SUCH_ENVIRONMENT', () => {
      this.database.run(
        `INSERT INTO owner_marks (environment_id, owner, place) VALUES (?, ?, ?)
         ON CONFLICT (environment_id) DO UPDATE SET owner = excluded.owner, place = excluded.place`,
        environmentId,
        owner,
        place,
      );
    });
  }

  remove(environmentId: string): void {
    this.database.run('DELETE FROM owner_marks WHERE environment_id = ?', environmentId);
  }
}
