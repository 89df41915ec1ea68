/**
 * For tests: uses the keychain of the operating system in a separate process, because the environment of
 * the process names the session bus. Takes a list of calls as JSON, prints one line of JSON for each, and ends.
 */
import { isAppError } from '@shared/errors';
import { openInProcess } from '@core/keys/keytar';
import { createOsKeychain } from '@core/keys/os-keychain';
import { endDespite } from '@main/hosts/end-despite';

/** What keytar runs in: a child of this process, or this process, as in Electron. */
export type KeytarIn = 'child' | 'process';

export type KeychainCall =
  | readonly ['probe']
  | readonly ['get' | 'delete', account: string]
  | readonly ['set', account: string, password: string];

export interface CallOutcome {
  /** Also `null` for calls that return nothing. */
  readonly result?: string | null;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly milliseconds: number;
}

export async function main([
  calls = '[]',
  deadline = '5000',
  keytarIn = 'child',
]: readonly string[]): Promise<void> {
  const keychain = createOsKeychain({
    probeDeadline: Number(deadline),
    callDeadline: Number(deadline),
    ...(keytarIn === 'process' && { open: openInProcess }),
  });
  const run = async (call: KeychainCall): Promise<string | null | void> => {
    switch (call[0]) {
      case 'probe':
        return keychain.probe();
      case 'get':
        return keychain.get(call[1]);
      case 'delete':
        return keychain.delete(call[1]);
      case 'set':
        return keychain.set(call[1], call[2]);
    }
  };
  for (const call of JSON.parse(calls) as KeychainCall[]) {
    const startedAt = performance.now();
    let outcome: Omit<CallOutcome, 'milliseconds'>;
    try {
      outcome = { result: (await run(call)) ?? null };
    } catch (error) {
      if (!isAppError(error)) throw error;
      outcome = { error: error.report() };
    }
    const milliseconds = performance.now() - startedAt;
    process.stdout.write(`${JSON.stringify({ ...outcome, milliseconds })}\n`);
  }
  if (keytarIn === 'child') return;
  endDespite(keychain);
  process.exit(0);
}
