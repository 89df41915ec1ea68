/** The command `strongroom`. Everything beyond `--version` is loaded when it is needed. */
import { version } from '../../package.json';
import type { Terminal } from './terminal';

/** Runs a command line, without the name of the program. Returns the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  // A failed write is reported by its callback, and a terminal that is gone by a signal. Without a listener, the event
  // would end the process.
  for (const stream of [terminal.stdin, terminal.stdout, terminal.stderr]) {
    stream.on('error', () => undefined);
  }
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    return new Promise((resolve) => {
      // Nobody may be reading it: code 141, as in the other commands.
      terminal.stdout.write(`${version}\n`, (error) => {
        resolve(error === null || error === undefined ? 0 : 141);
      });
    });
  }
  const { runProgram } = await import('./program');
  return runProgram(args, terminal);
}
