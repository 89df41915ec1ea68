/** For tests: the command `strongroom` in its own process, with a keychain from its first argument. */
import { z } from 'zod';
import { main as runCommand } from '@cli/main';
import { MemoryKeychain } from '../memory-keychain';

export const keychainSchema = z.array(z.tuple([z.string(), z.string()]));

export async function main([entries = '[]', ...args]: readonly string[]): Promise<void> {
  const keychain = new MemoryKeychain();
  for (const [account, password] of keychainSchema.parse(JSON.parse(entries))) {
    keychain.entries.set(account, password);
  }
  process.exitCode = await runCommand(args, {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    signal: new AbortController().signal,
    keychain: () => keychain,
  });
}
