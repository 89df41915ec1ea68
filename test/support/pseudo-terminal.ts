/** For tests: runs a command in a real pseudo-terminal, which Python makes, because Node cannot. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const host = fileURLToPath(new URL('pseudo-terminal.py', import.meta.url));

/** Why there is no pseudo-terminal on this computer; `undefined` if there is one. */
export const noPseudoTerminal: string | undefined =
  process.platform === 'win32'
    ? 'Windows has no pseudo-terminals of this kind'
    : spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0
      ? undefined
      : 'python3 of 3.9 or newer is not installed';

export interface PseudoTerminal {
  /** The process in the terminal. */
  readonly pid: number;
  /** Everything that was shown so far. */
  shown(): string;
  /** Resolves as soon as the text was shown. Rejects if the terminal ends without. */
  until(text: string): Promise<void>;
  /** Types; `\x03` is Ctrl+C, `\x1C` is Ctrl+\, `\x1A` is Ctrl+Z. */
  write(text: string): void;
  resize(rows: number, columns: number): void;
  /** Closes the terminal, as when its window is closed. */
  hangUp(): void;
  /** The exit code; 128 and the number of the signal, if one ended it. */
  readonly ended: Promise<number>;
}

const messageSchema = z.union([
  z.object({ data: z.base64() }),
  z.object({ pid: z.number() }),
  z.object({ code: z.number() }),
]);

export async function openPseudoTerminal(
  command: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<PseudoTerminal> {
  const python = spawn('python3', [host, ...command], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  python.stdin.on('error', () => undefined);
  let text = '';
  let code: number | undefined;
  let isPythonOver = false;
  const waiting = new Set<() => void>();
  const decoder = new TextDecoder();
  const lines = createInterface({ input: python.stdout });
  /** Resolves with the first result of `look`, which is asked again after each message. */
  const wait = <T>(look: () => T | undefined, missing: () => string): Promise<T> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = look();
        if (found !== undefined) resolve(found);
        else if (isPythonOver) reject(new Error(missing()));
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  let pid: number | undefined;
  lines.on('line', (line) => {
    const message = messageSchema.parse(JSON.parse(line));
    if ('pid' in message) ({ pid } = message);
    else if ('code' in message) ({ code } = message);
    else text += decoder.decode(Buffer.from(message.data, 'base64'), { stream: true });
    for (const check of waiting) check();
  });
  const over = new Promise<void>((resolve) => {
    lines.once('close', () => {
      isPythonOver = true;
      for (const check of waiting) check();
      resolve();
    });
  });
  await wait(
    () => pid,
    () => 'The pseudo-terminal was not made.',
  );
  onTestFinished(async () => {
    python.kill('SIGKILL');
    await over;
  });
  const ended = wait(
    () => code,
    () => `The pseudo-terminal failed after: ${text}`,
  );
  // A test that fails before may not wait for it.
  ended.catch(() => undefined);
  const order = (message: Readonly<Record<string, unknown>>): void => {
    python.stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    pid: pid ?? 0,
    shown: () => text,
    until: async (wanted) => {
      await wait(
        () => (text.includes(wanted) ? wanted : undefined),
        () => `“${wanted}” was not shown, but: ${text}`,
      );
    },
    write: (typed) => {
      order({ write: typed });
    },
    resize: (rows, columns) => {
      order({ size: [rows, columns] });
    },
    hangUp: () => {
      order({ close: true });
    },
    ended,
  };
}
