import type { OsKeychain } from '@core/keys/os-keychain';

/**
 * For hosts that own their process: lets it end although a call to the keychain holds it. When everything
 * else is done, it is killed. Call it once.
 */
export function endDespite(keychain: Pick<OsKeychain, 'holdsProcess'>): void {
  process.once('exit', () => {
    if (keychain.holdsProcess()) process.kill(process.pid, 'SIGKILL');
  });
}
