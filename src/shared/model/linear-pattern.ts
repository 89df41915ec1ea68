/**
 * Patterns that cannot hang the app. A backtracking engine, as that of `RegExp`, takes exponential time for some
 * patterns, and a pattern may come from a file of somebody else. Here all states are followed at once, as Thompson
 * describes (Regular Expression Search Algorithm, CACM 11(6), 1968), so the time is at most states × characters.
 * Both are bounded.
 *
 * The syntax is a part of that of JavaScript with the flags `u` and `s`: characters, `.`, `[…]`, `\d \w \s` and their
 * opposites, groups, `|`, and the quantifiers `* + ? {n} {n,} {n,m}`. A pattern is for the whole text; `^` at its
 * start and `$` at its end may be left out.
 */

/** Code units of a pattern, at most. */
export const PATTERN_MAX = 200;
/** Code units of a text that a pattern is compared with, at most. */
export const PATTERN_TEXT_MAX = 2000;
/** Instructions of a pattern, at most; `a{100}` has 100. */
const PROGRAM_MAX = 500;

/** A pattern that cannot be used. The message is for the person who wrote it. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

type Range = readonly [from: number, to: number];

/** The code points of one character of a pattern. */
interface CharacterSet {
  readonly ranges: readonly Range[];
  readonly isNegated: boolean;
}

type Node =
  | { readonly type: 'set'; readonly set: CharacterSet }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'choice'; readonly items: readonly Node[] }
  | { readonly type: 'repeat'; readonly item: Node; readonly min: number; readonly max: number };

type Instruction =
  | { readonly op: 'set'; readonly set: CharacterSet }
  /** Goes on at all of these. */
  | { readonly op: 'split'; readonly to: number[] }
  | { readonly op: 'end' };

const of = (text: string): number => text.codePointAt(0) ?? 0;

const DIGIT: readonly Range[] = [[of('0'), of('9')]];
const WORD: readonly Range[] = [
  ...DIGIT,
  [of('A'), of('Z')],
  [of('a'), of('z')],
  [of('_'), of('_')],
];
/** As `\s` of JavaScript: https://tc39.es/ecma262/#sec-compiletocharset */
const SPACE: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const CLASSES: Readonly<Record<string, readonly Range[]>> = { d: DIGIT, w: WORD, s: SPACE };
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
/** Characters that a `\` makes literal. */
const LITERAL_AFTER_BACKSLASH = /^[\\^$.*+?()[\]{}|/-]$/;

const single = (character: string): Range => [of(character), of(character)];

/** All code points outside of the ranges. */
function opposite(ranges: readonly Range[]): Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (from > next) left.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= 0x10_ffff) left.push([next, 0x10_ffff]);
  return left;
}

class Parser {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(source: string) {
    const characters = Array.from(source);
    const start = characters[0] === '^' ? 1 : 0;
    const isEnded = characters.at(-1) === '$' && !isEscapedEnd(characters);
    this.#characters = characters.slice(start, isEnded ? -1 : undefined);
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#characters.length) throw new PatternError('A “)” has no “(”.');
    return node;
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(): string {
    const character = this.#next;
    if (character === undefined) throw new PatternError('The pattern ends too early.');
    this.#at += 1;
    return character;
  }

  #skip(text: string): boolean {
    const isThere = this.#characters.slice(this.#at, this.#at + text.length).join('') === text;
    if (isThere) this.#at += text.length;
    return isThere;
  }

