/** The keys that encrypt SecureString parameters. Only their state and permissions are modelled. */
import { randomUUID } from 'node:crypto';
import { refusal, type AccessKey } from '../aws/principals';
import { accessDenied, invalidKey } from './errors';

export interface KmsKey {
  readonly id: string;
  readonly arn: string;
  /** As `alias/app`. */
  readonly alias: string | undefined;
  /** Tests set it. */
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  /** Tests set it: the key's own policy permits nobody, whatever the user's policy says. */
  locked: boolean;
}

export type KeyAction = 'Encrypt' | 'GenerateDataKey' | 'Decrypt';

/** The key of the account. Its policy permits everybody who may use Parameter Store. */
export const defaultKeyId = 'alias/aws/ssm';

const fromKms = (message: string, code: string): string =>
  `${message} (Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: ${randomUUID()}; Proxy: null)`;

export class KeyRing {
  private readonly keys: KmsKey[] = [];
  private readonly arnPrefix: string;

  constructor(region: string, account: string) {
    this.arnPrefix = `arn:aws:kms:${region}:${account}:`;
    this.add(defaultKeyId);
  }

  add(alias: string | undefined): KmsKey {
    const id = randomUUID();
    const key: KmsKey = {
      id,
      arn: `${this.arnPrefix}key/${id}`,
      alias,
      state: 'Enabled',
      locked: false,
    };
    this.keys.push(key);
    return key;
  }

  /**
   * `keyId` is an id, an alias, or the ARN of either. Throws InvalidKeyId if the key is unknown, disabled or
   * being deleted, and AccessDeniedException if `principal` may not use it.
   */
  use(keyId: string, action: KeyAction, principal: AccessKey): void {
    const key = this.find(keyId);
    if (key === undefined) throw invalidKey(fromKms(this.unknown(keyId), 'NotFoundException'));
    if (key.alias !== defaultKeyId) {
      const denied = refusal(principal, { action: `kms:${action}`, resource: key.arn });
      if (denied !== undefined) throw accessDenied(fromKms(denied, 'AccessDeniedException'));
    }
    if (key.locked) {
      const message =
        action === 'Decrypt'
          ? 'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.'
          : `User: ${principal.arn} is not authorized to perform: kms:${action} on resource: ${key.arn} because no resource-based policy allows the kms:${action} action`;
      throw accessDenied(fromKms(message, 'AccessDeniedException'));
    }
    if (key.state === 'Disabled') {
      throw invalidKey(fromKms(`${key.arn} is disabled.`, 'DisabledException'));
    }
    if (key.state === 'PendingDeletion') {
      throw invalidKey(fromKms(`${key.arn} is pending deletion.`, 'KMSInvalidStateException'));
    }
  }

  private find(keyId: string): KmsKey | undefined {
    const local = keyId.startsWith(this.arnPrefix) ? keyId.slice(this.arnPrefix.length) : keyId;
    return this.keys.find(({ id, alias }) => local === alias || local.replace(/^key\//, '') === id);
  }

  private unknown(keyId: string): string {
    const arn = keyId.startsWith('arn:') ? keyId : undefined;
    if (keyId.includes('alias/')) return `Alias ${arn ?? this.arnPrefix + keyId} is not found.`;
    return /[\da-f-]{36}$/.test(keyId)
      ? `Key '${arn ?? `${this.arnPrefix}key/${keyId}`}' does not exist`
      : `Invalid keyId '${keyId}'`;
  }
}
