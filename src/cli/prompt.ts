/** Questions to a person, on standard error. Nothing is asked without a terminal or with `--no-input`. */
import { AppError } from '@shared/errors';
import { oneLine } from './output';
import type { Terminal } from './terminal';

/** Ctrl+D. */
const END_OF_INPUT = '\u0004';

interface Streams {
  readonly input: Terminal['stdin'];
  readonly output: Terminal['stderr'];
  readonly signal: AbortSignal;
}

export interface PromptOptions {
  /** False with `--no-input`. */
  readonly input: boolean;
  /** True with `--yes`. */
  readonly yes: boolean;
}

export class Prompt {
  constructor(
    private readonly terminal: Terminal,
    private readonly options: PromptOptions,
  ) {}

  /** Whether a person can answer. */
  get isPossible(): boolean {
    const { stdin, stderr } = this.terminal;
    return this.options.input && stdin.isTTY === true && stderr.isTTY === true;
  }

  /** A masked line. `otherwise` says how to give it without a terminal. Throws `CANCELLED`. */
  async secret(message: string, otherwise: string): Promise<string> {
    if (!this.isPossible) throw needsTerminal(`${message} cannot be asked for`, otherwise);
    const { password } = await import('@clack/prompts');
    return this.#ask<string>(
      (streams) => password({ message: oneLine(message), ...streams }),
      otherwise,
    );
  }

  /** Whether `confirm` waits for a person. */
  get waits(): boolean {
    return !this.options.yes && this.isPossible;
  }

  /** Returns at once with `--yes`. Throws `CANCELLED` for no, and `INVALID_INPUT` if nobody can answer. */
  async confirm(message: string): Promise<void> {
    if (this.options.yes) return;
    if (!this.isPossible) {
      throw needsTerminal('This needs a confirmation', 'Add --yes to confirm it.');
    }
    await this.#confirmed(message);
  }

  /** As `confirm`; a person types the name of what is lost, which is asked for again until it is right. */
  async confirmName(name: string, consequence: string): Promise<void> {
    if (this.options.yes) return;
    const otherwise = 'Add --yes to confirm it.';
    if (!this.isPossible) throw needsTerminal('This needs a confirmation', otherwise);
    const { text } = await import('@clack/prompts');
    await this.#ask<string>(
      (streams) =>
        text({
          message: oneLine(`${consequence} Type its name to confirm: ${name}`),
          validate: (typed) => (typed?.trim() === name ? undefined : `The name is ${name}.`),
          ...streams,
        }),
      otherwise,
    );
  }

  /** As `confirm`, for what --yes does not cover. Throws `refusal`, which names the option, if nobody can answer. */
  async decide(message: string, refusal: AppError): Promise<void> {
    if (!this.isPossible) throw refusal;
    await this.#confirmed(message);
  }

  async #confirmed(message: string): Promise<void> {
    const { confirm } = await import('@clack/prompts');
    const isConfirmed = await this.#ask<boolean>(
      (streams) => confirm({ message: oneLine(message), initialValue: false, ...streams }),
      'Answer with one key.',
    );
    if (!isConfirmed) throw cancelled();
  }

  /** Ctrl+D and pasted lines end the question: clack would wait for ever, or take a part of the lines. */
  async #ask<T extends string | boolean>(
    question: (streams: Streams) => Promise<T | symbol>,
    otherwise: string,
  ): Promise<T> {
    const { stdin, stderr, signal } = this.terminal;
    const ended = new AbortController();
    let hasLines = false;
    const read = (chunk: Uint8Array | string): void => {
      const text = Buffer.from(chunk).toString();
      hasLines ||= /[\r\n]/.test(text.replace(/\r\n?$/, ''));
      if (hasLines || text.includes(END_OF_INPUT)) ended.abort();
    };
    const end = (): void => {
      ended.abort();
    };
    // A terminal that does not know its size says 0, and the question would have one character a line.
    if (stderr.columns === 0)
      Object.defineProperty(stderr, 'columns', { value: 80, writable: true });
    stdin.on('data', read).once('end', end);
    try {
      const answer = await question({
        input: stdin,
        output: stderr,
        signal: AbortSignal.any([signal, ended.signal]),
      });
      if (hasLines) throw severalLines(otherwise);
      if (typeof answer === 'symbol') throw cancelled();
      return answer;
    } finally {
      stdin.off('data', read).off('end', end);
      // Otherwise it keeps the process alive, if it was ended before the question was shown.
      stdin.pause();
    }
  }
}

const cancelled = (): AppError => new AppError('CANCELLED', { hint: 'Nothing was changed.' });

const severalLines = (otherwise: string): AppError =>
  new AppError('INVALID_INPUT', {
    message: 'Several lines were typed or pasted, and a question takes one. Nothing was changed.',
    hint: otherwise,
  });

const needsTerminal = (what: string, otherwise: string): AppError =>
  new AppError('INVALID_INPUT', {
    message: `${what}: there is no terminal to ask on, or --no-input was given.`,
    hint: otherwise,
  });
