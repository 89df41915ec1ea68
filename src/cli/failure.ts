/** Words a failure for a terminal: what happened, what it most likely means, and a command that helps. */
import { AppError, isAppError } from '@shared/errors';
import { exitCodeFor, exitCodes } from './exit-codes';
import { BrokenPipe, oneLine, type Output } from './output';
import { adviceBeside, commandFor, type CommandLine } from './remedy';

/** Prints the failure, and returns the exit code. With `--json`, prints the report on standard error. */
export async function reportFailure(
  error: unknown,
  output: Output,
  line: CommandLine,
): Promise<number> {
  if (error instanceof BrokenPipe) return exitCodes.brokenPipe.code;
  // Anything else is a mistake in Strongroom. Its message may hold anything, so it is not shown.
  const failure = isAppError(error) ? error : new AppError('INTERNAL', { cause: error });
  const exitCode = exitCodeFor(failure.code);
  if (output.json) {
    await output.say(JSON.stringify({ error: { ...failure.report(), exitCode } }));
    return exitCode;
  }
  await output.say(`${output.styled('red', 'Error:')} ${oneLine(failure.message)}`);
  if (failure.likelyCause !== undefined)
    await output.say(`Likely cause: ${oneLine(failure.likelyCause)}`);
  await output.say(oneLine(failure.hint));
  const beside = adviceBeside(failure);
  if (beside !== undefined) await output.say(oneLine(beside));
  const command = commandFor(failure, line);
  if (command !== undefined) await output.say(`Try: ${output.styled('bold', command)}`);
  return exitCode;
}

/**
 * Runs a write. If the write is interrupted, the change may have been saved. Then the failure says so, and
 * suggests `look`, the command that shows the current state.
 */
export async function writing<T>(look: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isAppError(error, 'CANCELLED') && !isAppError(error, 'INTERRUPTED')) throw error;
    throw new AppError(error.code, {
      message: 'The command was interrupted while it was writing. The change may have been saved.',
      hint: 'Check the current state before you run the command again.',
      remedy: { run: look },
      cause: error,
    });
  }
}

/**
 * The complaint of the parser without the value of an option that it does not know: a mistyped name of an option may
 * stand before a secret.
 */
export const withoutTypedValue = (complaint: string): string =>
  complaint
    .replace(/(unknown option '--[^'=]*)=[\s\S]*'/, "$1'")
    .replace(/(unknown option '-[^-'])[\s\S]*'/, "$1'");

/** The complaint of the parser of the command line as a sentence. */
export function usageSentence(complaint: string): string {
  const text = withoutTypedValue(complaint)
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`.replace(/([.?)])\.$/, '$1');
}
