/** Data goes to standard output, everything else to standard error. */
import type { OutputStream, Terminal } from './terminal';

/** Nobody reads standard output any more, as with `strongroom … | head -1`. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
}

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
export type Style = keyof typeof styles;

export class Output {
  #progress = '';

  constructor(
    private readonly terminal: Pick<Terminal, 'stdout' | 'stderr' | 'env'>,
    readonly json: boolean,
  ) {}

  /** Whether data goes to a person, and not to a file or another program. */
  get isToTerminal(): boolean {
    return this.terminal.stdout.isTTY === true;
  }

  /** Writes text as it is. Throws `BrokenPipe`. */
  async data(text: string): Promise<void> {
    this.#clearProgress();
    await write(this.terminal.stdout, text);
  }

  /** Writes bytes as they are. Throws `BrokenPipe`. */
  async bytes(bytes: Uint8Array): Promise<void> {
    this.#clearProgress();
    await write(this.terminal.stdout, bytes);
  }

  /** Prints `value` as JSON with `--json`, otherwise the text that `words` makes. */
  async result(value: unknown, words: () => string): Promise<void> {
    if (this.json) await this.data(`${JSON.stringify(value, undefined, 2)}\n`);
    else {
      const text = words();
      if (text !== '') await this.data(`${text}\n`);
    }
  }

  /** Says that something was done; with `--json`, prints what it was done to. */
  async done(value: unknown, sentence: string): Promise<void> {
    if (this.json) await this.result(value, () => '');
    else await this.say(oneLine(sentence));
  }

  /** A line for a person, on standard error. */
  async say(text: string): Promise<void> {
    this.#clearProgress();
    // Nobody is left to tell if standard error is closed.
    await write(this.terminal.stderr, `${text}\n`).catch(() => undefined);
  }

  async warn(text: string): Promise<void> {
    await this.say(`${this.styled('yellow', 'Warning:')} ${oneLine(text)}`);
  }

  /** Replaces the line of progress on a terminal; nothing otherwise. */
  progress(text: string): void {
    if (this.terminal.stderr.isTTY !== true || this.json) return;
    this.#clearProgress();
    this.terminal.stderr.write(text);
    this.#progress = text;
  }

  /** Colours text for standard error, if it is a terminal that wants colours. */
  styled(style: Style, text: string): string {
    return colours(this.terminal.stderr, this.terminal.env) ? paint(style, text) : text;
  }

  /** As `styled`, for standard output. */
  styledData(style: Style, text: string): string {
    return colours(this.terminal.stdout, this.terminal.env) ? paint(style, text) : text;
  }

  #clearProgress(): void {
    if (this.#progress === '') return;
    this.terminal.stderr.write('\r\u001B[2K');
    this.#progress = '';
  }
}

/** https://no-color.org: any value but the empty one counts. */
const colours = (stream: OutputStream, env: Terminal['env']): boolean =>
  stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';

const paint = (style: Style, text: string): string =>
  `\u001B[${String(styles[style])}m${text}\u001B[0m`;

const write = (stream: OutputStream, text: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(isBrokenPipe(error) ? new BrokenPipe() : error);
    });
  });

const isBrokenPipe = (error: Error): boolean =>
  'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');

const CONTROL = /\p{Cc}/gu;

/** Text from elsewhere on one line, without characters that a terminal would obey. */
export const oneLine = (text: string): string =>
  text.replaceAll(CONTROL, (character) =>
    character === '\n' ? '\\n' : character === '\t' ? '\\t' : '\uFFFD',
  );

/** Code points: close enough to columns of a terminal. */
const widthOf = (text: string): number => Array.from(text).length;

/** Rows as columns that are as wide as their widest cell. Empty without rows. */
export function table(rows: readonly (readonly string[])[]): string {
  const cleaned = rows.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of cleaned) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
    }
  }
  const padded = (cell: string, index: number): string =>
    cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell));
  return cleaned.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}
