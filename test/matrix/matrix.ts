/**
 * The fault matrix: each operation of a provider meets each fault, from its first request on or from a
 * later one, in the middle of the work. The requirements for a cell:
 *
 * - it reports exactly the code of the table, and nothing secret;
 * - it ends in time;
 * - nothing is lost: a read leaves the store unchanged; a failed change can be repeated when the fault is
 *   gone, and then happens once, beside everything that was there before.
 */
import type { ErrorCode } from '@shared/errors';
import { mapConcurrently } from '@core/network/concurrency';
import { sized } from '../support/size';
import { Random } from '../torture/random';
import { changes, markers, operations, type Operation, type Outcome } from './operations';

/**
 * Which request of an operation is the first to meet the fault; all later requests meet it too. `cold` is
 * the very first request, when the provider knows nothing yet.
 */
const passing = { cold: 0, first: 0, second: 1, third: 2, fourth: 3, sixth: 5, eighth: 7 } as const;
export type Moment = keyof typeof passing;

/** How many requests pass before the fault is met. */
export const passes = (moment: Moment): number => passing[moment];

/** The content of a store, in a form that can be compared. */
export type Store = Readonly<Record<string, unknown>>;

/** The server and provider of one cell. No other cell shares them. */
export interface Scene {
  /** Runs an operation of the provider. */
  run(operation: Operation): Promise<Outcome>;
  look(): Store;
  /** From now on requests meet the fault. */
  strike(): void | Promise<void>;
  /** Removes the fault; absent if it is in the settings, so that no request ever succeeds. */
  readonly repair?: () => void;
  /** Whether the operation has had its whole effect, and nothing else has changed. */
  hasHappened(operation: Operation, before: Store): boolean | Promise<boolean>;
  close(): Promise<void>;
}

type Where = Operation | `${Operation} ${Moment}`;

export interface Row {
  readonly fault: string;
  /** What every operation reports that reaches the fault; `done` if it overcomes it. */
  readonly code: ErrorCode | 'done';
  /** The step of a check that reports it, if it is not the step of the plan. */
  readonly steps?: Partial<Record<Moment, string>>;
  /** What some operations report instead. The more exact key wins. */
  readonly except?: Partial<Record<Where, string>>;
  /** Default: all. */
  readonly operations?: readonly Operation[];
  /** Default: those of the plan. */
  readonly moments?: readonly Moment[];
  /** The fault is slowness: the cell runs with short deadlines. */
  readonly isSlow?: boolean;
  /** The number of cells at a time, if each takes much memory. */
  readonly atOnce?: number;
}

/** The facts that are the same for all faults of one provider. */
export interface Plan {
  readonly moments: readonly Moment[];
  /** The number of requests that each operation makes without a fault. */
  readonly requests: Readonly<Record<Operation, number>>;
  /** What is reported without a fault, if not `done`. */
  readonly healthy?: Partial<Record<Operation, string>>;
  /** The steps of Test Connection that meet a fault of the server at each moment. */
  readonly steps: Readonly<Partial<Record<Moment, string>>>;
  /** A change is several changes of the store: it may end between them, and says so. */
  readonly isStepwise?: boolean;
}

export interface Cell {
  readonly operation: Operation;
  readonly moment: Moment;
}

export const cellsOf = (plan: Plan, row: Row): Cell[] =>
  (row.moments ?? plan.moments).flatMap((moment) =>
    (row.operations ?? operations).map((operation) => ({ operation, moment })),
  );

/**
 * Some cells of a row, which a seed chooses, others in each row: `count` in every run of the tests, and all in
 * `npm run torture`.
 */
