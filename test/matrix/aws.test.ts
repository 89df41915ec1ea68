import { describe, expect, it } from 'vitest';
import { openAws } from './aws-scene';
import { awsPlan, awsTable } from './aws-table';
import { cellsOf, runRow } from './matrix';

let cells = 0;

describe('AWS Secrets Manager', () => {
  it.concurrent.for(awsTable)('$fault', async (row, { expect }) => {
    const problems = await runRow(awsPlan, row, openAws);
    cells += cellsOf(awsPlan, row).length;
    expect(problems).toEqual([]);
  });
});

it('has run all its cells', () => {
  process.stdout.write(`fault matrix: ${String(cells)} cells of AWS\n`);
  expect(cells).toBeGreaterThanOrEqual(1400);
});
