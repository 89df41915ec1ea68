import { z } from 'zod';
import { AppError, isAppError, toErrorReport } from '@shared/errors';
import type { HostKind } from '@shared/model/app-info';
import type { Notice } from '@shared/model/notice';
import { isTyped, type Protection } from '@shared/model/protection';
import type { ActivityLog } from '@core/activity/activity-log';
import type { AuditLog } from '@core/audit/audit-log';
import type { KeyStore, ProtectionChoice } from '@core/keys/key-store';
import type { ConnectionService } from '@core/connections/connection-service';
import type { Guesses } from './guesses';
import type { PreferenceRows } from '@core/storage/preferences';

/** The name of the row that holds `kept`. */
const SECURITY = 'security';

/** The id of a notice. */
const STAYED_OPEN = 'stayed-open';

const NOTHING_STORED =
  'Credentials, variables of this computer and unsaved edits are in memory only, and would have been lost. Lock it yourself, or choose a keychain or a passphrase.';

const keptSchema = z.object({ sharesUnlock: z.boolean() });

/** The unsaved edits of all windows. */
export interface LockedEdits {
  areHeld(): boolean;
  /** Stores them. Resolves with whether they are safe. Throws if they could not be stored. */
  keep(): Promise<boolean>;
  keepNow(): boolean;
  /** Tells the windows that Lock did not come by itself. */
  refused(): void;
  forget(): void;
}

export interface SecurityServiceParts {
  readonly host: HostKind;
  readonly rows: PreferenceRows;
  readonly keyStore: KeyStore;
  readonly connections: ConnectionService;
  readonly activity: ActivityLog;
  readonly audit: AuditLog;
  /** Denies what waits for a person, and forgets what persons allowed. */
  readonly approvals: { lock(): void };
  readonly guesses: Guesses;
  /** What Lock must not lose. */
  readonly edits: LockedEdits;
  readonly notices: { add(notice: Notice): void };
  /** Whether Lock came before: the core opens shut. */
  readonly startsShut: boolean;
  /** Called after Lock and after an unlock. */
  readonly onShut: (isShut: boolean) => void;
  /** Called when somebody uses a window. */
  readonly onUse: () => void;
}

/** The protection of credentials, and Lock now. */
export class SecurityService {
  #isShut: boolean;
  /** Counts locks: an unlock that began before a lock must not undo it. */
  #locks = 0;

  constructor(private readonly parts: SecurityServiceParts) {
    this.#isShut = parts.startsShut;
  }

  async protection(): Promise<Protection> {
    const protection = await this.parts.keyStore.protection();
    return { ...protection, locked: this.isLocked(), shut: this.#isShut };
  }

  /** Whether a person must unlock it first. Unlike `protection`, this does not ask the keychain. */
  isLocked(): boolean {
    return this.#isShut || this.parts.keyStore.isLocked();
  }

  /** Whether Lock shut it, whatever the protection. */
  isShut(): boolean {
    return this.#isShut;
  }

  /** How credentials are protected. Unlike `protection`, this does not ask the keychain. */
  mode(): Protection['mode'] {
    return this.parts.keyStore.mode();
  }

  /** As `choose`, the first time. Throws `INVALID_INPUT` if it was chosen before. */
  async setUp(choice: ProtectionChoice): Promise<Protection> {
    if (this.mode() !== 'undecided') {
      throw new AppError('INVALID_INPUT', {
        message: 'How credentials are protected was chosen before.',
        hint: 'Change it in the settings of the window.',
      });
    }
    return this.choose(choice);
  }

  /** @param current the passphrase, if one protects credentials now */
  async choose(choice: ProtectionChoice, current?: string): Promise<Protection> {
    await this.#attempt(() => this.parts.keyStore.choose(choice, current));
    return this.#chosen(choice);
  }

  /** As `choose`, for somebody who cannot get at the key: what is stored stays unreadable. */
  async startOver(choice: ProtectionChoice): Promise<Protection> {
    await this.parts.keyStore.startOver(choice);
    // Whoever locked it for good has no business with what was read before.
    this.parts.connections.lock();
    this.parts.approvals.lock();
    return this.#chosen(choice);
  }

  /** Seals everything again with a new key. @param current the passphrase, if one protects credentials */
  async replaceKey(current?: string): Promise<void> {
    await this.#attempt(() => this.parts.keyStore.replaceKey(current));
    this.parts.activity.record({ action: 'key-replaced' });
  }

  #chosen(choice: ProtectionChoice): Promise<Protection> {
    // A new passphrase is not shared before somebody says so.
    if (this.sharesUnlock()) this.#keep(false);
    this.parts.guesses.forget();
    this.parts.activity.record({ action: 'protection-changed', detail: choice.mode });
    return this.protection();
  }

  /** Whether programs may use the unlock of the app. */
  sharesUnlock(): boolean {
    return this.parts.rows.get(SECURITY, keptSchema)?.sharesUnlock ?? false;
  }

