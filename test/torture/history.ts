/**
 * What several clients did to one secret, and what must be there afterwards. Every write leaves a content
 * that no other write leaves, so the contents are the versions, and each write leads from one to the next:
 * whatever order the server put them in, what was acknowledged has to lie on one line without a fork.
 */
export type Content = ReadonlyMap<string, string>;

/** A content as text; the same for the same variables in any order. */
export const versionOf = (content: Content): string =>
  JSON.stringify([...content].toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** `refused`: the client was told that nothing was done; `unknown`: it was told of a broken connection. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

interface Act {
  readonly author: string;
  readonly start: number;
  /** Of the answer; infinite while there is none. */
  end: number;
  outcome: Outcome;
}

export interface Write extends Act {
  /** What it went over; `undefined` where it was to be the first, or over what was deleted. */
  readonly from: string | undefined;
  readonly to: string;
}

export interface Removal extends Act {
  readonly version: string;
}

export interface Verdict {
  /** Acknowledged writes that are gone, though nobody replaced or removed them. */
  readonly lost: readonly string[];
  /** What is there, or was read, though nobody wrote it, or it was replaced or removed. */
  readonly phantom: readonly string[];
  /** Refused writes that came through all the same: undone too late, see decision 16. */
  readonly undone: number;
}

export interface End {
  readonly isDeleted: boolean;
  /** What is there; where it is deleted, what was brought back. Absent where nothing can be. */
  readonly content?: Content | undefined;
}

export class History {
  readonly #writes: Write[] = [];
  readonly #removals: Removal[] = [];
  readonly #restores: Act[] = [];
  readonly #read = new Set<string>();
  #time = 0;

  /** @param hitsAny Whether a removal without an answer may have hit another version, as with AWS. */
  constructor(private readonly hitsAny: boolean) {}

  write(author: string, from: Content | undefined, to: Content): Write {
    return this.#begin(this.#writes, { author, from: from && versionOf(from), to: versionOf(to) });
  }

  remove(author: string, content: Content): Removal {
    return this.#begin(this.#removals, { author, version: versionOf(content) });
  }

  restore(author: string): Act {
    return this.#begin(this.#restores, { author });
  }

  settle(act: Act, outcome: Outcome): void {
    this.#time += 1;
    act.end = this.#time;
    act.outcome = outcome;
  }

  read(content: Content): void {
    this.#read.add(versionOf(content));
  }

  /** What was done, in the order in which it was begun. */
  describe(): string[] {
    const acts: readonly (Act & Partial<Write> & Partial<Removal>)[] = [
      ...this.#writes,
      ...this.#removals,
      ...this.#restores,
    ];
    return acts
      .toSorted((a, b) => a.start - b.start)
      .map(({ author, start, end, outcome, from, to, version }) => {
        const what =
          to !== undefined
            ? `wrote ${to} over ${from ?? 'nothing'}`
            : version === undefined
              ? 'restored'
              : `removed ${version}`;
        return `${String(start)}–${String(end)} ${author} ${what}: ${outcome}`;
      });
  }

  judge({ isDeleted, content }: End): Verdict {
    const lost: string[] = [];
    const phantom: string[] = [];
    const final = content && versionOf(content);
    const writer = new Map(this.#writes.map((write) => [write.to, write]));
    const line = new Set(this.#writes.filter(({ outcome }) => outcome === 'acknowledged'));
    const need = (version: string, why: string): void => {
      const write = writer.get(version);
      if (write === undefined) phantom.push(`${why}, and nobody wrote it: ${version}`);
      else line.add(write);
    };
    for (const version of this.#read) {
      const write = writer.get(version);
      // What was undone a moment later may have been read.
      if (write?.outcome !== 'refused') need(version, 'was read');
    }
    if (final !== undefined) need(final, 'is there');
    // Grows while it is gone through.
    for (const { from } of line) if (from !== undefined) need(from, 'was built on');
    // Read and then undone, without an answer that said so; what that was written over may go as well.
    for (const write of [...line].toReversed()) {
      const isLeft = write.to === final || this.#mayBeRemoved(write.to);
      const isBuiltOn = [...line].some((other) => overIn(line, other) === write.to);
      if (write.outcome !== 'unknown' || isLeft || isBuiltOn) continue;
      if (this.#wasInTheWay(write)) line.delete(write);
    }

    const refused = [...line].filter(({ outcome }) => outcome === 'refused');
    for (const write of refused) {
      if (!this.#wasInTheWay(write)) phantom.push(`was refused, and is there: ${write.to}`);
    }
    for (const { to } of line) {
      const next = [...line].filter((write) => overIn(line, write) === to);
      if (next.length > 1) lost.push(`was written over twice: ${to}`);
      if (next.length === 1 && to === final) phantom.push(`was replaced, and is there: ${to}`);
      if (next.length === 0 && to !== final && !this.#mayBeRemoved(to)) lost.push(to);
    }
    for (const write of line) if (this.#bringsBack(write)) phantom.push(`was removed: ${write.to}`);
    if (final !== undefined) {
      const removals = this.#removalsOf(final);
      const restoredAfter = (time: number): boolean =>
        this.#restores.some(({ end, outcome }) => outcome !== 'refused' && end > time);
      const removed = removals.find(
        (removal) => removal.outcome === 'acknowledged' && !this.#mayBeTakenBack(removal),
      );
      if (!isDeleted && removed !== undefined && !restoredAfter(removed.start)) {
        phantom.push(`was removed, and is there: ${final}`);
      }
      const last = Math.max(...removals.map(({ end }) => end));
      const isRestored = this.#restores.some(
        ({ start, outcome }) => outcome === 'acknowledged' && start > last,
      );
      const isUndone = this.#mayBeUndone(writer, final);
      if (isDeleted && !isUndone && (isRestored || !this.#mayBeRemoved(final))) lost.push(final);
    }
    return { lost, phantom, undone: refused.length };
  }

  #begin<T extends Pick<Act, 'author'>>(list: (T & Act)[], what: T): T & Act {
    this.#time += 1;
    const act: T & Act = {
      ...what,
      start: this.#time,
      end: Number.POSITIVE_INFINITY,
      outcome: 'unknown',
    };
    list.push(act);
    return act;
  }

  #removalsOf(version: string): Removal[] {
    return this.#removals.filter(
      (removal) => removal.version === version && removal.outcome !== 'refused',
    );
  }

  #mayBeRemoved(version: string): boolean {
    const isBlind = ({ outcome }: Removal): boolean => this.hitsAny && outcome === 'unknown';
    return this.#removalsOf(version).length > 0 || this.#removals.some(isBlind);
  }

  /**
   * Whether somebody else took a removal back at the same time, which names no version either and so may
   * have taken this one back: see decision 16.
   */
  #mayBeTakenBack({ author, start, end }: Removal): boolean {
    return (
      this.hitsAny &&
      this.#removals.some(
        (other) =>
          other.author !== author &&
          other.outcome !== 'acknowledged' &&
          other.start < end &&
          other.end > start,
      )
    );
  }

  /** Whether it was written over what had just been removed, and so removed again, for its author to know. */
  #mayBeUndone(writer: ReadonlyMap<string, Write>, version: string): boolean {
    const write = writer.get(version);
    if (write?.from === undefined || write.outcome === 'acknowledged') return false;
    const over = overIn(new Set(writer.values()), write) ?? write.from;
    return this.#mayBeRemoved(over) || this.#mayBeUndone(writer, over);
  }

  /**
   * Whether a removal or a restore came between the look and the write, so that it was to be undone; the
   * undoing of another write is one as well.
   */
  #wasInTheWay(write: Write, asked: ReadonlySet<Write> = new Set()): boolean {
    const isBeside = ({ start, end }: Act): boolean => start < write.end && end > write.start;
    if ([...this.#removals, ...this.#restores].some(isBeside)) return true;
    const beyond = new Set([...asked, write]);
    return this.#writes.some(
      (other) =>
        other.outcome !== 'acknowledged' &&
        !beyond.has(other) &&
        isBeside(other) &&
        this.#wasInTheWay(other, beyond),
    );
  }

  /** Whether a write came through over what had been removed, for all to know, before it began. */
  #bringsBack({ from, start, end, outcome }: Write): boolean {
    if (from === undefined || outcome !== 'acknowledged') return false;
    return this.#removalsOf(from).some(
      (removal) =>
        removal.outcome === 'acknowledged' &&
        removal.end < start &&
        !this.#mayBeTakenBack(removal) &&
        !this.#restores.some(
          (restore) =>
            restore.outcome !== 'refused' && restore.end > removal.start && restore.start < end,
        ),
    );
  }
}

/**
 * What a write went over. Where its author had tried to write before, without an answer, that may be what
 * came of that try: values of one's own are no conflict. A write that was acknowledged since ends that.
 */
function overIn(line: ReadonlySet<Write>, { author, from, start }: Write): string | undefined {
  const earlier = [...line].filter((other) => other.author === author && other.start < start);
  const settled = earlier.filter(({ outcome }) => outcome === 'acknowledged');
  const since = Math.max(...settled.map((write) => write.start), Number.NEGATIVE_INFINITY);
  const tries = earlier.filter(
    (other) => other.from === from && other.outcome === 'unknown' && other.start > since,
  );
  return tries.at(-1)?.to ?? from;
}
