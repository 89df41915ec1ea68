/** Words a failure for a terminal: what happened, what it most likely means, and a command that helps. */
import { isAppError, type AppError, type ErrorCode, type Remedy } from '@shared/errors';
import { exitCodeFor, exitCodes } from './exit-codes';
import { kebab } from './kebab';
import { BrokenPipe, type Output } from './output';

/** Prints the failure, and returns the exit code. With `--json`, prints the report on standard error. */
export async function reportFailure(error: unknown, output: Output): Promise<number> {
  if (error instanceof BrokenPipe) return exitCodes.brokenPipe.code;
  if (!isAppError(error)) throw error;
  const { code } = error;
  if (output.json) {
    const exitCode = exitCodeFor(code);
    await output.say(JSON.stringify({ error: { ...error.report(), exitCode } }));
    return exitCode;
  }
  await output.say(`${output.styled('red', 'Error:')} ${error.message}`);
  if (error.likelyCause !== undefined) await output.say(`Likely cause: ${error.likelyCause}`);
  await output.say(error.hint);
  const command = commandFor(error);
  if (command !== undefined) await output.say(`Try: ${output.styled('bold', command)}`);
  return exitCodeFor(code);
}

const byCode: Partial<Record<ErrorCode, string>> = {
  CONFLICT: 'the same command again: it reads the newest version first',
  NO_SUCH_VARIABLE: 'strongroom secret list',
  NO_SUCH_VERSION: 'strongroom history',
  NOT_EMPTY: 'the same command with --force',
  OWNED_BY_CONFIG: 'the same command with --yes, which releases it first',
  NOT_ADOPTED: 'strongroom apply --adopt',
  WOULD_DELETE_ALL: 'strongroom apply --delete-all',
  KEY_CHOICE_NEEDED:
    'strongroom unlock, or set STRONGROOM_PASSPHRASE_FILE to a file that holds a passphrase',
};

/** The command that a remedy amounts to; `undefined` if there is none. */
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
