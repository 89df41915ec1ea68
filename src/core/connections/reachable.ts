/** A provider whose calls tell whether there is a way to its server. */
import { isAppError } from '@shared/errors';
import type { ReadOutcome } from '@core/providers/provider';
import { aroundEachCall } from './each-call';
import type { ConnectedProvider } from './interruptible';
import type { Reachability, Server } from './reachability';

/** Calls that find the server out of reach throw `OFFLINE`, `readMany` among them. */
export function reachable(
  provider: ConnectedProvider,
  server: Server,
  reachability: Reachability,
): ConnectedProvider {
  async function* outcomes(
    read: AsyncIterable<ReadOutcome>,
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    for await (const outcome of read) {
      if ('snapshot' in outcome) reachability.answered(server.id);
      else {
        const error = await reachability.explain(server, outcome.error);
        // All further reads would fail with the same error.
        if (isAppError(error, 'OFFLINE')) throw error;
      }
      yield outcome;
    }
  }

  return aroundEachCall(provider, {
    call: async (work, isAnswer) => {
      try {
        const result = await work();
        if (isAnswer?.(result) !== false) reachability.answered(server.id);
        return result;
      } catch (error) {
        throw await reachability.explain(server, error);
      }
    },
    outcomes,
  });
}
