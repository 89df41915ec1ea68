/**
 * What several clients did to one environment at a store that cannot refuse a write from an old version, and
 * what must be there afterwards, key by key. Writes that overlap are merged, so a client may find variables
 * that it has not written. Each acknowledged change of a key must be there still, or have been replaced by a
 * client that knew of it, or have been written over by one that was told so, with the value in the history of
 * the store.
 */
import { versionOf, type Act, type Content, type Outcome } from './history';

export interface KeyWrite extends Act {
  /** What its author had read. Empty if there was nothing. */
  readonly from: Content;
  readonly to: Content;
  /** Whether the author wrote without a look, as other programs do. Nobody tells it anything. */
  readonly isForeign: boolean;
}

export interface KeyVerdict {
  /** Acknowledged changes that are gone, though nobody who knew of them or was told replaced them. */
  readonly lost: readonly string[];
  /** Values that are there, or were read, although nobody wrote them. */
  readonly phantom: readonly string[];
  /** Acknowledged changes that were written over by a client that was told so. */
  readonly told: number;
}

export interface KeyEnd {
  /** Without an environment: empty. */
  readonly content: Content;
  /** Every value that the store still has in a version of a key. */
  readonly kept: ReadonlyMap<string, ReadonlySet<string>>;
}

const EMPTY: Content = new Map();

const overlap = (a: Act, b: Act): boolean => a.start < b.end && b.start < a.end;

/** The values that a write changes. */
const ownOf = ({ from, to }: KeyWrite): Content =>
  new Map([...to].filter(([key, value]) => from.get(key) !== value));

const hasReadOf = ({ author, from }: KeyWrite, other: KeyWrite): boolean =>
  author !== other.author && [...ownOf(other)].some(([key, value]) => from.get(key) === value);

export class KeyHistory {
  readonly #writes: KeyWrite[] = [];
  readonly #read = new Map<string, Set<string>>();
  #time = 0;

  write(author: string, from: Content | undefined, to: Content, isForeign = false): KeyWrite {
    this.#time += 1;
    const write: KeyWrite = {
      author,
      from: from ?? EMPTY,
      to,
      isForeign,
      start: this.#time,
      end: Number.POSITIVE_INFINITY,
      outcome: 'unknown',
    };
    this.#writes.push(write);
    return write;
  }

  remove(author: string, content: Content): KeyWrite {
    return this.write(author, content, EMPTY);
  }

  settle(act: Act, outcome: Outcome): void {
    this.#time += 1;
    act.end = this.#time;
    act.outcome = outcome;
  }

  read(content: Content): void {
    for (const [key, value] of content) {
      const values = this.#read.get(key) ?? new Set<string>();
      this.#read.set(key, values.add(value));
    }
  }

