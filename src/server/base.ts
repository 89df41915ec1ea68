import { ORPCError, ValidationError, implement, os as builder } from '@orpc/server';
import { agentContract } from '@shared/contract/agent';
import { contract } from '@shared/contract/window';
import { AppError, isAppError } from '@shared/errors';
import { inCall, type Call } from '@core/call';

/**
 * What a host says about each call. A type alias, because the library does not accept an interface as a
 * context.
 */
export type CallContext = Pick<Call, 'caller' | 'reason' | 'connection'>;

/** Turns an error into what its caller may see: code, sentences and safe details; never a stack. */
function toContractError(error: unknown): ORPCError<string, unknown> {
  // The library refuses malformed input in zod's terms, which are not for people.
  if (error instanceof ORPCError) {
    if (error.defined) return error;
    const code = error.code === 'BAD_REQUEST' ? 'INVALID_INPUT' : 'INTERNAL';
    return toContractError(new AppError(code, { cause: refusalOf(error) }));
  }
  if (!isAppError(error)) return toContractError(new AppError('INTERNAL', { cause: error }));
  const { code, message, ...data } = error.report();
  return new ORPCError(code, {
    defined: true,
    message,
    data,
    cause: error.cause,
  });
}

/**
 * Says where an input or output was refused. The error of the library contains the whole value, so it is not
 * passed on.
 */
function refusalOf({ message, cause }: ORPCError<string, unknown>): Error {
  if (!(cause instanceof ValidationError)) return new Error(message);
  const places = cause.issues.map(({ path = [] }) =>
    path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
  );
  return new Error(`${message} at ${places.join(', ')}`);
}

async function* withContractErrors<T>(
  events: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    throw toContractError(error);
  }
}

/**
 * Runs each step of a stream as part of the call. A stream works only when its next event is requested, which
 * happens after the handler has returned.
 */
export function streamInCall<T>(call: Call, events: AsyncIterable<T>): AsyncIterableIterator<T> {
  const stream = withContractErrors(events);
  return {
    next: () => inCall(call, () => stream.next()),
    return: () => inCall(call, () => stream.return()),
    throw: (error) => inCall(call, () => stream.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/**
 * Runs a handler, or its stream, as part of the call that the host describes. Turns every error into a
 * contract error.
 */
const carryOut = builder.$context<CallContext>().middleware(async ({ context, next }) => {
  try {
    const result = await inCall(context, () => next());
    if (!isStream(result.output)) return result;
    return { ...result, output: streamInCall(context, result.output) as typeof result.output };
  } catch (error) {
    throw toContractError(error);
  }
});

/** Builds the handlers of the window contract. */
export const os = implement(contract).$context<CallContext>().use(carryOut);

/** Builds the handlers of the agent contract. */
export const agentOs = implement(agentContract).$context<CallContext>().use(carryOut);
