/** For tests that can run for any time: how long, and with which random choices. */
import { appendFileSync } from 'node:fs';

const { TORTURE_SIZE: size, TORTURE_SEED: seed, TORTURE_REPORT: report } = process.env;

/** The size for `npm run torture`, or a size that fits into every run of the tests. */
export const sized = (inEveryRun: number, full: number): number => {
  if (size === 'full') return full;
  return size === undefined ? inEveryRun : Math.max(1, Math.round(Number(size) * inEveryRun));
};

/** Whether repetition runs too, as in `npm test -- unit`: `npm test` leaves it out. */
export const isWhole = process.env['TEST_SIZE'] === 'whole';

/** The seed of every run of the tests: the same code gives the same result. */
const USUAL_SEED = 20_261_130;

/**
 * TORTURE_SEED, else a new seed at any size but that of `npm test`. It is printed, so that a run can be
 * repeated.
 */
export function seedOf(): number {
  if (seed !== undefined) return Number(seed);
  return size === undefined ? USUAL_SEED : Math.floor(Math.random() * 0xffff_ffff);
}

/** Prints the figures of one suite in one line. */
export function printFigures(name: string, figures: Readonly<Record<string, number>>): void {
  const told = Object.entries(figures).map(([what, figure]) => `${what} ${String(figure)}`);
  process.stdout.write(`${name}: ${told.join(', ')}\n`);
  if (report !== undefined) appendFileSync(report, `${JSON.stringify({ name, ...figures })}\n`);
}
