import { concernsProvider, isAppError, toErrorReport } from '@shared/errors';
import type { ProviderStatus } from '@shared/model/connection';
import type { Changes } from './changes';
import type { Connection } from './connections';

type Answer = Omit<ProviderStatus, 'provider'>;

/** The last answer of each connection. */
export class ProviderStatuses {
  readonly #answers = new Map<string, Answer>();

  constructor(
    private readonly now: () => number,
    private readonly changes: Changes,
  ) {}

  get(connectionId: string): Answer | undefined {
    return this.#answers.get(connectionId);
  }

  /** Runs one call to a provider and remembers how it went. */
  async observe<T>({ id }: Connection, run: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await run();
      this.set(id, { state: 'ok', latencyMs: performance.now() - startedAt });
      return result;
    } catch (error) {
      // An outage is kept apart: see `Reachability`.
      if (!isAppError(error) || concernsProvider(error.code))
        this.set(id, { state: 'failed', error: toErrorReport(error) });
      throw error;
    }
  }

  set(connectionId: string, answer: Omit<Answer, 'at'>): void {
    this.#answers.set(connectionId, { ...answer, at: this.now() });
    this.changes.tell();
  }
}
