/** Lets the calls of several clients overlap, holds some of their requests, and cuts connections. */
import { Turns } from '@core/storage/turns';
import type { Step } from './actor';
import type { Random } from './random';

export interface Drop {
  readonly path: string;
  /** The number of requests for the path that succeed first. */
  readonly skip: number;
  readonly times: number;
  /** Whether the first cut request takes effect. The others do not. */
  readonly applied: boolean;
}

export interface Hold {
  /** Resolves when a request is held. */
  readonly reached: Promise<void>;
  /** Lets it go on; without a request, removes the hold. */
  release(): void;
}

export interface FaultSource {
  drop(drop: Drop): void;
  /** Holds the next request that changes something at the path, or the next of any kind after `skip` others. */
  hold(path: string, skip?: number): Hold;
  /** Removes the faults that have not happened yet. */
  clear(): void;
  /** The number of connections that were cut. */
  readonly dropped: number;
}

/** Calls that must not overlap with others. */
export type Alone = 'nothing' | 'removals' | 'changes';

type Kind = Parameters<Step>[0];

export class Stage {
  readonly #turns = new Turns();
  readonly #saves = new Set<Promise<void>>();
  readonly #holds = new Set<Hold>();
  #active = 0;
  #removing = 0;

  /** @param foreign Writes as another program does, while a request of a client is held. */
  constructor(
    private readonly alone: Alone,
    private readonly faults: FaultSource | undefined,
    private readonly path: string,
    private readonly random: Random,
    private readonly foreign?: () => void,
  ) {}

  begin(active: number): void {
    this.#active = active;
  }

  end(): void {
    this.#active -= 1;
    this.#goOn();
  }

  async step<T>(kind: Kind, call: () => Promise<T>): Promise<T> {
    if (this.#active > 0) this.#disturb();
    try {
      return await this.#inTurn(kind, call);
    } finally {
      this.#goOn();
    }
  }

  #disturb(): void {
    const { random, faults, path, foreign } = this;
    if (faults === undefined) return;
    if (random.chance(0.12)) {
      const [skip, times] = [random.between(0, 3), random.between(1, 5)];
      faults.drop({ path, skip, times, applied: random.chance(0.6) });
    }
    // A call that is held while no other may run would block all the others.
    if (this.alone === 'changes' || this.#removing > 0 || this.#holds.size > 0) return;
    if (foreign !== undefined && random.chance(0.3)) {
      const hold = faults.hold(path, random.between(0, 6));
      this.#holds.add(hold);
      void hold.reached.then(() => {
        if (!this.#holds.delete(hold)) return;
        foreign();
        hold.release();
      });
    } else if (this.#active > 1 && random.chance(0.2)) {
      this.#holds.add(faults.hold(path, foreign && random.between(0, 6)));
    }
  }

  /** A call that is held goes on when another call has ended. */
  #goOn(): void {
    for (const hold of this.#holds) hold.release();
    this.#holds.clear();
  }

  async #inTurn<T>(kind: Kind, call: () => Promise<T>): Promise<T> {
    const { alone } = this;
    if (alone === 'nothing' || kind === 'look') return call();
    if (alone === 'changes') return this.#turns.take(this.path, call);
    if (kind === 'save') return this.#beside(call);
    this.#removing += 1;
    this.#goOn();
    try {
      return await this.#turns.take(this.path, async () => {
        await Promise.all(this.#saves);
        return call();
      });
    } finally {
      this.#removing -= 1;
    }
  }

  /** Runs a save beside other saves, but not during a removal. */
  async #beside<T>(call: () => Promise<T>): Promise<T> {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    (await this.#turns.hold(this.path))();
    this.#saves.add(ended);
    try {
      return await call();
    } finally {
      this.#saves.delete(ended);
      end();
    }
  }
}
