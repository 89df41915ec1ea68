import type { OsKeychain } from '@core/keys/os-keychain';

/**
 * For hosts that own their process: a call to the keychain that holds the process does not keep it from
 * ending. The process is killed when everything else is done. Call it once.
 */
export function endDespite(keychain: Pick<OsKeychain, 'holdsProcess'>): void {
  process.once('exit', () => {
    if (keychain.holdsProcess()) process.kill(process.pid, 'SIGKILL');
  });
}
