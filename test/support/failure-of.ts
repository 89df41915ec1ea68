/** For tests: what some work fails with, for an `expect` further down. */
import { AppError } from '@shared/errors';

/** Rejects if the work does not fail. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail');
}

/** Rejects if the work does not fail, or fails with anything but an `AppError`. */
export async function appErrorOf(work: Promise<unknown>): Promise<AppError> {
  const error = await failureOf(work);
  if (error instanceof AppError) return error;
  throw new Error('An AppError was expected', { cause: error });
}
