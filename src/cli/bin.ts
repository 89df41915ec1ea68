/** Entry of the command, for `bin/strongroom.js`. */
import { main } from './main';

const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // The second one ends the process at once, as without a listener.
  process.once(signal, () => {
    ended.abort(signal);
  });
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
