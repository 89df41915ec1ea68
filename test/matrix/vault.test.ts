import { describe, expect, it } from 'vitest';
import { cellsOf, runRow, type Plan } from './matrix';
import { openVault } from './vault-scene';
import { planV1, planV2, vaultTable } from './vault-table';

const versions = [
  { version: 2, plan: planV2 },
  { version: 1, plan: planV1 },
] as const satisfies readonly { readonly version: 1 | 2; readonly plan: Plan }[];

let cells = 0;

describe.for(versions)('Vault, KV v$version', ({ version, plan }) => {
  it.concurrent.for(vaultTable(version))('$fault', async (row, { expect }) => {
    const problems = await runRow(plan, row, openVault(version));
    cells += cellsOf(plan, row).length;
    expect(problems).toEqual([]);
  });
});

it('has run all its cells', () => {
  process.stdout.write(`fault matrix: ${String(cells)} cells of Vault\n`);
  expect(cells).toBeGreaterThanOrEqual(3500);
});
