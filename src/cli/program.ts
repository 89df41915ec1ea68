/** Builds the tree of commands, and runs command lines. */
import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { version } from '../../package.json';
import type { Act, AddCommands } from './act';
import { AppError, isAppError } from '@shared/errors';
import { Context, type GlobalOptions } from './context';
import { exitCodes } from './exit-codes';
import { reportFailure, usageSentence, withoutTypedValue } from './failure';
import { Output } from './output';
import type { Terminal } from './terminal';
import { addAuditCommands } from './tree/audit';
import { addBackupCommands } from './tree/backups';
import { addConnectionCommands } from './tree/connections';
import { addDeclaredCommands } from './tree/declared';
import { addHelpCommands } from './tree/help';
import { addImportCommand } from './tree/import';
import { addServerCommands } from './tree/servers';
import { addStateCommands } from './tree/state';
import { addRequestCommands } from './tree/requests';
import { addTransferCommands } from './tree/transfer';
import { addWorkspaceCommands } from './tree/workspaces';
import { addEnvironmentCommands } from './tree/environments';
import { addRunCommands } from './tree/run';
import { addSecretCommands } from './tree/secrets';

const additions: readonly AddCommands[] = [
  addSecretCommands,
  addImportCommand,
  addRunCommands,
  addEnvironmentCommands,
  addTransferCommands,
  addDeclaredCommands,
  addConnectionCommands,
  addRequestCommands,
  addAuditCommands,
  addBackupCommands,
  addServerCommands,
  addWorkspaceCommands,
  addStateCommands,
  addHelpCommands,
];

function createProgram(usage: Usage, act: Act): Command {
  const program = new Command('strongroom')
    .description(
      'Manages the variables of your environments. The values live in your secrets manager.',
    )
    .version(version, '-V, --version')
    .option(
      '--data-dir <dir>',
      'keep the data in this directory (default: STRONGROOM_DATA_DIR, else the directory of the app)',
    )
    .option(
      '--workspace <name>',
      'use this workspace (default: STRONGROOM_WORKSPACE, else the workspace in use)',
    )
    .option('--json', 'print JSON')
    .option('--reason <text>', 'a reason for the activity log and the audit')
    .option('--no-input', 'never ask; fail instead')
    .option('--yes', 'answer yes to every confirmation')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  // Before the commands are added: they inherit it.
  program.exitOverride();
  program.configureOutput(usage.configuration);
  for (const add of additions) add(program, act);
  return program;
}

/** What the parser says: help, and complaints, which are one line of JSON with `--json`. */
class Usage {
  readonly isJson: boolean;
  /** What was asked for with --help or --version. It is printed later, when a failure to do so can be reported. */
  help = '';
  #complaint = '';

  constructor(
    args: readonly string[],
    private readonly terminal: Terminal,
  ) {
    const end = args.indexOf('--');
    // The parser may have failed before it came to the option.
    this.isJson = args.slice(0, end === -1 ? undefined : end).includes('--json');
  }

  get configuration(): OutputConfiguration {
    const { stdout, stderr } = this.terminal;
    return {
      writeOut: (text) => {
        this.help += text;
      },
      writeErr: (text) => {
        if (!this.isJson) stderr.write(text);
      },
      outputError: (text, write) => {
        this.#complaint = withoutTypedValue(text);
        write(this.#complaint);
      },
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    };
  }

  failure(): AppError {
    return new AppError('INVALID_INPUT', {
      message: this.#complaint === '' ? 'A command is missing.' : usageSentence(this.#complaint),
      hint: 'Run “strongroom --help” for all commands, or add --help to a command.',
    });
  }
}

async function printed(help: string, output: Output): Promise<number> {
  try {
    await output.data(help);
    return exitCodes.done.code;
  } catch (error) {
    return reportFailure(error, output, { args: [] });
  }
}

/** Says what named something that does not exist, if that was not the command line. */
function withOrigin(error: unknown, context: Context | undefined): unknown {
  const likelyCause = isAppError(error) ? context?.originOf(error) : undefined;
  if (!isAppError(error) || likelyCause === undefined) return error;
  const { code, message, hint, remedy, details } = error;
  return new AppError(code, { message, likelyCause, hint, remedy, details, cause: error });
}

/** Parses a command line and runs the command. Returns the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.done.code;
  let context: Context | undefined;
  const usage = new Usage(args, terminal);
  const program = createProgram(usage, (load, choose) => async (...parameters) => {
    context = new Context(terminal, program.opts<GlobalOptions>());
    const work = choose(await load());
    // commander passes the arguments, then the options, then the command.
    const [options, args] = [parameters.at(-2), parameters.slice(0, -2)] as [never, never[]];
    exitCode = (await work(context, options, ...args)) ?? exitCode;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    const output = context?.output ?? new Output(terminal, usage.isJson);
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return printed(usage.help, output);
      if (!usage.isJson) return exitCodes.input.code;
    }
    const failure = error instanceof CommanderError ? usage.failure() : withOrigin(error, context);
    const { dataDir, workspace } = program.opts<GlobalOptions>();
    const exitCode = await reportFailure(failure, output, { args, dataDir, workspace });
    const isTerminated = terminal.signal.reason === 'SIGTERM';
    return exitCode === exitCodes.cancelled.code && isTerminated
      ? exitCodes.terminated.code
      : exitCode;
  }
}
