import type { Protection } from '@shared/model/protection';
import type { ActivityLog } from '@core/activity/activity-log';
import type { KeyStore, ProtectionChoice } from '@core/keys/key-store';
import type { ConnectionService } from '@core/connections/connection-service';

export interface SecurityServiceParts {
  readonly keyStore: KeyStore;
  readonly connections: ConnectionService;
  readonly activity: ActivityLog;
}

/** The protection of credentials, and Lock now. */
export class SecurityService {
  constructor(private readonly parts: SecurityServiceParts) {}

  protection(): Promise<Protection> {
    return this.parts.keyStore.protection();
  }

  /** Whether a passphrase has to be entered first. Unlike `protection`, asks no keychain. */
  isLocked(): boolean {
    return this.parts.keyStore.isLocked();
  }

  async choose(choice: ProtectionChoice): Promise<Protection> {
    await this.parts.keyStore.choose(choice);
    this.parts.activity.record({ action: 'protection-changed', detail: choice.mode });
    return this.protection();
  }

  async unlock(passphrase: string): Promise<Protection> {
    await this.parts.keyStore.unlock(passphrase);
    return this.protection();
  }

  /** Forgets values, logins and, if it can be read again, the key. */
  async lock(): Promise<Protection> {
    this.parts.connections.lock();
    this.parts.keyStore.lock();
    return this.protection();
  }
}
