/** The audit of a core that keeps no data: each entry is written elsewhere, and only the chain is kept. */
import { auditContentSchema, type AuditEntry } from '@shared/model/audit';
import type { AuditHead, AuditRow, AuditStore } from '@core/storage/audit';

export class AuditStream implements AuditStore {
  #head: AuditHead | undefined;
  #written: Promise<void> = Promise.resolve();

  /** @param write takes each entry, and rejects if it could not be written */
  constructor(private readonly write: (entry: AuditEntry) => Promise<void>) {}

  append(make: (last: AuditHead | undefined) => readonly AuditRow[]): void {
    const rows = make(this.#head);
    const writing = rows.map(({ seq, at, content, hash }) =>
      this.write({ ...auditContentSchema.parse(JSON.parse(content)), seq, at, hash }),
    );
    // Once one is missing, the rest of the chain proves nothing.
    this.#written = Promise.all([this.#written, ...writing]).then(() => undefined);
    // It rejects for whoever waits.
    this.#written.catch(() => undefined);
    this.#head = rows.at(-1) ?? this.#head;
  }

  /** As `append`. Resolves when everything up to these rows is written. */
  async appendOnDisk(make: (last: AuditHead | undefined) => readonly AuditRow[]): Promise<void> {
    this.append(make);
    await this.#written;
  }

  head(): AuditHead | undefined {
    return this.#head;
  }

  after(): AuditRow[] {
    return [];
  }

  lastUse(): undefined {
    return undefined;
  }

  list(): AuditEntry[] {
    return [];
  }
}
