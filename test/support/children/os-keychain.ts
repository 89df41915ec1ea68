/**
 * For tests: uses the keychain of the operating system in a process of its own, as the session bus
 * comes from its environment. Takes a list of calls as JSON, says one line of JSON for each, and quits.
 */
import { isAppError } from '@shared/errors';
import { createOsKeychain } from '@core/keys/os-keychain';

export type KeychainCall =
  | readonly ['probe']
  | readonly ['get' | 'delete', account: string]
  | readonly ['set', account: string, password: string];

export interface CallOutcome {
  /** `null` for calls that give nothing as well. */
  readonly result?: string | null;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly milliseconds: number;
}

export async function main([calls = '[]', deadline = '5000']: readonly string[]): Promise<void> {
  const keychain = createOsKeychain({
    probeDeadline: Number(deadline),
    callDeadline: Number(deadline),
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
  process.exit(0);
}
