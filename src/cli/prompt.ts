/** Questions to a person, on standard error. Nothing is asked without a terminal or with `--no-input`. */
import { AppError } from '@shared/errors';
import type { Terminal } from './terminal';

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
    return this.#answer<string>(await password({ message, ...this.#streams() }));
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
    await this.#ask(message);
  }

  /** As `confirm`, for what --yes does not cover. Throws `refusal`, which names the option, if nobody can answer. */
  async decide(message: string, refusal: AppError): Promise<void> {
    if (!this.isPossible) throw refusal;
    await this.#ask(message);
  }

  async #ask(message: string): Promise<void> {
    const { confirm } = await import('@clack/prompts');
    const answer = await confirm({ message, initialValue: false, ...this.#streams() });
    if (!this.#answer<boolean>(answer)) throw cancelled();
  }

  #streams() {
    const { stdin, stderr, signal } = this.terminal;
    return { input: stdin, output: stderr, signal };
  }

  #answer<T extends string | boolean>(answer: T | symbol): T {
    if (typeof answer === 'symbol') throw cancelled();
    return answer;
  }
}

const cancelled = (): AppError => new AppError('CANCELLED', { hint: 'Nothing was changed.' });

const needsTerminal = (what: string, otherwise: string): AppError =>
  new AppError('INVALID_INPUT', {
    message: `${what}: there is no terminal to ask on, or --no-input was given.`,
    hint: otherwise,
  });
