/** The table of `npm run bench`: its text, its plots, and what has become worse since it was kept. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './paths.mjs';

/**
 * @typedef {object} Row
 * @property {string} part
 * @property {string} what
 * @property {string} against
 * @property {readonly number[]} figures One of each time, in their order.
 * @property {string} [unit] Default: `×`.
 * @property {{ readonly is: 'at most' | 'at least', readonly figure: number }} [target]
 *
 * @typedef {import('../../bench/note').GrowthPoint} GrowthPoint
 *
 * @typedef {object} Table
 * @property {string} date
 * @property {string} node The version.
 * @property {number} cores
 * @property {readonly Row[]} rows
 * @property {readonly GrowthPoint[]} growth
 */

export const tableFile = join(root, 'bench', 'last.json');
export const plotFile = join(root, 'bench', 'growth.svg');
export const pageFile = join(root, 'bench', 'README.md');

/** @returns {Table} */
export const readTable = () => JSON.parse(readFileSync(tableFile, 'utf8'));

/** The text of the file with the table. @param {Table} table */
export const jsonOf = async (table) =>
  format(JSON.stringify(table), { ...(await resolveConfig(tableFile)), parser: 'json' });

/** @param {readonly number[]} all */
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

/** Three digits are more than a measurement is good for. @param {number} figure */
const digits = (figure) =>
  Math.abs(figure) >= 100 || Number.isInteger(figure)
    ? Math.round(figure).toLocaleString('en')
    : figure.toFixed(Math.abs(figure) >= 10 ? 1 : 2);

/**
 * @param {number} figure
 * @param {string} [unit]
 */
const withUnit = (figure, unit = '×') => `${digits(figure)} ${unit}`;

/** @param {Row} row */
export function verdictOf({ figures, target }) {
  if (target === undefined) return '–';
  const figure = median(figures);
  const isMet = target.is === 'at most' ? figure <= target.figure : figure >= target.figure;
  return isMet ? 'met' : 'MISSED';
}

/** The cells of a row: what, against, target, figure, verdict. @param {Row} row */
export function cellsOf(row) {
  const { what, against, figures, unit, target } = row;
  const sign = target?.is === 'at least' ? '≥' : '≤';
  const others = figures.length > 1 ? ` (${figures.map(digits).join(', ')})` : '';
  return [
    what,
    against === '' ? '–' : against,
    target === undefined ? '–' : `${sign} ${withUnit(target.figure, unit)}`,
    withUnit(median(figures), unit) + others,
    verdictOf(row),
  ];
}

const HEADINGS = ['What', 'Against', 'Target', 'Figure', ''];

/** The table for a terminal. @param {readonly Row[]} rows */
export function textOf(rows) {
  const lines = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Of every 100, as much may a ratio be worse than in the table that was kept: two runs differ by about half of it. */
export const TOLERANCE = 25;

/** These are the same on another computer, or nearly. Times are not. */
const COMPARABLE = new Set(['×', 'KB', 'requests']);

/**
 * A line for each ratio that has become worse than in the last table.
 *
 * @param {readonly Row[]} last
 * @param {readonly Row[]} now
 */
export function worsened(last, now) {
  return now.flatMap(({ what, figures, unit = '×', target }) => {
    const before = last.find((row) => row.what === what);
    if (before === undefined || target === undefined || !COMPARABLE.has(unit)) return [];
    const [old, figure] = [median(before.figures), median(figures)];
    const allowed = 1 + TOLERANCE / 100;
    const isWorse = target.is === 'at most' ? figure > old * allowed : figure < old / allowed;
    return isWorse ? [`${what}: ${withUnit(figure, unit)}, and ${withUnit(old, unit)} before`] : [];
  });
}

/**
 * The table to keep: rows of parts that did not run stay.
 *
 * @param {Table | undefined} last
 * @param {Table} now
 * @param {readonly string[]} parts in the order of the table
 * @returns {Table}
 */
export function merged(last, now, parts) {
  const ran = new Set(now.rows.map(({ part }) => part));
  const rows = [...(last?.rows ?? []).filter(({ part }) => !ran.has(part)), ...now.rows];
  return {
    ...now,
    rows: parts.flatMap((name) => rows.filter(({ part }) => part === name)),
    growth: now.growth.length > 0 ? now.growth : (last?.growth ?? []),
  };
}

const [BEGIN, END] = [
  '<!-- The table: npm run bench -- --keep -->',
  '<!-- The end of the table -->',
];

/**
 * The page with the table in it.
 *
 * @param {string} page
 * @param {Table} table
 */
export async function pageWith(page, { date, node, cores, rows }) {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined)
    throw new Error('The page has no place for the table');
  const times = Math.max(...rows.map(({ figures }) => figures.length));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  const text = [
    `Measured on ${date}, on ${String(cores)} cores with Node ${node}${times > 1 ? `; for a row that was measured more than once, the median and each figure` : ''}.`,
    '',
    line(HEADINGS),
    line(HEADINGS.map(() => '---')),
    ...rows.map((row) => line(cellsOf(row))),
  ].join('\n');
  return format(`${before}${BEGIN}\n\n${text}\n\n${END}${after}`, {
    ...(await resolveConfig(pageFile)),
    parser: 'markdown',
  });
}

