import { describe, expect, it } from 'vitest';
import { printFigures, seedOf, sized } from '../support/size';
import { openAws } from './aws-scene';
import { awsPlan, awsTable } from './aws-table';
import { cellsOf, chosen, runRow } from './matrix';

/** Of each row. */
const CELLS = 5;

const seed = seedOf();
let cells = 0;

describe('AWS Secrets Manager', () => {
  it.concurrent.for(awsTable)('$fault', async (row, { expect }) => {
    const some = chosen(cellsOf(awsPlan, row), row, seed, CELLS);
    const problems = await runRow(awsPlan, row, openAws, some);
    cells += some.length;
    expect({ seed, problems }).toEqual({ seed, problems: [] });
  });
});

it('has run its cells', () => {
  printFigures('fault matrix of AWS', { seed, cells });
  expect(cells).toBeGreaterThanOrEqual(sized(200, 1400));
});