  /** All writes, in the order of their starts. */
  describe(): string[] {
    return this.#writes.map(
      ({ author, start, end, outcome, from, to }) =>
        `${String(start)}–${String(end)} ${author} wrote ${versionOf(to)} over ${versionOf(from)}: ${outcome}`,
    );
  }

  judge(end: KeyEnd): KeyVerdict {
    const lost: string[] = [];
    let told = 0;
    const keys = new Set(this.#writes.flatMap(({ from, to }) => [...from.keys(), ...to.keys()]));
    for (const key of keys) {
      for (const write of this.#changesOf(key)) {
        if (write.outcome !== 'acknowledged' || this.#isInPlace(key, write, end)) continue;
        if (this.#wasTold(key, write, end)) told += 1;
        else lost.push(`${key} of ${write.author}: ${write.to.get(key) ?? 'its removal'}`);
      }
    }
    return { lost, phantom: this.#phantoms(end.content), told };
  }

  #changesOf(key: string): KeyWrite[] {
    return this.#writes.filter(({ from, to }) => from.get(key) !== to.get(key));
  }

  /** Whether the change is there, or somebody who knew of it has replaced it. */
  #isInPlace(key: string, write: KeyWrite, end: KeyEnd): boolean {
    const value = write.to.get(key);
    if (end.content.get(key) === value) return true;
    return this.#changesOf(key).some((next) => {
      if (next === write || next.from.get(key) !== value || next.end < write.start) return false;
      const after = next.to.get(key);
      // A refused write may have landed, if somebody else changed another key.
      return next.outcome !== 'refused' || after === undefined || this.#wasThere(key, after, end);
    });
  }

  #wasThere(key: string, value: string, { kept }: KeyEnd): boolean {
    return [kept, this.#read].some((values) => values.get(key)?.has(value) === true);
  }

  /**
   * Whether a client wrote at the same time, without having seen the change, and got a failure that says so; or
   * one that had built on such a write before it was merged. It may have put several versions, each with what it
   * found in between. Its own value must not be the last: theirs is put back.
   */
  #wasTold(key: string, write: KeyWrite, end: KeyEnd): boolean {
    const value = write.to.get(key);
    const isKept = value === undefined || end.kept.get(key)?.has(value) === true;
    const isRemoved = this.#changesOf(key).some(({ to }) => !to.has(key));
    if (!isKept && !isRemoved && !this.#isHistoryGone(write)) return false;
    // The same value may have been there before, and removed in between.
    const isBlind = ({ from, start }: KeyWrite): boolean =>
      value === undefined || from.get(key) !== value || start < write.start;
    const beside = this.#writes.filter(
      (other) =>
        other.author !== write.author &&
        !other.isForeign &&
        overlap(other, write) &&
        isBlind(other),
    );
    const builtOn = this.#writes.filter(
      (other) =>
        !other.isForeign &&
        isBlind(other) &&
        beside.some((first) => overlap(other, first) && hasReadOf(other, first)),
    );
    return [...beside, ...builtOn].some((other) => this.#isWarned(key, other, end));
  }

  /** Whether the environment was removed as a whole afterwards, which can take its history with it. */
  #isHistoryGone({ start }: KeyWrite): boolean {
    return this.#writes.some(
      ({ to, outcome, end }) => to.size === 0 && outcome !== 'refused' && end > start,
    );
  }

  #isWarned(key: string, write: KeyWrite, end: KeyEnd): boolean {
    if (write.outcome === 'unknown') return !this.#wasSettled(write);
    if (write.outcome === 'acknowledged') return false;
    const own = ownOf(write);
    const isLast = own.get(key) !== undefined && own.get(key) === end.content.get(key);
    if (isLast && !this.#wroteAgain(key, write)) return false;
    return [...own].some(([name, value]) => this.#wasThere(name, value, end));
  }

  /** Whether the same value was written once more: its author decided for it when asked. */
  #wroteAgain(key: string, { to, start }: KeyWrite): boolean {
    return this.#changesOf(key).some(
      (later) =>
        later.start > start && later.outcome !== 'refused' && later.to.get(key) === to.get(key),
    );
  }

  /** Whether its author later wrote from the same base, with success: then the doubt was resolved. */
  #wasSettled({ author, from, end }: KeyWrite): boolean {
    return this.#writes.some(
      (later) =>
        later.author === author &&
        later.start > end &&
        later.outcome === 'acknowledged' &&
        versionOf(later.from) === versionOf(from),
    );
  }

  #phantoms(content: Content): string[] {
    const isWritten = (key: string, value: string): boolean =>
      this.#writes.some(({ to }) => to.get(key) === value);
    const unknown = (why: string, key: string, values: Iterable<string>): string[] =>
      [...values]
        .filter((value) => !isWritten(key, value))
        .map((value) => `${key} ${why}, and nobody wrote it: ${value}`);
    return [
      ...[...content].flatMap(([key, value]) => unknown('is there', key, [value])),
      ...[...this.#read].flatMap(([key, values]) => unknown('was read', key, values)),
    ];
  }
}
