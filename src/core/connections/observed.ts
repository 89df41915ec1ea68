/** A provider whose calls tell how its connection is doing. */
import { concernsProvider, isAbsent, isAppError, toErrorReport } from '@shared/errors';
import type { ReadOutcome } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import { aroundEachCall } from './each-call';
import type { ConnectedProvider } from './interruptible';
import type { ProviderStatuses } from './provider-statuses';

const isOfConnection = (error: unknown): boolean =>
  !isAppError(error) || concernsProvider(error.code);

/**
 * Keeps the last answer of the connection in `statuses`: `failed` if a call fails for a reason that is
 * the connection's, `ok` if it gets an answer. That a path holds no secret is such an answer.
 */
export function observed(
  provider: ConnectedProvider,
  connectionId: string,
  statuses: Pick<ProviderStatuses, 'set'>,
  runtime: Runtime,
): ConnectedProvider {
  const passed = (latencyMs: number): void => {
    statuses.set(connectionId, { state: 'ok', latencyMs });
  };
  const failed = (error: unknown): void => {
    statuses.set(connectionId, { state: 'failed', error: toErrorReport(error) });
  };

  /**
   * Tells once, at the end, how the run went: the last outcome that says something of the connection
   * counts. Telling each of thousands would wake everyone who follows the status as often. The latency is
   * that of the first outcome.
   */
  async function* outcomes(
    read: AsyncIterable<ReadOutcome>,
  ): AsyncGenerator<ReadOutcome, void, undefined> {
    const startedAt = runtime.monotonic();
    let latencyMs: number | undefined;
    let tell = (): void => undefined;
    try {
      for await (const outcome of read) {
        const latency = (latencyMs ??= runtime.monotonic() - startedAt);
        if ('snapshot' in outcome) tell = () => passed(latency);
        else if (isOfConnection(outcome.error)) tell = () => failed(outcome.error);
        yield outcome;
      }
    } catch (error) {
      if (isOfConnection(error)) tell = () => failed(error);
      throw error;
    } finally {
      tell();
    }
  }

  return aroundEachCall(provider, {
    call: async (work, isAnswer) => {
      const startedAt = runtime.monotonic();
      try {
        const result = await work();
        if (isAnswer?.(result) !== false) passed(runtime.monotonic() - startedAt);
        return result;
      } catch (error) {
        if (isOfConnection(error)) failed(error);
        else if (isAppError(error) && isAbsent(error.code)) passed(runtime.monotonic() - startedAt);
        throw error;
      }
    },
    outcomes,
  });
}
