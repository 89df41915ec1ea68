/**
 * Replaces secret values in a stream of bytes by `[NAME]`. See docs/decisions/0039-references-and-redaction.md.
 *
 * All values are looked for at once (Aho and Corasick, 1975). Bytes are held back only while they may be the
 * beginning of a value, so a prompt without a newline appears at once.
 */

export interface SecretValue {
  readonly name: string;
  readonly value: string;
}

/**
 * The shortest value that is replaced, in bytes. Shorter ones are found by chance everywhere: output without a
 * `1` or an `on` would be unreadable, and would give the value away.
 */
export const SHORTEST_REDACTED = 4;

/** The bytes of the beginning of a value that may be let through after a pause, because they may be a prompt. */
const QUIET_BYTES = SHORTEST_REDACTED - 1;

/** Words that guard nothing, but are often the value of a variable that was imported as a secret. */
const COMMON_WORDS = new Set(
  'true false null none debug info warn error test local localhost development staging production'.split(
    ' ',
  ),
);

/** The shortest piece of base64 that is looked for inside of longer base64. */
const SHORTEST_BASE64 = 8;

/** Whether a value is replaced at all. */
export const isRedacted = (value: string): boolean =>
  Buffer.byteLength(value) >= SHORTEST_REDACTED && !COMMON_WORDS.has(value.toLowerCase());

/** The value, and how programs often write it: in JSON, in a URL, in base64. */
function formsOf(value: string): Set<string> {
  const bytes = Buffer.from(value);
  // Half a character cannot be written; both UTF-8 and this replace it.
  const text = bytes.toString();
  const forms = new Set([
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    // As other programs write it: with small letters, and with every mark encoded.
    encodeURIComponent(text).replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()),
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (mark) => `%${mark.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`,
    ),
    // As forms of web pages write it.
    new URLSearchParams([['', text]]).toString().slice(1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]);
  // In longer base64, such as that of `user:password`, a value begins at any of three places in a group of four
  // characters. The characters at its ends depend on what is around it.
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((encoded.byteLength * 8) / 6);
    for (const encoding of ['base64', 'base64url'] as const) {
      const core = encoded.toString(encoding).slice(from, to);
      if (core.length >= SHORTEST_BASE64) forms.add(core);
    }
  }
  return forms;
}

const NONE = -1;

/** A whole text with its values replaced. */
export function redacted(patterns: Patterns, text: string): string {
  if (patterns.isEmpty) return text;
  const bytes = Buffer.from(text);
  if (!patterns.occurIn(bytes)) return text;
  const redactor = new Redactor(patterns);
  return Buffer.concat([redactor.take(bytes), redactor.end()]).toString();
}

/** The values to replace, prepared once for all streams. */
export class Patterns {
  /** The length of the longest form, in bytes. */
  readonly longest: number;
  /** Node 0 is the root. Children of a node are a list: `first` is its head, and `next` links it. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #byte: Uint8Array;
  /** How many of the last bytes may be the beginning of a form that is still arriving. */
  readonly #depth: Int32Array;
  readonly #fail: Int32Array;
  /** The longest form that ends in a node, also as an end of the text that leads to it: its length, and whose. */
  readonly #length: Int32Array;
  readonly #owner: Int32Array;
  readonly #root = new Int32Array(256).fill(NONE);
  readonly #names: readonly string[];

  /** If several values have the same form, the first is named. */
  constructor(values: readonly SecretValue[]) {
    const redacted = values.filter(({ value }) => isRedacted(value));
    this.#names = redacted.map(({ name }) => name);
    const forms = new Map<string, number>();
    for (const [owner, { value }] of redacted.entries()) {
      for (const form of formsOf(value)) if (!forms.has(form)) forms.set(form, owner);
    }
    const patterns = [...forms].map(([form, owner]) => ({ bytes: Buffer.from(form), owner }));
    const size = patterns.reduce((sum, { bytes }) => sum + bytes.byteLength, 1);
    this.longest = Math.max(0, ...patterns.map(({ bytes }) => bytes.byteLength));
    this.#first = new Int32Array(size).fill(NONE);
    this.#next = new Int32Array(size).fill(NONE);
    this.#byte = new Uint8Array(size);
    this.#depth = new Int32Array(size);
    this.#fail = new Int32Array(size);
    this.#length = new Int32Array(size);
    this.#owner = new Int32Array(size).fill(NONE);
    let nodes = 1;
    for (const { bytes, owner } of patterns) {
      let node = 0;
      for (const byte of bytes) {
        let child = this.#child(node, byte);
        if (child === NONE) {
          child = nodes;
          nodes += 1;
          this.#byte[child] = byte;
          this.#depth[child] = (this.#depth[node] ?? 0) + 1;
          if (node === 0) this.#root[byte] = child;
          else {
            this.#next[child] = this.#first[node] ?? NONE;
            this.#first[node] = child;
          }
        }
        node = child;
      }
      this.#length[node] = bytes.byteLength;
      this.#owner[node] = owner;
    }
    this.#link();
  }

  get isEmpty(): boolean {
    return this.longest === 0;
  }

  /** The node after one more byte. */
  step(from: number, byte: number): number {
    let node = from;
    for (;;) {
      const child = this.#child(node, byte);
      if (child !== NONE) return child;
      if (node === 0) return 0;
      node = this.#fail[node] ?? 0;
    }
  }

  /** Whether any form is in a whole text. */
  occurIn(bytes: Uint8Array): boolean {
    let node = 0;
    for (const byte of bytes) {
      node = this.step(node, byte);
      if (this.matched(node) > 0) return true;
    }
    return false;
  }

