import { isAppError, toErrorReport } from '@shared/errors';
import type { ProviderStatus } from '@shared/model/connection';
import type { ChangeSignal } from './change-signal';
import type { Connection } from './connections';

type Answer = Omit<ProviderStatus, 'provider'>;

/** The last answer of each connection. */
export class ProviderStatuses {
  readonly #answers = new Map<string, Answer>();

  constructor(
    private readonly now: () => number,
    private readonly changed: ChangeSignal,
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
      const isAboutProvider = !isAppError(error) || !NO_ANSWER_OF_ITS_OWN.has(error.code);
      if (isAboutProvider) this.set(id, { state: 'failed', error: toErrorReport(error) });
      throw error;
    }
  }

  set(connectionId: string, answer: Omit<Answer, 'at'>): void {
    this.#answers.set(connectionId, { ...answer, at: this.now() });
    this.changed.tell();
  }
}

/** What was broken off or is about a single secret says nothing of the provider; an outage is kept apart. */
const NO_ANSWER_OF_ITS_OWN: ReadonlySet<string> = new Set([
  'OFFLINE',
  'CANCELLED',
  'INTERRUPTED',
  'NO_SUCH_WORKSPACE',
  'NOT_FOUND',
  'SECRET_DELETED',
  'SCHEDULED_FOR_DELETION',
  'PERMISSION_DENIED',
  'CONFLICT',
  'ALREADY_EXISTS',
  'NAME_NOT_ALLOWED',
  'VALUE_TOO_LARGE',
  'BINARY_VALUE',
]);
