/** Asks the person at the window whether a request may be made. */
import type { Caller } from '@shared/model/caller';
import type { Runtime } from '@core/runtime';
import { refusal } from './refusals';

export interface ApprovalQuestion {
  readonly grant: { readonly id: string; readonly name: string };
  /** Absent for what Strongroom does by itself. */
  readonly caller: Caller | undefined;
  readonly reason: string | undefined;
  readonly method: string;
  /** Host and port. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
}

export type ApprovalAnswer = 'once' | 'ten-minutes' | 'deny';

/** Shows the question to a person. The signal aborts when nobody waits for the answer any more. */
export type Approver = (question: ApprovalQuestion, signal: AbortSignal) => Promise<ApprovalAnswer>;

/** No answer for this long means no. */
const ANSWER_WITHIN_MS = 60_000;
const REMEMBERED_MS = 10 * 60_000;

export class Approvals {
  /** Until when a caller may use a grant, by both. */
  readonly #remembered = new Map<string, number>();

  constructor(
    private readonly approver: Approver | undefined,
    private readonly runtime: Pick<Runtime, 'after' | 'monotonic'>,
  ) {}

  /** Whether an answer for this caller and this grant still counts. */
  isRemembered(question: ApprovalQuestion): boolean {
    const until = this.#remembered.get(keyOf(question));
    return until !== undefined && this.runtime.monotonic() < until;
  }

  /** Resolves when a person allows it. Throws `APPROVAL_REFUSED`. */
  async ask(question: ApprovalQuestion, signal: AbortSignal): Promise<void> {
    if (this.approver === undefined) {
      throw refusal('APPROVAL_REFUSED', 'ask', {
        message: 'The policy asks a person, and no window of Strongroom is open to ask in.',
        hint: 'Open the window of Strongroom, then send the request again.',
      });
    }
    const over = new AbortController();
    const end = (): void => {
      over.abort();
    };
    const cancel = this.runtime.after(ANSWER_WITHIN_MS, end);
    signal.addEventListener('abort', end, { once: true });
    try {
      const answer = await Promise.race([
        this.approver(question, over.signal),
        new Promise<'late'>((resolve) => {
          if (signal.aborted) end();
          over.signal.addEventListener('abort', () => {
            resolve('late');
          });
          if (over.signal.aborted) resolve('late');
        }),
      ]);
      if (answer === 'late') {
        throw refusal('APPROVAL_REFUSED', 'ask', {
          message: 'The person at the window of Strongroom did not answer in time.',
          hint: 'Send the request again when somebody is there.',
        });
      }
      if (answer === 'deny') {
        throw refusal('APPROVAL_REFUSED', 'ask', {
          message: 'The person at the window of Strongroom denied this request.',
          hint: 'Ask the person what the request should be.',
        });
      }
      if (answer === 'ten-minutes') {
        this.#remembered.set(keyOf(question), this.runtime.monotonic() + REMEMBERED_MS);
      }
    } finally {
      cancel();
      signal.removeEventListener('abort', end);
      // Takes the question away from the window.
      end();
    }
  }

  /** Forgets all answers, as when Strongroom is locked. */
  forget(): void {
    this.#remembered.clear();
  }
}

/** A process that ends gives its number to another program, so the name counts too. */
const keyOf = ({ grant, caller }: ApprovalQuestion): string =>
  JSON.stringify([grant.id, caller?.kind, caller?.process?.pid, caller?.process?.name]);
