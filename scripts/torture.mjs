/**
 * `npm run torture`: runs at full size the tests that nothing is lost, and prints a table of figures.
 * `npm run torture -- PART …` runs the tests whose names contain that text. TORTURE_SEED repeats the choices
 * of an earlier run; TORTURE_SIZE=3 is three times the size of `npm test`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inPackages, root } from './lib/paths.mjs';
import { endWithNpm, run } from './lib/processes.mjs';

endWithNpm();
const folder = mkdtempSync(join(tmpdir(), 'strongroom-torture-'));
const report = join(folder, 'figures');
const pattern = process.argv.slice(2).join('|');
const { code } = await run(
  process.execPath,
  [
    inPackages('vitest/vitest.mjs'),
    'run',
    '.torture.test.ts',
    // One file after the other, so that they do not slow each other down.
    '--no-file-parallelism',
    ...(pattern === '' ? [] : ['--testNamePattern', pattern]),
  ],
  { cwd: root, env: { TORTURE_SIZE: 'full', ...process.env, TORTURE_REPORT: report } },
);
/** @type {Record<string, string | number>[]} */
const rows = existsSync(report)
  ? readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
rmSync(folder, { recursive: true });
for (const { name, ...figures } of rows) {
  process.stdout.write(`\n${String(name)}\n`);
  for (const [what, figure] of Object.entries(figures)) {
    process.stdout.write(`  ${what.padEnd(16)}${String(figure).padStart(12)}\n`);
  }
}
process.exitCode = code ?? 1;
