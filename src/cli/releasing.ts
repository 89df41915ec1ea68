/** Asks before a call changes what a configuration owns. */
import { isAppError, type AppError } from '@shared/errors';
import type { AgentClient } from '@shared/contract/agent';
import type { Selector } from '@shared/model/selector';

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * A client that makes each call as `client` does. If it is refused with `OWNED_BY_CONFIG`, `release` is asked to
 * release the environment, and the call is made once more. `release` throws if the answer is no.
 */
export const releasing = (
  client: AgentClient,
  release: (refusal: AppError, environment: Selector) => Promise<void>,
): AgentClient => wrap(client, release) as AgentClient;

function wrap(
  target: object,
  release: (refusal: AppError, environment: Selector) => Promise<void>,
): object {
  return new Proxy(target, {
    get: (_, key) => {
      const member: unknown = Reflect.get(target, key);
      const isCallable = typeof member === 'function' || typeof member === 'object';
      return isCallable && member !== null ? wrap(member, release) : member;
    },
    apply: async (_, __, args: unknown[]) => {
      const call = target as Call;
      try {
        return await call(...args);
      } catch (error) {
        const isOwned = isAppError(error, 'OWNED_BY_CONFIG') && error.details?.owner !== undefined;
        if (!isOwned) throw error;
        // Loaded now: help and completion do without it.
        const { selectorSchema } = await import('@shared/model/selector');
        await release(error, selectorSchema.parse(args[0]));
        return call(...args);
      }
    },
  });
}
