/** How work gets into the activity log: as done, failed or cancelled, in the same way for all of it. */
import { isAppError } from '@shared/errors';
import type { ActivityLog, NewActivity } from './activity-log';

type Entry = Omit<NewActivity, 'outcome'>;

/** How a run would be recorded if it ended now. */
export type Ending = Required<Pick<NewActivity, 'outcome'>> & Pick<NewActivity, 'detail'>;

/** Records how the work went: as the entry if it succeeds, else with the sentence of its failure. */
export async function logged<Result>(
  activity: ActivityLog,
  entry: Entry,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work();
    activity.record(entry);
    return result;
  } catch (error) {
    activity.recordFailure(entry, error);
    throw error;
  }
}

/**
 * Passes on the events of a run, and records at its end how it went. `endingOf` gives the ending that holds
 * from an event on, if the event changes it; until it gives one, a run that ends was cancelled. A run that
 * throws is recorded as a failure, but if it was cancelled, an ending that says how far it got stays.
 */
export async function* loggedRun<Event>(
  activity: ActivityLog,
  entry: Entry,
  events: AsyncIterable<Event>,
  endingOf: (event: Event) => Ending | undefined,
): AsyncGenerator<Event, void, undefined> {
  let ending: Ending = { outcome: 'cancelled' };
  let record = (): void => activity.record({ ...entry, ...ending });
  try {
    for await (const event of events) {
      ending = endingOf(event) ?? ending;
      yield event;
    }
  } catch (error) {
    const toldHowFar = isAppError(error, 'CANCELLED') && ending.detail !== undefined;
    if (!toldHowFar) record = () => activity.recordFailure(entry, error);
    throw error;
  } finally {
    record();
  }
}
