/** What a part of `npm run bench` has found out: a line on the terminal, and a row of the table for `scripts/bench.mjs`. */

/** A row of the table. */
export interface Row {
  readonly what: string;
  /** What the figure is a multiple of, or is counted in. */
  readonly against: string;
  readonly figure: number;
  /** Default: `×`, a ratio within one run. */
  readonly unit?: '×' | 'µs' | 'ms' | 'KB' | '%' | 'a second' | 'requests';
  readonly target?: Target;
}

interface Target {
  /** Whether the figure may be this at most, or has to be at least as much. */
  readonly is: 'at most' | 'at least';
  readonly figure: number;
}

/** How Pull All grows: a point of each plot. */
export interface GrowthPoint {
  readonly environments: number;
  /** For each environment, from the call to its end. */
  readonly milliseconds: number;
  /** For each environment, of the processor. */
  readonly processor: number;
  /** Memory for each environment. */
  readonly kilobytes: number;
}

export function note(...rows: readonly Row[]): void {
  for (const row of rows) {
    console.log(`= ${row.what}: ${row.figure.toFixed(2)} ${row.unit ?? '×'}`);
    process.send?.({ row });
  }
}

export function noteGrowth(growth: readonly GrowthPoint[]): void {
  process.send?.({ growth });
}

export const atMost = (figure: number): Target => ({ is: 'at most', figure });
export const atLeast = (figure: number): Target => ({ is: 'at least', figure });

export const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
