/** Many short encounters of two or three clients that change one secret at once. Each is judged at its end. */
import { randomUUID } from 'node:crypto';
import { Turns } from '@core/storage/turns';
import { Actor, type Step, type Tally } from './actor';
import { History } from './history';
import { Random } from './random';
import type { FaultSource, Running, Target } from './targets';

export interface Figures extends Tally {
  readonly name: string;
  readonly seed: number;
  interleavings: number;
  /** Connections that were cut. */
  dropped: number;
  seconds: number;
  /** As in `Verdict`. */
  undone: number;
  /** Each with all acts of its encounter. */
  readonly lost: string[];
  readonly phantom: string[];
}

const CLIENTS = 3;

export async function torture(
  target: Target & { readonly start: NonNullable<Target['start']> },
  interleavings: number,
  seed: number,
): Promise<Figures> {
  const figures: Figures = {
    name: target.name,
    seed,
    interleavings: 0,
    operations: 0,
    merged: 0,
    unknown: 0,
    dropped: 0,
    seconds: 0,
    undone: 0,
    lost: [],
    phantom: [],
  };
  const random = new Random(seed);
  const running = await target.start(CLIENTS);
  const since = performance.now();
  while (figures.interleavings < interleavings) {
    const path = `${target.folder ?? 'torture/'}${randomUUID()}`;
    const own = random.fork();
    const { lost, phantom, undone, acts } = await encounter(target, running, path, own, figures);
    figures.interleavings += 1;
    const where = `interleaving ${String(figures.interleavings)}`;
    const told = (text: string): string => [`${where}: ${text}`, ...acts].join('\n');
    figures.lost.push(...lost.map(told));
    figures.phantom.push(...phantom.map(told));
    figures.undone += undone;
  }
  figures.dropped = running.faults?.dropped ?? 0;
  figures.seconds = (performance.now() - since) / 1000;
  return figures;
}

async function encounter(
  target: Target,
  { clients, faults, stored, undelete }: Running,
  path: string,
  random: Random,
  tally: Tally,
) {
  const history = new History(target.removesAny);
  const stage = new Stage(target, faults, path, random.fork());
  const actors = clients
    .slice(0, random.between(2, clients.length))
    .map(({ client, workspaceId }, index) => {
      const name = String.fromCharCode(97 + index);
      const step: Step = (kind, call) => stage.step(kind, call);
      const parts = { client, workspaceId, name, path, history, tally, step };
      return new Actor({ ...parts, random: random.fork() });
    });
  // One after the other, so that all have the secret at the start.
  for (const actor of actors) await actor.link();
  stage.begin(actors.length);
  await Promise.all(
    actors.map(async (actor) => {
      for (let left = random.between(3, 6); left > 0; left -= 1) {
        await actor.act(target.canUndelete);
      }
      stage.end();
    }),
  );
  faults?.clear();
  for (const actor of actors) await actor.leave();
  let content = await stored(path);
  const isDeleted = content === undefined;
  if (isDeleted && undelete !== undefined) {
    await undelete(path);
    content = await stored(path);
  }
  const verdict = history.judge({ isDeleted, content });
  return { ...verdict, acts: history.describe() };
}

/** Lets the calls of all actors overlap, holds some calls, and cuts connections. */
class Stage {
  readonly #turns = new Turns();
  readonly #saves = new Set<Promise<void>>();
  #active = 0;
  #release: (() => void) | undefined;

  constructor(
    private readonly target: Target,
    private readonly faults: FaultSource | undefined,
    private readonly path: string,
    private readonly random: Random,
  ) {}

  begin(active: number): void {
    this.#active = active;
  }

  end(): void {
    this.#active -= 1;
    this.#goOn();
  }

  async step<T>(kind: 'look' | 'save' | 'remove', call: () => Promise<T>): Promise<T> {
    if (this.#active > 0) this.#disturb();
    try {
      return await this.#inTurn(kind, call);
    } finally {
      this.#goOn();
    }
  }

  #disturb(): void {
    const { random, faults, path, target } = this;
    if (faults === undefined) return;
    if (random.chance(0.12)) {
      const [skip, times] = [random.between(0, 3), random.between(1, 5)];
      faults.drop({ path, skip, times, applied: random.chance(0.6) });
    }
    // A call that is held while no other may run would block all the others.
    const mayHold = target.alone === 'nothing' && this.#active > 1;
    if (mayHold && this.#release === undefined && random.chance(0.2)) {
      this.#release = faults.hold(path);
    }
  }

  /** A call that is held goes on when another call has ended. */
  #goOn(): void {
    this.#release?.();
    this.#release = undefined;
  }

  async #inTurn<T>(kind: 'look' | 'save' | 'remove', call: () => Promise<T>): Promise<T> {
    const { alone } = this.target;
    if (alone === 'nothing' || kind === 'look') return call();
    if (alone === 'changes') return this.#turns.take(this.path, call);
    if (kind === 'save') return this.#beside(call);
    return this.#turns.take(this.path, async () => {
      await Promise.all(this.#saves);
      return call();
    });
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
