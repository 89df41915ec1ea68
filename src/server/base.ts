import { ORPCError, ValidationError, implement } from '@orpc/server';
import { contract } from '@shared/contract/window';
import { AppError, isAppError } from '@shared/errors';

/** What crosses to the window of an error: code, sentences and safe details; never a stack. */
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

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** The contract, to be implemented; whatever a handler or its stream throws becomes a contract error. */
export const os = implement(contract).use(async ({ next }) => {
  try {
    const result = await next();
    if (!isStream(result.output)) return result;
    return { ...result, output: withContractErrors(result.output) as typeof result.output };
  } catch (error) {
    throw toContractError(error);
  }
});