export function chosen(
  cells: readonly Cell[],
  { fault }: Row,
  seed: number,
  count: number,
): Cell[] {
  const random = new Random(Buffer.from(fault).reduce((sum, byte) => sum + byte, seed));
  return cells
    .map((cell) => ({ cell, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .slice(0, sized(count, cells.length))
    .map(({ cell }) => cell);
}

export function expectedOf(plan: Plan, row: Row, { operation, moment }: Cell): string {
  const { code, except = {} } = row;
  const exact = except[`${operation} ${moment}`];
  if (exact !== undefined) return exact;
  if (moment !== 'cold' && passes(moment) >= plan.requests[operation]) {
    return plan.healthy?.[operation] ?? 'done';
  }
  const usual = except[operation];
  if (usual !== undefined) return usual;
  if (code === 'done') return plan.healthy?.[operation] ?? 'done';
  if (operation === 'check') return `${row.steps?.[moment] ?? plan.steps[moment]} ${code}`;
  if (operation === 'readMany' && moment === 'second') return `${code} + done`;
  return code;
}

/** The outcomes that a cell may have, all of them without a loss. */
function allowedOf(plan: Plan, row: Row, cell: Cell): readonly string[] {
  const expected = expectedOf(plan, row, cell);
  const { code } = row;
  if (plan.isStepwise !== true || !expected.startsWith(code)) return [expected];
  if (cell.operation === 'readMany') return [code, `${code} + done`];
  return changes.has(cell.operation) ? [expected, 'PARTLY_WRITTEN'] : [expected];
}

/** Milliseconds. Far more than any cell needs, and far less than a hanging call takes. */
const ENDS_WITHIN = 20_000;

/** Finds what a report must not contain: marked texts, and the lines of a stack. */
export const leaksIn = (text: string): string[] => [
  ...Object.values(markers).filter((marker) => text.includes(marker)),
  ...(/\n\s+at .+:\d+:\d+/.test(text.split('\n')[0] ?? '') ? ['a stack'] : []),
];

const same = (one: Store, other: Store): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The defects of one cell, in words; empty if there are none. */
export async function judge(
  allowed: readonly string[],
  { operation }: Cell,
  scene: Scene,
): Promise<readonly string[]> {
  const before = scene.look();
  await scene.strike();
  const left = scene.look();
  const startedAt = performance.now();
  const outcome = await scene.run(operation);
  const took = performance.now() - startedAt;
  const problems: string[] = [];
  if (!allowed.includes(outcome.said)) {
    problems.push(`said ${outcome.said}, not ${allowed.join(' or ')}`);
  }
  problems.push(...leaksIn(outcome.text).map((what) => `showed ${what} in ${outcome.text}`));
  if (took > ENDS_WITHIN) problems.push(`took ${String(Math.round(took))} ms`);
  return [...problems, ...(await losses(operation, outcome, scene, { before, left }))];
}

async function losses(
  operation: Operation,
  outcome: Outcome,
  scene: Scene,
  { before, left }: { readonly before: Store; readonly left: Store },
): Promise<readonly string[]> {
  const after = scene.look();
  if (!changes.has(operation) || scene.repair === undefined) {
    return same(left, after) ? [] : [`changed the store to ${JSON.stringify(after)}`];
  }
  if (outcome.said !== 'done') {
    scene.repair();
    const again = await scene.run(operation);
    if (again.said !== 'done') {
      return [`said ${again.said} when asked again, over ${JSON.stringify(after)}`];
    }
  }
  if (await scene.hasHappened(operation, before)) return [];
  return [`left ${JSON.stringify(scene.look())}, having found ${JSON.stringify(before)}`];
}

/** Few enough that no cell waits for the others longer than the shortest deadline. */
const AT_ONCE = 10;

/** Runs cells of a row, all unless given, as many at a time as it allows. Returns their defects, one a line. */
export async function runRow<R extends Row>(
  plan: Plan,
  row: R,
  open: (row: R, cell: Cell) => Promise<Scene>,
  cells: readonly Cell[] = cellsOf(plan, row),
): Promise<string[]> {
  const problems: string[] = [];
  const work = async (cell: Cell): Promise<void> => {
    const scene = await open(row, cell);
    try {
      const found = await judge(allowedOf(plan, row, cell), cell, scene);
      problems.push(...found.map((what) => `${cell.operation} ${cell.moment}: ${what}`));
    } finally {
      await scene.close();
    }
  };
  for await (const _done of mapConcurrently(cells, row.atOnce ?? AT_ONCE, work));
  return problems.toSorted();
}