  #choice(): Node {
    const items = [this.#sequence()];
    while (this.#skip('|')) items.push(this.#sequence());
    return { type: 'choice', items };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') {
      items.push(this.#repeated(this.#atom()));
    }
    return { type: 'sequence', items };
  }

  #atom(): Node {
    const character = this.#take();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { type: 'set', set: this.#set() };
      case '.':
        return { type: 'set', set: { ranges: [], isNegated: true } };
      case '\\':
        return { type: 'set', set: { ranges: this.#escaped(), isNegated: false } };
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternError(`There is nothing before “${character}” that it could repeat.`);
      case '^':
      case '$':
        throw new PatternError(
          `“${character}” can only be at the ${character === '^' ? 'start' : 'end'}. For the character, write “\\${character}”.`,
        );
      case ']':
      case '}':
        throw new PatternError(`For the character “${character}”, write “\\${character}”.`);
      default:
        return { type: 'set', set: { ranges: [single(character)], isNegated: false } };
    }
  }

  #group(): Node {
    if (this.#next === '?' && !this.#skip('?:')) {
      throw new PatternError('Of groups with “(?”, only “(?:” can be used.');
    }
    const node = this.#choice();
    if (!this.#skip(')')) throw new PatternError('A “(” is not closed.');
    return node;
  }

  #repeated(item: Node): Node {
    const bounds = this.#bounds();
    if (bounds === undefined) return item;
    // What comes first makes no difference for a whole text.
    this.#skip('?');
    if (/^[*+?{]$/.test(this.#next ?? '')) {
      throw new PatternError(
        `“${this.#next ?? ''}” repeats what is repeated already. Use a group.`,
      );
    }
    const [min, max] = bounds;
    return { type: 'repeat', item, min, max };
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#skip('*')) return [0, Infinity];
    if (this.#skip('+')) return [1, Infinity];
    if (this.#skip('?')) return [0, 1];
    if (!this.#skip('{')) return undefined;
    const end = this.#characters.indexOf('}', this.#at);
    const text = end === -1 ? '' : this.#characters.slice(this.#at, end).join('');
    const [, from, comma, to = ''] = /^(\d{1,4})(,?)(\d{0,4})$/.exec(text) ?? [];
    if (from === undefined) {
      throw new PatternError(
        'Write a number of times as {3}, {3,} or {3,5}. For “{”, write “\\{”.',
      );
    }
    this.#at = end + 1;
    const min = Number(from);
    const max = comma === '' ? min : to === '' ? Infinity : Number(to);
    if (max < min) throw new PatternError(`{${text}} has the larger number first.`);
    return [min, max];
  }

  /** What follows a `\`. */
  #escaped(): readonly Range[] {
    const character = this.#take();
    const known = CLASSES[character.toLowerCase()];
    if (known !== undefined) return character === character.toLowerCase() ? known : opposite(known);
    const control = CONTROLS[character];
    if (control !== undefined) return [single(control)];
    if (LITERAL_AFTER_BACKSLASH.test(character)) return [single(character)];
    throw new PatternError(`“\\${character}” cannot be used in a pattern.`);
  }

  /** What follows a `[`. */
  #set(): CharacterSet {
    const isNegated = this.#skip('^');
    const ranges: Range[] = [];
    while (!this.#skip(']')) {
      if (this.#next === undefined) throw new PatternError('A “[” is not closed.');
      const from = this.#member();
      const goesOn = this.#next === '-' && this.#characters[this.#at + 1] !== ']';
      if (!goesOn) {
        ranges.push(...from);
        continue;
      }
      this.#at += 1;
      const to = this.#member();
      const [[first, end] = [0, -1]] = from;
      const [[start, last] = [0, -1]] = to;
      if (from.length > 1 || to.length > 1 || first !== end || start !== last || last < first) {
        throw new PatternError(
          'A range in “[…]” goes from a character to a later one, as in [a-z].',
        );
      }
      ranges.push([first, last]);
    }
    return { ranges, isNegated };
  }

  #member(): readonly Range[] {
    const character = this.#take();
    return character === '\\' ? this.#escaped() : [single(character)];
  }
}

/** Whether the last character has a `\` before it that is not itself escaped. */
function isEscapedEnd(characters: readonly string[]): boolean {
  let count = 0;
  for (let at = characters.length - 2; characters[at] === '\\'; at -= 1) count += 1;
  return count % 2 === 1;
}

/** Translates to instructions that are followed from the first on. */
function compile(node: Node): Instruction[] {
  const program: Instruction[] = [];
  let parts = 0;
  const add = <T extends Instruction>(instruction: T): T => {
    program.push(instruction);
    return instruction;
  };
  const split = (): number[] => add({ op: 'split', to: [] }).to;

  const write = (one: Node): void => {
    parts += 1;
    // An empty group takes no instruction, however often it is repeated.
    if (program.length > PROGRAM_MAX || parts > PROGRAM_MAX * 10) {
      throw new PatternError('The pattern repeats too much. Use smaller numbers in {…}.');
    }
    switch (one.type) {
      case 'set':
        add({ op: 'set', set: one.set });
        return;
      case 'sequence':
        for (const item of one.items) write(item);
        return;
      case 'choice': {
        if (one.items.length === 1) {
          for (const item of one.items) write(item);
          return;
        }
        const starts = split();
        const ends: number[][] = [];
        for (const item of one.items) {
          starts.push(program.length);
          write(item);
          ends.push(split());
        }
        for (const end of ends) end.push(program.length);
        return;
      }
      case 'repeat':
        repeat(one);
    }
  };

  const repeat = ({ item, min, max }: Extract<Node, { type: 'repeat' }>): void => {
    for (let times = 0; times < min; times += 1) write(item);
    if (max === Infinity) {
      const start = program.length;
      const ways = split();
      ways.push(program.length);
      write(item);
      split().push(start);
      ways.push(program.length);
      return;
    }
    const skips: number[][] = [];
    for (let times = min; times < max; times += 1) {
      const ways = split();
      ways.push(program.length);
      skips.push(ways);
      write(item);
    }
    for (const ways of skips) ways.push(program.length);
  };

  write(node);
  add({ op: 'end' });
  return program;
}

const holds = ({ ranges, isNegated }: CharacterSet, code: number): boolean =>
  ranges.some(([from, to]) => code >= from && code <= to) !== isNegated;

/**
 * Returns a function that says whether a whole text matches. It returns `false` for a text above `PATTERN_TEXT_MAX`.
 * Throws `PatternError`.
 */
export function linearPattern(source: string): (text: string) => boolean {
  if (source.length > PATTERN_MAX) {
    throw new PatternError(`A pattern can have at most ${String(PATTERN_MAX)} characters.`);
  }
  const program = compile(new Parser(source).parse());

  /** All places that are reached from these without a character. */
  const closure = (starts: readonly number[]): number[] => {
    const seen = new Uint8Array(program.length);
    const reached: number[] = [];
    const open = [...starts];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen[at] === 1) continue;
      seen[at] = 1;
      const instruction = program[at];
      if (instruction?.op === 'split') open.push(...instruction.to);
      else reached.push(at);
    }
    return reached;
  };

  return (text) => {
    if (text.length > PATTERN_TEXT_MAX) return false;
    let places = closure([0]);
    for (const character of text) {
      const code = of(character);
      const next = places.flatMap((at) => {
        const instruction = program[at];
        return instruction?.op === 'set' && holds(instruction.set, code) ? [at + 1] : [];
      });
      if (next.length === 0) return false;
      places = closure(next);
    }
    return places.some((at) => program[at]?.op === 'end');
  };
}
