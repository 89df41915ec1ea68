import type { ActivityAction, ActivityEntry, ActivityFilter } from '@shared/model/activity';
import { AppError, toErrorReport } from '@shared/errors';
import { fileNamePart } from '@shared/model/file-name';
import { currentCall } from '@core/call';
import type { AuditedActivity } from '@core/audit/audit-log';
import { ACTIVITY_KEPT, type ActivityQuery, type ActivityRows } from '@core/storage/activity';
import type { Workspaces } from '@core/storage/workspaces';

export interface NewActivity {
  readonly workspaceId?: string | undefined;
  readonly action: ActivityAction;
  /** Default: `done`. */
  readonly outcome?: ActivityEntry['outcome'];
  readonly environment?: string | undefined;
  readonly path?: string | undefined;
  /** The subject, if environment and path do not say it. It comes before the detail. */
  readonly about?: string | undefined;
  /** The key of a variable, a count or a failure's sentence. Never a value. */
  readonly detail?: string | undefined;
}

/** Records what was done, and by which caller, in the database. It never holds a value. */
export class ActivityLog {
  constructor(
    private readonly rows: ActivityRows,
    private readonly workspaces: Workspaces,
    private readonly now: () => number,
    /** Gets every entry, before it is in the log: one that the audit refuses must not be there. */
    private readonly audit: (entry: AuditedActivity) => void = () => undefined,
    /** Gets every entry that was recorded. */
    private readonly onRecorded: (entry: NewActivity) => void = () => undefined,
  ) {}

  /** Adds an entry with the caller and the reason of the current call. */
  record({ outcome = 'done', about, ...entry }: NewActivity): void {
    const { caller, reason } = currentCall() ?? {};
    const parts = [about, entry.detail].filter((part) => part !== undefined);
    const detail = parts.length === 0 ? undefined : parts.join(': ');
    const row = {
      at: this.now(),
      outcome,
      ...entry,
      caller,
      reason: reason === undefined ? undefined : withoutNul(reason),
      ...(detail !== undefined && { detail: withoutNul(detail) }),
    };
    this.rows.insert(row, () => {
      this.audit({ outcome, ...entry, detail });
    });
    this.onRecorded({ outcome, ...entry });
  }

  /**
   * Records a failure with the sentence of the error. An outage already has its entry and is not recorded
   * again.
   */
  recordFailure(entry: Omit<NewActivity, 'outcome' | 'detail'>, error: unknown): void {
    const { code, message } = toErrorReport(error);
    if (code === 'OFFLINE') return;
    const outcome = code === 'CANCELLED' ? 'cancelled' : 'failed';
    this.record({ ...entry, outcome, detail: message });
  }

  /** Newest first. */
  list({
    workspaceId,
    ...query
  }: ActivityQuery & { readonly workspaceId: string }): ActivityEntry[] {
    return this.rows.list(workspaceId, query);
  }

  /** JSON lines, oldest first; times in ISO 8601, UTC. Throws `NO_SUCH_WORKSPACE`. */
  export({ workspaceId, ...filter }: ActivityFilter & { readonly workspaceId: string }): {
    text: string;
    fileName: string;
  } {
    const workspace = this.workspaces.find(workspaceId);
    if (workspace === undefined) throw new AppError('NO_SUCH_WORKSPACE');
    const entries = this.rows.list(workspaceId, { ...filter, limit: 2 * ACTIVITY_KEPT });
    const lines = entries
      .toReversed()
      .map(({ id: _id, at, ...entry }) =>
        JSON.stringify({ at: new Date(at).toISOString(), workspace: workspace.name, ...entry }),
      );
    const name = fileNamePart(workspace.name);
    const day = new Date(this.now()).toISOString().slice(0, 10);
    return {
      text: lines.map((line) => `${line}\n`).join(''),
      fileName: `${['activity', name, day].filter((part) => part !== '').join('-')}.jsonl`,
    };
  }
}

/** A key or a reason can contain a NUL, and the database cannot store one. */
const withoutNul = (text: string): string => text.replaceAll('\0', '\uFFFD');