  /**
   * Whether a program has to give the passphrase although this core is unlocked: the passphrase protects it, the unlock
   * is not shared, and the program is not the one that opened this core.
   */
  asksPrograms(): boolean {
    return this.parts.host !== 'cli' && isTyped(this.mode()) && !this.sharesUnlock();
  }

  /** Lets programs use the unlock of the app, or stops that. Throws `INVALID_INPUT` if there is no passphrase. */
  share(shares: boolean): void {
    if (shares && !isTyped(this.mode())) {
      throw new AppError('INVALID_INPUT', {
        message: 'There is no passphrase, so programs need none.',
        hint: 'Nothing has to be shared.',
      });
    }
    if (shares === this.sharesUnlock()) return;
    this.#keep(shares);
    const detail = shares ? 'programs use the unlock' : 'programs need the passphrase';
    this.parts.activity.record({ action: 'protection-changed', detail });
  }

  /** Records in the audit that somebody did not know the passphrase. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    // A PIN is short, so wrong ones cost more and more time.
    const guess = this.mode() === 'pin' ? this.parts.guesses.begin() : undefined;
    try {
      await work();
      guess?.forgive();
    } catch (error) {
      if (isAppError(error, 'WRONG_PASSPHRASE')) {
        this.parts.audit.record({ event: 'unlock-failed' });
      } else guess?.undo();
      throw error;
    }
  }

  #keep(sharesUnlock: boolean): void {
    this.parts.rows.set(SECURITY, { sharesUnlock });
  }

  /** Checks the passphrase of an unlocked core. Throws `WRONG_PASSPHRASE`, and `LOCKED`: it unlocks nothing. */
  async check(passphrase: string): Promise<void> {
    if (this.isLocked()) throw new AppError('LOCKED');
    await this.#attempt(() => this.parts.keyStore.check(passphrase));
  }

  /**
   * Needs the passphrase if there is one, and the key if it is in the keychain. Throws `WRONG_PASSPHRASE`,
   * `KEY_MISSING` and `KEYCHAIN_FAILED`.
   */
  async unlock(passphrase?: string): Promise<Protection> {
    const { keyStore, audit, onShut } = this.parts;
    const locks = this.#locks;
    const mode = this.mode();
    if (isTyped(mode)) await this.#attempt(() => keyStore.unlock(passphrase ?? ''));
    // A key that cannot be read would make every later call fail.
    if (mode === 'keychain') await keyStore.key();
    if (locks !== this.#locks) throw new AppError('LOCKED');
    if (isTyped(mode) || this.#isShut) audit.record({ event: 'unlocked' });
    if (this.#isShut) onShut(false);
    this.#isShut = false;
    this.active();
    return this.protection();
  }

  /**
   * Locks for a person. Unsaved edits are kept, but not without a stored key: the window asks first. Throws what kept
   * them from being stored, and does not lock then.
   */
  async lockKeeping(): Promise<void> {
    await this.parts.edits.keep();
    this.lock();
  }

  /**
   * Locks because nobody is there, unless that would lose something: then a notice says why it did not. Without a stored
   * key, credentials and variables of this computer would be lost too.
   */
  async lockByItself(): Promise<void> {
    if (this.#isShut) return;
    const { edits, notices } = this.parts;
    const reason = await this.#reasonToStay();
    if (reason === undefined) {
      // Another call may have locked meanwhile.
      if (!this.isShut()) this.lock();
      return;
    }
    notices.add({
      id: STAYED_OPEN,
      level: 'warning',
      title: 'Strongroom did not lock by itself',
      text: reason,
      remedy: { open: 'protection' },
    });
    edits.refused();
    // Once more after as long.
    this.active();
  }

  async #reasonToStay(): Promise<string | undefined> {
    if (this.mode() === 'session') return NOTHING_STORED;
    try {
      return (await this.parts.edits.keep()) ? undefined : NOTHING_STORED;
    } catch (error) {
      return `Unsaved edits could not be stored, and would have been lost. ${toErrorReport(error).message}`;
    }
  }

  /** Forgets values, logins and the key, and shuts the core until a person unlocks it. */
  lock(): void {
    const { connections, keyStore, approvals, audit, edits, onShut } = this.parts;
    try {
      edits.keepNow();
    } catch {
      // Whoever wants nothing lost calls `lockKeeping`.
    }
    edits.forget();
    this.#locks += 1;
    this.#isShut = true;
    connections.lock();
    keyStore.lock();
    approvals.lock();
    audit.record({ event: 'locked' });
    onShut(true);
  }

  /** Somebody uses a window. */
  active(): void {
    this.parts.onUse();
  }

  /** Why a call is refused now. */
  refusal(): AppError {
    if (this.mode() === 'passphrase') return new AppError('LOCKED');
    if (this.mode() === 'pin') {
      return new AppError('LOCKED', {
        likelyCause: 'It was started again, or locked, and its PIN has not been entered since.',
        hint: 'Unlock it with its PIN.',
      });
    }
    return new AppError('LOCKED', {
      likelyCause: 'Somebody locked it, or nobody used it for a while.',
      hint: 'Unlock it in its window.',
      remedy: { run: 'strongroom open' },
    });
  }
}
