/** A store of passwords by account, such as the keychain of the operating system. */
export interface Keychain {
  /** The name people know it by, such as “macOS Keychain”. */
  readonly name: string;
  /** Throws `KEYCHAIN_FAILED` with the reason if it cannot be used. Reads nothing. */
  probe(): Promise<void>;
  /** `null` if there is no such entry. Throws `KEYCHAIN_FAILED`. */
  get(account: string): Promise<string | null>;
  set(account: string, password: string): Promise<void>;
  delete(account: string): Promise<void>;
  /** Gives up the calls under way. */
  close(): void;
}
