/** Runs the cells of one store in both layouts: a few that a seed chooses, and all in `npm run torture`. */
import { describe, expect, it } from 'vitest';
import { layouts } from '@shared/model/layout';
import { printFigures, seedOf } from '../support/size';
import { openCloud, type OpenCloud } from './cloud-scene';
import { cloudTable, planOf, type Store } from './cloud-table';
import { cellsOf, chosen, passes, runRow, type Cell } from './matrix';

/** Of each row in each layout. */
const CELLS = 2;

/** What follows the reading are optional permissions, which fail no check. */
const isJudged = ({ operation, moment }: Cell): boolean =>
  operation !== 'check' || passes(moment) < 3;

export function testCloud(name: string, store: Store, open: OpenCloud): void {
  const seed = seedOf();
  let ran = 0;

  describe.for(layouts)(`${name}, %s, seed ${String(seed)}`, (layout) => {
    const plan = planOf(store, layout);
    it.for(cloudTable(store))('$fault', async (row) => {
      const cells = chosen(cellsOf(plan, row).filter(isJudged), row, seed, CELLS);
      const problems = await runRow(plan, row, openCloud(open, layout), cells);
      ran += cells.length;
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    });
  });

  it('has run cells of every row', () => {
    printFigures(`fault matrix of ${name}`, { seed, cells: ran });
    expect(ran).toBeGreaterThanOrEqual(layouts.length * cloudTable(store).length);
  });
}
