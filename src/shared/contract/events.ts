import { eventIterator, type Schema } from '@orpc/contract';
import { z } from 'zod';

type Events<T> = AsyncIteratorObject<T, unknown, void>;

/** The events of a call: as a stream, or as a list if they are there already. `for await` reads both. */
export function eventsOrList<T extends z.ZodType>(
  event: T,
): Schema<Events<z.input<T>> | z.input<T>[], Events<z.output<T>> | z.output<T>[]> {
  const list = z.array(event);
  const stream = eventIterator(event);
  return {
    '~standard': {
      ...stream['~standard'],
      validate: (value) => (Array.isArray(value) ? list : stream)['~standard'].validate(value),
    },
  };
}
