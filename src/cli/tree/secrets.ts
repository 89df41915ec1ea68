import type { Command } from 'commander';
import type { Act } from '../act';
import { addTo as addEnvironmentsTo } from './environments';
import { addImportTo } from './import';
import { rawOption, withEnvironment } from './options';

const load = () => import('../commands/secret');

export function addSecretCommands(parent: Command, act: Act): void {
  const secret = parent
    .command('secret')
    .alias('secrets')
    .description('manage the variables of an environment');
  withValue(
    secret
      .command('create [name]')
      .description('add a variable; asks for a value that is not given'),
  )
    .option('--plain', 'store it as plain text, shown in lists')
    .action(act(load, (commands) => commands.create));
  withValue(
    secret
      .command('update [name]')
      .description('change a variable; asks for a value that is not given'),
  )
    .option('--plain', 'make it plain text, shown in lists')
    .option('--no-plain', 'make it a secret')
    .action(act(load, (commands) => commands.update));
  named(secret.command('get [name]').description('print the value of a variable'))
    .addOption(rawOption())
    .action(act(load, (commands) => commands.get));
  withEnvironment(secret.command('list').alias('ls').description('list the variables'))
    .option('--values', 'show the values of plain variables')
    .action(act(load, (commands) => commands.list));
  named(secret.command('delete [name]').alias('rm').description('delete a variable')).action(
    act(load, (commands) => commands.remove),
  );
  addImportTo(secret, act);
  addEnvironmentsTo(secret.command('vault').alias('env').description('manage environments'), act);
}

const named = (command: Command): Command =>
  withEnvironment(command).option('--name <name>', 'the name of the variable');

const withValue = (command: Command): Command =>
  named(command)
    .option('--value <value>', 'its value; - reads it from standard input')
    .option('--file <file>', 'read its value from a file, unchanged');
