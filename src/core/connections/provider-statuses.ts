import type { ProviderStatus } from '@shared/model/connection';
import type { Runtime } from '@core/runtime';
import type { ChangeSignal } from './change-signal';

type Answer = Omit<ProviderStatus, 'provider'>;

/** The last answer of each connection. */
export class ProviderStatuses {
  readonly #answers = new Map<string, Answer>();

  constructor(
    private readonly runtime: Runtime,
    private readonly changed: ChangeSignal,
  ) {}

  get(connectionId: string): Answer | undefined {
    return this.#answers.get(connectionId);
  }

  /** Something else about a connection is known now. */
  tell(): void {
    this.changed.tell();
  }

  set(connectionId: string, answer: Omit<Answer, 'at'>): void {
    this.#answers.set(connectionId, { ...answer, at: this.runtime.now() });
    this.changed.tell();
  }
}
