/** The requests that wait for a person at a window, and what persons have allowed for a while. */
import { randomUUID } from 'node:crypto';
import type { ApprovalAnswer, PendingApproval } from '@shared/model/approval';
import type { Caller } from '@shared/model/caller';
import { visibleText } from '@shared/model/visible-text';
import { AppError } from '@shared/errors';
import { currentCall, outsideCall } from '@core/call';
import { ChangeSignal } from '@core/connections/change-signal';
import { onAbort } from '@core/network/on-abort';
import type { Runtime } from '@core/runtime';
import { refusal } from './refusals';

export interface ApprovalQuestion {
  readonly grant: { readonly id: string; readonly name: string };
  /** Changes with the settings of the grant and of what it is a clone of. */
  readonly version: string;
  /** Absent for what Strongroom does by itself. */
  readonly caller: Caller | undefined;
  readonly reason: string | undefined;
  readonly method: string;
  /** Host and port. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
}

/** How a question ended. */
export type ApprovalOutcome =
  | ApprovalAnswer
  /** Nobody answered in time. */
  | 'late'
  /** No window is open. */
  | 'no-window'
  /** The host never has one. */
  | 'no-windows'
  /** Strongroom was locked. */
  | 'locked'
  /** Too many questions wait already. */
  | 'too-many'
  /** The caller waits no more. */
  | 'gone';

/** A host that can bring its window to the attention of a person. */
export interface HostAttention {
  /** Called with everything that waits, whenever that changes. Must not throw. */
  pending(list: readonly PendingApproval[]): void;
}

export interface ApprovalsParts {
  readonly runtime: Pick<Runtime, 'now' | 'monotonic' | 'after'>;
  /** The user of this computer that Strongroom runs as. */
  readonly user: string;
  /** Absent if the host cannot show a window: then a question needs one that is open already. */
  readonly attention?: HostAttention | undefined;
  /** Whether a window can be opened beside the core. */
  readonly canHaveWindow: boolean;
}

/** No answer for this long means no. */
const ANSWER_WITHIN_MS = 60_000;
const REMEMBERED_MS = 10 * 60_000;
/** A page that reloads is away for a moment. */
const BACK_WITHIN_MS = 5000;
/** A person cannot look through more. */
const MOST_PENDING = 100;
const MOST_OF_ONE_CALLER = 20;

interface Pending {
  readonly shown: PendingApproval;
  readonly key: string;
  readonly caller: string;
  readonly settle: (outcome: ApprovalOutcome) => void;
}

export class Approvals {
  /** Until when a caller may make such requests without a question, by `keyOf`. */
  readonly #remembered = new Map<string, number>();
  /** By id, the oldest first. */
  readonly #pending = new Map<string, Pending>();
  readonly #changed = new ChangeSignal();
  readonly #closed = new AbortController();
  #watchers = 0;
  #stopWaiting = (): void => undefined;

  constructor(private readonly parts: ApprovalsParts) {}

  /** Whether an earlier answer for this caller, this grant, this host and this method still counts. */
  isRemembered(question: ApprovalQuestion): boolean {
    const until = this.#remembered.get(keyOf(question));
    return until !== undefined && this.parts.runtime.monotonic() < until;
  }

