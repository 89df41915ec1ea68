/**
 * `npm run bench [-- PART…] [--times N] [--check] [--keep]`: measures, and prints the table with targets and misses.
 * Without parts it measures all, in less than ten minutes on two cores. `--check` compares the ratios with the last
 * table, and exits with 1 if one is worse. `--keep` makes this the last table, and writes it into bench/README.md.
 * With `PROFILE` set to a folder, most parts write profiles there.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  TOLERANCE,
  growthPlot,
  jsonOf,
  merged,
  pageFile,
  pageWith,
  plotFile,
  readTable,
  tableFile,
  textOf,
  worsened,
} from './lib/bench-table.mjs';
import { ensureBuilt } from './lib/build.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/say.mjs';
import { buildTs } from './run-built.mjs';

/** In the order of the table. */
const parts = [
  'pull',
  'slow',
  'throttled',
  'growth',
  'one',
  'aws',
  'parameter-store',
  'google',
  'azure',
  'core',
  'commands',
  'requests',
  'library',
  'broker',
  'first-screen',
  'window',
  'desktop',
];

/** They take the page objects of the journeys, which find files from their own place. */
const fromSource = ['window', 'desktop'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '1' },
    check: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const times = Number(values.times);
const unknown = positionals.find((name) => !parts.includes(name));
if (unknown !== undefined) {
  say(`There is no part “${unknown}”; there are ${parts.join(', ')}.`);
  process.exit(2);
}
if (!Number.isInteger(times) || times < 1) {
  say(`--times must be a whole number, not “${values.times}”.`);
  process.exit(2);
}
const chosen = parts.filter((name) => positionals.length === 0 || positionals.includes(name));

/** @typedef {import('./lib/bench-table.mjs').Row} Row */
/** @typedef {import('../bench/note').Row} Noted */

/** @type {Row[]} */
const rows = [];
/** @type {import('./lib/bench-table.mjs').Table['growth']} */
let growth = [];
/** @type {string[]} */
const failed = [];

/**
 * @param {string} part
 * @param {Noted} row
 */
function add(part, { figure, ...row }) {
  const index = rows.findIndex(({ what }) => what === row.what);
  const before = rows[index];
  if (before === undefined) rows.push({ part, ...row, figures: [figure] });
  else rows[index] = { ...before, figures: [...before.figures, figure] };
}

/**
 * Runs one part in a separate process.
 *
 * @param {string} part
 * @param {string} built
 */
async function measure(part, built) {
  const [script, args] = fromSource.includes(part)
    ? ['run-ts.mjs', [`bench/${part}/main.ts`]]
    : ['run-built.mjs', [built, 'part', part]];
  const child = fork(join(root, 'scripts', script), args, { cwd: root });
  child.on('message', (/** @type {any} */ message) => {
    if (message.row !== undefined) add(part, message.row);
    if (message.growth !== undefined) growth = message.growth;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) failed.push(part);
}

if (!(await ensureBuilt())) process.exit(1);
const { folder, built } = await buildTs('bench/part.ts');
try {
  for (let time = 1; time <= times; time += 1) {
    for (const part of chosen) {
      process.stdout.write(
        `\n${part}${times > 1 ? `, ${String(time)} of ${String(times)}` : ''}\n`,
      );
      await measure(part, built);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

process.stdout.write(`\n${textOf(rows)}\n`);
const last = existsSync(tableFile) ? readTable() : undefined;
if (values.check) {
  const worse = worsened(last?.rows ?? [], rows);
  for (const line of worse) say(`Worse by more than ${String(TOLERANCE)} %: ${line}`);
  if (worse.length > 0) process.exitCode = 1;
}
if (failed.length > 0) {
  say(`The table lacks figures of parts that failed: ${failed.join(', ')}.`);
  process.exitCode = 1;
}
if (values.keep) {
  const now = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cores: availableParallelism(),
    rows,
    growth,
  };
  const table = merged(last, now, parts);
  writeFileSync(tableFile, await jsonOf(table));
  if (table.growth.length > 0) writeFileSync(plotFile, growthPlot(table.growth));
  writeFileSync(pageFile, await pageWith(readFileSync(pageFile, 'utf8'), table));
}
