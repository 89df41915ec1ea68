import type { ActivityAction, ActivityEntry } from '@shared/contract/activity';
import type { ActivityRows } from '../database/activity';

export interface NewActivity {
  readonly workspaceId?: string | undefined;
  readonly action: ActivityAction;
  /** Default: `done`. */
  readonly outcome?: ActivityEntry['outcome'];
  readonly environment?: string | undefined;
  readonly path?: string | undefined;
  /** The key of a variable, a count or a failure's sentence. Never a value. */
  readonly detail?: string | undefined;
}

/** What was done, by whom sits at this computer. Kept in the database, and never holds a value. */
export class ActivityLog {
  constructor(
    private readonly rows: ActivityRows,
    private readonly now: () => number,
  ) {}

  record({ outcome = 'done', detail, ...entry }: NewActivity): void {
    this.rows.insert({
      at: this.now(),
      outcome,
      ...entry,
      // A key may hold a NUL, which the database cannot.
      ...(detail !== undefined && { detail: detail.replaceAll('\0', '\uFFFD') }),
    });
  }

  /** Newest first. */
  list(workspaceId: string, limit: number): ActivityEntry[] {
    return this.rows.list(workspaceId, limit);
  }
}
