/** Many short encounters of two or three clients that change one secret at once. Each is judged at its end. */
import { randomUUID } from 'node:crypto';
import type { Tally } from './actor';
import { History } from './history';
import { perform } from './perform';
import { Random } from './random';
import { Stage } from './stage';
import type { Running, Target } from './targets';

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
    const path = `torture/${randomUUID()}`;
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
  const { canUndelete } = target;
  const habits = { canUndelete, merges: false, deletesVariables: false };
  const stage = new Stage(target.alone, faults, path, random.fork());
  await perform({ clients, stage, faults, random }, { path, history, tally, habits });
  let content = await stored(path);
  const isDeleted = content === undefined;
  if (isDeleted && undelete !== undefined) {
    await undelete(path);
    content = await stored(path);
  }
  const verdict = history.judge({ isDeleted, content });
  return { ...verdict, acts: history.describe() };
}
