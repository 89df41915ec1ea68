import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  cellsOf,
  growthPlot,
  merged,
  pageFile,
  pageWith,
  plotFile,
  readTable,
  worsened,
  type Row,
  type Table,
} from './lib/bench-table.mjs';

const row = (what: string, figures: readonly number[], more: Partial<Row> = {}): Row => ({
  part: 'core',
  what,
  against: 'a bare server',
  figures,
  target: { is: 'at most', figure: 2.5 },
  ...more,
});

const atLeast = { target: { is: 'at least', figure: 40 } } as const;

describe('a row', () => {
  it('has the median, and each run', () => {
    expect(cellsOf(row('Start', [3.1, 2.2, 2.412]))).toEqual([
      'Start',
      'a bare server',
      '≤ 2.50 ×',
      '2.41 × (3.10, 2.20, 2.41)',
      'met',
    ]);
  });

  it('misses a target that it has to reach, and one that it may not pass', () => {
    expect(cellsOf(row('Pull', [39], atLeast)).at(-1)).toBe('MISSED');
    expect(cellsOf(row('Pull', [40], atLeast)).at(-1)).toBe('met');
    expect(cellsOf(row('Start', [2.51])).at(-1)).toBe('MISSED');
  });
});

describe('the check against the last table', () => {
  it('names what is worse by more than a quarter, in either direction', () => {
    const last = [row('Start', [2]), row('Pull', [50], atLeast), row('Other', [1])];
    const now = [row('Start', [2.6]), row('Pull', [39], atLeast), row('Other', [1.2])];
    expect(worsened(last, now)).toEqual([
      'Start: 2.60 ×, and 2 × before',
      'Pull: 39 ×, and 50 × before',
    ]);
  });

  it('leaves out times, new rows and what has no target', () => {
    const { target: _, ...plain } = row('Plain', [9]);
    expect(
      worsened(
        [row('Key', [10], { unit: 'ms' }), { ...plain, figures: [1] }],
        [row('Key', [90], { unit: 'ms' }), row('New', [9]), plain],
      ),
    ).toEqual([]);
  });
});

const table = (rows: readonly Row[]): Table => ({
  date: '2026-12-01',
  node: '20.20.2',
  cores: 2,
  rows,
  growth: [],
});

it('keeps the rows of parts that did not run, in the order of the parts', () => {
  const last = table([row('Old', [1]), row('Window', [1], { part: 'window' })]);
  const now = table([row('New', [2])]);
  const { rows } = merged(last, now, ['window', 'core']);
  expect(rows.map(({ what }) => what)).toEqual(['Window', 'New']);
});

it('plots with axes and units', () => {
  const points = [100, 1000, 10_000].map((environments) => ({
    environments,
    milliseconds: 1.5,
    processor: 0.4,
    kilobytes: 5,
  }));
  const svg = growthPlot(points);
  for (const text of ['Time for each, ms', 'Memory for each, KB', '>10,000<', '>environments<']) {
    expect(svg).toContain(text);
  }
  expect(svg).toContain('prefers-color-scheme: dark');
});

it('the page and the plots are those of the last table: run npm run bench -- --keep', async () => {
  const page = readFileSync(pageFile, 'utf8');
  expect(await pageWith(page, readTable())).toBe(page);
  expect(readFileSync(plotFile, 'utf8')).toBe(growthPlot(readTable().growth));
});
