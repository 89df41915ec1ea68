/**
 * What several clients did to one secret, and what must be there afterwards. No two writes leave the same
 * content, so a content is a version, and each write leads from one version to the next. Whatever order the
 * server chose, the acknowledged writes must form one line without a fork.
 */
export type Content = ReadonlyMap<string, string>;

/** A content as text; the same for the same variables in any order. */
export const versionOf = (content: Content): string =>
  JSON.stringify([...content].toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** `refused`: the client reported that nothing was done; `unknown`: it reported a broken connection. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

export interface Act {
  readonly author: string;
  readonly start: number;
  /** The time of the answer; infinite while there is none. */
  end: number;
  outcome: Outcome;
}

export interface Write extends Act {
  /** The version it replaced; `undefined` for the first version, or a write over a deleted secret. */
  readonly from: string | undefined;
  readonly to: string;
}

export interface Removal extends Act {
  readonly version: string;
}

export interface Verdict {
  /** Acknowledged writes that are gone, though nobody replaced or removed them. */
  readonly lost: readonly string[];
  /** Versions that are there, or were read, although nobody wrote them, or they were replaced or removed. */
  readonly phantom: readonly string[];
  /** Refused writes that took effect: they were undone too late, see decision 16. */
  readonly undone: number;
}

export interface End {
  readonly isDeleted: boolean;
  /** The content; for a deleted secret, its content after an undelete. Absent if it cannot be undeleted. */
  readonly content?: Content | undefined;
}

export class History {
  readonly #writes: Write[] = [];
  readonly #removals: Removal[] = [];
  readonly #undeletes: Act[] = [];
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

  undelete(author: string): Act {
    return this.#begin(this.#undeletes, { author });
  }

  settle(act: Act, outcome: Outcome): void {
    this.#time += 1;
    act.end = this.#time;
    act.outcome = outcome;
  }

  read(content: Content): void {
    this.#read.add(versionOf(content));
  }

  /** All acts, in the order of their starts. */
  describe(): string[] {
    const acts: readonly (Act & Partial<Write> & Partial<Removal>)[] = [
      ...this.#writes,
      ...this.#removals,
      ...this.#undeletes,
    ];
    return acts
      .toSorted((a, b) => a.start - b.start)
      .map(({ author, start, end, outcome, from, to, version }) => {
        const what =
          to !== undefined
            ? `wrote ${to} over ${from ?? 'nothing'}`
            : version === undefined
              ? 'undeleted'
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
      // A version may have been read before it was undone.
      if (write?.outcome !== 'refused') need(version, 'was read');
    }
    if (final !== undefined) need(final, 'is there');
    // `line` grows during this loop.
    for (const { from } of line) if (from !== undefined) need(from, 'was built on');
    // A write may have been read and then undone, without an answer. Then the version under it may go too.
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
      if (next.length === 0 && to !== final && !this.#mayHaveBeenGone(to)) lost.push(to);
    }
    for (const write of line) if (this.#bringsBack(write)) phantom.push(`was removed: ${write.to}`);
    if (final !== undefined) {
      const removals = this.#removalsOf(final);
      const undeletedAfter = (time: number): boolean =>
        this.#undeletes.some(({ end, outcome }) => outcome !== 'refused' && end > time);
      const removed = removals.find(
        (removal) => removal.outcome === 'acknowledged' && !this.#mayBeTakenBack(removal),
      );
      if (!isDeleted && removed !== undefined && !undeletedAfter(removed.start)) {
        phantom.push(`was removed, and is there: ${final}`);
      }
      const last = Math.max(...removals.map(({ end }) => end));
      const isUndeleted = this.#undeletes.some(
        ({ start, outcome }) => outcome === 'acknowledged' && start > last,
      );
      const isUndone = this.#mayBeUndone(writer, final);
      if (isDeleted && !isUndone && (isUndeleted || !this.#mayBeRemoved(final))) lost.push(final);
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
   * Whether a client may have found it removed and written again. Someone else's undelete can bring it back under that
   * write before the removal is confirmed, which is then refused.
   */
  #mayHaveBeenGone(version: string): boolean {
    const isTakenBack = ({ start, end }: Removal): boolean =>
      this.#undeletes.some(
        (undelete) =>
          undelete.outcome !== 'refused' && undelete.start < end && undelete.end > start,
      );
    return (
      this.#mayBeRemoved(version) ||
      this.#removals.some((removal) => removal.version === version && isTakenBack(removal))
    );
  }

  /**
   * Whether another client undid its removal at the same time. Undoing names no version, so it may have
   * undone this removal: see decision 16.
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

  /** Whether the version was written over one that had just been removed, and was therefore removed again. */
  #mayBeUndone(writer: ReadonlyMap<string, Write>, version: string): boolean {
    const write = writer.get(version);
    if (write?.from === undefined || write.outcome === 'acknowledged') return false;
    const over = overIn(new Set(writer.values()), write) ?? write.from;
    return this.#mayBeRemoved(over) || this.#mayBeUndone(writer, over);
  }

  /**
   * Whether a removal or an undelete came between the read and the write, so that the write had to be
   * undone. Undoing another write counts as a removal.
   */
  #wasInTheWay(write: Write, asked: ReadonlySet<Write> = new Set()): boolean {
    const isBeside = ({ start, end }: Act): boolean => start < write.end && end > write.start;
    if ([...this.#removals, ...this.#undeletes].some(isBeside)) return true;
    const beyond = new Set([...asked, write]);
    return this.#writes.some(
      (other) =>
        other.outcome !== 'acknowledged' &&
        !beyond.has(other) &&
        isBeside(other) &&
        this.#wasInTheWay(other, beyond),
    );
  }

  /** Whether a write replaced a version whose removal had been acknowledged before the write started. */
  #bringsBack({ from, start, end, outcome }: Write): boolean {
    if (from === undefined || outcome !== 'acknowledged') return false;
    return this.#removalsOf(from).some(
      (removal) =>
        removal.outcome === 'acknowledged' &&
        removal.end < start &&
        !this.#mayBeTakenBack(removal) &&
        !this.#undeletes.some(
          (undelete) =>
            undelete.outcome !== 'refused' && undelete.end > removal.start && undelete.start < end,
        ),
    );
  }
}

/**
 * The version that a write replaced. If its author had an earlier attempt without an answer, it may be the
 * version of that attempt: an author's own values are no conflict. This holds until a later write of the
 * author is acknowledged.
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
