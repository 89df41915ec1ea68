/** Words a failure for a terminal: what happened, what it most likely means, and a command that helps. */
import { AppError, isAppError, type ErrorCode, type Remedy } from '@shared/errors';
import { exitCodeFor, exitCodes } from './exit-codes';
import { kebab } from './kebab';
import { BrokenPipe, oneLine, type Output } from './output';

/** Prints the failure, and returns the exit code. With `--json`, prints the report on standard error. */
export async function reportFailure(error: unknown, output: Output): Promise<number> {
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
  const command = commandFor(failure);
  if (command !== undefined) await output.say(`Try: ${output.styled('bold', oneLine(command))}`);
  return exitCode;
}

const byCode: Partial<Record<ErrorCode, string>> = {
  CONFLICT: 'the same command again: it reads the newest version first',
  NO_SUCH_VARIABLE: 'strongroom secret list',
  NO_SUCH_VERSION: 'strongroom history',
  NO_SUCH_GRANT: 'strongroom grant list',
  GRANT_INCOMPLETE: 'strongroom grant rotate',
  POLICY_REFUSED: 'strongroom grant show',
  NOT_EMPTY: 'the same command with --force',
  OWNED_BY_CONFIG: 'the same command with --yes, which releases it first',
  NOT_ADOPTED: 'strongroom apply --adopt',
  WOULD_DELETE_ALL: 'strongroom apply --delete-all',
  KEY_CHOICE_NEEDED:
    'strongroom unlock, or set STRONGROOM_PASSPHRASE_FILE to a file that holds a passphrase',
};

/** The command that carries out a remedy; `undefined` if no command does. */
function commandFor({ code, remedy }: AppError): string | undefined {
  if (remedy !== undefined && 'run' in remedy) return remedy.run;
  return byCode[code] ?? (remedy === undefined ? undefined : worded(remedy));
}

function worded(remedy: Exclude<Remedy, { readonly run: string }>): string | undefined {
  // The hint holds the policy.
  if ('handOver' in remedy) return undefined;
  if ('do' in remedy) {
    switch (remedy.do) {
      case 'unlock':
        return 'strongroom unlock';
      case 'pull':
        return 'strongroom pull';
      case 'undelete':
        return 'strongroom restore';
    }
  }
  switch (remedy.open) {
    case 'connection':
      return remedy.field === undefined
        ? 'strongroom connection show'
        : `strongroom connection set, with --${kebab(remedy.field)}`;
    case 'protection':
      return 'strongroom unlock';
    case 'workspaces':
      return 'strongroom workspace list';
    case 'environments':
      return 'strongroom env list';
  }
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

/** The complaint of the parser of the command line as a sentence. */
export function usageSentence(complaint: string): string {
  const text = complaint
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`.replace(/([.?)])\.$/, '$1');
}
