import { describe, expect, it } from 'vitest';
import { printFigures, seedOf, sized } from '../support/size';
import { cellsOf, chosen, runRow, type Plan } from './matrix';
import { openVault } from './vault-scene';
import { planV1, planV2, vaultTable } from './vault-table';

const versions = [
  { version: 2, plan: planV2 },
  { version: 1, plan: planV1 },
] as const satisfies readonly { readonly version: 1 | 2; readonly plan: Plan }[];

/** Of each row. */
const CELLS = 5;

const seed = seedOf();
let cells = 0;

describe.for(versions)('Vault, KV v$version', ({ version, plan }) => {
  it.concurrent.for(vaultTable(version))('$fault', async (row, { expect }) => {
    const some = chosen(cellsOf(plan, row), row, seed, CELLS);
    const problems = await runRow(plan, row, openVault(version), some);
    cells += some.length;
    expect({ seed, problems }).toEqual({ seed, problems: [] });
  });
});

it('has run its cells', () => {
  printFigures('fault matrix of Vault', { seed, cells });
  expect(cells).toBeGreaterThanOrEqual(sized(400, 3500));
});
