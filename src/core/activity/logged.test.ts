import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '@shared/errors';
import { ActivityRows } from '@core/storage/activity';
import { openDatabase } from '@core/storage/open';
import { Workspaces } from '@core/storage/workspaces';
import { failureOf } from '@test/support/failure-of';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { ActivityLog } from './activity-log';
import { logged, loggedRun, type Ending } from './logged';

const WORKSPACE = '10000000-0000-4000-8000-000000000001';

let activity: ActivityLog;

beforeEach(() => {
  const { database } = openDatabase(temporaryDirectory());
  onTestFinished(() => database.close());
  activity = new ActivityLog(new ActivityRows(database), new Workspaces(database), () => 0);
});

/** Outcome and detail of each entry. */
const recorded = (): string[] =>
  activity
    .list({ workspaceId: WORKSPACE, limit: 10 })
    .map(({ outcome, detail }) => (detail === undefined ? outcome : `${outcome}: ${detail}`));

const entry = { action: 'pushed', about: 'a → b' } as const;

const FAILURES = [
  ['a failure', new AppError('TOKEN_INVALID'), ['failed: a → b: The token is not valid']],
  ['a mistake of ours', new Error('A bug'), ['failed: a → b: ']],
  ['Cancel', new AppError('CANCELLED'), ['cancelled: a → b: Cancelled.']],
  // Reachability has logged the outage.
  ['an outage', new AppError('OFFLINE'), []],
] as const;

const startingWith = (starts: readonly string[]) =>
  starts.map((start) => expect.stringMatching(new RegExp(`^${start}`)) as unknown);

describe('work', () => {
  it('that succeeds is recorded as it is described, and its result is passed on', async () => {
    expect(await logged(activity, { ...entry, detail: 'c' }, () => Promise.resolve(7))).toBe(7);
    expect(recorded()).toEqual(['done: a → b: c']);
  });

  it.each(FAILURES)('that throws: %s', async (_, error, expected) => {
    const work = () => Promise.reject(error);
    expect(await failureOf(logged(activity, { ...entry, detail: 'c' }, work))).toBe(error);
    expect(recorded()).toEqual(startingWith(expected));
  });
});

describe('a run', () => {
  const endingOf = (event: string): Ending | undefined => {
    if (event === 'summary') return { outcome: 'done', detail: 'all' };
    return event === 'begun' ? undefined : { outcome: 'cancelled', detail: event };
  };

  async function* events(names: readonly string[], error?: Error) {
    for (const name of names) yield await Promise.resolve(name);
    if (error !== undefined) throw error;
  }

  /** Reads the events, and leaves after `last`. */
  async function read(names: readonly string[], last?: string, error?: Error): Promise<string[]> {
    const seen: string[] = [];
    for await (const event of loggedRun(activity, entry, events(names, error), endingOf)) {
      seen.push(event);
      if (event === last) break;
    }
    return seen;
  }

  it('is recorded once, at its end, as its last event says', async () => {
    expect(await read(['begun', '1 of 2', 'summary'])).toEqual(['begun', '1 of 2', 'summary']);
    expect(recorded()).toEqual(['done: a → b: all']);
  });

  it.each([
    ['begun', 'cancelled: a → b'],
    ['1 of 2', 'cancelled: a → b: 1 of 2'],
    ['summary', 'done: a → b: all'],
  ])('that its reader leaves after “%s”', async (last, expected) => {
    await read(['begun', '1 of 2', 'summary'], last);
    expect(recorded()).toEqual([expected]);
  });

  it.each(FAILURES)('that throws before it has got anywhere: %s', async (_, error, expected) => {
    expect(await failureOf(read(['begun'], undefined, error))).toBe(error);
    expect(recorded()).toEqual(startingWith(expected));
  });

  it('that is cancelled tells how far it got; one that fails tells why', async () => {
    await failureOf(read(['1 of 2'], undefined, new AppError('CANCELLED')));
    await failureOf(read(['1 of 2'], undefined, new AppError('TOKEN_INVALID')));
    expect(recorded()).toEqual([
      expect.stringMatching(/^failed: a → b: The token/),
      'cancelled: a → b: 1 of 2',
    ]);
  });
});
