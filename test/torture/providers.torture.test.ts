/**
 * Nothing is lost when several clients edit, merge, remove and undelete the same secret at once, while
 * answers get lost. `npm run torture` runs it at full size.
 */
import { describe, expect, it } from 'vitest';
import { printFigures, seedOf, sized } from '../support/size';
import { torture } from './run';
import { targets } from './targets';

describe.each(targets)('$name', (target) => {
  const { name, start } = target;
  it.skipIf(start === undefined)(
    'loses no update and makes no phantom',
    async () => {
      if (start === undefined) return;
      const interleavings = target.isReal ? sized(1, 200) : sized(4, 2000);
      const figures = await torture({ ...target, start }, interleavings, seedOf());
      const { lost, phantom, name: _, seconds, ...counts } = figures;
      printFigures(name, {
        ...counts,
        seconds: Math.round(seconds * 10) / 10,
        lost: lost.length,
        phantom: phantom.length,
      });
      expect({ seed: figures.seed, lost, phantom }).toEqual({
        seed: figures.seed,
        lost: [],
        phantom: [],
      });
      // The clients did get into each other's way.
      expect(figures.merged).toBeGreaterThanOrEqual(target.isReal ? 0 : 1);
    },
    3_600_000,
  );
});
