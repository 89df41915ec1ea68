import { AppError, isAppError } from '@shared/errors';
import type { Protection } from '@shared/model/protection';
import type { ActivityLog } from '@core/activity/activity-log';
import type { AuditLog } from '@core/audit/audit-log';
import type { KeyStore, ProtectionChoice } from '@core/keys/key-store';
import type { ConnectionService } from '@core/connections/connection-service';

export interface SecurityServiceParts {
  readonly keyStore: KeyStore;
  readonly connections: ConnectionService;
  readonly activity: ActivityLog;
  readonly audit: AuditLog;
  /** Forgets what a person allowed. */
  readonly approvals: { forget(): void };
}

/** The protection of credentials, and Lock now. */
export class SecurityService {
  constructor(private readonly parts: SecurityServiceParts) {}

  protection(): Promise<Protection> {
    return this.parts.keyStore.protection();
  }

  /** Whether a passphrase must be entered first. Unlike `protection`, this does not ask the keychain. */
  isLocked(): boolean {
    return this.parts.keyStore.isLocked();
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

  async choose(choice: ProtectionChoice): Promise<Protection> {
    await this.parts.keyStore.choose(choice);
    this.parts.activity.record({ action: 'protection-changed', detail: choice.mode });
    return this.protection();
  }

  async unlock(passphrase: string): Promise<Protection> {
    const { keyStore, audit } = this.parts;
    try {
      await keyStore.unlock(passphrase);
    } catch (error) {
      if (isAppError(error, 'WRONG_PASSPHRASE')) audit.record({ event: 'unlock-failed' });
      throw error;
    }
    if (this.mode() === 'passphrase') audit.record({ event: 'unlocked' });
    return this.protection();
  }

  /** Forgets values, logins and, if it can be read again, the key. */
  async lock(): Promise<Protection> {
    this.parts.connections.lock();
    this.parts.keyStore.lock();
    this.parts.approvals.forget();
    this.parts.audit.record({ event: 'locked' });
    return this.protection();
  }
}
