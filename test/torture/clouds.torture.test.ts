/**
 * At a store that cannot refuse a write from an old version, nothing is lost unnoticed when several clients
 * and another program write to one environment at once, while answers get lost. `npm run torture` runs it at
 * full size.
 */
import { describe, expect, it } from 'vitest';
import { printFigures, seedOf, sized } from '../support/size';
import { clouds } from './clouds';
import { overlap } from './overlap';

describe.each(clouds)('$name, $layout', (target) => {
  it('loses nothing unnoticed and makes no phantom', async () => {
    const figures = await overlap(target, sized(3, 2000), seedOf());
    const { lost, phantom, seconds, seed, ...counts } = figures;
    printFigures(`${target.name}, ${target.layout}`, {
      seed,
      ...counts,
      seconds: Math.round(seconds * 10) / 10,
      lost: lost.length,
      phantom: phantom.length,
    });
    expect({ seed, lost, phantom }).toEqual({ seed, lost: [], phantom: [] });
    // The clients did get into each other's way.
    expect(figures.merged).toBeGreaterThanOrEqual(1);
    expect(figures.foreign).toBeGreaterThanOrEqual(1);
  }, 3_600_000);
});
