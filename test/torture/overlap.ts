/**
 * Many short encounters of two or three clients and another program that change one environment at once, at
 * a store that cannot refuse a write from an old version. Each is judged at its end, key by key.
 */
import { randomUUID } from 'node:crypto';
import type { Tally } from './actor';
import type { Cloud, CloudTarget } from './clouds';
import { KeyHistory } from './keys';
import { perform } from './perform';
import { Random } from './random';
import { Stage } from './stage';

export interface OverlapFigures extends Tally {
  readonly seed: number;
  interleavings: number;
  /** Writes of another program, while a request of a client was held. */
  foreign: number;
  /** Connections that were cut. */
  dropped: number;
  seconds: number;
  /** As in `KeyVerdict`. */
  told: number;
  /** Each with all writes of its encounter. */
  readonly lost: string[];
  readonly phantom: string[];
}

const CLIENTS = 3;

const FOREIGN_KEYS = ['S1', 'S2', 'S3', 'F'] as const;

export async function overlap(
  target: CloudTarget,
  interleavings: number,
  seed: number,
): Promise<OverlapFigures> {
  const figures: OverlapFigures = {
    seed,
    interleavings: 0,
    operations: 0,
    foreign: 0,
    merged: 0,
    unknown: 0,
    dropped: 0,
    seconds: 0,
    told: 0,
    lost: [],
    phantom: [],
  };
  const random = new Random(seed);
  const cloud = await target.start(CLIENTS);
  const since = performance.now();
  while (figures.interleavings < interleavings) {
    figures.interleavings += 1;
    const { lost, phantom, told, acts } = await encounter(target, cloud, random.fork(), figures);
    const where = `interleaving ${String(figures.interleavings)}`;
    const withActs = (text: string): string => [`${where}: ${text}`, ...acts].join('\n');
    figures.lost.push(...lost.map(withActs));
    figures.phantom.push(...phantom.map(withActs));
    figures.told += told;
  }
  figures.dropped = cloud.faults.dropped;
  figures.seconds = (performance.now() - since) / 1000;
  return figures;
}

async function encounter(
  { layout, deletesVariables }: CloudTarget,
  { clients, faults, end, change, describe, clear }: Cloud,
  random: Random,
  tally: OverlapFigures,
) {
  const path = `torture-${randomUUID()}${layout === 'entries' ? '/' : ''}`;
  const history = new KeyHistory();
  const foreign = (): void => {
    const { content } = end(path);
    if (content.size === 0) return;
    tally.foreign += 1;
    history.read(content);
    const key = random.pick(FOREIGN_KEYS);
    const after = new Map(content);
    const removes = !deletesVariables && content.has(key) && random.chance(0.25);
    if (removes) after.delete(key);
    else after.set(key, `f.${String(tally.foreign)}`);
    const write = history.write('f', content, after, true);
    history.settle(write, change(path, key, after.get(key)) ? 'acknowledged' : 'refused');
  };
  const stage = new Stage('removals', faults, path, random.fork(), foreign);
  const habits = { canUndelete: false, merges: true, deletesVariables };
  await perform({ clients, stage, faults, random }, { path, history, tally, habits });
  const verdict = history.judge(end(path));
  const acts = [...history.describe(), ...describe(path)];
  clear(path);
  return { ...verdict, acts };
}
