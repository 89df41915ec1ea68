/** The command `strongroom`. Everything beyond `--version` is loaded when it is needed. */
import { version } from '../../package.json';
import type { Terminal } from './terminal';

/** Runs a command line, without the name of the program. Returns the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    terminal.stdout.write(`${version}\n`);
    return 0;
  }
  const { runProgram } = await import('./program');
  return runProgram(args, terminal);
}