  /** How many of the last bytes may be the beginning of a form. */
  depth(node: number): number {
    return this.#depth[node] ?? 0;
  }

  /** The length of the longest form that ends here; 0 if none does. */
  matched(node: number): number {
    return this.#length[node] ?? 0;
  }

  /** The name of the value whose form that is. */
  nameAt(node: number): string {
    return this.#names[this.#owner[node] ?? NONE] ?? '';
  }

  #child(node: number, byte: number): number {
    if (node === 0) return this.#root[byte] ?? NONE;
    let child = this.#first[node] ?? NONE;
    while (child !== NONE && this.#byte[child] !== byte) child = this.#next[child] ?? NONE;
    return child;
  }

  /** Finds, level by level, the longest end of each node's text that is the beginning of another form. */
  #link(): void {
    let level = [...this.#root].filter((node) => node !== NONE);
    while (level.length > 0) {
      const below: number[] = [];
      for (const node of level) {
        for (
          let child = this.#first[node] ?? NONE;
          child !== NONE;
          child = this.#next[child] ?? NONE
        ) {
          const fail = this.step(this.#fail[node] ?? 0, this.#byte[child] ?? 0);
          this.#fail[child] = fail;
          // A form that nothing can follow is complete, and begins nothing.
          if (this.#first[child] === NONE) this.#depth[child] = this.#depth[fail] ?? 0;
          if (this.#length[child] === 0) {
            this.#length[child] = this.#length[fail] ?? 0;
            this.#owner[child] = this.#owner[fail] ?? NONE;
          }
          below.push(child);
        }
      }
      level = below;
    }
  }
}

interface Match {
  readonly from: number;
  readonly to: number;
  /** The length of its longest form, and the name of the value whose form that is. */
  readonly length: number;
  readonly name: string;
}

/**
 * One stream. Forms that overlap are replaced together, by the name of the longest, so that no part of a value
 * is left over. The result does not depend on how the stream is cut into chunks.
 */
export class Redactor {
  #node = 0;
  /** Bytes that were taken so far. Places in the stream are counted like this. */
  #taken = 0;
  /** Bytes before this place were given out, or replaced. */
  #given = 0;
  /** The bytes from `#given` on. */
  #held: Buffer = Buffer.alloc(0);
  /** What will be replaced and may still grow, in order. None overlaps another. */
  readonly #matches: Match[] = [];
  #replaced = 0;

  constructor(private readonly patterns: Patterns) {}

  /** How many places were replaced so far. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Whether `quiet` may give out something. */
  get isHolding(): boolean {
    return this.#held.byteLength > 0;
  }

  /** The bytes that can be given out after these. */
  take(chunk: Uint8Array): Buffer {
    const { patterns } = this;
    const out: Buffer[] = [];
    this.#held = Buffer.concat([this.#held, chunk]);
    for (const byte of chunk) {
      this.#node = patterns.step(this.#node, byte);
      this.#taken += 1;
      const length = patterns.matched(this.#node);
      if (length > 0) this.#found(length, patterns.nameAt(this.#node));
      if (this.#matches.length > 0) this.#replaceFinal(out);
    }
    this.#give(out, this.#possibleStart());
    return Buffer.concat(out);
  }

  /**
   * The bytes that can be given out because the stream has paused: all but the beginning of a value, and the
   * first three bytes of that too, because they may be a prompt. More could be most of a value that is written
   * slowly.
   */
  quiet(): Buffer {
    return this.#giveUpTo(Math.min(this.#possibleStart() + QUIET_BYTES, this.#taken));
  }

  /** The rest, at the end of the stream. */
  end(): Buffer {
    return this.#giveUpTo(this.#taken);
  }

  #giveUpTo(place: number): Buffer {
    const out: Buffer[] = [];
    while ((this.#matches[0]?.from ?? Infinity) <= place) this.#replaceFirst(out);
    this.#give(out, place);
    return Buffer.concat(out);
  }

  /** Where the longest form that may be arriving begins. */
  #possibleStart(): number {
    return this.#taken - this.patterns.depth(this.#node);
  }

  /** A form of this length ends here. */
  #found(length: number, name: string): void {
    let match: Match = { from: this.#taken - length, to: this.#taken, length, name };
    for (let last = this.#matches.at(-1); last !== undefined; last = this.#matches.at(-1)) {
      if (last.to <= match.from) break;
      this.#matches.pop();
      const longest = last.length >= match.length ? last : match;
      const from = Math.min(last.from, match.from);
      match = { from, to: match.to, length: longest.length, name: longest.name };
    }
    this.#matches.push(match);
  }

  /** Replaces what cannot grow any more, and what has grown so long that holding it back would take memory. */
  #replaceFinal(out: Buffer[]): void {
    for (let [first] = this.#matches; first !== undefined; [first] = this.#matches) {
      const isFinal = first.to <= this.#possibleStart();
      if (!isFinal && first.to - first.from < 2 * this.patterns.longest) return;
      this.#replaceFirst(out);
    }
  }

  #replaceFirst(out: Buffer[]): void {
    const match = this.#matches.shift();
    if (match === undefined) return;
    this.#give(out, match.from);
    this.#held = this.#held.subarray(match.to - this.#given);
    this.#given = match.to;
    this.#replaced += 1;
    out.push(Buffer.from(`[${match.name}]`));
  }

  /** Gives out the bytes before a place, up to what will be replaced. */
  #give(out: Buffer[], before: number): void {
    const place = Math.min(before, this.#matches[0]?.from ?? before);
    const size = place - this.#given;
    if (size <= 0) return;
    out.push(this.#held.subarray(0, size));
    this.#held = this.#held.subarray(size);
    this.#given = place;
  }
}
