import { AppError, toErrorReport } from '@shared/errors';
import type { Backup, BackupList } from '@shared/model/backup';
import type {
  KeyHolder,
  PreparedChange,
  PreparedReplacement,
  ProtectionChange,
  SealedData,
} from '@core/keys/key-store';
import type { Runtime } from '@core/runtime';
import type { Backups } from '@core/storage/backups';
import { Turns } from '@core/storage/turns';

/** A start has better things to do than to make a backup. */
const FIRST_AFTER_MS = 30_000;

const LOOK_EVERY_MS = 3_600_000;

export interface BackupServiceParts {
  readonly backups: Backups;
  readonly keys: KeyHolder;
  readonly runtime: Pick<Runtime, 'after'>;
  /** Called with a sentence if the daily backup fails. */
  readonly onFailed: (sentence: string) => void;
}

/** Makes the daily backup, and restores one that a person chose. */
export class BackupService implements SealedData {
  #cancel: () => void = () => undefined;
  readonly #turns = new Turns();

  constructor(private readonly parts: BackupServiceParts) {
    parts.keys.attach(this);
    this.#look(FIRST_AFTER_MS);
  }

  list(): BackupList {
    const { backups } = this.parts;
    return { backups: backups.list(), isWaiting: backups.isWaiting() };
  }

  /** Throws `STORAGE_FAILED`. */
  make(): Backup {
    return this.parts.backups.make();
  }

  /** As `Backups.restoreAtStart`. */
  async restore(name: string): Promise<void> {
    await this.#turns.take('restore', () => this.parts.backups.restoreAtStart(name));
  }

  cancelRestore(): void {
    this.parts.backups.cancelRestore();
  }

  /** The last chance of a process that lives too briefly for its timer. Fails silently: nobody is there to read it. */
  close(): void {
    this.#cancel();
    try {
      if (this.parts.backups.isOverdue()) this.#makeDaily();
    } catch {
      // The next window says so.
    }
  }

  /** A backup beside the database is no reason to refuse a first key. */
  holdsAny(): boolean {
    return false;
  }

  /** “Only for this session” leaves nothing sealed on the disk. */
  prepare({ to }: ProtectionChange): PreparedChange {
    return {
      apply: () => undefined,
      finish: (done) => {
        if (done && to === 'session') this.parts.backups.removeSealed();
      },
    };
  }

  /** Refuses while a backup waits, because only the old key opens it. */
  async replaceKey(): Promise<PreparedReplacement> {
    const release = await this.#turns.hold('restore');
    if (!this.parts.backups.isWaiting()) return { apply: () => undefined, release };
    release();
    throw new AppError('INVALID_INPUT', {
      message: 'A backup is restored at the next start, and only the present key opens it.',
      hint: 'Start Strongroom again first, or cancel the restore.',
    });
  }

  /** The old key is given up, and what it opens with it. A backup under the new key follows soon. */
  settle(isReplaced: boolean): void {
    if (!isReplaced) return;
    this.parts.backups.removeSealed();
    this.parts.backups.removeSetAside();
    this.#cancel();
    this.#look(FIRST_AFTER_MS);
  }

  #look(afterMs: number): void {
    this.#cancel = this.parts.runtime.after(afterMs, () => {
      try {
        if (this.parts.backups.isDue()) this.#makeDaily();
      } catch (error) {
        this.parts.onFailed(toErrorReport(error).message);
      }
      this.#look(LOOK_EVERY_MS);
    });
  }

  #makeDaily(): void {
    const { backups, keys } = this.parts;
    // A crash may have left some while “only for this session” was being applied.
    if (keys.isSession()) backups.removeSealed();
    backups.make();
  }
}
