import { ORPCError, ValidationError, implement, os as builder } from '@orpc/server';
import { agentContract } from '@shared/contract/agent';
import { contract } from '@shared/contract/window';
import { AppError, isAppError } from '@shared/errors';
import { inCall, type Call } from '@core/call';

/** What a host says of each call. A type alias, since an interface is no context to the library. */
export type CallContext = Pick<Call, 'caller' | 'reason'>;

/** What crosses to the caller of an error: code, sentences and safe details; never a stack. */
function toContractError(error: unknown): ORPCError<string, unknown> {
  // The library's own refusal of malformed input says which field, in zod's terms: not for people.
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

/** Where an input or output was refused. What the library throws holds all of it, values too. */
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

/** A stream works only while somebody asks for its next event, and that is outside of the call by then. */
function streamInCall<T>(call: Call, events: AsyncIterable<T>): AsyncIterableIterator<T> {
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
 * Carries out a handler, or its stream, as part of the call that the host describes. Whatever it throws
 * becomes a contract error.
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

/** The window contract, to be implemented. */
export const os = implement(contract).$context<CallContext>().use(carryOut);

/** The agent contract, to be implemented. */
export const agentOs = implement(agentContract).$context<CallContext>().use(carryOut);
