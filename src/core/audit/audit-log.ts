import { userInfo } from 'node:os';
import type {
  AuditContent,
  AuditEntry,
  AuditEvent,
  AuditFilter,
  AuditFormat,
  AuditVerdict,
} from '@shared/model/audit';
import type { ActivityAction } from '@shared/model/activity';
import { currentCall } from '@core/call';
import type { AuditHead, AuditQuery, AuditRow, AuditStore } from '@core/storage/audit';
import type { Workspaces } from '@core/storage/workspaces';
import type { Runtime } from '@core/runtime';
import { BEGINNING, chained, faultBetween } from './chain';
import { CSV_HEADER, csvLine, jsonLine } from './export';

export type NewAuditEntry = Omit<AuditContent, 'actor' | 'caller' | 'reason' | 'workspace'> & {
  readonly workspaceId?: string | undefined;
};

/** An entry of the activity log, as far as the audit needs it. */
export interface AuditedActivity {
  readonly workspaceId?: string | undefined;
  readonly action: ActivityAction;
  readonly outcome: string;
  readonly environment?: string | undefined;
  readonly path?: string | undefined;
  readonly detail?: string | undefined;
}

/** The entries of the activity log that are in the audit too: those that give out values, or change who can. */
const audited: Partial<Record<ActivityAction, AuditEvent>> = {
  revealed: 'revealed',
  copied: 'copied',
  exported: 'exported',
  'protection-changed': 'protection-changed',
  'key-replaced': 'key-replaced',
  'workspace-deleted': 'workspace-deleted',
};

/** Rows that are read at a time. */
const PAGE = 1000;

export interface AuditLogParts {
  readonly rows: AuditStore;
  readonly workspaces: Workspaces;
  readonly runtime: Pick<Runtime, 'now' | 'wait'>;
  /** Default: the user of this process. */
  readonly actor?: string | undefined;
}

/** An entry with the caller and the reason of the call that it is of. */
type OwnedEntry = NewAuditEntry & Pick<AuditContent, 'caller' | 'reason'>;

function ofCall(entry: NewAuditEntry): OwnedEntry {
  const { caller, reason } = currentCall() ?? {};
  return { ...entry, caller, reason };
}

/** An entry that is written with others. */
interface Waiting {
  readonly entry: OwnedEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The audit: append-only, chained by hashes, and kept when a workspace is deleted. It never holds a value. */
export class AuditLog {
  /** The user of this computer that Strongroom runs as. */
  readonly actor: string;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(private readonly parts: AuditLogParts) {
    this.actor = parts.actor ?? systemUser();
  }

  /** Appends an entry with the caller and the reason of the current call. Throws `STORAGE_FAILED`. */
  record(entry: NewAuditEntry): void {
    this.parts.rows.append(this.#rowsOf([ofCall(entry)]));
  }

  /**
   * As `record`, together with the entries of others that come at the same time: waiting for the disk takes longer
   * than anything else. Resolves when the entry is on the disk.
   */
  recordTogether(entry: NewAuditEntry): Promise<void> {
    const owned = ofCall(entry);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry: owned, resolve, reject });
      if (this.#waiting.length === 1 && !this.#isWriting) {
        setImmediate(() => {
          this.flush();
        });
      }
    });
  }

  /** Appends the entries that wait. Those that come while the disk writes follow together. */
  flush(): void {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    this.#isWriting = true;
    void this.parts.rows
      .appendOnDisk(this.#rowsOf(waiting.map(({ entry }) => entry)))
      .then(
        () => {
          for (const { resolve } of waiting) resolve();
        },
        (error: unknown) => {
          for (const { reject } of waiting) reject(error);
        },
      )
      .finally(() => {
        this.#isWriting = false;
        this.flush();
      });
  }

  #rowsOf(entries: readonly OwnedEntry[]): (last: AuditHead | undefined) => AuditRow[] {
    const { workspaces, runtime } = this.parts;
    const names = new Map<string, string | undefined>();
    const nameOf = (id: string): string | undefined => {
      if (!names.has(id)) names.set(id, workspaces.find(id)?.name);
      return names.get(id);
    };
    return (last) => {
      const contents = entries.map(({ workspaceId, event, caller, reason, ...entry }) => {
        const workspace = workspaceId === undefined ? undefined : nameOf(workspaceId);
        const content: AuditContent = {
          event,
          actor: this.actor,
          caller,
          reason,
          workspace,
          ...entry,
        };
        return JSON.stringify(content);
      });
      return chained(last, runtime.now(), contents);
    };
  }

  /** Appends an entry of the activity log if it belongs into the audit. */
  recordActivity({ action, outcome, path, ...entry }: AuditedActivity): void {
    const event = audited[action];
    if (event === undefined || outcome !== 'done') return;
    const { workspaceId, environment, detail } = entry;
    this.record({
      event,
      workspaceId,
      ...(environment !== undefined && { environment }),
      ...(path !== undefined && path !== '' && { secret: path }),
      ...(detail !== undefined && { detail }),
    });
  }

  /** Newest first. */
  list(query: AuditQuery): AuditEntry[] {
    return this.parts.rows.list(query);
  }

  /** When a grant was used last, in milliseconds since 1970, UTC; refusals do not count. */
  lastUse(grantId: string): number | undefined {
    return this.parts.rows.lastUse(grantId);
  }

  /** All entries that match, oldest first, in parts; times in ISO 8601, UTC. CSV begins with the names of columns. */
  async *export(filter: AuditFilter, format: AuditFormat): AsyncGenerator<string, void, undefined> {
    const lineOf = format === 'csv' ? csvLine : jsonLine;
    if (format === 'csv') yield CSV_HEADER;
    const end = this.parts.rows.head()?.seq ?? 0;
    for (let after = 0; after < end; after += PAGE) {
      const page = this.list({ ...filter, after, before: after + PAGE + 1, limit: PAGE });
      if (page.length > 0) yield page.toReversed().map(lineOf).join('');
      await this.#pause();
    }
  }

  /** Checks the whole chain, and whether it contains an entry with the hash `contains`. */
  async verify({
    contains,
  }: { readonly contains?: string | undefined } = {}): Promise<AuditVerdict> {
    const { rows } = this.parts;
    let last = BEGINNING;
    let found = false;
    const verdict = (rest: Pick<AuditVerdict, 'holds' | 'brokenAt' | 'because'>): AuditVerdict => ({
      entries: last.seq,
      head: last.hash,
      ...rest,
      ...(contains !== undefined && { contains: found }),
    });
    for (;;) {
      const page = rows.after(last.seq, PAGE);
      for (const row of page) {
        const because = faultBetween(last, row);
        if (because !== undefined) return verdict({ holds: false, brokenAt: row.seq, because });
        found ||= row.hash === contains;
        last = row;
      }
      if (page.length < PAGE) break;
      await this.#pause();
    }
    return last.hash === (rows.head() ?? BEGINNING).hash
      ? verdict({ holds: true })
      : verdict({ holds: false, brokenAt: last.seq, because: 'cut' });
  }

  /** Lets others work between two pages. */
  async #pause(): Promise<void> {
    await this.parts.runtime.wait(0, new AbortController().signal);
  }
}

/** The name of the user of this process; its number if it has no name, as in some containers. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
