/**
 * Makes a call once more after a person, or a file, has said what it needs. Makes no call after a signal that ends
 * the command.
 */
import { AppError, isAppError } from '@shared/errors';
import type { AgentClient } from '@shared/contract/agent';
import type { Selector } from '@shared/model/selector';

type Call = (...args: unknown[]) => Promise<unknown>;

export interface Answers {
  /** Aborts when a signal ends the command. */
  readonly signal: AbortSignal;
  /** Releases an environment that a configuration owns. Throws if the answer is no. */
  readonly release: (refusal: AppError, environment: Selector) => Promise<void>;
  /** Gives the passphrase to an app that does not share its unlock. Throws if there is none. */
  readonly admit: (refusal: AppError) => Promise<void>;
}

/**
 * A client that makes each call as `client` does. A call that is refused with `OWNED_BY_CONFIG` or
 * `PASSPHRASE_NEEDED` is made again after the answer. Throws `CANCELLED` once the signal has aborted.
 */
export const answering = (client: AgentClient, answers: Answers): AgentClient =>
  wrap(client, answers) as AgentClient;

function wrap(target: object, answers: Answers): object {
  return new Proxy(target, {
    get: (_, key) => {
      const member: unknown = Reflect.get(target, key);
      const isCallable = typeof member === 'function' || typeof member === 'object';
      return isCallable && member !== null ? wrap(member, answers) : member;
    },
    apply: async (_, __, args: unknown[]) => {
      const call = target as Call;
      // The core carries out a call that needs no server, even if its signal has aborted.
      if (answers.signal.aborted) throw new AppError('CANCELLED');
      try {
        return await admitted(call, args, answers);
      } catch (error) {
        const isOwned = isAppError(error, 'OWNED_BY_CONFIG') && error.details?.owner !== undefined;
        if (!isOwned) throw error;
        // Loaded now: help and completion do without it.
        const { selectorSchema } = await import('@shared/model/selector');
        await answers.release(error, selectorSchema.parse(args[0]));
        return call(...args);
      }
    },
  });
}

async function admitted(call: Call, args: unknown[], { admit }: Answers): Promise<unknown> {
  try {
    return await call(...args);
  } catch (error) {
    if (!isAppError(error, 'PASSPHRASE_NEEDED')) throw error;
    await admit(error);
    return call(...args);
  }
}
