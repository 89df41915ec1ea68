/** For tests: runs command lines in this process, each with its own data directory, keychain and terminal. */
import { PassThrough, Readable, Writable } from 'node:stream';
import { main } from '@cli/main';
import type { Input, OutputStream, Terminal } from '@cli/terminal';
import type { Keychain } from '@core/keys/keychain';
import { MemoryKeychain } from './memory-keychain';
import { temporaryDirectory } from './temporary-directory';

/** What a person types when a text appears on standard error, in this order. */
export type Answers = readonly (readonly [
  question: string,
  /** Or what happens before it is typed. */
  answer: string | (() => Promise<string>),
])[];

export interface CommandOptions {
  readonly dataDirectory?: string;
  readonly cwd?: string;
  readonly keychain?: Keychain;
  readonly programs?: URL;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Standard input, if it is no terminal. */
  readonly stdin?: string | Uint8Array | Readable;
  /** Makes all three streams a terminal. */
  readonly answers?: Answers;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Instead of one that keeps what it gets. */
  readonly stdout?: OutputStream;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

class Kept extends Writable {
  text = '';
  readonly columns = 100;

  constructor(
    readonly isTTY: boolean,
    private readonly onText: (text: string) => void = () => undefined,
  ) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string | Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    this.onText(this.text);
    done();
  }
}

export class TestCommand {
  readonly dataDirectory: string;
  readonly cwd: string;
  readonly keychain: Keychain;
  readonly #env: Readonly<Record<string, string>>;
  readonly #programs: URL | undefined;

  constructor({ dataDirectory, cwd, keychain, programs, env = {} }: CommandOptions = {}) {
    this.dataDirectory = dataDirectory ?? temporaryDirectory();
    this.cwd = cwd ?? temporaryDirectory();
    this.keychain = keychain ?? new MemoryKeychain();
    this.#env = env;
    this.#programs = programs;
  }

  /** Runs one command line, in words. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { stdin, answers, env = {}, signal, stdout: other } = options;
    const isTerminal = answers !== undefined;
    const input: Input & PassThrough = Object.assign(new PassThrough(), {
      isTTY: isTerminal,
      setRawMode: () => input,
    });
    const left = [...(answers ?? [])];
    let seen = 0;
    const stderr = new Kept(isTerminal, (text) => {
      const [next] = left;
      if (next === undefined || !text.slice(seen).includes(next[0])) return;
      left.shift();
      seen = text.length;
      // After the question is drawn, so that the prompt listens.
      setImmediate(() => {
        const [, answer] = next;
        if (typeof answer === 'string') input.write(answer);
        else void answer().then((text) => input.write(text));
      });
    });
    const stdout = new Kept(isTerminal);
    if (stdin instanceof Readable) stdin.pipe(input);
    else if (!isTerminal) input.end(stdin ?? '');
    const terminal: Terminal = {
      stdin: input,
      stdout: other ?? stdout,
      stderr,
      env: { NO_COLOR: '1', ...this.#env, ...env },
      cwd: this.cwd,
      pid: process.pid,
      ...(this.#programs !== undefined && { programs: this.#programs }),
      signal: signal ?? new AbortController().signal,
      keychain: () => this.keychain,
    };
    const code = await main(['--data-dir', this.dataDirectory, ...args], terminal);
    return { code, out: stdout.text, err: stderr.text };
  }

  /** As `run`, for a command that must succeed. Returns its standard output. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, out, err } = await this.run(args, options);
    if (code !== 0)
      throw new Error(`strongroom ${args.join(' ')} ended with ${String(code)}: ${err}`);
    return out;
  }

  /** As `ok`, with `--json`. */
  async json(args: readonly string[], options: RunOptions = {}): Promise<unknown> {
    return JSON.parse(await this.ok([...args, '--json'], options));
  }
}

/** A command with an environment that is active. */
export async function commandWith(
  name: string,
  options: CommandOptions = {},
): Promise<TestCommand> {
  const command = new TestCommand(options);
  await command.ok(['env', 'create', name]);
  await command.ok(['env', 'use', name]);
  return command;
}
