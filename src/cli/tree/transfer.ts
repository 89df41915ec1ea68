import { Option, type Command } from 'commander';
import type { ExportFormat } from '@shared/model/open-environment';
import type { Act } from '../act';
import { ENVIRONMENT_DEFAULT, rawOption, several, withEnvironment } from './options';

const transfer = () => import('../commands/transfer');
const compare = () => import('../commands/compare');
const history = () => import('../commands/history');

/** Written here too, because the module that names them takes long to load. */
const formats: Readonly<Record<ExportFormat, true>> = {
  dotenv: true,
  shell: true,
  docker: true,
  compose: true,
  json: true,
};

export function addTransferCommands(parent: Command, act: Act): void {
  parent
    .command('pull [environments...]')
    .description('read values from the provider; without names, find all environments there')
    .action(act(transfer, (commands) => commands.pull));
  parent
    .command('push [environments...]')
    .description('write environments that are only on this computer to the provider, and link them')
    .option('--dry-run', 'show what would happen, and change nothing')
    .option('--undelete', 'undelete a secret that is scheduled for deletion, and overwrite it')
    .action(act(transfer, (commands) => commands.push));
  withEnvironment(parent.command('export').description('print the variables in a file format'))
    .addOption(
      new Option('--format <format>', 'the format').choices(Object.keys(formats)).default('dotenv'),
    )
    .option('-o, --output <file>', 'write to this file; only you can read it')
    .addOption(rawOption())
    .action(act(transfer, (commands) => commands.exportVariables));
  parent
    .command('diff <environment> <other>')
    .description('compare two environments, without values; exit code 2 if they differ')
    .option('--all', 'list equal variables too')
    .action(act(compare, (commands) => commands.diff));
  parent
    .command('check [names...]')
    .description(
      'check that the expected variables exist, and that programs can use them; exit code 4 if one is missing, 2 if a value is not as expected',
    )
    .option(
      '-e, --env <name>',
      `the environment; repeat the option for several (default: ${ENVIRONMENT_DEFAULT})`,
      several,
    )
    .addOption(new Option('--vault-name <name>', 'the environment').argParser(several).hideHelp())
    .option('--all', 'check all environments of the workspace')
    .option('--example <file>', 'also expect the variables of this file, such as .env.example')
    .action(act(compare, (commands) => commands.check));
  withEnvironment(
    parent
      .command('history [version]')
      .description('list the versions at the provider, or show what a version changed'),
  )
    .option('--with <version>', 'compare with this version (default: the previous version)')
    .action(act(history, (commands) => commands.history));
  withEnvironment(
    parent
      .command('restore [version]')
      .description('write an old version as a new one; without a version, undelete the secret'),
  ).action(act(history, (commands) => commands.restore));
}
