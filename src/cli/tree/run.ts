import { Option, type Command } from 'commander';
import type { Act } from '../act';
import { ENVIRONMENT_DEFAULT, several } from './options';

/** Several environments; of two variables with the same name, that of the later counts. */
const withEnvironments = (command: Command): Command =>
  command
    .option(
      '-e, --env <name>',
      `the environment; repeat the option for several; for each variable, the last wins (default: ${ENVIRONMENT_DEFAULT})`,
      several,
    )
    .addOption(new Option('--vault-name <name>', 'the environment').argParser(several).hideHelp());

export function addRunCommands(parent: Command, act: Act): void {
  withEnvironments(
    parent
      .command('run <command...>')
      .usage('[options] -- <command> [arguments...]')
      .description('start a command with the variables of an environment'),
  )
    .option(
      '--var <assignment>',
      'add a variable: KEY=VALUE, KEY=@NAME, KEY=@ENV/NAME, KEY=@, or KEY=\\@… for a text that starts with @',
      several,
    )
    .option(
      '--only <names>',
      'take only these variables from the environments, such as A,B',
      several,
    )
    .option(
      '--env-file <file>',
      'add the variables of a .env file; values can be references',
      several,
    )
    .option('--expand', 'in values, replace {{NAME}} with that variable of the same environment')
    .addOption(
      new Option(
        '--brokered [names]',
        'give placeholders instead of these variables, such as A,B=GRANT, and put the values into requests to the hosts of their grants (default: all secret variables that a grant refers to)',
      ).argParser((value, before: unknown) =>
        several(value, Array.isArray(before) ? (before as readonly string[]) : []),
      ),
    )
    .option('--watch', 'start the command again when the values change')
    .addOption(
      new Option('--watch-interval <seconds>', 'seconds between two checks for changes').default(
        '5',
      ),
    )
    .option('--no-redact', 'do not hide secret values in output to a pipe or a file')
    .action(
      act(
        () => import('../commands/run'),
        (commands) => commands.run,
      ),
    );
  withEnvironments(
    parent
      .command('inject [file]')
      .description('replace references {{ @ENV/NAME }} in a file, or in standard input'),
  )
    .option('-o, --out <file>', 'write to this file; only you can read it')
    .action(
      act(
        () => import('../commands/inject'),
        (commands) => commands.inject,
      ),
    );
}

export interface EnvironmentsOptions {
  readonly env?: readonly string[];
  readonly vaultName?: readonly string[];
}
