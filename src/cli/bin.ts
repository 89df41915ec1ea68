/** Entry of the command, for `bin/strongroom.js`. */
import { isatty } from 'node:tty';
import { leaveMemoryOutOfCoreDumps } from '@core/secrets/core-dumps';
import { main } from './main';

leaveMemoryOutOfCoreDumps();

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // The second one ends the process at once, as without a listener.
  process.once(signal, () => {
    ended.abort(signal);
  });
}

const hadTerminal = isatty(0);
if (hadTerminal) {
  // A question that ends with its terminal cannot restore it, and must not fail for that.
  const setRawMode = process.stdin.setRawMode.bind(process.stdin);
  process.stdin.setRawMode = (mode) => (isatty(0) ? setRawMode(mode) : process.stdin);
}

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  pid: process.pid,
  programs: new URL('.', import.meta.url),
  signal: ended.signal,
});

// Node crashes at its end if it cannot restore a terminal that is gone, and its core dump would hold values.
if (hadTerminal && !isatty(0)) {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}
