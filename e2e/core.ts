/** The browser host as a separate process, for journeys that treat it as no user would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../out/main/browser.js', import.meta.url));

export interface Core {
  /** The next line that it prints; the first is the launch link. `undefined` when it has ended. */
  line(): Promise<string | undefined>;
  /** Its output on standard error so far. */
  readonly errors: string;
  /** Kills it, so that it cannot clean up. */
  kill(): Promise<void>;
  /** The exit code; `null` after `kill`. */
  readonly ended: Promise<number | null>;
}

/** `port`: 0 for any free port. */
export function spawnCore(dataDirectory: string, { port = 0 } = {}): Core {
  const args = [program, '--port', String(port), '--data-dir', dataDirectory];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => {
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
    get errors() {
      return errors;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}
