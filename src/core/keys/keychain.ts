/** The keychain of the operating system, as far as Strongroom needs one. */
export interface Keychain {
  /** What people call it here, such as “macOS Keychain”. */
  readonly name: string;
  /** Resolves when it can be used; throws `KEYCHAIN_FAILED` with the reason otherwise. Reads nothing. */
  probe(): Promise<void>;
  /** `null` where there is no such entry. Throws `KEYCHAIN_FAILED`. */
  get(account: string): Promise<string | null>;
  set(account: string, password: string): Promise<void>;
  delete(account: string): Promise<void>;
}
