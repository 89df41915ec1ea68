/** For tests: a keychain in memory. */
import { AppError } from '@shared/errors';
import type { Keychain } from '@core/keys/keychain';

export class MemoryKeychain implements Keychain {
  readonly name = 'Test Keychain';
  readonly entries = new Map<string, string>();
  /** While this is set, every call fails with it. */
  problem: string | undefined;

  async probe(): Promise<void> {
    this.#assertWorks();
  }

  async get(account: string): Promise<string | null> {
    this.#assertWorks();
    return this.entries.get(account) ?? null;
  }

  async set(account: string, password: string): Promise<void> {
    this.#assertWorks();
    this.entries.set(account, password);
  }

  async delete(account: string): Promise<void> {
    this.#assertWorks();
    this.entries.delete(account);
  }

  close(): void {
    // Every call here ends at once.
  }

  #assertWorks(): void {
    if (this.problem !== undefined)
      throw new AppError('KEYCHAIN_FAILED', { message: this.problem });
  }
}