  /** Resolves when a person has answered, or when nobody will. */
  ask(question: ApprovalQuestion, signal: AbortSignal): Promise<ApprovalOutcome> {
    const { runtime, user, attention, canHaveWindow } = this.parts;
    if (!canHaveWindow) return Promise.resolve('no-windows');
    if (this.#watchers === 0 && attention === undefined) return Promise.resolve('no-window');
    const caller = callerKeyOf(question);
    const own = [...this.#pending.values()].filter((each) => each.caller === caller);
    if (this.#pending.size >= MOST_PENDING || own.length >= MOST_OF_ONE_CALLER) {
      return Promise.resolve('too-many');
    }
    const id = randomUUID();
    const since = runtime.now();
    const shown = shownOf(question, { id, since, until: since + ANSWER_WITHIN_MS, user });
    return new Promise((resolve) => {
      const settle = (outcome: ApprovalOutcome): void => {
        if (!this.#pending.delete(id)) return;
        cancel();
        forget();
        resolve(outcome);
        this.#tell();
      };
      const cancel = runtime.after(ANSWER_WITHIN_MS, () => {
        settle('late');
      });
      let forget = (): void => undefined;
      this.#pending.set(id, { shown, key: keyOf(question), caller, settle });
      forget = onAbort(signal, () => {
        settle('gone');
      });
      if (!signal.aborted) this.#tell();
    });
  }

  /**
   * Answers a question. False if it does not wait any more: somebody else was faster, or its time was over. An answer
   * for ten minutes also counts for what waits and is alike. Throws `APPROVAL_REFUSED` unless a window calls.
   */
  answer(id: string, answer: ApprovalAnswer): boolean {
    if (currentCall()?.caller.kind !== 'window') {
      throw new AppError('APPROVAL_REFUSED', {
        message: 'Only a person at a window of Strongroom can answer this.',
      });
    }
    const question = this.#pending.get(id);
    if (question === undefined) return false;
    question.settle(answer);
    if (answer !== 'ten-minutes') return true;
    const { key } = question;
    this.#remembered.set(key, this.parts.runtime.monotonic() + REMEMBERED_MS);
    this.#settleAll(answer, (each) => each.key === key);
    return true;
  }

  /** Everything that waits, the oldest first; now, and whenever it changes. Ends with the signal, or with the core. */
  async *watch(signal: AbortSignal): AsyncGenerator<PendingApproval[], void, undefined> {
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    this.#watchers += 1;
    this.#stopWaiting();
    try {
      while (!ended.aborted) {
        const { count } = this.#changed;
        yield this.#list();
        await this.#changed.after(count, ended);
      }
    } finally {
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#noWindow();
    }
  }

  /** Denies everything that waits, and forgets what was allowed. */
  lock(): void {
    this.#remembered.clear();
    this.#settleAll('locked');
  }

  close(): void {
    this.#stopWaiting();
    this.#remembered.clear();
    this.#settleAll('no-window');
    this.#closed.abort();
  }

  #settleAll(outcome: ApprovalOutcome, which: (each: Pending) => boolean = () => true): void {
    for (const each of [...this.#pending.values()].filter(which)) each.settle(outcome);
  }

  /** The last window has gone. Without a host that shows another, its questions end soon. */
  #noWindow(): void {
    if (this.parts.attention !== undefined || this.#closed.signal.aborted) return;
    this.#stopWaiting = this.parts.runtime.after(BACK_WITHIN_MS, () => {
      this.#settleAll('no-window');
    });
  }

  #list(): PendingApproval[] {
    return [...this.#pending.values()].map(({ shown }) => shown);
  }

  #tell(): void {
    this.#changed.tell();
    outsideCall(() => this.parts.attention?.pending(this.#list()));
  }
}

export const isAllowed = (outcome: ApprovalOutcome): boolean =>
  outcome === 'once' || outcome === 'ten-minutes';

/** What the audit says of an outcome, beside the decision. */
export const outcomeWords: Readonly<Record<ApprovalOutcome, string>> = {
  once: 'allowed once',
  'ten-minutes': 'allowed for ten minutes',
  deny: 'denied by a person',
  late: 'nobody answered in time',
  'no-window': 'no window was open',
  'no-windows': 'strongroom serve has no window',
  locked: 'Strongroom was locked',
  'too-many': 'too many requests waited',
  gone: 'the caller did not wait',
};

/** The refusal of a request that no person allowed. */
export function notAllowed(outcome: ApprovalOutcome): AppError {
  const texts = refusals[outcome];
  return texts === undefined
    ? new AppError('CANCELLED')
    : refusal('APPROVAL_REFUSED', 'ask', texts);
}

const refusals: Readonly<
  Partial<Record<ApprovalOutcome, { readonly message: string; readonly hint: string }>>
> = {
  deny: {
    message: 'The person at the window of Strongroom denied this request.',
    hint: 'Ask the person what the request should be.',
  },
  late: {
    message: 'The person at the window of Strongroom did not answer in time.',
    hint: 'Send the request again when somebody is there.',
  },
  'no-window': {
    message: 'The policy asks a person, and no window of Strongroom is open to ask in.',
    hint: 'Open the window of Strongroom, then send the request again.',
  },
  'no-windows': {
    message:
      'The policy of this grant asks a person, and “strongroom serve” has no window to ask in.',
    hint: 'Whoever runs the server can let clients use the grant without a question: “strongroom grant update NAME --caller serve=allow --clear ask”.',
  },
  locked: {
    message: 'Strongroom was locked while this request waited for a person.',
    hint: 'Unlock Strongroom, then send the request again.',
  },
  'too-many': {
    message: 'Too many requests wait for the person at the window of Strongroom.',
    hint: 'Wait until some are answered, then send the request again.',
  },
};

/** A process that ends gives its number to another program, so the name counts too. */
const callerKeyOf = ({ caller }: ApprovalQuestion): string =>
  JSON.stringify([caller?.kind, caller?.process?.pid, caller?.process?.name]);

/** A person who allows something for a while has seen these, and not another host or method. */
const keyOf = (question: ApprovalQuestion): string => {
  const { grant, version, method, host } = question;
  return JSON.stringify([grant.id, version, method, host, callerKeyOf(question)]);
};

/** Characters that are shown of each text. */
const most = { grant: 80, name: 60, method: 32, host: 100, path: 160, reason: 300 } as const;

function shownOf(
  { grant, caller, reason, method, host, path }: ApprovalQuestion,
  { user, ...rest }: Pick<PendingApproval, 'id' | 'since' | 'until'> & { readonly user: string },
): PendingApproval {
  const shownReason = visibleText(reason ?? '', most.reason);
  return {
    ...rest,
    grant: { id: grant.id, name: visibleText(grant.name, most.grant) },
    ...(caller !== undefined && { caller: shownCaller(caller, user) }),
    ...(shownReason !== '' && { reason: shownReason }),
    method: visibleText(method, most.method),
    host: visibleText(host, most.host, { cut: 'middle' }),
    path: visibleText(path, most.path, { cut: 'middle' }),
  };
}

function shownCaller(
  { kind, process, claimed }: Caller,
  user: string,
): NonNullable<PendingApproval['caller']> {
  const name = visibleText(process?.name ?? '', most.name);
  return {
    kind,
    ...(process !== undefined && { pid: process.pid }),
    ...(name !== '' && { name }),
    ...(kind !== 'serve' && { user: visibleText(user, most.name) }),
    ...(claimed && { claimed }),
  };
}
