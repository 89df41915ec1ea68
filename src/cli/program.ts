/** The tree of commands, and what happens around each of them. */
import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import type { Act, AddCommands } from './act';
import { Context, type GlobalOptions } from './context';
import { exitCodes } from './exit-codes';
import { reportFailure } from './failure';
import type { Terminal } from './terminal';
import { addConnectionCommands } from './tree/connections';
import { addDeclaredCommands } from './tree/declared';
import { addHelpCommands } from './tree/help';
import { addImportCommand } from './tree/import';
import { addStateCommands } from './tree/state';
import { addTransferCommands } from './tree/transfer';
import { addWorkspaceCommands } from './tree/workspaces';
import { addEnvironmentCommands } from './tree/environments';
import { addSecretCommands } from './tree/secrets';

const additions: readonly AddCommands[] = [
  addSecretCommands,
  addImportCommand,
  addEnvironmentCommands,
  addTransferCommands,
  addDeclaredCommands,
  addConnectionCommands,
  addWorkspaceCommands,
  addStateCommands,
  addHelpCommands,
];

function createProgram({ stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>, act: Act): Command {
  const program = new Command('strongroom')
    .description('The variables of your environments, with the values in your secrets manager.')
    .version(version, '-V, --version')
    .option('--data-dir <dir>', 'keep the data in this directory')
    .option('--workspace <name>', 'use this workspace (default: the one in use)')
    .option('--json', 'print JSON')
    .option('--reason <text>', 'say why, for the activity log')
    .option('--no-input', 'never ask; fail instead')
    .option('--yes', 'confirm what would be asked')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  // Before the commands are added: they inherit it.
  program.exitOverride();
  program.configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  for (const add of additions) add(program, act);
  return program;
}

/** Parses a command line and does what it says. Returns the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.done.code;
  let context: Context | undefined;
  const program = createProgram(terminal, (load, choose) => async (...parameters) => {
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
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done.code : exitCodes.input.code;
    }
    if (context === undefined) throw error;
    return reportFailure(error, context.output);
  }
}
