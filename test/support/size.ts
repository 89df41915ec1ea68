/** For tests that can go on for as long as one likes: how long, and with which random choices. */
import { appendFileSync } from 'node:fs';

const { TORTURE_SIZE: size, TORTURE_SEED: seed, TORTURE_REPORT: report } = process.env;

/** As `npm run torture` asks for it, or as fits into every run of the tests. */
export const sized = (inEveryRun: number, full: number): number => {
  if (size === 'full') return full;
  return size === undefined ? inEveryRun : Math.max(1, Math.round(Number(size) * inEveryRun));
};

/** Another one each time, unless TORTURE_SEED says which. It is printed, so that a run can be had again. */
export const seedOf = (): number =>
  seed === undefined ? Math.floor(Math.random() * 0xffff_ffff) : Number(seed);

/** Tells the figures of one suite in one line. */
export function tell(name: string, figures: Readonly<Record<string, number>>): void {
  const told = Object.entries(figures).map(([what, figure]) => `${what} ${String(figure)}`);
  process.stdout.write(`${name}: ${told.join(', ')}\n`);
  if (report !== undefined) appendFileSync(report, `${JSON.stringify({ name, ...figures })}\n`);
}