/** `inset`: from the ends of the axis to its first and last points, so that their figures do not meet others. */
const PLOT = { width: 220, height: 132, left: 56, top: 44, inset: 24 };

/**
 * A plot over the number of environments, on a logarithmic axis.
 *
 * @param {{ title: string, unit: string, figures: readonly number[], of: readonly GrowthPoint[], x: number }} plot
 */
function plotOf({ title, unit, figures, of, x }) {
  const { width, height, top, inset } = PLOT;
  const most = Math.max(...figures);
  const step = 10 ** Math.floor(Math.log10(most));
  const end = Math.ceil((most * 1.1) / step) * step;
  const logs = of.map(({ environments }) => Math.log10(environments));
  const first = Math.min(...logs);
  const last = Math.max(...logs);
  const across = (/** @type {number} */ log) =>
    x + inset + ((log - first) / (last - first || 1)) * (width - 2 * inset);
  const up = (/** @type {number} */ figure) => top + height * (1 - figure / end);
  const at = figures.map((figure, index) => [across(logs[index] ?? 0), up(figure)]);
  const number = (/** @type {number} */ figure) => figure.toFixed(1);
  return [
    `<text x="${x}" y="${top - 22}" class="title">${title}, ${unit}</text>`,
    ...[0, end / 2, end].map(
      (figure) =>
        `<path d="M${x} ${number(up(figure))}h${width}" class="line"/><text x="${x - 6}" y="${number(up(figure) + 4)}" text-anchor="end">${digits(figure)}</text>`,
    ),
    ...of.map(
      ({ environments }, index) =>
        `<text x="${number(at[index]?.[0] ?? 0)}" y="${top + height + 18}" text-anchor="middle">${environments.toLocaleString('en')}</text>`,
    ),
    `<text x="${x + width / 2}" y="${top + height + 36}" text-anchor="middle">environments</text>`,
    `<polyline points="${at.map(([left = 0, above = 0]) => `${number(left)},${number(above)}`).join(' ')}" class="curve"/>`,
    ...at.map(
      ([left = 0, above = 0], index) =>
        `<circle cx="${number(left)}" cy="${number(above)}" r="3" class="point"/><text x="${number(left)}" y="${number(above - 8)}" text-anchor="middle">${digits(figures[index] ?? 0)}</text>`,
    ),
  ].join('\n');
}

/** How Pull All grows, for light and dark pages. @param {readonly GrowthPoint[]} growth */
export function growthPlot(growth) {
  const { width, height, left, top } = PLOT;
  const plots = [
    { title: 'Time for each', unit: 'ms', figures: growth.map(({ milliseconds }) => milliseconds) },
    { title: 'Processor for each', unit: 'ms', figures: growth.map(({ processor }) => processor) },
    { title: 'Memory for each', unit: 'KB', figures: growth.map(({ kilobytes }) => kilobytes) },
  ];
  const whole = { width: plots.length * (width + left) + 8, height: top + height + 52 };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole.width} ${whole.height}" role="img">
<title>Pull All from Vault with a latency of 20 ms: time, processor and memory for each environment of 20 variables</title>
<style>
text { font: 12px system-ui, sans-serif; fill: #4b5563 }
.title { font-weight: 600; fill: #111827 }
.line { stroke: #d1d5db }
.curve { fill: none; stroke: #9a6b16; stroke-width: 2 }
.point { fill: #9a6b16 }
@media (prefers-color-scheme: dark) {
text { fill: #b6bcc8 }
.title { fill: #f3f4f6 }
.line { stroke: #3f4550 }
.curve { stroke: #d9a441 }
.point { fill: #d9a441 }
}
</style>
${plots.map((plot, index) => plotOf({ ...plot, of: growth, x: left + index * (width + left) })).join('\n')}
</svg>
`;
}
